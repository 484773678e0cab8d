//! What is structure, place by place.

use carat_core::diff::{JsonChange, JsonDiff, Kind, Piece, words};
use carat_core::untrusted::{one_line, visible};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::out::{BAD, FAINT, GOOD, ODD, styled};

use super::nothing;

/// So much of a path or a plain value is shown.
const SHORT: usize = 80;

/// So much of what is the same is shown on either side of words that changed.
const AROUND: usize = 40;

/// All that differs between two things that are structure alone. `why_one` is why they may differ and be one version.
pub(super) fn whole(diff: Option<JsonDiff>, is_one: bool, why_one: &str) -> Result<(String, Value), Fault> {
    let Some(diff) = diff else { return Ok((nothing(), json!({"same_version": is_one}))) };
    let note = if is_one { format!("{}\n", styled(ODD, format!("one version: {why_one}"))) } else { String::new() };
    let told = format!("{note}\n{}", places(&diff, ""));
    Ok((told, json!({"same_version": is_one, "structure": diff})))
}

/// The places, each on a line, or on two where a longer text changed.
pub(super) fn places(diff: &JsonDiff, indent: &str) -> String {
    let mut text: String = diff.changes.iter().map(|change| place(change, indent)).collect();
    if diff.more > 0 {
        text.push_str(&styled(FAINT, format!("{indent}and {} more places\n", diff.more)));
    }
    text
}

fn place(change: &JsonChange, indent: &str) -> String {
    let path = one_line(change.path.strip_prefix("$.").unwrap_or(&change.path), SHORT);
    match (&change.left, &change.right) {
        (Some(Value::String(left)), Some(Value::String(right))) if is_long(left) || is_long(right) => {
            let pieces = words(left, right);
            let (minus, plus) = (styled(BAD, "-"), styled(GOOD, "+"));
            let (left, right) = (one_side(&pieces, Kind::Removed), one_side(&pieces, Kind::Added));
            format!("{indent}{path}\n{indent}  {minus} {left}\n{indent}  {plus} {right}\n")
        }
        (None, Some(right)) => format!("{indent}{} {path}: {}\n", styled(GOOD, "+"), styled(GOOD, short(right))),
        (Some(left), None) => format!("{indent}{} {path}: {}\n", styled(BAD, "-"), styled(BAD, short(left))),
        (left, right) => {
            let value = |value: &Option<Value>| value.as_ref().map(short).unwrap_or_default();
            format!("{indent}{path}: {} → {}\n", styled(BAD, value(left)), styled(GOOD, value(right)))
        }
    }
}

fn is_long(text: &str) -> bool {
    text.len() > SHORT || text.contains('\n')
}

fn short(value: &Value) -> String {
    one_line(&value.to_string(), SHORT)
}

/// One side of a text: what is the same, shortened in the middle, and what is its own, in its colour.
fn one_side(pieces: &[Piece], own: Kind) -> String {
    let style = if own == Kind::Removed { BAD } else { GOOD };
    let last = pieces.len().saturating_sub(1);
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let words = visible(&piece.text).replace('\n', "⏎").replace('\t', "⇥");
        if piece.kind == own {
            text.push_str(&styled(style, one_line(&words, 10 * SHORT)));
        } else if piece.kind == Kind::Same {
            text.push_str(&shortened(&words, at == 0, at == last));
        }
    }
    text
}

fn shortened(text: &str, is_first: bool, is_last: bool) -> String {
    let length = text.chars().count();
    let (before, after) = (if is_first { 0 } else { AROUND }, if is_last { 0 } else { AROUND });
    if length <= before + after + 1 {
        return text.to_owned();
    }
    let head: String = text.chars().take(before).collect();
    let tail: String = text.chars().skip(length - after).collect();
    format!("{head}…{tail}")
}
