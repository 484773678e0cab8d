//! What a row expects, read as texts.
//!
//! A number or a boolean is compared as its JSON text: `5` is `5`, `5.0` is `5.0`, `true` is `true`. A list is several
//! texts; whether any or all of them count is the scorer's to say. Objects, lists in lists and `null` in lists are no texts.

use std::borrow::Cow;

use carat_core::spec::Text;
use carat_core::{Unscored, UnscoredKind};
use serde_json::Value;

use super::text::normalise;

/// Nothing to compare with.
pub(super) fn missing() -> Unscored {
    Unscored::new(UnscoredKind::NoExpectation, "the row does not say what is expected")
}

/// Something that cannot be compared with.
pub(super) fn bad(detail: impl Into<String>) -> Unscored {
    Unscored::new(UnscoredKind::BadExpectation, detail)
}

/// What the row expects, whatever it is; JSON's `null` is nothing.
pub(super) fn given(row: Option<&Value>) -> Result<&Value, Unscored> {
    row.filter(|value| !value.is_null()).ok_or_else(missing)
}

/// One text.
pub(super) fn text(value: &Value) -> Result<Cow<'_, str>, Unscored> {
    match value {
        Value::String(text) => Ok(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Ok(Cow::Owned(value.to_string())),
        Value::Null => Err(bad("null cannot be compared with a text")),
        Value::Array(_) => Err(bad("a list cannot be compared with a text")),
        Value::Object(_) => Err(bad("an object cannot be compared with a text; `json` compares objects")),
    }
}

/// Each of the members of a list, or the one thing that is no list; never none.
pub(super) fn members(row: Option<&Value>) -> Result<&[Value], Unscored> {
    match given(row)? {
        Value::Array(members) if members.is_empty() => Err(bad("an empty list is met by nothing")),
        Value::Array(members) => Ok(members),
        one => Ok(std::slice::from_ref(one)),
    }
}

/// One text or several, never none, made alike. One of which nothing is left by that would be met by answers that have
/// nothing to do with it, and is refused; an empty one that was empty as written stands.
pub(super) fn normalised<'r>(row: Option<&'r Value>, settings: &Text) -> Result<Vec<Cow<'r, str>>, Unscored> {
    members(row)?.iter().map(|member| normalised_text(member, settings)).collect()
}

fn normalised_text<'r>(value: &'r Value, settings: &Text) -> Result<Cow<'r, str>, Unscored> {
    let written = text(value)?;
    let left = normalise(written.clone(), settings);
    if left.is_empty() && !written.is_empty() {
        return Err(bad(format!("nothing is left of {value} once it is normalised")));
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::spec::Articles;
    use serde_json::json;

    fn kind<T: std::fmt::Debug>(result: Result<T, Unscored>) -> UnscoredKind {
        result.unwrap_err().reason
    }

    #[test]
    fn numbers_and_booleans_are_compared_as_their_json_text() {
        let row = json!(["five", 5, 5.0, true]);
        assert_eq!(normalised(Some(&row), &Text::default()).unwrap(), ["five", "5", "5.0", "true"]);
    }

    #[test]
    fn nothing_and_null_are_no_expectation() {
        assert_eq!(kind(members(None)), UnscoredKind::NoExpectation);
        assert_eq!(kind(members(Some(&Value::Null))), UnscoredKind::NoExpectation);
    }

    #[test]
    fn what_is_no_text_cannot_be_compared_with() {
        for row in [json!({}), json!([]), json!([[]]), json!([null]), json!(["a", {}])] {
            assert_eq!(kind(normalised(Some(&row), &Text::default())), UnscoredKind::BadExpectation, "{row}");
        }
    }

    #[test]
    fn an_expectation_of_which_normalising_leaves_nothing_is_refused_rather_than_met_by_anything() {
        let settings = Text { articles: Articles::Ignore, ..Text::default() };
        assert_eq!(kind(normalised(Some(&json!("A")), &settings)), UnscoredKind::BadExpectation);
        assert_eq!(normalised(Some(&json!("")), &settings).unwrap(), [""]);
    }
}
