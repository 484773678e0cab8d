//! Parameters and formats of answers, under the names that Anthropic has for them.
//!
//! What would be ignored or refused there is not sent: a seed that does nothing is a mistake that nobody would notice.

use std::borrow::Cow;
use std::collections::BTreeMap;

use carat_core::{Request, ResponseFormat};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::wire::Failure;

/// How many tokens an answer may have where nobody says so: Anthropic wants to be told. Every one of its models writes as
/// many.
const MOST_TOKENS: u64 = 4096;

/// What OpenAI knows and Anthropic does not.
const UNKNOWN: [&str; 10] = [
    "dimensions",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "min_p",
    "presence_penalty",
    "repetition_penalty",
    "seed",
    "top_logprobs",
    "verbosity",
];

/// All of a body that is neither the model, nor the conversation, nor the tools.
#[derive(Debug, Serialize)]
pub(super) struct Settings<'a> {
    max_tokens: Cow<'a, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_sequences: Option<Cow<'a, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Cow<'a, Value>>,
    /// What is passed on as it is.
    #[serde(flatten)]
    others: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Settings<'a> {
    /// Takes the parameters and the format of a request.
    pub(super) fn of(request: &'a Request) -> Result<Self, Failure> {
        let mut settings = Self {
            max_tokens: Cow::Owned(json!(MOST_TOKENS)),
            stop_sequences: None,
            tool_choice: None,
            output_config: format(request.response_format.as_ref())?,
            metadata: None,
            others: BTreeMap::new(),
        };
        for (name, value) in &request.parameters.0 {
            settings.take(name, value)?;
        }
        if request.parameters.0.get("parallel_tool_calls") == Some(&Value::Bool(false)) {
            settings.one_call_at_a_time();
        }
        Ok(settings)
    }

    fn take(&mut self, name: &'a str, value: &'a Value) -> Result<(), Failure> {
        match name {
            "max_output_tokens" | "max_tokens" | "max_completion_tokens" => self.max_tokens = Cow::Borrowed(value),
            "stop" if value.is_string() => self.stop_sequences = Some(Cow::Owned(json!([value]))),
            "stop" | "stop_sequences" => self.stop_sequences = Some(Cow::Borrowed(value)),
            "tool_choice" => self.tool_choice = Some(choice(value)?),
            "parallel_tool_calls" => {}
            "reasoning_effort" => {
                self.output_config.get_or_insert_default().insert("effort".to_owned(), value.clone());
            }
            "user" => self.metadata = Some(Cow::Owned(json!({"user_id": value}))),
            "metadata" => self.metadata = Some(Cow::Borrowed(value)),
            "n" if *value == json!(1) => {}
            "n" => return Err(unknown(name)),
            unsaid if UNKNOWN.contains(&unsaid) => return Err(unknown(name)),
            other => drop(self.others.insert(other, value)),
        }
        Ok(())
    }

    fn one_call_at_a_time(&mut self) {
        let choice = self.tool_choice.get_or_insert_with(|| json!({"type": "auto"}));
        if choice["type"] != "none" {
            choice["disable_parallel_tool_use"] = Value::Bool(true);
        }
    }
}

/// Whether a parameter of this name would stand in the body twice.
pub(super) fn has_already(request: &Request, parameter: &str) -> bool {
    let has = |name: &str| request.parameters.0.contains_key(name);
    match parameter {
        "model" | "messages" | "system" | "stream" => true,
        "tools" => !request.tools.is_empty(),
        "output_config" => request.response_format.is_some() || has("reasoning_effort"),
        "max_tokens" => has("max_output_tokens"),
        "max_completion_tokens" => has("max_output_tokens") || has("max_tokens"),
        "stop_sequences" => has("stop"),
        "user" => has("metadata"),
        _ => false,
    }
}

/// Structured outputs (`output_config.format`) keep to a schema always; there is no mode for JSON of any kind.
fn format(format: Option<&ResponseFormat>) -> Result<Option<Map<String, Value>>, Failure> {
    match format {
        None => Ok(None),
        Some(ResponseFormat::JsonSchema { schema, .. }) => {
            Ok(Some([("format".to_owned(), json!({"type": "json_schema", "schema": schema}))].into_iter().collect()))
        }
        Some(ResponseFormat::JsonObject) => Err(Failure::Unsendable(
            "Anthropic's API has no output format for any JSON object; write the schema of the answer (`json_schema`)"
                .to_owned(),
        )),
    }
}

/// OpenAI's words for the choice of a tool, or Anthropic's own.
fn choice(written: &Value) -> Result<Value, Failure> {
    let named = written.get("function").unwrap_or(written).get("name").and_then(Value::as_str);
    match (written.as_str(), written.get("type").and_then(Value::as_str), named) {
        (Some("auto"), ..) => Ok(json!({"type": "auto"})),
        (Some("required"), ..) => Ok(json!({"type": "any"})),
        (Some("none"), ..) => Ok(json!({"type": "none"})),
        (None, Some("function"), Some(name)) => Ok(json!({"type": "tool", "name": name})),
        (None, Some("auto" | "any" | "tool" | "none"), _) => Ok(written.clone()),
        _ => Err(Failure::Unsendable(
            "`tool_choice` is neither `auto`, `required` or `none` nor the name of a function".to_owned(),
        )),
    }
}

fn unknown(name: &str) -> Failure {
    Failure::Unsendable(format!("Anthropic's API has no parameter `{name}`; leave it out for this model"))
}
