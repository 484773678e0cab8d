//! The rows that changed, the most harmful first.

use carat_core::compare::{Change, Comparison, RowChange, Side};
use carat_core::untrusted::one_line;
use carat_core::{Outcome, Sample};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD, ODD, STRONG, styled};

use super::Args;
use super::answers;
use super::sides::{Chosen, Pair};

/// So much of a row's input is shown.
const INPUT: usize = 160;

/// Both sides' samples of a row: of repeats the first that is not the same on both.
struct Both {
    left: Option<Sample>,
    right: Option<Sample>,
}

impl Both {
    async fn fetch(chosen: &Chosen, pair: &Pair<'_>, row: &RowChange) -> Result<Self, Fault> {
        let (mut left, mut right) = (of_side(chosen, pair.left, row).await?, of_side(chosen, pair.right, row).await?);
        let repeats = left.len().min(right.len());
        let telling = (0..repeats).find(|at| left[*at].outcome != right[*at].outcome).unwrap_or(0);
        let take = |samples: &mut Vec<Sample>| (telling < samples.len()).then(|| samples.swap_remove(telling));
        Ok(Self { left: take(&mut left), right: take(&mut right) })
    }
}

async fn of_side(chosen: &Chosen, side: &Side, row: &RowChange) -> Result<Vec<Sample>, Fault> {
    let mut samples = Vec::new();
    for seq in side.samples_of(&row.row) {
        samples.push(chosen.recorded(side).sample(seq).await?);
    }
    Ok(samples)
}

/// The rows for a terminal.
pub(super) async fn told(
    chosen: &Chosen,
    pair: &Pair<'_>,
    changes: &[RowChange],
    args: &Args,
) -> Result<String, Fault> {
    let mut text = String::new();
    for row in changes.iter().take(args.rows) {
        let both = Both::fetch(chosen, pair, row).await?;
        text.push_str(&one(row, &both));
    }
    if args.rows > 0 && changes.len() > args.rows {
        let more = format!("\n{} more rows; --rows shows them\n", changes.len() - args.rows);
        text.push_str(&styled(FAINT, more));
    }
    text.push('\n');
    Ok(text)
}

fn one(row: &RowChange, both: &Both) -> String {
    let (style, word) = match row.change {
        Change::Regressed => (BAD, "regressed"),
        Change::Improved => (GOOD, "improved"),
        Change::Changed => (ODD, "another answer"),
        Change::Error => (BAD, "no answer"),
        Change::Same => (FAINT, "same"),
    };
    let mut text = format!("\n{}  {}\n", styled(STRONG, one_line(row.row.as_str(), 200)), styled(style, word));
    if let Some(transcript) = both.right.as_ref().or(both.left.as_ref()).and_then(|sample| sample.transcript.as_ref()) {
        let input = serde_json::to_string(&transcript.row.input).unwrap_or_default();
        text.push_str(&format!("  {} {}\n", styled(FAINT, "input   "), one_line(&input, INPUT)));
        if let Some(expected) = &transcript.row.expected {
            let expected = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
            text.push_str(&format!("  {} {}\n", styled(FAINT, "expected"), one_line(&expected, INPUT)));
        }
    }
    text.push_str(&answers::told(answer(&both.left), answer(&both.right)));
    text.push_str(&scores(both));
    text
}

/// What a side answered, or why it did not.
fn answer(sample: &Option<Sample>) -> Result<&str, String> {
    match sample.as_ref().map(|sample| &sample.outcome) {
        Some(Outcome::Completed { completion, .. }) => match &completion.refusal {
            Some(refusal) if completion.text.is_empty() => Ok(refusal),
            _ => Ok(&completion.text),
        },
        Some(Outcome::Unanswered { error }) => Err(format!("{}: {}", error.kind.as_str(), error.message)),
        Some(Outcome::Unrendered { message }) => Err(format!("not rendered: {message}")),
        None => Err("not there".to_owned()),
    }
}

