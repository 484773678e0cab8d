//! What a completion request asks for, the same for chat and responses.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::conversation::Conversation;

/// A completion request without the particulars of its endpoint.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) model: Cow<'a, str>,
    pub(crate) conversation: Conversation<'a>,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
    pub(crate) choices: usize,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) tools: Vec<Tool<'a>>,
    pub(crate) tool_choice: Option<&'a RawValue>,
    pub(crate) format: Format,
}

/// A tool as either endpoint describes it: nested in `function`, or flat.
#[derive(Debug, Deserialize)]
pub(crate) struct Tool<'a> {
    #[serde(borrow, default)]
    function: Option<Function<'a>>,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    parameters: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Function<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    parameters: Option<&'a RawValue>,
}

impl Tool<'_> {
    pub(crate) fn name(&self) -> &str {
        self.function.as_ref().map_or(&self.name, |function| &function.name)
    }

    /// The schema of the arguments; null when there is none.
    pub(crate) fn parameters(&self) -> Value {
        self.function
            .as_ref()
            .map_or(self.parameters, |function| function.parameters)
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or(Value::Null)
    }
}

/// What the text of an answer has to be.
#[derive(Debug, Default)]
pub(crate) enum Format {
    #[default]
    Text,
    JsonObject,
    JsonSchema(Value),
}

impl Format {
    /// Reads `response_format` of chat or `text.format` of responses.
    pub(crate) fn read(raw: Option<&RawValue>) -> Self {
        let Some(raw) = raw else {
            return Self::Text;
        };
        let mut wish: Value = serde_json::from_str(raw.get()).unwrap_or_default();
        match wish["type"].as_str() {
            Some("json_object") => Self::JsonObject,
            Some("json_schema") => {
                let nested = wish.pointer_mut("/json_schema/schema").map(Value::take);
                Self::JsonSchema(nested.unwrap_or_else(|| wish["schema"].take()))
            }
            _ => Self::Text,
        }
    }
}

impl<'a> Ask<'a> {
    /// The tool that has to be called, if any. `eager` calls one also where the choice is the model's.
    pub(crate) fn wanted_tool(&self, eager: bool) -> Option<&Tool<'a>> {
        let first = self.tools.first()?;
        match self.tool_choice.map(RawValue::get) {
            Some("\"none\"") => None,
            Some("\"required\"") => Some(first),
            Some(named) if named.starts_with('{') => self.named_tool(named).or(Some(first)),
            _ => (eager && !self.conversation.ends_with_tool_result()).then_some(first),
        }
    }

    fn named_tool(&self, choice: &str) -> Option<&Tool<'a>> {
        let choice: Value = serde_json::from_str(choice).ok()?;
        let name = choice.pointer("/function/name").or_else(|| choice.get("name"))?;
        self.tools.iter().find(|tool| name.as_str() == Some(tool.name()))
    }
}
