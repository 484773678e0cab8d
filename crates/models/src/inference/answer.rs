//! What `/infer` and `/generate` answer. Neither says why an answer ends, nor what it used.

use carat_core::Completion;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::told::Words;
use crate::wire::{Failure, Told, read_json};

/// An answer of either. Every field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    id: Words,
    model_name: Words,
    outputs: Option<Vec<Output>>,
    /// Null is an answer that says nothing, and not one that is missing.
    #[serde(deserialize_with = "there")]
    text_output: Option<Value>,
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Output {
    name: Words,
    datatype: Words,
    data: Value,
}

/// Reads the text in the output of this name; where none is named, in the first that holds texts.
pub(super) fn of_infer(body: &[u8], output: Option<&str>, asked: &str) -> Result<Completion, Failure> {
    let mut answer = heard(body)?;
    let outputs = answer.outputs.take().ok_or_else(|| unreadable("it has no `outputs`".to_owned()))?;
    let found = match output {
        Some(name) => outputs.into_iter().find(|output| output.name.as_str() == name),
        None => outputs.into_iter().find(Output::holds_texts),
    };
    let missing = || match output {
        Some(name) => unreadable(format!("it has no output `{name}`")),
        None => unreadable("none of its outputs holds a text (`BYTES`)".to_owned()),
    };
    completed(answer, found.ok_or_else(missing)?.data, asked)
}

/// Reads the text that Triton generated.
pub(super) fn of_generate(body: &[u8], asked: &str) -> Result<Completion, Failure> {
    let mut answer = heard(body)?;
    let text = answer.text_output.take().ok_or_else(|| unreadable("it has no `text_output`".to_owned()))?;
    completed(answer, text, asked)
}

impl Output {
    fn holds_texts(&self) -> bool {
        match self.datatype.as_str() {
            "" => matches!(elements(&self.data).first(), Some(Value::String(_))),
            datatype => datatype == "BYTES",
        }
    }
}

fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn heard(body: &[u8]) -> Result<Answer, Failure> {
    let answer: Answer = read_json(body)?;
    match answer.error.as_ref().and_then(Told::read) {
        Some(told) => Err(Failure::Told(told)),
        None => Ok(answer),
    }
}

/// One text, or none, where the server has nothing to say.
fn completed(answer: Answer, data: Value, asked: &str) -> Result<Completion, Failure> {
    let text = match elements(&data).as_slice() {
        [] | [Value::Null] => String::new(),
        [Value::String(text)] => text.clone(),
        [_] => return Err(unreadable("its output is no text".to_owned())),
        several => return Err(unreadable(format!("it has {} texts in place of one", several.len()))),
    };
    Ok(Completion {
        text,
        answered_by: answer.model_name.filled().filter(|model| model != asked),
        response_id: answer.id.filled(),
        ..Completion::default()
    })
}

/// What is in a tensor, whose data is flat or nested as its shape is. Goes as deep as the value, which the reader of JSON has
/// bounded.
fn elements(data: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    gather(data, &mut found);
    found
}

fn gather<'a>(data: &'a Value, found: &mut Vec<&'a Value>) {
    match data {
        Value::Array(members) => members.iter().for_each(|member| gather(member, found)),
        one => found.push(one),
    }
}

fn unreadable(problem: String) -> Failure {
    Failure::Unreadable(problem)
}