/// Every scorer that changed its mind, with its reasons.
fn scores(both: &Both) -> String {
    let (left, right) = (said(&both.left), said(&both.right));
    let mut names: Vec<&String> = left.iter().chain(&right).map(|(name, ..)| name).collect();
    names.dedup();
    let mut text = String::new();
    let mut told: Vec<&String> = Vec::new();
    for name in names {
        if told.contains(&name) {
            continue;
        }
        told.push(name);
        let of = |side: &'_ [(String, String, String)]| {
            side.iter().find(|(known, ..)| known == name).map(|(_, value, why)| (value.clone(), why.clone()))
        };
        let (l, r) = (of(&left), of(&right));
        if l.as_ref().map(|(value, _)| value) == r.as_ref().map(|(value, _)| value) {
            continue;
        }
        let value =
            |side: &Option<(String, String)>| side.as_ref().map_or("–".to_owned(), |(value, _)| value.clone());
        let why = r.as_ref().or(l.as_ref()).map(|(_, why)| why.as_str()).filter(|why| !why.is_empty());
        let why = why.map(|why| format!("  {}", styled(FAINT, why))).unwrap_or_default();
        text.push_str(&format!("  {name}: {} → {}{why}\n", value(&l), value(&r)));
    }
    text
}

/// Each scorer's word: name, value, reason.
fn said(sample: &Option<Sample>) -> Vec<(String, String, String)> {
    let Some(Outcome::Completed { scores, unscored, .. }) = sample.as_ref().map(|sample| &sample.outcome) else {
        return Vec::new();
    };
    let scored = scores.iter().map(|(name, score)| {
        let value = match score.pass {
            Some(true) if score.value.get() == 1.0 => "pass".to_owned(),
            Some(false) if score.value.get() == 0.0 => "fail".to_owned(),
            _ => format!("{:.3}", score.value.get()),
        };
        (name.to_string(), value, score.reason.as_deref().map(|why| one_line(why, INPUT)).unwrap_or_default())
    });
    let unscored =
        unscored.iter().map(|(name, why)| (name.to_string(), "unscored".to_owned(), one_line(&why.detail, INPUT)));
    scored.chain(unscored).collect()
}

/// The comparisons and rows as JSON.
pub(super) async fn as_json(
    chosen: &Chosen,
    pairs: &[Pair<'_>],
    compared: &[Comparison],
    changes: &[Vec<RowChange>],
    most: usize,
) -> Result<Exit, Fault> {
    let mut entries = Vec::new();
    for ((pair, comparison), changes) in pairs.iter().zip(compared).zip(changes) {
        let mut rows = Vec::new();
        for row in changes.iter().take(most) {
            rows.push(row_json(pair, row, &Both::fetch(chosen, pair, row).await?));
        }
        entries.push(json!({"comparison": comparison, "changed": changes.len(), "rows": rows}));
    }
    out::json(&json!({"format": 1, "diffs": entries}))?;
    Ok(Exit::Fine)
}

fn row_json(pair: &Pair<'_>, row: &RowChange, both: &Both) -> Value {
    let names = pair.left.scorer_names();
    let deltas: serde_json::Map<String, Value> =
        names.zip(&row.deltas).map(|(name, delta)| (name.to_owned(), json!(delta))).collect();
    let change = match row.change {
        Change::Regressed => "regressed",
        Change::Improved => "improved",
        Change::Changed => "changed",
        Change::Error => "error",
        Change::Same => "same",
    };
    json!({
        "row": row.row, "change": change, "flipped": row.flipped, "deltas": deltas,
        "left": side_json(&both.left), "right": side_json(&both.right),
        "difference": answers::as_json(answer(&both.left).ok(), answer(&both.right).ok()),
    })
}

fn side_json(sample: &Option<Sample>) -> Value {
    let said: serde_json::Map<String, Value> = match sample.as_ref().map(|sample| &sample.outcome) {
        Some(Outcome::Completed { scores, .. }) => {
            scores.iter().map(|(name, score)| (name.to_string(), json!(score))).collect()
        }
        _ => serde_json::Map::new(),
    };
    match answer(sample) {
        Ok(text) => json!({"output": text, "scores": said}),
        Err(why) => json!({"output": null, "error": why}),
    }
}
