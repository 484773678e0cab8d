//! What is sent to `/messages`.

use carat_core::{Request, Tool};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;

use super::blocks::{Block, Conversation, Turn};
use super::settings::{Settings, has_already};
use crate::wire::{Failure, sendable};

/// The body of a call.
#[derive(Debug, Serialize)]
pub(super) struct MessagesBody<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<Block<'a>>,
    messages: Vec<Turn<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Offered<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
    #[serde(flatten)]
    settings: Settings<'a>,
}

#[derive(Debug, Serialize)]
struct Offered<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    input_schema: Cow<'a, Value>,
    /// Only said where it is wanted: servers that only speak alike may not know it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    strict: bool,
}

impl<'a> MessagesBody<'a> {
    /// Takes a request; one that cannot be said in this API is not sent, and the failure says what cannot.
    pub(super) fn new(model: &'a str, request: &'a Request, stream: bool) -> Result<Self, Failure> {
        sendable::check(request, |name| has_already(request, name))?;
        let Conversation { system, turns } = Conversation::of(&request.messages)?;
        let tools = request.tools.iter().map(Offered::of).collect();
        Ok(Self { model, system, messages: turns, tools, stream, settings: Settings::of(request)? })
    }
}

impl<'a> Offered<'a> {
    /// A tool without a schema takes no arguments.
    fn of(tool: &'a Tool) -> Self {
        let input_schema = match &tool.parameters {
            Value::Null => Cow::Owned(json!({"type": "object", "properties": {}})),
            schema => Cow::Borrowed(schema),
        };
        let (description, strict) = (tool.description.as_deref(), tool.strict == Some(true));
        Self { name: &tool.name, description, input_schema, strict }
    }
}
