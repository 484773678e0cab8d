//! What a completion request asks for, the same for all endpoints that complete.

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
    pub(crate) tool_choice: ToolChoice,
    pub(crate) format: Format,
}

/// Who chooses whether a tool is called, and which.
#[derive(Debug, Default)]
pub(crate) enum ToolChoice {
    /// The model.
    #[default]
    Auto,
    None,
    /// The model has to call one.
    Any,
    /// The one of this name; the first when there is none.
    Named(String),
}

impl ToolChoice {
    /// Reads `tool_choice` of chat or responses.
    pub(crate) fn read(raw: Option<&RawValue>) -> Self {
        match raw.map(RawValue::get) {
            Some("\"none\"") => Self::None,
            Some("\"required\"") => Self::Any,
            Some(object) if object.starts_with('{') => {
                let choice: Value = serde_json::from_str(object).unwrap_or_default();
                let name = choice.pointer("/function/name").or_else(|| choice.get("name"));
                name.and_then(Value::as_str).map_or(Self::Any, |name| Self::Named(name.to_owned()))
            }
            _ => Self::Auto,
        }
    }
}

/// A tool as any endpoint describes it: nested in `function`, or flat.
#[derive(Debug, Deserialize)]
pub(crate) struct Tool<'a> {
    #[serde(borrow, default)]
    function: Option<Function<'a>>,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    /// Anthropic has another name for it.
    #[serde(borrow, default, alias = "input_schema")]
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
        match &self.tool_choice {
            ToolChoice::None => None,
            ToolChoice::Any => Some(first),
            ToolChoice::Named(name) => self.tools.iter().find(|tool| tool.name() == name).or(Some(first)),
            ToolChoice::Auto => (eager && !self.conversation.ends_with_tool_result()).then_some(first),
        }
    }

    /// What it takes of a limit of tokens: as OpenAI counts, the prompt or the longest answer, whichever is more.
    pub(crate) fn weight(&self) -> u64 {
        self.prompt_tokens().max(self.max_tokens.unwrap_or(0))
    }

    pub(crate) fn prompt_tokens(&self) -> u64 {
        self.conversation.tokens() + 3
    }
}
