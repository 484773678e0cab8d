//! What is wrong with the calls of an answer, for a person.

use carat_core::ToolCall;
use carat_core::untrusted::one_line;
use serde_json::Value;

use super::expected::ExpectedCall;
use super::pairing::Pairing;
use super::{Made, Settings};
use crate::measures::json_diff::Difference;

/// How much of a name and of a value is shown.
const NAME: usize = 40;
const VALUE: usize = 60;

/// One thing that is wrong; calls are told by their places, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// An expected call that the answer has not.
    Missing(usize),
    /// An expected call that the answer has with other arguments.
    Different { expected: usize, made: usize },
    /// An expected call that the answer has at another place.
    Displaced { expected: usize, made: usize },
    /// A call of the answer that is not expected.
    Unexpected(usize),
}

/// The first thing that is wrong, and how many others are. The expected calls come first, in their order.
pub(super) fn first_and_others(
    calls: &[ToolCall],
    made: &[Made<'_>],
    expected: &[ExpectedCall],
    pairing: &Pairing,
    settings: &Settings,
) -> String {
    if calls.is_empty()
        && let Some(first) = expected.first()
    {
        return format!("no function is called; expected {}{}", name(&first.name), others(expected.len() - 1));
    }
    let wrong = all(calls.len(), made.len(), expected.len(), pairing, settings);
    let told = match wrong.first() {
        None => "the calls are not those expected".to_owned(),
        Some(Wrong::Missing(at)) => format!("expected call {}, {}, is missing", at + 1, name(&expected[*at].name)),
        Some(Wrong::Displaced { expected: at, made }) => {
            format!("{}, expected as call {}, comes as call {}", name(&expected[*at].name), at + 1, made + 1)
        }
        Some(Wrong::Different { expected: at, made: by }) => {
            let what = different(&made[*by], &expected[*at], settings);
            format!("expected call {}, {}: {what}", at + 1, name(&expected[*at].name))
        }
        Some(Wrong::Unexpected(at)) => format!("call {}, {}, is not expected", at + 1, name(&calls[*at].name)),
    };
    told + &others(wrong.len().saturating_sub(1))
}

fn all(calls: usize, made: usize, expected: usize, pairing: &Pairing, settings: &Settings) -> Vec<Wrong> {
    let mut displaced = vec![false; made];
    let mut wrong = Vec::new();
    for at in 0..expected {
        match pairing.of_expected(at) {
            Some(pair) if pair.equal => {}
            Some(pair) => wrong.push(Wrong::Different { expected: at, made: pair.made }),
            None => {
                let free = |by: &usize| !displaced[*by] && !pairing.is_made_paired(*by) && pairing.are_equal(at, *by);
                match (0..made).find(free) {
                    None => wrong.push(Wrong::Missing(at)),
                    Some(by) => {
                        displaced[by] = true;
                        wrong.push(Wrong::Displaced { expected: at, made: by });
                    }
                }
            }
        }
    }
    if !settings.order.allows_others() {
        let met = |at: usize| at < made && (displaced[at] || pairing.is_made_paired(at));
        wrong.extend((0..calls).filter(|at| !met(*at)).map(Wrong::Unexpected));
    }
    wrong
}

fn different(made: &Made<'_>, expected: &ExpectedCall, settings: &Settings) -> String {
    if !made.arguments.is_object() {
        return format!("its arguments are no JSON object: {}", value(&made.arguments));
    }
    match made.difference(expected, settings) {
        None => "its arguments differ".to_owned(),
        Some(Difference { path, left, right }) => {
            let path = one_line(&path.to_string(), VALUE);
            match (left, right) {
                (Some(left), Some(right)) => format!("{path} is {} rather than {}", value(left), value(right)),
                (None, _) => format!("{path} is missing"),
                (Some(_), None) => format!("{path} is not expected"),
            }
        }
    }
}

fn name(name: &str) -> String {
    format!("`{}`", one_line(name, NAME))
}

/// A value as JSON; a long text is cut before it is written out.
fn value(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let head: String = text.chars().take(VALUE).collect();
            one_line(&Value::from(head).to_string(), VALUE)
        }
        other => one_line(&other.to_string(), VALUE),
    }
}

fn others(number: usize) -> String {
    match number {
        0 => String::new(),
        1 => "; and 1 more".to_owned(),
        more => format!("; and {more} more"),
    }
}
