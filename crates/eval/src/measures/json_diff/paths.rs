//! Where two JSON values differ.

use std::fmt;
use std::ops::ControlFlow;

use serde_json::{Map, Number, Value};

use super::MOST_LEVELS;

/// A place in a JSON value. It shows itself as a JSON Pointer (RFC 6901): `/items/0/sku`, and nothing for the whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pointer<'v>(Vec<Step<'v>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'v> {
    Key(&'v str),
    Place(usize),
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| match step {
            Step::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Place(place) => write!(f, "/{place}"),
        })
    }
}

/// A place at which two values differ, and what either one has there; none where it has nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference<'v> {
    /// Where.
    pub path: Pointer<'v>,
    /// What the left value has.
    pub left: Option<&'v Value>,
    /// What the right value has.
    pub right: Option<&'v Value>,
}

/// The places at which two values differ.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Differences<'v> {
    /// The first of them: in the order of the right value, and of the left one for what only that has.
    pub first: Vec<Difference<'v>>,
    /// How many there are.
    pub total: usize,
}

/// The places at which two values differ, at most so many of them, and how many there are.
///
/// Objects are compared key by key, whatever their order, lists place by place, and anything else as one: 1 and 1.0 are the
/// same, `true` and 1 are not, a missing key is not `null`, and texts are not read as JSON. So there may be differences where
/// [`json_similarity`](super::json_similarity) says 1, which is more lenient. What is nested deeper than [`MOST_LEVELS`] is
/// not looked into and counts as different.
pub fn paths<'v>(left: &'v Value, right: &'v Value, most: usize) -> Differences<'v> {
    let mut walk = Walk::new(Leniency::default(), most, false);
    let _ = walk.values(left, right);
    walk.found
}

/// What is no difference, beside what [`paths`] says.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::measures) struct Leniency<'s> {
    /// Keys that only the left value has.
    pub(in crate::measures) extra: Extra,
    /// Keys at the top that are not looked at.
    pub(in crate::measures) ignore: &'s [String],
}

/// Whether the left value may have keys that the right one lacks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::measures) enum Extra {
    /// They are a difference.
    #[default]
    Differs,
    /// It may, at every level.
    Allowed,
}

/// The first place at which two values differ. What is needed to find it is little more than the right value's size.
pub(in crate::measures) fn first_difference<'v>(
    left: &'v Value,
    right: &'v Value,
    leniency: Leniency<'_>,
) -> Option<Difference<'v>> {
    let mut walk = Walk::new(leniency, 1, true);
    let _ = walk.values(left, right);
    walk.found.first.pop()
}

struct Walk<'v, 's> {
    leniency: Leniency<'s>,
    most: usize,
    /// Whether to stop when the most differences are found, or to count the others.
    stops: bool,
    at: Vec<Step<'v>>,
    found: Differences<'v>,
}

impl<'v, 's> Walk<'v, 's> {
    fn new(leniency: Leniency<'s>, most: usize, stops: bool) -> Self {
        Self { leniency, most, stops, at: Vec::new(), found: Differences::default() }
    }

    fn values(&mut self, left: &'v Value, right: &'v Value) -> ControlFlow<()> {
        match (left, right) {
            (Value::Object(left), Value::Object(right)) if self.may_enter() => self.objects(left, right),
            (Value::Array(left), Value::Array(right)) if self.may_enter() => self.lists(left, right),
            (left, right) if are_same(left, right) => ControlFlow::Continue(()),
            (left, right) => self.note(Some(left), Some(right)),
        }
    }

    fn may_enter(&self) -> bool {
        self.at.len() < MOST_LEVELS
    }

    fn objects(&mut self, left: &'v Map<String, Value>, right: &'v Map<String, Value>) -> ControlFlow<()> {
        for (key, value) in right {
            self.below(Step::Key(key), left.get(key), Some(value))?;
        }
        if self.leniency.extra == Extra::Allowed {
            return ControlFlow::Continue(());
        }
        for (key, value) in left.iter().filter(|(key, _)| !right.contains_key(*key)) {
            self.below(Step::Key(key), Some(value), None)?;
        }
        ControlFlow::Continue(())
    }

    fn lists(&mut self, left: &'v [Value], right: &'v [Value]) -> ControlFlow<()> {
        for place in 0..left.len().max(right.len()) {
            self.below(Step::Place(place), left.get(place), right.get(place))?;
        }
        ControlFlow::Continue(())
    }

    fn below(&mut self, step: Step<'v>, left: Option<&'v Value>, right: Option<&'v Value>) -> ControlFlow<()> {
        if self.is_ignored(step) {
            return ControlFlow::Continue(());
        }
        self.at.push(step);
        let flow = match (left, right) {
            (Some(left), Some(right)) => self.values(left, right),
            (None, _) | (_, None) => self.note(left, right),
        };
        self.at.pop();
        flow
    }

