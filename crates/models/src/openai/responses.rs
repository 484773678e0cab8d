//! What is sent to `/responses`, written straight from the request.

use carat_core::{Message, Part, Request, ResponseFormat, Role, Tool, ToolCall};
use serde::Serialize;
use serde::ser::{SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::Value;

use super::chat::{Each, written};
use super::picture::PictureUrl;

/// The body of a call.
pub(super) struct ResponsesBody<'a> {
    pub(super) model: &'a str,
    pub(super) request: &'a Request,
    pub(super) stream: bool,
}

impl ResponsesBody<'_> {
    /// Whether a parameter of this name would stand in the body twice.
    pub(super) fn has_already(&self, parameter: &str) -> bool {
        match parameter {
            "model" | "input" | "stream" => true,
            "tools" => !self.request.tools.is_empty(),
            "text" => self.request.response_format.is_some() || self.parameter("verbosity").is_some(),
            "reasoning" => self.parameter("reasoning_effort").is_some(),
            _ => false,
        }
    }

    fn parameter(&self, name: &str) -> Option<&Value> {
        self.request.parameters.0.get(name)
    }
}

impl Serialize for ResponsesBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry("model", self.model)?;
        body.serialize_entry("input", &Input(&self.request.messages))?;
        if !self.request.tools.is_empty() {
            body.serialize_entry("tools", &Each(&self.request.tools, FlatTool::of))?;
        }
        let format = self.request.response_format.as_ref().map(FlatFormat::of);
        let verbosity = self.parameter("verbosity");
        if format.is_some() || verbosity.is_some() {
            body.serialize_entry("text", &Text { format, verbosity })?;
        }
        if let Some(effort) = self.parameter("reasoning_effort") {
            body.serialize_entry("reasoning", &Reasoning { effort })?;
        }
        if self.stream {
            body.serialize_entry("stream", &true)?;
        }
        let others = self.request.parameters.0.iter();
        for (name, value) in others.filter(|(name, _)| !matches!(name.as_str(), "verbosity" | "reasoning_effort")) {
            body.serialize_entry(name, value)?;
        }
        body.end()
    }
}

#[derive(Serialize)]
struct Text<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<FlatFormat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbosity: Option<&'a Value>,
}

#[derive(Serialize)]
struct Reasoning<'a> {
    effort: &'a Value,
}

/// The conversation. A message becomes one item, and each tool call that it asks for another one.
struct Input<'a>(&'a [Message]);

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items = serializer.serialize_seq(None)?;
        for message in self.0 {
            if message.tool_calls.is_empty() || !message.content.is_empty() {
                items.serialize_element(&Item::said(message))?;
            }
            for call in &message.tool_calls {
                items.serialize_element(&Item::called(call))?;
            }
        }
        items.end()
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Item<'a> {
    Message { role: Role, content: Content<'a> },
    FunctionCall { call_id: &'a str, name: &'a str, arguments: String },
    FunctionCallOutput { call_id: &'a str, output: std::borrow::Cow<'a, str> },
}

impl<'a> Item<'a> {
    fn said(message: &'a Message) -> Self {
        match (message.role, &message.tool_call_id) {
            (Role::Tool, Some(call_id)) => Self::FunctionCallOutput { call_id, output: message.joined_text() },
            (role, _) => Self::Message { role, content: Content::of(message) },
        }
    }

    fn called(call: &'a ToolCall) -> Self {
        Self::FunctionCall { call_id: &call.id, name: &call.name, arguments: written(&call.arguments) }
    }
}

/// What models said before is always one text: the parts of an input are not allowed there.
#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(std::borrow::Cow<'a, str>),
    Parts(Vec<InputPart<'a>>),
}

