//! How two answers differ, whatever they are.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::{self, JsonDiff};
use super::{Piece, words};

/// How two answers differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerDiff {
    /// They say the same: the very text, or the same JSON in another layout.
    Same,
    /// As text: see [`words`].
    Text(Vec<Piece>),
    /// As JSON.
    Json(JsonDiff),
}

/// How two answers differ. Where both are a JSON object or list they are compared as that, otherwise word by word.
///
/// An answer is also JSON that stands in a code block, if it has no other block. What stands around the block must be the same
/// in both, but for white space at its ends; otherwise the answers are compared as text, so that nothing is hidden. The order
/// of keys, the layout, the notation of numbers (1 and 1.0) and the marks of the code block make no difference. A missing key
/// is not `null`, and of a key that stands there twice the last one counts, as for the reader of JSON. What is nested
/// more than 127 deep is not JSON for that reader, and compared as text.
///
/// Items of lists are matched by their content: what both lists have, in the order of both, stays what it was, and between
/// that the items that share most fields, items or words are pairs. Their `id` or name is a field like any other.
pub fn answers(left: &str, right: &str) -> AnswerDiff {
    if left == right {
        return AnswerDiff::Same;
    }
    if let (Some(left), Some(right)) = (Document::read(left), Document::read(right))
        && left.around == right.around
    {
        return json::changes(&left.value, &right.value).map_or(AnswerDiff::Same, AnswerDiff::Json);
    }
    AnswerDiff::Text(words(left, right))
}

/// A JSON object or list, and the text before and after the code block that it stands in.
struct Document<'t> {
    value: Value,
    around: [&'t str; 2],
}

impl<'t> Document<'t> {
    fn read(text: &'t str) -> Option<Self> {
        if let Some(value) = value(text) {
            return Some(Self { value, around: ["", ""] });
        }
        let (before, inside, after) = block(text)?;
        Some(Self { value: value(inside)?, around: [before.trim(), after.trim()] })
    }
}

fn value(text: &str) -> Option<Value> {
    // Nothing else is an object or a list, and most answers need not be read further.
    let may_be = text.trim_start().starts_with(['{', '[']);
    may_be.then(|| serde_json::from_str(text).ok()).flatten()
}

/// What stands before, in, and behind the one code block of a text, as Markdown has it: between two fences of at least three
/// backticks or tildes.
fn block(text: &str) -> Option<(&str, &str, &str)> {
    let mut found = None;
    let mut open: Option<(&str, usize, usize)> = None;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let start = end;
        end += line.len();
        match (open, fence(line)) {
            (None, Some(_)) if found.is_some() => return None,
            (None, Some(fence)) => open = Some((fence, start, end)),
            (Some((opening, before, from)), Some(closing))
                if closing.starts_with(opening) && line.trim() == closing =>
            {
                found = Some((&text[..before], &text[from..start], &text[end..]));
                open = None;
            }
            (None | Some(_), _) => {}
        }
    }
    found.filter(|_| open.is_none())
}

/// The marks of a fence at the beginning of a line, indented by at most three spaces.
fn fence(line: &str) -> Option<&str> {
    let inner = line.trim_start_matches(' ');
    let mark = inner.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let (marks, info) = inner.split_at(inner.len() - inner.trim_start_matches(mark).len());
    // A line such as ```{}``` is code in a line, not a fence.
    (marks.len() >= 3 && line.len() - inner.len() <= 3 && !(mark == '`' && info.contains('`'))).then_some(marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::tests::marked;
    use serde_json::json;

    fn told(left: &str, right: &str) -> String {
        match answers(left, right) {
            AnswerDiff::Same => "same".to_owned(),
            AnswerDiff::Text(pieces) => marked(&pieces),
            AnswerDiff::Json(diff) => diff.changes.iter().map(|change| format!("{} ", change.path)).collect(),
        }
    }

    #[test]
    fn answers_that_are_both_json_are_compared_as_json_and_others_as_text() {
        for (left, right, expected) in [
            ("yes", "yes", "same"),
            ("yes", "no", "[-yes-]{+no+}"),
            (r#"{"a": 1, "b": [2]}"#, "{\"b\":[2.0],\n\"a\":1}\n", "same"),
            (r#"{"a": 1}"#, r#"{"a": 2}"#, "$.a "),
            ("[1]", "[]", "$[0] "),
            ("[]", "{}", "$ "),
            ("1", "1.0", "[-1-]{+1.0+}"),
            ("\"a\"", "\"b\"", "\"[-a-]{+b+}\""),
            (r#"{"a": 1}"#, r#"{"a": 1"#, r#"{"a": 1[-}-]"#),
            ("[1] ", "[1]\u{feff}", "[1[-] -]{+]\u{feff}+}"),
        ] {
            assert_eq!(told(left, right), expected, "{left:?} {right:?}");
        }
    }

    #[test]
    fn json_in_a_code_block_is_json_if_what_stands_around_it_is_the_same() {
        for (left, right, expected) in [
            ("```json\n{\"a\": 1}\n```", "{\"a\":1}", "same"),
            ("```\n[1]\n```\n", "~~~ js\n[ 2 ]\n~~~~", "$[0] "),
            ("Here:\n\n```json\n[1]\n```\n\nDone.", "Here:\n```json\n[1.0]\n```\nDone.", "same"),
            ("So:\n```\n[1]\n```", "Hm:\n```\n[1]\n```", "[-So-]{+Hm+}:\n```\n[1]\n```"),
            ("Yes:\n```\n[1]\n```", "[1]", "[-Yes:\n```\n-][1][-\n```-]"),
            ("```\n[1]\n```\n```\n[1]\n```", "[1]", "[-```\n-][1][-\n```\n```\n[1]\n```-]"),
            ("```\n[1]", "[1]", "[-```\n-][1]"),
            ("```\n[1]\n```\n```\n", "[1]", "[-```\n-][1][-\n```\n```\n-]"),
        ] {
            assert_eq!(told(left, right), expected, "{left:?} {right:?}");
        }
    }

    #[test]
    fn json_that_is_nested_too_deep_is_text() {
        let nested = |levels: usize, inner: &str| format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(matches!(answers(&nested(127, "1"), &nested(127, "2")), AnswerDiff::Json(_)));
        assert!(matches!(answers(&nested(128, "1"), &nested(128, "2")), AnswerDiff::Text(_)));
        assert!(matches!(answers(&"[".repeat(300_000), &"{\"a\":".repeat(300_000)), AnswerDiff::Text(_)));
    }

    #[test]
    fn a_difference_serialises_with_its_kind() {
        let same = serde_json::to_value(answers("a", "a")).unwrap();
        assert_eq!(same, json!("same"));
        let text = serde_json::to_value(answers("a", "b")).unwrap();
        assert_eq!(text, json!({"text": [{"kind": "removed", "text": "a"}, {"kind": "added", "text": "b"}]}));
        let diff = answers(r#"{"a": null}"#, "{}");
        let json = serde_json::to_value(&diff).unwrap();
        assert_eq!(json, json!({"json": {"changes": [{"path": "$.a", "left": null}], "more": 0}}));
        assert_eq!(serde_json::from_value::<AnswerDiff>(json).unwrap(), diff);
    }
}