    fn is_ignored(&self, step: Step<'v>) -> bool {
        match step {
            Step::Key(key) => self.at.is_empty() && self.leniency.ignore.iter().any(|ignored| ignored == key),
            Step::Place(_) => false,
        }
    }

    fn note(&mut self, left: Option<&'v Value>, right: Option<&'v Value>) -> ControlFlow<()> {
        self.found.total += 1;
        if self.found.first.len() < self.most {
            self.found.first.push(Difference { path: Pointer(self.at.clone()), left, right });
        }
        let full = self.stops && self.found.first.len() == self.most;
        if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Whether two values are the same that hold no others; those that do have been looked into, or are too deep.
fn are_same(left: &Value, right: &Value) -> bool {
    match left {
        Value::Null => right.is_null(),
        Value::Bool(left) => right.as_bool() == Some(*left),
        Value::String(left) => right.as_str() == Some(left),
        Value::Number(left) => right.as_number().is_some_and(|right| are_equal(left, right)),
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// Whole numbers are compared digit by digit, also where floating point would round them.
fn are_equal(left: &Number, right: &Number) -> bool {
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => left == right,
        (None, None) => left.as_f64() == right.as_f64(),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn whole(number: &Number) -> Option<i128> {
    let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    // Every floating-point number beyond 2^53 is whole, and no integer type of JSON's reader reaches 2^96.
    let float = || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 2f64.powi(96));
    integer.or_else(|| float().map(|float| float as i128))
}

#[cfg(test)]
mod tests {
    use super::super::tests::tree;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn told(left: &Value, right: &Value) -> Vec<String> {
        let show = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
        let differences = paths(left, right, 99).first;
        differences.iter().map(|d| format!("{}: {} | {}", d.path, show(d.left), show(d.right))).collect()
    }

    #[test]
    fn every_place_is_told_with_what_stands_there() {
        let left = json!({"a": [1, {"x": "y"}], "extra": true, "same": null});
        let right = json!({"same": null, "a": [1.0, {"x": "z"}, 3], "b/c~d": []});
        assert_eq!(
            told(&left, &right),
            ["/a/1/x: \"y\" | \"z\"", "/a/2: nothing | 3", "/b~1c~0d: nothing | []", "/extra: true | nothing"]
        );
        assert_eq!(told(&json!([]), &json!({})), [": [] | {}"]);
        assert_eq!(told(&json!({"a": null}), &json!({})), ["/a: null | nothing"]);
    }

    #[test]
    fn numbers_are_the_same_in_either_notation_and_never_rounded() {
        assert!(told(&json!([1, 1e19, -0.0]), &json!([1.0, 10_000_000_000_000_000_000_u64, 0])).is_empty());
        assert_eq!(told(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992_u64)).len(), 1);
        assert_eq!(told(&json!(1), &json!(true)).len(), 1);
        assert_eq!(told(&json!(0.5), &json!(1e300)).len(), 1);
    }

    #[test]
    fn the_first_are_told_and_the_others_counted() {
        let (left, right) = (json!([1, 2, 3]), json!([4, 5, 6]));
        let differences = paths(&left, &right, 2);
        assert_eq!((differences.first.len(), differences.total), (2, 3));
        assert_eq!(paths(&json!(1), &json!(2), 0), Differences { first: Vec::new(), total: 1 });
    }

    #[test]
    fn what_may_be_extra_or_is_ignored_is_no_difference() {
        let (left, right) = (json!({"a": 1, "b": {"c": 2, "d": 3}}), json!({"a": 9, "b": {"c": 2}}));
        let ignore = ["a".to_owned()];
        let first = |leniency| first_difference(&left, &right, leniency).map(|difference| difference.path.to_string());
        assert_eq!(first(Leniency::default()).as_deref(), Some("/a"));
        assert_eq!(first(Leniency { ignore: &ignore, extra: Extra::Differs }).as_deref(), Some("/b/d"));
        assert_eq!(first(Leniency { ignore: &ignore, extra: Extra::Allowed }), None);
    }

    proptest! {
        #[test]
        fn a_pointer_leads_to_what_is_told(left in tree(), right in tree()) {
            for difference in paths(&left, &right, 99).first {
                let pointer = difference.path.to_string();
                prop_assert_eq!(left.pointer(&pointer), difference.left, "{}", pointer);
                prop_assert_eq!(right.pointer(&pointer), difference.right, "{}", pointer);
            }
        }

        #[test]
        fn a_value_does_not_differ_from_itself_and_others_differ_either_way(left in tree(), right in tree()) {
            prop_assert_eq!(paths(&left, &left, 9).total, 0);
            prop_assert_eq!(paths(&left, &right, 0).total, paths(&right, &left, 0).total);
            prop_assert_eq!(
                first_difference(&left, &right, Leniency::default()).is_some(), paths(&left, &right, 0).total > 0
            );
        }
    }
}
