//! What is expected, as those read it who are asked.

use std::borrow::Cow;

use carat_core::{Row, Unscored, UnscoredKind};
use serde_json::Value;

use crate::frame::Frame;

/// What a row expects, or a template makes of it. `null` is nothing.
pub(super) fn given<'r>(frame: &Frame, row: &'r Row) -> Result<Cow<'r, Value>, Unscored> {
    let missing = || Unscored::new(UnscoredKind::NoExpectation, "the row does not say what is expected");
    frame.expected(row)?.filter(|value| !value.is_null()).ok_or_else(missing)
}

/// A text as it is, anything else as JSON text.
pub(super) fn as_text(expected: &Value) -> Cow<'_, str> {
    match expected {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// One text, or each of a list; never none. A number or a boolean is its JSON text.
pub(super) fn texts(expected: &Value) -> Result<Vec<Cow<'_, str>>, Unscored> {
    let bad = |detail: &str| Unscored::new(UnscoredKind::BadExpectation, detail);
    let members = match expected {
        Value::Array(members) => members.as_slice(),
        one => std::slice::from_ref(one),
    };
    if members.is_empty() {
        return Err(bad("an empty list is met by nothing"));
    }
    let text = |member: &Value| match member {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(bad("only a text, or a list of texts, has a meaning")),
    };
    members.iter().map(|member| text(member).map(|()| as_text(member))).collect()
}