impl<'a> Content<'a> {
    fn of(message: &'a Message) -> Self {
        match message.content.as_slice() {
            [] | [Part::Text(_)] => Self::Text(message.joined_text()),
            _ if message.role == Role::Assistant => Self::Text(message.joined_text()),
            parts => Self::Parts(parts.iter().map(InputPart::of).collect()),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum InputPart<'a> {
    InputText { text: &'a str },
    InputImage { image_url: PictureUrl<'a>, detail: &'static str },
}

impl<'a> InputPart<'a> {
    const fn of(part: &'a Part) -> Self {
        match part {
            Part::Text(text) => Self::InputText { text: text.as_str() },
            Part::Image(image) => Self::InputImage { image_url: PictureUrl(image), detail: "auto" },
        }
    }
}

#[derive(Serialize)]
struct FlatTool<'a> {
    r#type: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: Option<&'a Value>,
    /// Always said, because this API enforces the schema where nothing is said and the other one does not.
    strict: bool,
}

impl<'a> FlatTool<'a> {
    fn of(tool: &'a Tool) -> Self {
        Self {
            r#type: "function",
            name: &tool.name,
            description: tool.description.as_deref(),
            parameters: Some(&tool.parameters).filter(|schema| !schema.is_null()),
            strict: tool.strict.unwrap_or(false),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum FlatFormat<'a> {
    JsonObject,
    JsonSchema { name: &'a str, schema: &'a Value, strict: bool },
}

impl<'a> FlatFormat<'a> {
    fn of(format: &'a ResponseFormat) -> Self {
        match format {
            ResponseFormat::JsonObject => Self::JsonObject,
            ResponseFormat::JsonSchema { name, schema, strict } => Self::JsonSchema { name, schema, strict: *strict },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::asked::{everything, plain, with_parameters};
    use serde_json::json;

    fn body(request: &Request) -> Value {
        serde_json::to_value(ResponsesBody { model: "m", request, stream: false }).unwrap()
    }

    #[test]
    fn a_plain_question_is_nothing_but_that() {
        let expected = json!({"model": "m", "input": [{"type": "message", "role": "user", "content": "hello"}]});
        assert_eq!(body(&plain("hello")), expected);
    }

    #[test]
    fn parameters_stand_where_this_api_has_them() {
        let parameters = json!({"max_output_tokens": 8, "verbosity": "low", "reasoning_effort": "high", "top_p": 0.5});
        let body = body(&with_parameters(&parameters));
        assert_eq!(body["text"], json!({"verbosity": "low"}));
        assert_eq!(body["reasoning"], json!({"effort": "high"}));
        assert_eq!((&body["max_output_tokens"], &body["top_p"]), (&json!(8), &json!(0.5)));
        assert!(body.get("verbosity").is_none() && body.get("reasoning_effort").is_none());
    }

    #[test]
    fn everything_of_a_request_reaches_the_server() {
        insta::assert_json_snapshot!(body(&everything()), @r#"
        {
          "model": "m",
          "input": [
            {
              "type": "message",
              "role": "system",
              "content": "be brief"
            },
            {
              "type": "message",
              "role": "user",
              "content": [
                {
                  "type": "input_text",
                  "text": "look:"
                },
                {
                  "type": "input_image",
                  "image_url": "data:image/png;base64,iVBORw==",
                  "detail": "auto"
                },
                {
                  "type": "input_image",
                  "image_url": "https://example.org/a.png",
                  "detail": "auto"
                }
              ]
            },
            {
              "type": "function_call",
              "call_id": "c1",
              "name": "weather",
              "arguments": "{\"city\":\"Bern\"}"
            },
            {
              "type": "function_call_output",
              "call_id": "c1",
              "output": "12 degrees"
            }
          ],
          "tools": [
            {
              "type": "function",
              "name": "weather",
              "description": "Looks outside.",
              "parameters": {
                "type": "object"
              },
              "strict": true
            }
          ],
          "text": {
            "format": {
              "type": "json_schema",
              "name": "answer",
              "schema": {
                "type": "object"
              },
              "strict": true
            },
            "verbosity": "low"
          },
          "reasoning": {
            "effort": "low"
          },
          "max_output_tokens": 8,
          "temperature": 0,
          "top_k": 5
        }
        "#);
    }
}
