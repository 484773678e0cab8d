//! What stands in the body of an inference request.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ask::{Ask, Format, ToolChoice};
use crate::conversation::{Conversation, Message};
use crate::refusal::Refusal;

/// What the output is called unless the request has a name for it.
pub(super) const OUTPUT: &str = "text_output";

/// The first input of type `BYTES` is the prompt; further ones are read and left alone, but for `max_tokens`.
#[derive(Deserialize)]
pub(super) struct InferRequest<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(borrow, default)]
    inputs: Vec<Tensor<'a>>,
    #[serde(borrow, default)]
    outputs: Vec<Wanted<'a>>,
}

#[derive(Deserialize)]
struct Tensor<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    datatype: Cow<'a, str>,
    #[serde(default)]
    shape: Vec<u64>,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct Wanted<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// Triton's request; what it calls parameters may also stand beside the text.
#[derive(Deserialize)]
pub(super) struct GenerateRequest<'a> {
    #[serde(borrow, default)]
    text_input: Option<Cow<'a, str>>,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default)]
    max_tokens: Option<u64>,
}

impl<'a> InferRequest<'a> {
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }

    pub(super) fn output(&self) -> &str {
        self.outputs.first().map_or(OUTPUT, |wanted| &wanted.name)
    }

    /// What is asked, in the words of all endpoints that complete.
    pub(super) fn ask(&self, model: &'a str) -> Result<Ask<'a>, Refusal> {
        for tensor in &self.inputs {
            tensor.check()?;
        }
        let prompt = self.inputs.iter().find(|tensor| tensor.datatype == "BYTES");
        let prompt = prompt.ok_or_else(|| Refusal::invalid(format!("expected a BYTES input for model '{model}'")))?;
        let text = prompt.text(model)?.to_owned();
        let tensor = self.inputs.iter().find(|tensor| tensor.name == "max_tokens");
        let max_tokens = tensor.and_then(|tensor| tensor.elements().first().and_then(|value| value.as_u64()));
        Ok(asking(model, Cow::Owned(text), max_tokens.or_else(|| most(&self.parameters))))
    }
}

impl Tensor<'_> {
    /// Data is flat or nested as the shape is.
    fn elements(&self) -> Vec<&Value> {
        let mut flat = Vec::new();
        flatten(&self.data, &mut flat);
        flat
    }

    fn check(&self) -> Result<(), Refusal> {
        let expected = self.shape.iter().try_fold(1_u64, |count, length| count.checked_mul(*length));
        let got = self.elements().len();
        if self.data.is_array() && expected == Some(got as u64) {
            return Ok(());
        }
        let (name, shape) = (&self.name, &self.shape);
        Err(Refusal::invalid(format!("unexpected number of elements for input '{name}' of shape {shape:?}, got {got}")))
    }

    fn text(&self, model: &str) -> Result<&str, Refusal> {
        match self.elements().as_slice() {
            [Value::String(text)] => Ok(text),
            [_] => Err(Refusal::invalid(format!("input '{}' holds what is no string", self.name))),
            _ => Err(Refusal::invalid(format!("inference request batch-size must be 1 for '{model}'"))),
        }
    }
}

/// Goes no deeper than the parser of the body did.
fn flatten<'v>(value: &'v Value, flat: &mut Vec<&'v Value>) {
    match value {
        Value::Array(inner) => inner.iter().for_each(|value| flatten(value, flat)),
        Value::Null => {}
        one => flat.push(one),
    }
}

impl<'a> GenerateRequest<'a> {
    pub(super) fn ask(self, model: &'a str) -> Result<Ask<'a>, Refusal> {
        let missing = || Refusal::invalid(format!("expected input 'text_input' for model '{model}'"));
        let text = self.text_input.ok_or_else(missing)?;
        Ok(asking(model, text, self.max_tokens.or_else(|| most(&self.parameters))))
    }
}

fn most(parameters: &Map<String, Value>) -> Option<u64> {
    parameters.get("max_tokens").and_then(Value::as_u64)
}

fn asking<'a>(model: &'a str, prompt: Cow<'a, str>, max_tokens: Option<u64>) -> Ask<'a> {
    Ask {
        model: Cow::Borrowed(model),
        conversation: Conversation(vec![Message::new("user", prompt)]),
        stream: false,
        include_usage: false,
        choices: 1,
        max_tokens,
        tools: Vec::new(),
        tool_choice: ToolChoice::None,
        format: Format::Text,
    }
}
