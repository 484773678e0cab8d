//! What differs, line by line, without what is the same around it.

use carat_core::diff::{JsonChange, JsonDiff, Line};
use carat_core::untrusted::one_line;
use carat_registry::catalogue::diff::PromptDiff;
use carat_registry::dataset::DatasetDiff;

use crate::commands::versions::diff::lines;
use crate::commands::versions::diff::rows::parts;
use crate::out::{BAD, FAINT, GOOD, ODD, styled};

use super::{NAMED, SHOWN};

/// So many lines are shown.
const LINES: usize = 40;

/// So much of a line is shown.
const LENGTH: usize = 1000;

/// The first lines, indented, and how many more there are.
pub(super) fn first(lines: &[String]) -> String {
    let shown: String = lines.iter().take(LINES).map(|line| format!("  {line}\n")).collect();
    match lines.len().saturating_sub(LINES) {
        0 => shown,
        1 => format!("{shown}  … and 1 more line\n"),
        more => format!("{shown}  … and {more} more lines\n"),
    }
}

pub(super) fn of_prompts(diff: &PromptDiff) -> Vec<String> {
    let mut lines = of_text(&diff.template);
    for include in &diff.includes {
        lines.push(styled(FAINT, one_line(&include.path, LENGTH)));
        lines.extend(of_text(&include.lines));
    }
    lines.extend(diff.structure.iter().flat_map(of_structure));
    lines.extend(
        diff.pictures.iter().map(|picture| format!("{} {}", styled(ODD, "~"), one_line(&picture.path, LENGTH))),
    );
    lines
}

/// Of neighbouring lines that changed, all that is gone stands before all that is new.
fn of_text(lines: &[Line]) -> Vec<String> {
    let mut told = Vec::new();
    for changed in lines.split(|line| matches!(line, Line::Same { .. })) {
        told.extend(changed.iter().filter_map(|line| side(line, true)));
        told.extend(changed.iter().filter_map(|line| side(line, false)));
    }
    told
}

/// One side of a line that changed, if it has it: what only that side has in its colour.
fn side(line: &Line, is_left: bool) -> Option<String> {
    if matches!(line, Line::Same { .. }) {
        return None;
    }
    let (_, pieces) = lines::side(line, is_left)?;
    let (mark, style) = if is_left { ("-", BAD) } else { ("+", GOOD) };
    Some(format!("{} {}", styled(style, mark), lines::drawn(&pieces, is_left, LENGTH)))
}

/// The places of a structure, unless a few words have told them all.
pub(super) fn of_structure(diff: &JsonDiff) -> Vec<String> {
    let is_short = |value: &Option<serde_json::Value>| {
        value.as_ref().is_none_or(|value| value.to_string().chars().count() <= SHOWN)
    };
    let are_told =
        diff.changes.len() <= NAMED && diff.changes.iter().all(|one| is_short(&one.left) && is_short(&one.right));
    if are_told { Vec::new() } else { diff.changes.iter().flat_map(of_place).collect() }
}

fn of_place(change: &JsonChange) -> Vec<String> {
    let path = one_line(change.path.trim_start_matches("$."), LENGTH);
    let line = |mark, style, value: &serde_json::Value| {
        format!("{} {path}: {}", styled(style, mark), styled(style, one_line(&value.to_string(), LENGTH)))
    };
    let left = change.left.iter().map(|value| line("-", BAD, value));
    left.chain(change.right.iter().map(|value| line("+", GOOD, value))).collect()
}

pub(super) fn of_rows(diff: &DatasetDiff) -> Vec<String> {
    let name = |id: Option<&str>| one_line(id.unwrap_or("?"), LENGTH);
    let added = diff.added.iter().map(|row| format!("{} {}", styled(GOOD, "+"), name(row.id.as_deref())));
    let removed = diff.removed.iter().map(|row| format!("{} {}", styled(BAD, "-"), name(row.id.as_deref())));
    let changed =
        diff.changed.iter().map(|row| format!("{} {}: {}", styled(ODD, "~"), name(Some(&row.id)), parts(row)));
    added.chain(removed).chain(changed).collect()
}

#[cfg(test)]
mod tests {
    use carat_core::diff::lines;

    use super::*;

    fn plain(left: &str, right: &str) -> String {
        anstream::adapter::strip_str(&first(&of_text(&lines(left, right)))).to_string()
    }

    #[test]
    fn only_what_differs_is_shown_with_what_is_gone_first() {
        let left = "system:\nSort the tickets.\nOne word.\nuser:\n{{ body }}\n";
        let right = "system:\nSort all tickets.\nTwo words.\nuser:\n{{ body }}\nsoon\n";
        insta::assert_snapshot!(plain(left, right), @"
        - Sort the tickets.
        - One word.
        + Sort all tickets.
        + Two words.
        + soon
        ");
    }

    #[test]
    fn of_long_texts_the_beginning_is_shown() {
        let right: String = (1..=45).map(|number| format!("line {number}\n")).collect();
        let shown = plain("", &right);
        assert!(shown.ends_with("  + line 40\n  … and 5 more lines\n"), "{shown}");
        let long = plain("", &"x".repeat(100_000));
        assert_eq!(long.chars().count(), LENGTH + 6, "the mark, the gaps and an ellipsis");
        assert_eq!(plain("", "\u{1b}[2J"), "  + ␛[2J\n");
    }

    #[test]
    fn white_space_that_changed_is_seen() {
        insta::assert_snapshot!(plain("a b\nthe end\n", "a  b\nthe end"), @"
        - a b
        - the end⏎
        + a ·b
        + the end
        ");
    }
}
