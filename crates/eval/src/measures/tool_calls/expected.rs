//! The calls that a golden row expects, in the ways that people write them.

use carat_core::nearest::did_you_mean;
use carat_core::untrusted::one_line;
use serde_json::{Map, Value};

use super::{Arguments, MOST_CALLS, Settings};

/// The calls that a row expects.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedCalls(Vec<ExpectedCall>);

/// What the row expects is no list of calls; says what is wrong and what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadExpectation(String);

impl ExpectedCalls {
    /// Reads `[{"name": …, "arguments": {…}}]`, OpenAI's
    /// `[{"type": "function", "function": {"name": …, "arguments": "{…}"}}]`, and items of its Responses API. Arguments may be
    /// an object or the JSON of one; where only names are compared they may be left out. An empty list expects that no
    /// function is called.
    ///
    /// # Errors
    ///
    /// Everything else, since it may have been meant otherwise: an unknown field, arguments that are no object or are left
    /// out, an empty list where other calls are allowed (any answer would be right), more than [`MOST_CALLS`] calls.
    pub fn read(expected: &Value, settings: &Settings) -> Result<Self, BadExpectation> {
        let Value::Array(calls) = expected else {
            return bad(r#"no list of tool calls is expected; write `[{"name": "…", "arguments": {…}}]`"#);
        };
        if calls.len() > MOST_CALLS {
            return bad(format!("{} calls are expected; the most is {MOST_CALLS}", calls.len()));
        }
        if calls.is_empty() && settings.order.allows_others() {
            return bad("no call is expected and others are allowed, so that every answer would be right");
        }
        let numbered = calls.iter().zip(1..);
        let read = numbered.map(|(call, number)| ExpectedCall::read(call, settings).map_err(|what| at(number, &what)));
        read.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn calls(&self) -> &[ExpectedCall] {
        &self.0
    }
}

fn bad<T>(message: impl Into<String>) -> Result<T, BadExpectation> {
    Err(BadExpectation(message.into()))
}

fn at(number: usize, what: &str) -> BadExpectation {
    BadExpectation(format!("expected call {number}: {what}"))
}

/// One call that a row expects.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ExpectedCall {
    pub(super) name: String,
    /// An object; an empty one where arguments are not compared.
    arguments: Value,
}

/// The fields of OpenAI's chat completions around `function`.
const AROUND: &[&str] = &["function", "type", "id", "index"];
/// The fields of a call itself; those beside name and arguments are the ones of the Responses API.
const OF_A_CALL: &[&str] = &["name", "arguments", "type", "id", "call_id", "status"];

impl ExpectedCall {
    pub(super) fn arguments(&self) -> &Value {
        &self.arguments
    }

    fn read(call: &Value, settings: &Settings) -> Result<Self, String> {
        let call = call.as_object().ok_or(r#"it is no object; write `{"name": "…", "arguments": {…}}`"#)?;
        let function = match call.get("function") {
            None => call,
            Some(function) => {
                only(call, AROUND)?;
                function.as_object().ok_or("its `function` is no object")?
            }
        };
        only(function, OF_A_CALL)?;
        let name = function.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
        let name = name.ok_or("it has no `name`")?.to_owned();
        let arguments = match settings.arguments {
            Arguments::Names => Value::Object(Map::new()),
            Arguments::Exact | Arguments::Subset => read_arguments(function.get("arguments"))?,
        };
        Ok(Self { name, arguments })
    }
}

fn only(fields: &Map<String, Value>, known: &[&'static str]) -> Result<(), String> {
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let hint = did_you_mean(key, known.iter().copied());
            Err(format!("`{}` is no field of a call{hint}", one_line(key, 40)))
        }
    }
}

fn read_arguments(given: Option<&Value>) -> Result<Value, String> {
    match given {
        None | Some(Value::Null) => Err("it has no `arguments`; write `{}` where there are none".to_owned()),
        Some(Value::String(written)) if written.trim().is_empty() => Ok(Value::Object(Map::new())),
        Some(Value::String(written)) => match serde_json::from_str(written) {
            Ok(read @ Value::Object(_)) => Ok(read),
            Ok(_) => Err("the JSON in its `arguments` is no object".to_owned()),
            Err(error) => Err(format!("its `arguments` are no JSON: {error}")),
        },
        Some(object @ Value::Object(_)) => Ok(object.clone()),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_)) => Err("its `arguments` are no object".to_owned()),
    }
}
