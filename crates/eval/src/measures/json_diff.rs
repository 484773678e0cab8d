//! How much two JSON values have in common, as one number, and where they differ.

mod canonical;
mod paths;

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::numeric::numeric_similarity;
use super::similarity::Budget;
use canonical::canonical;
pub use paths::{Difference, Differences, Pointer, paths};
pub(super) use paths::{Extra, Leniency, first_difference};

/// What it costs to look at a key of an object, a member of a list, and a byte of JSON that is read or written, in cells of a
/// comparison of texts. A cell takes 0.1 ns; measured were 0.5 µs a key, 0.05 µs a member and 60 ns a byte.
const A_KEY: usize = 5_000;
const A_MEMBER: usize = 1_000;
const A_BYTE: usize = 500;

/// How deep values may be nested, texts that hold JSON included: as deep as the reader of JSON goes.
pub const MOST_LEVELS: usize = 128;

/// Two values that cannot be compared, since it would cost too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    /// The texts within them are too long, or their members too many, all of them together.
    #[error("the two JSON values are too long to compare")]
    TooLong,
    /// They are nested more than [`MOST_LEVELS`] deep.
    #[error("the two JSON values are nested more than {MOST_LEVELS} levels deep")]
    TooDeep,
}

/// What becomes of texts that hold JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Texts {
    /// A text that is itself a JSON object or list is compared as that, also within other values.
    #[default]
    Read,
    /// A text is a text.
    Keep,
}

/// How alike two values are, from 0 to 1; equal values have 1, and it is symmetric. It is `JSONDiff` of autoevals 0.4 (in
/// Python):
///
/// * **Objects** have the mean over the keys of either one. A key that is missing is the same as `null`: beside `null` it has
///   1, beside anything else 0. Two empty objects have 1.
/// * **Lists** are compared place by place; the sum is divided by the length of the longer. Two empty lists have 1.
/// * **Texts** have their Levenshtein ratio, **numbers** [`numeric_similarity`].
/// * **`true` and `false`** are 1 and 0, also beside numbers: `true` and 1 have 1. (That is Python's doing; the reference in
///   JavaScript compares their texts.)
/// * **`null`** has 1 beside `null` and 0 beside anything else.
/// * **Values of different types** have the Levenshtein ratio of their JSON, its keys sorted and without white space: `"1"` and
///   1 have ⅓. Characters beyond ASCII stay as they are, as in JavaScript; Python compares their escapes.
///
/// So it is generous to values with the same keys, and says nothing of how many of them are right: 1 beside 2 has ⅔.
///
/// # Errors
///
/// Why they cannot be compared. The cost of all texts together is bounded as that of one pair is in
/// [`similarity`](super::similarity): about a second.
pub fn json_similarity(output: &Value, expected: &Value, texts: Texts) -> Result<f64, Incomparable> {
    Comparison::new(texts).similarity(output, expected)
}

/// Whether two values are the same, as [`paths()`] sees it. It stops at the first difference.
pub fn are_same(left: &Value, right: &Value) -> bool {
    first_difference(left, right, Leniency::default()).is_none()
}

/// Comparisons that cost together no more than one may.
pub(super) struct Comparison {
    texts: Texts,
    budget: Budget,
}

impl Comparison {
    pub(super) fn new(texts: Texts) -> Self {
        Self { texts, budget: Budget::new() }
    }

    /// [`json_similarity`], while there is something left to spend.
    pub(super) fn similarity(&mut self, output: &Value, expected: &Value) -> Result<f64, Incomparable> {
        self.values(output, expected, MOST_LEVELS)
    }

    fn values(&mut self, left: &Value, right: &Value, levels: usize) -> Result<f64, Incomparable> {
        let levels = levels.checked_sub(1).ok_or(Incomparable::TooDeep)?;
        let (left, right) = (self.read(left)?, self.read(right)?);
        match (&*left, &*right) {
            (Value::Object(left), Value::Object(right)) => self.objects(left, right, levels),
            (Value::Array(left), Value::Array(right)) => self.lists(left, right, levels),
            (Value::String(left), Value::String(right)) => self.ratio(left, right),
            (Value::Null, Value::Null) => Ok(1.0),
            (Value::Null, _) | (_, Value::Null) => Ok(0.0),
            (left, right) => match (number(left), number(right)) {
                (Some(left), Some(right)) => Ok(numeric_similarity(left, right).unwrap_or(0.0)),
                (None, _) | (_, None) => self.written(left, right, levels),
            },
        }
    }

    fn objects(
        &mut self,
        left: &Map<String, Value>,
        right: &Map<String, Value>,
        levels: usize,
    ) -> Result<f64, Incomparable> {
        self.spend(left.len().saturating_add(right.len()), A_KEY)?;
        // Sorted, so that neither the order of keys nor that of the two values shows in the last digit of the sum.
        let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut sum = 0.0;
        for key in &keys {
            let [left, right] = [left, right].map(|fields| fields.get(*key).unwrap_or(&Value::Null));
            sum += self.values(left, right, levels)?;
        }
        Ok(mean(sum, keys.len()))
    }

    fn lists(&mut self, left: &[Value], right: &[Value], levels: usize) -> Result<f64, Incomparable> {
        self.spend(left.len().min(right.len()), A_MEMBER)?;
        let mut sum = 0.0;
        for (left, right) in left.iter().zip(right) {
            sum += self.values(left, right, levels)?;
        }
        Ok(mean(sum, left.len().max(right.len())))
    }

