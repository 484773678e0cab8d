//! JSON values with a number for each distinct one, so that equal ones are known as such at a glance.

use std::collections::HashMap;

use serde_json::{Number, Value};
use similar::DiffableStr;

use crate::diff::pairs::Bag;
use crate::diff::tokens::is_blank;

/// A value, its number, and what it holds.
#[derive(Debug)]
pub(super) struct Node<'v> {
    pub(super) value: &'v Value,
    /// The same as that of an equal value, whatever the order of keys and the notation of numbers: 1 is 1.0.
    pub(super) number: u32,
    pub(super) inside: Inside<'v>,
}

/// What a value holds, in the document's order.
#[derive(Debug)]
pub(super) enum Inside<'v> {
    Nothing,
    Items(Vec<Node<'v>>),
    Fields(Vec<(&'v str, Node<'v>)>),
}

/// What makes a value what it is; what it holds is named by number.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Content<'v> {
    Null,
    Truth(bool),
    Whole(i128),
    Fraction(u64),
    Text(&'v str),
    Items(Vec<u32>),
    /// Sorted by key.
    Fields(Vec<(&'v str, u32)>),
}

/// Every value that has been met.
#[derive(Debug, Default)]
pub(super) struct Known<'v>(HashMap<Content<'v>, u32>);

impl<'v> Known<'v> {
    /// The value with its numbers. It recurses as deep as the value is nested, which the reader of JSON keeps below 128.
    pub(super) fn node(&mut self, value: &'v Value) -> Node<'v> {
        let (content, inside) = match value {
            Value::Null => (Content::Null, Inside::Nothing),
            Value::Bool(truth) => (Content::Truth(*truth), Inside::Nothing),
            Value::Number(number) => (amount(number), Inside::Nothing),
            Value::String(text) => (Content::Text(text), Inside::Nothing),
            Value::Array(items) => {
                let items: Vec<Node<'v>> = items.iter().map(|item| self.node(item)).collect();
                (Content::Items(items.iter().map(|item| item.number).collect()), Inside::Items(items))
            }
            Value::Object(fields) => {
                let fields: Vec<_> = fields.iter().map(|(key, value)| (key.as_str(), self.node(value))).collect();
                let mut sorted: Vec<_> = fields.iter().map(|(key, field)| (*key, field.number)).collect();
                sorted.sort_unstable();
                (Content::Fields(sorted), Inside::Fields(fields))
            }
        };
        Node { value, number: self.number(content), inside }
    }

    /// What a value is made of, to find the one that it became: the fields of an object, the items of a list, the words of a
    /// text. Anything else has nothing in common with what it is not.
    pub(super) fn bag(&mut self, node: &Node<'v>) -> Bag {
        Bag::new(match (&node.inside, node.value) {
            (Inside::Items(items), _) => items.iter().map(|item| item.number).collect(),
            (Inside::Fields(fields), _) => {
                fields.iter().map(|(key, field)| self.number(Content::Fields(vec![(*key, field.number)]))).collect()
            }
            (Inside::Nothing, Value::String(text)) => {
                let words = text.tokenize_unicode_words().into_iter().filter(|word| !is_blank(word));
                words.map(|word| self.number(Content::Text(word))).collect()
            }
            (Inside::Nothing, _) => vec![node.number],
        })
    }

    fn number(&mut self, content: Content<'v>) -> u32 {
        // There are fewer than 2^32 of them: each value in memory takes more than 16 bytes.
        let next = self.0.len() as u32;
        *self.0.entry(content).or_insert(next)
    }
}

/// Whole numbers are known digit by digit, also where floating point would round them; 1 and 1.0 are the same.
fn amount<'v>(number: &Number) -> Content<'v> {
    let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    let float = number.as_f64().unwrap_or(f64::NAN);
    // Every floating-point number beyond 2^53 is whole; no integer of JSON's reader is beyond 2^64.
    let whole = || (float.fract() == 0.0 && float.abs() < 2_f64.powi(96)).then_some(float as i128);
    integer.or_else(whole).map_or(Content::Fraction(float.to_bits()), Content::Whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_values_have_equal_numbers_whatever_their_notation() {
        let groups = [
            vec![json!(1), json!(1.0)],
            vec![json!(0), json!(-0.0)],
            vec![json!(10_000_000_000_000_000_000_u64), json!(1e19)],
            vec![json!(9_007_199_254_740_993_u64)],
            vec![json!(9_007_199_254_740_992_u64)],
            vec![json!(1e300)],
            vec![json!(0.5)],
            vec![json!(true)],
            vec![json!("1")],
            vec![json!(null)],
            vec![json!([])],
            vec![json!({})],
            vec![json!([1, 2]), json!([1.0, 2])],
            vec![json!([2, 1])],
            vec![json!([[1], 2])],
            vec![json!({"a": 1, "b": [2]}), json!({"b": [2], "a": 1.0})],
            vec![json!({"a": 1})],
            vec![json!({"a": null})],
        ];
        let mut known = Known::default();
        let numbers: Vec<Vec<u32>> =
            groups.iter().map(|group| group.iter().map(|value| known.node(value).number).collect()).collect();
        for (at, group) in numbers.iter().enumerate() {
            assert!(group.iter().all(|number| *number == group[0]), "{:?}", groups[at]);
            assert!(numbers[..at].iter().all(|other| other[0] != group[0]), "{:?}", groups[at]);
        }
    }

    #[test]
    fn a_bag_holds_what_a_value_is_made_of() {
        let values = [
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 9}), 500),
            (json!({"a": 1}), json!({"b": 1}), 0),
            (json!([1, 2, 3]), json!([3, 2, 1]), 1000),
            (json!("a red cat"), json!("a blue cat"), 666),
            (json!(5), json!(6), 0),
        ];
        let mut known = Known::default();
        for (left, right, share) in &values {
            let (left, right) = (known.node(left), known.node(right));
            assert_eq!(known.bag(&left).share(&known.bag(&right)), *share, "{:?}", left.value);
        }
    }
}
