//! How one field is compared.
//!
//! A field that is expected to be `null` is met by `null`, and by not being there. One that is missing where a value is
//! expected differs.
//!
//! * `equal`: the same JSON value; 1 and 1.0 are the same, and the order of keys does not matter. Within it `null` and missing
//!   differ.
//! * `text`: the same text; a number or boolean as its JSON text. Case is ignored, white space at the ends left out, and a run
//!   of white space in between is one space.
//! * `number`: numbers that differ by at most a millionth of the larger. A text is not a number.
//! * `set`: lists with the same members, each as often, in any order, compared as `equal` does.
//! * `ignore`: left out, and not counted.

use std::borrow::Cow;

use carat_core::spec::FieldComparison;
use serde_json::Value;

use super::canonical::canonical;
use crate::scorers::text::fold_case;

/// The part of the larger of two numbers by which they may differ.
const NEAR: f64 = 1e-6;

/// What a field is expected to be, made ready for comparing.
pub(super) enum Comparand {
    /// Nothing.
    Null,
    /// The canonical form of a value.
    Equal(String),
    /// A text without its case and superfluous white space.
    Text(String),
    /// A number.
    Number(f64),
    /// The sorted canonical forms of a list's members.
    Set(Vec<String>),
}

impl Comparand {
    /// Of an expected value; else what the value had to be.
    pub(super) fn new(comparison: &FieldComparison, value: &Value) -> Result<Self, &'static str> {
        if value.is_null() {
            return Ok(Self::Null);
        }
        match comparison {
            FieldComparison::Equal => Ok(Self::Equal(canonical(value))),
            FieldComparison::Text => plain_text(value).map(Self::Text).ok_or("a text"),
            FieldComparison::Number => value.as_f64().map(Self::Number).ok_or("a number"),
            FieldComparison::Set => sorted(value).map(Self::Set).ok_or("a list"),
            FieldComparison::Ignore => Err("to be compared"),
        }
    }

    /// Whether a field of an answer, if it is there, agrees.
    pub(super) fn is_met_by(&self, field: Option<&Value>) -> bool {
        let Some(value) = field else { return matches!(self, Self::Null) };
        match self {
            Self::Null => value.is_null(),
            Self::Equal(expected) => canonical(value) == *expected,
            Self::Text(expected) => plain_text(value).as_ref() == Some(expected),
            Self::Number(expected) => value.as_f64().is_some_and(|number| are_near(number, *expected)),
            Self::Set(expected) => sorted(value).as_ref() == Some(expected),
        }
    }
}

fn are_near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= NEAR * a.abs().max(b.abs())
}

/// A scalar as a text that is compared apart from case and white space.
fn plain_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Number(_) | Value::Bool(_) => Cow::Owned(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(fold_case(&text.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// The members of a list in an order that does not depend on theirs.
fn sorted(value: &Value) -> Option<Vec<String>> {
    let mut members: Vec<String> = value.as_array()?.iter().map(canonical).collect();
    members.sort_unstable();
    Some(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use FieldComparison::{Equal, Number, Set, Text};
    use serde_json::json;

    fn agree(comparison: &FieldComparison, expected: &Value, answer: &Value) -> bool {
        Comparand::new(comparison, expected).unwrap().is_met_by(Some(answer))
    }

    #[test]
    fn equal_is_the_same_value_however_it_is_written() {
        assert!(agree(&Equal, &json!({"a": 1, "b": [2.0]}), &json!({"b": [2], "a": 1.0})));
        assert!(!agree(&Equal, &json!([1, 2]), &json!([2, 1])));
        assert!(!agree(&Equal, &json!("1"), &json!(1)));
        assert!(!agree(&Equal, &json!({"a": null}), &json!({})));
    }

    #[test]
    fn text_forgives_case_and_white_space() {
        assert!(agree(&Text, &json!("Ada  Lovelace"), &json!(" ada\nlovelace ")));
        assert!(agree(&Text, &json!("5"), &json!(5)));
        assert!(!agree(&Text, &json!("AdaLovelace"), &json!("Ada Lovelace")));
        assert!(!agree(&Text, &json!("a"), &json!(["a"])));
        assert!(Comparand::new(&Text, &json!({})).is_err());
    }

    #[test]
    fn numbers_agree_within_a_millionth() {
        assert!(agree(&Number, &json!(1_000_000), &json!(1_000_001.0)));
        assert!(!agree(&Number, &json!(1_000_000), &json!(1_000_002)));
        assert!(agree(&Number, &json!(0), &json!(-0.0)));
        assert!(!agree(&Number, &json!(5), &json!("5")));
        assert!(Comparand::new(&Number, &json!("5")).is_err());
    }

    #[test]
    fn sets_forgive_order_and_nothing_else() {
        assert!(agree(&Set, &json!(["a", {"n": 1}]), &json!([{"n": 1.0}, "a"])));
        assert!(!agree(&Set, &json!(["a", "a", "b"]), &json!(["a", "b", "b"])));
        assert!(!agree(&Set, &json!(["a"]), &json!("a")));
    }

    #[test]
    fn null_is_met_by_null_and_by_nothing() {
        for comparison in [Equal, Text, Number, Set] {
            let null = Comparand::new(&comparison, &Value::Null).unwrap();
            assert!(null.is_met_by(None) && null.is_met_by(Some(&Value::Null)));
            assert!(!null.is_met_by(Some(&json!(""))));
        }
        assert!(!Comparand::new(&Text, &json!("")).unwrap().is_met_by(None));
    }
}
