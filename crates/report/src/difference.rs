//! How one answer differs from another, ready to be shown.

use carat_core::diff::{self, AnswerDiff, JsonChange, JsonDiff, Kind, Piece};
use serde_json::Value;

use crate::look;

/// Of longer answers the beginnings are compared, in characters: nobody reads on so far in a report.
const COMPARED: usize = 20_000;

/// So much is shown of a value in a field.
const VALUE: usize = 300;

/// How two answers differ, as far as a report shows them.
pub(crate) fn of(left: &str, right: &str) -> AnswerDiff {
    diff::answers(look::beginning(left, COMPARED).0, look::beginning(right, COMPARED).0)
}

/// The difference in the marks of `git diff --word-diff`: `I was [-charged-]{+billed+} twice`; of structured answers the
/// fields: `$.items[0].sku: "a" → "b"`.
pub(crate) fn plain(left: &str, right: &str) -> String {
    match of(left, right) {
        AnswerDiff::Same => "none".to_owned(),
        AnswerDiff::Text(pieces) => pieces.iter().map(marked).collect(),
        AnswerDiff::Json(JsonDiff { changes, more }) => {
            let fields: Vec<_> = changes.iter().map(field).collect();
            let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
            fields.join("; ") + &rest
        }
    }
}

fn marked(piece: &Piece) -> String {
    let text = &piece.text;
    match piece.kind {
        Kind::Same => text.clone(),
        Kind::Removed => format!("[-{text}-]"),
        Kind::Added => format!("{{+{text}+}}"),
    }
}

/// `$.items[0].sku: "a" → "b"`
pub(crate) fn field(change: &JsonChange) -> String {
    let (path, left, right) = sides(change);
    format!("{path}: {left} → {right}")
}

/// Which field, and what stands there on both sides, as JSON; `(nothing)` where there is no such field.
pub(crate) fn sides(change: &JsonChange) -> (String, String, String) {
    let shown = |value: Option<&Value>| {
        let text = value.map_or_else(|| "(nothing)".to_owned(), ToString::to_string);
        match look::beginning(&text, VALUE) {
            (all, 0) => all.to_owned(),
            (some, _) => format!("{some}…"),
        }
    };
    let was = change.left_path.as_ref().map(|path| format!(" (was {path})")).unwrap_or_default();
    (format!("{}{was}", change.path), shown(change.left.as_ref()), shown(change.right.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_and_fields_are_named() {
        assert_eq!(plain("I was charged twice", "I was billed twice"), "I was [-charged-]{+billed+} twice");
        assert_eq!(plain(r#"{"a":1,"b":2}"#, r#"{"b":3}"#), "$.b: 2 → 3; $.a: 1 → (nothing)");
        assert_eq!(plain("a", "a"), "none");
    }
}
