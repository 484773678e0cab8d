//! Whether a model asked for the right functions with the right arguments.
//!
//! * **Range** the calls that are right over the calls that count, from 0 to 1, and a verdict: right is only what is right
//!   altogether. Where no call is expected and none is made, that is 1 and right.
//! * **Calls** are equal when their names are, letter by letter, and their arguments as [`Arguments`] says. Each expected call
//!   is met by one call of the answer at most. Ids are not compared.
//! * **Arguments** are compared as JSON: the order of keys does not matter, 1 and 1.0 are the same, `"1"` and 1 are not, and
//!   a `null` is not a missing field. Empty arguments, or `null`, are those of a function without any: `{}`. Arguments that
//!   are not a JSON object are different from every expectation.
//! * **Hostile answers** of more calls than [`MOST_CALLS`] are scored too: those beyond it are met by nothing.

mod expected;
mod pairing;
mod reason;

use std::borrow::Cow;

use carat_core::ToolCall;
use serde_json::{Map, Value};

use super::json_diff::{Difference, Extra, Leniency, first_difference};
use expected::ExpectedCall;
pub use expected::{BadExpectation, ExpectedCalls};
use pairing::Pairing;

/// How many calls of an answer are looked at, and the most that a row may expect.
pub const MOST_CALLS: usize = 500;

/// What is compared, and how strictly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Which calls have to be there, and in what order.
    pub order: Order,
    /// How their arguments are compared.
    pub arguments: Arguments,
    /// Arguments that are not compared, by their names at the top: a time stamp, a free text.
    pub ignore: Vec<String>,
}

/// Which calls have to be there, and in what order. They are the four that peers know as unordered, strict, superset, and
/// in-order match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The expected calls and no others, in any order: functions that are called side by side have none.
    #[default]
    Any,
    /// The expected calls and no others, in their order. A call that is left out does not make those after it wrong.
    Exact,
    /// The expected calls are a subset of those made: in any order, and others may stand among them.
    Subset,
    /// The expected calls in their order, and others may stand among them.
    InOrder,
}

impl Order {
    fn is_kept(self) -> bool {
        matches!(self, Self::Exact | Self::InOrder)
    }

    fn allows_others(self) -> bool {
        matches!(self, Self::Subset | Self::InOrder)
    }
}

/// How the arguments of a call are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Arguments {
    /// They are the same.
    #[default]
    Exact,
    /// The expected ones are there; objects may have more fields, at every level. Lists are compared place by place and have
    /// the same length.
    Subset,
    /// They are not compared: the function's name is enough.
    Names,
}

/// The calls of an answer beside those of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The calls that are right over those that count: all of the longer side, or those expected where others are allowed.
    pub score: f64,
    /// Whether all are right.
    pub pass: bool,
    /// The first thing that is wrong, on one line, and how many others are; none where nothing is.
    pub reason: Option<String>,
}

/// Holds the calls of an answer against those expected.
pub fn compare(calls: &[ToolCall], expected: &ExpectedCalls, settings: &Settings) -> Comparison {
    let made: Vec<Made<'_>> = calls.iter().take(MOST_CALLS).map(Made::new).collect();
    let pairing = Pairing::new(&made, expected.calls(), settings);
    let right = pairing.right();
    let counted =
        if settings.order.allows_others() { expected.calls().len() } else { expected.calls().len().max(calls.len()) };
    let pass = right == counted;
    let score = if pass { 1.0 } else { right as f64 / counted as f64 };
    let reason = (!pass).then(|| reason::first_and_others(calls, &made, expected.calls(), &pairing, settings));
    Comparison { score, pass, reason }
}

/// A call that the model made.
#[derive(Debug)]
struct Made<'c> {
    name: &'c str,
    arguments: Cow<'c, Value>,
}

impl<'c> Made<'c> {
    fn new(call: &'c ToolCall) -> Self {
        let arguments = match &call.arguments {
            Value::Null => Cow::Owned(Value::Object(Map::new())),
            Value::String(written) if written.trim().is_empty() => Cow::Owned(Value::Object(Map::new())),
            given => Cow::Borrowed(given),
        };
        Self { name: &call.name, arguments }
    }

    /// Where the arguments first differ from those expected, if they do.
    fn difference<'d>(&'d self, expected: &'d ExpectedCall, settings: &Settings) -> Option<Difference<'d>> {
        let extra = match settings.arguments {
            Arguments::Exact => Extra::Differs,
            Arguments::Subset => Extra::Allowed,
            Arguments::Names => return None,
        };
        first_difference(&self.arguments, expected.arguments(), Leniency { extra, ignore: &settings.ignore })
    }

    /// Of the expected arguments, how many are as expected, in thousandths.
    fn agreement(&self, expected: &ExpectedCall, settings: &Settings) -> i64 {
        let (Some(made), Some(expected)) = (self.arguments.as_object(), expected.arguments().as_object()) else {
            return 0;
        };
        let agrees = |(key, value): &(&String, &Value)| {
            let same = |made: &Value| first_difference(made, value, Leniency::default()).is_none();
            settings.ignore.contains(key) || made.get(*key).is_some_and(same)
        };
        let agreeing = expected.iter().filter(agrees).count();
        (1000 * agreeing).checked_div(expected.len()).map_or(0, |share| share as i64)
    }
}

#[cfg(test)]
mod tests;
