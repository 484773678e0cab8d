//! Two answers, word by word; two documents, place by place.

use carat_core::diff::{AnswerDiff, Kind, Piece, answers};
use carat_core::untrusted::{one_line, visible};
use serde_json::{Value, json};

use crate::out::{BAD, FAINT, GOOD, styled};

/// So much of an unchanged run of words is shown on either side of a change.
const AROUND: usize = 60;
/// So much of a value in a document is shown.
const VALUE: usize = 80;

/// The difference for a terminal.
pub(crate) fn told(left: Result<&str, String>, right: Result<&str, String>) -> String {
    let (left, right) = match (left, right) {
        (Ok(left), Ok(right)) => (left, right),
        (left, right) => return format!("{}{}", whole("A", left), whole("B", right)),
    };
    match answers(left, right) {
        AnswerDiff::Same => format!("  {} {}\n", styled(FAINT, "answer  "), one_line(left, 2 * AROUND)),
        AnswerDiff::Text(pieces) => {
            let (before, after) = (side(&pieces, Kind::Removed), side(&pieces, Kind::Added));
            format!("  {} {before}\n  {} {after}\n", styled(BAD, "- A     "), styled(GOOD, "+ B     "))
        }
        AnswerDiff::Json(difference) => {
            let mut text = String::new();
            for change in &difference.changes {
                let value = |value: &Option<Value>| {
                    value.as_ref().map_or_else(|| "nothing".to_owned(), |value| one_line(&value.to_string(), VALUE))
                };
                let path = one_line(&change.path, VALUE);
                let (before, after) = (value(&change.left), value(&change.right));
                text.push_str(&format!("  {path}: {} → {}\n", styled(BAD, before), styled(GOOD, after)));
            }
            if difference.more > 0 {
                text.push_str(&format!("  {}\n", styled(FAINT, format!("and {} more places", difference.more))));
            }
            text
        }
    }
}

fn whole(name: &str, answer: Result<&str, String>) -> String {
    match answer {
        Ok(text) => format!("  {} {}\n", styled(FAINT, format!("{name}       ")), one_line(text, 2 * AROUND)),
        Err(why) => format!("  {} {}\n", styled(BAD, format!("{name}       ")), one_line(&why, 2 * AROUND)),
    }
}

/// One side: what is the same, shortened in the middle, and what is its own, in its colour.
fn side(pieces: &[Piece], own: Kind) -> String {
    let style = if own == Kind::Removed { BAD } else { GOOD };
    let last = pieces.len().saturating_sub(1);
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        if piece.kind == own {
            text.push_str(&styled(style, cut(&on_one_line(&piece.text))));
        } else if piece.kind == Kind::Same {
            text.push_str(&styled(FAINT, shortened(&on_one_line(&piece.text), at == 0, at == last)));
        }
    }
    text
}

/// White space that changed is to be seen.
fn on_one_line(text: &str) -> String {
    visible(text).replace('\n', "⏎").replace('\t', "⇥")
}

/// The most characters that are shown of what only one side has.
const OWN: usize = 1000;

fn cut(text: &str) -> String {
    let more = text.chars().count().saturating_sub(OWN);
    if more == 0 {
        return text.to_owned();
    }
    let head: String = text.chars().take(OWN).collect();
    format!("{head}… ({more} more characters)")
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

/// The difference as JSON: `null` where the answers are the same, or one is not there.
pub(super) fn as_json(left: Option<&str>, right: Option<&str>) -> Value {
    let (Some(left), Some(right)) = (left, right) else { return Value::Null };
    match answers(left, right) {
        AnswerDiff::Same => Value::Null,
        AnswerDiff::Text(pieces) => {
            let piece = |piece: &Piece| {
                let kind = match piece.kind {
                    Kind::Same => "same",
                    Kind::Removed => "removed",
                    Kind::Added => "added",
                };
                json!([kind, piece.text])
            };
            json!({"words": pieces.iter().map(piece).collect::<Vec<_>>()})
        }
        AnswerDiff::Json(difference) => {
            let change = |change: &carat_core::diff::JsonChange| json!({"path": change.path, "left": change.left, "right": change.right});
            json!({"places": difference.changes.iter().map(change).collect::<Vec<_>>(), "more": difference.more})
        }
    }
}
