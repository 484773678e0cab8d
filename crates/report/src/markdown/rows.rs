//! A few rows to look at.

use std::io;

use carat_core::Sample;
use carat_core::compare::{Change, Comparison, RowChange};
use carat_core::diff::{AnswerDiff, JsonDiff, Kind, Piece};

use super::budget::Budget;
use super::text::code;
use crate::words::counted;
use crate::{Pairs, difference, look};

/// So many regressions are shown.
const WORST: usize = 5;

/// So much of a text is shown.
const INPUT: usize = 400;
const ANSWER: usize = 800;
const REASON: usize = 400;

/// The most pieces of a difference that are marked one by one.
const PIECES: usize = 60;

/// The most fields that differ.
const FIELDS: usize = 10;

/// The rows that a comparison harmed most, folded.
pub(super) fn regressions(
    place: usize,
    comparison: &Comparison,
    pairs: &mut dyn Pairs,
    text: &mut Budget,
) -> io::Result<()> {
    let (mut worst, mut all) = (Vec::new(), 0_u64);
    for row in pairs.changes(place).filter(harmed) {
        all += 1;
        if worst.len() < WORST {
            worst.push(row);
        }
    }
    let mut parts = Vec::new();
    for row in &worst {
        let samples = pairs.samples(place, &row.row)?;
        let (left, right) = samples.telling();
        parts.push(regression(row, left, right));
    }
    let rows = counted(all, "row got worse", "rows got worse");
    let first = if all > worst.len() as u64 { format!(", the first {}", worst.len()) } else { String::new() };
    let (right, left) = (html(&comparison.right.variant), html(&comparison.left.variant));
    let head = format!("<details><summary>{rows}{first}: {right} against {left}</summary>\n\n");
    text.parts("regressions", &head, parts, "</details>\n\n");
    Ok(())
}

fn harmed(row: &RowChange) -> bool {
    match row.change {
        Change::Regressed => true,
        Change::Error => row.broke,
        Change::Improved | Change::Changed | Change::Same => false,
    }
}

fn regression(row: &RowChange, left: Option<&Sample>, right: Option<&Sample>) -> String {
    let mut text = format!("**{}**\n\n", code(row.row.as_str(), 120));
    let golden = left.or(right).and_then(look::row);
    if let Some(golden) = golden {
        text.push_str(&format!("- input: {}\n", code(&look::input_text(golden), INPUT)));
        let expected = look::expected(golden);
        text.extend(expected.map(|expected| format!("- expected: {}\n", code(&expected, INPUT))));
    }
    let answers = [left, right].map(|side| side.and_then(look::completion).map(look::answer));
    for (word, answer) in ["before", "after"].iter().zip(&answers) {
        let said = answer.as_ref().map_or_else(|| "no answer".to_owned(), |answer| code(answer, ANSWER));
        text.push_str(&format!("- {word}: {said}\n"));
    }
    if let [Some(before), Some(after)] = &answers {
        text.push_str(&changed(before, after));
    }
    text.extend(right.map(reasons));
    text.push('\n');
    text
}

/// The difference, where marking it says more than both answers do.
fn changed(before: &str, after: &str) -> String {
    match difference::of(before, after) {
        AnswerDiff::Same => String::new(),
        AnswerDiff::Json(JsonDiff { changes, .. }) => {
            let fields =
                changes.iter().take(FIELDS).map(|change| format!("  - {}\n", code(&difference::field(change), 300)));
            format!("- fields that differ:\n{}", fields.collect::<String>())
        }
        AnswerDiff::Text(pieces) => {
            let any_same = pieces.iter().any(|piece| piece.kind == Kind::Same && !piece.text.trim().is_empty());
            let shown: Vec<_> = pieces.iter().take(PIECES + 1).filter_map(marked).collect();
            let line = format!("- difference: {}\n", shown.join(" "));
            let is_short = pieces.len() <= PIECES && line.chars().count() <= 2 * ANSWER;
            if any_same && is_short { line } else { String::new() }
        }
    }
}

/// A piece in code, in which nothing is markup; white space that came or went is made visible.
fn marked(piece: &Piece) -> Option<String> {
    let is_space = piece.text.trim().is_empty();
    let space = || code(&piece.text.replace(' ', "␣").replace('\t', "⇥").replace('\n', "⏎"), ANSWER);
    let text = || if is_space { space() } else { code(&piece.text, ANSWER) };
    match piece.kind {
        Kind::Same => (!is_space).then(text),
        Kind::Removed => Some(format!("~~{}~~", text())),
        Kind::Added => Some(format!("**{}**", text())),
    }
}

/// Why the answer fails, or why there is none.
fn reasons(sample: &Sample) -> String {
    let error = look::error(sample).map(|(kind, message)| format!("- {kind}: {}\n", code(message, REASON)));
    let failed = look::failures(sample).map(|(name, score)| {
        let reason = score.reason.as_deref().unwrap_or("not as expected");
        format!("- {}: {}\n", code(name, 60), code(reason, REASON))
    });
    let unscored = look::unscored(sample).map(|(name, why)| {
        format!("- {} unscored ({}): {}\n", code(name, 60), why.reason.as_str(), code(&why.detail, REASON))
    });
    error.into_iter().chain(failed).chain(unscored).collect()
}

/// A name inside of HTML.
fn html(name: &str) -> String {
    let name = carat_core::untrusted::one_line(name, 120);
    let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<code>{name}</code>")
}

/// An answer that failed, as far as it is shown.
#[derive(Debug)]
pub(super) struct Miss {
    text: String,
}

impl Miss {
    pub(super) fn of(variant: &str, sample: &Sample) -> Self {
        let mut text = format!("**{}** of {}\n\n", code(sample.case.row.as_str(), 120), code(variant, 120));
        if let Some(row) = look::row(sample) {
            text.push_str(&format!("- input: {}\n", code(&look::input_text(row), INPUT)));
            let expected = look::expected(row);
            text.extend(expected.map(|expected| format!("- expected: {}\n", code(&expected, INPUT))));
        }
        let answer = look::completion(sample).map(look::answer);
        text.extend(answer.map(|answer| format!("- answer: {}\n", code(&answer, ANSWER))));
        text.push_str(&reasons(sample));
        text.push('\n');
        Self { text }
    }
}

/// The first answers that failed, folded; for a run that is compared with nothing.
pub(super) fn misses(misses: &[Miss], text: &mut Budget) {
    let head = format!("<details><summary>The first {} answers that failed</summary>\n\n", misses.len());
    text.parts("answers that failed", &head, misses.iter().map(|miss| miss.text.clone()), "</details>\n\n");
}