    /// Values of different types, by their JSON.
    fn written(&mut self, left: &Value, right: &Value, levels: usize) -> Result<f64, Incomparable> {
        let (left, right) = (canonical(left, levels)?, canonical(right, levels)?);
        self.spend(left.len().saturating_add(right.len()), A_BYTE)?;
        self.ratio(&left, &right)
    }

    fn spend(&mut self, times: usize, cells: usize) -> Result<(), Incomparable> {
        self.budget.spend(times.saturating_mul(cells)).ok_or(Incomparable::TooLong)
    }

    fn ratio(&mut self, left: &str, right: &str) -> Result<f64, Incomparable> {
        self.budget.levenshtein_ratio(left, right).ok_or(Incomparable::TooLong)
    }

    /// The JSON in a text, where that is to be read and is an object or a list.
    fn read<'v>(&mut self, value: &'v Value) -> Result<Cow<'v, Value>, Incomparable> {
        let Value::String(text) = value else { return Ok(Cow::Borrowed(value)) };
        if self.texts == Texts::Keep || !text.trim_start().starts_with(['{', '[']) {
            return Ok(Cow::Borrowed(value));
        }
        self.spend(text.len(), A_BYTE)?;
        Ok(serde_json::from_str(text).map_or(Cow::Borrowed(value), Cow::Owned))
    }
}

/// A number, or one of the two that Python takes for numbers.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(yes) => Some(f64::from(u8::from(*yes))),
        Value::Number(number) => number.as_f64(),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn mean(sum: f64, of: usize) -> f64 {
    if of == 0 { 1.0 } else { sum / of as f64 }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// Any JSON, with few keys and texts so that two values have some in common, and some that hold JSON themselves.
    pub(in crate::measures) fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-3i64..3).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[ab]{0,3}".prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            Just(json!("{\"a\": [1, \"[2]\"]}")),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec(("[a-c~/]{0,2}", inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn similarity(left: &Value, right: &Value) -> f64 {
        json_similarity(left, right, Texts::Read).unwrap()
    }

    #[test]
    fn a_missing_key_is_a_null() {
        assert_eq!(similarity(&json!({"a": 1, "b": null}), &json!({"a": 1})), 1.0);
        assert_eq!(similarity(&json!({"a": 1, "b": 0}), &json!({"a": 1})), 0.5);
    }

    #[test]
    fn truth_is_a_number_as_in_python() {
        assert_eq!(similarity(&json!(true), &json!(1.0)), 1.0);
        assert_eq!(similarity(&json!(false), &json!(0)), 1.0);
        assert_eq!(similarity(&json!(true), &json!(false)), 0.0);
        assert_eq!(similarity(&json!(true), &json!("true")), 4.0 / 6.0);
    }

    #[test]
    fn a_text_that_holds_json_is_read_where_that_is_wanted() {
        let (text, value) = (json!({"a": "{\"b\": [1]}"}), json!({"a": {"b": [1]}}));
        assert_eq!(similarity(&text, &value), 1.0);
        assert!(json_similarity(&text, &value, Texts::Keep).unwrap() < 1.0);
        assert_eq!(similarity(&json!("1"), &json!(1)), 1.0 / 3.0);
    }

    #[test]
    fn different_types_are_compared_as_text_with_sorted_keys_and_without_escapes() {
        assert_eq!(similarity(&json!({"b": 1, "a": "é"}), &json!(["a", "é", "b", 1])), 11.0 / 15.0);
        assert_eq!(similarity(&json!([]), &json!({})), 0.0);
    }

    #[test]
    fn what_would_cost_too_much_is_refused() {
        let long = |last: &str| "a".repeat(90_000) + last;
        assert!(json_similarity(&json!(long("b")), &json!(long("c")), Texts::Read).is_ok());
        let twice = |last: &str| json!([long(last), long(last)]);
        assert_eq!(json_similarity(&twice("b"), &twice("c"), Texts::Read), Err(Incomparable::TooLong));
        let many = Value::from(vec![0; 12_000_000]);
        assert_eq!(json_similarity(&many, &many, Texts::Keep), Err(Incomparable::TooLong));
        let mut text = "[]".to_owned();
        for _ in 0..7 {
            // Each text holds twenty lists around the text before.
            text = format!("{}{}{}", "[".repeat(20), Value::from(text), "]".repeat(20));
        }
        assert_eq!(json_similarity(&json!(text), &json!(text), Texts::Read), Err(Incomparable::TooDeep));
        assert_eq!(json_similarity(&json!(text), &json!(text), Texts::Keep), Ok(1.0));
    }

    #[test]
    fn whatever_the_reader_of_json_takes_is_not_too_deep() {
        let deep: Value = serde_json::from_str(&format!("{}1{}", "[".repeat(127), "]".repeat(127))).unwrap();
        assert_eq!(similarity(&deep, &deep), 1.0);
        assert!(json_similarity(&deep, &json!("1"), Texts::Read).is_ok());
        assert_eq!(paths(&deep, &deep, 9).total, 0);
        assert_eq!(paths(&deep, &json!([]), 9).total, 1);
    }

    proptest! {
        #[test]
        fn it_is_from_0_to_1_symmetric_and_1_for_equal_values(left in tree(), right in tree()) {
            for texts in [Texts::Read, Texts::Keep] {
                let value = json_similarity(&left, &right, texts).unwrap();
                prop_assert!((0.0..=1.0).contains(&value));
                prop_assert_eq!(json_similarity(&right, &left, texts), Ok(value));
                prop_assert!((json_similarity(&left, &left, texts).unwrap() - 1.0).abs() < 1e-12);
            }
        }
    }
}
