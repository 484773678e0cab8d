//! What is sent to `/chat/completions`, written straight from the request.

use carat_core::{Message, Part, Request, ResponseFormat, Role, Tool, ToolCall};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::Value;

use super::picture::PictureUrl;

/// The body of a call.
pub(super) struct ChatBody<'a> {
    pub(super) model: &'a str,
    pub(super) request: &'a Request,
    pub(super) stream: bool,
    /// Whether it goes to OpenAI itself or to Azure, which have another name for the limit of output tokens than all others
    /// know.
    pub(super) is_newest: bool,
}

impl ChatBody<'_> {
    /// Whether a parameter of this name would stand in the body twice.
    pub(super) fn has_already(&self, parameter: &str) -> bool {
        match parameter {
            "model" | "messages" | "stream" => true,
            "stream_options" => self.stream,
            "tools" => !self.request.tools.is_empty(),
            "response_format" => self.request.response_format.is_some(),
            "max_tokens" | "max_completion_tokens" => self.request.parameters.0.contains_key("max_output_tokens"),
            _ => false,
        }
    }

    fn name_on_the_wire<'a>(&self, parameter: &'a str) -> &'a str {
        match parameter {
            "max_output_tokens" if self.is_newest => "max_completion_tokens",
            "max_output_tokens" => "max_tokens",
            other => other,
        }
    }
}

impl Serialize for ChatBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry("model", self.model)?;
        body.serialize_entry("messages", &Each(&self.request.messages, ChatMessage::of))?;
        if !self.request.tools.is_empty() {
            body.serialize_entry("tools", &Each(&self.request.tools, ChatTool::of))?;
        }
        if let Some(format) = &self.request.response_format {
            body.serialize_entry("response_format", &ChatFormat::of(format))?;
        }
        if self.stream {
            body.serialize_entry("stream", &true)?;
            body.serialize_entry("stream_options", &StreamOptions { include_usage: true })?;
        }
        for (name, value) in &self.request.parameters.0 {
            body.serialize_entry(self.name_on_the_wire(name), value)?;
        }
        body.end()
    }
}

/// A list, each member as something else.
pub(super) struct Each<'a, T, F>(pub(super) &'a [T], pub(super) F);

impl<'a, T, W: Serialize, F: Fn(&'a T) -> W> Serialize for Each<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(&self.1))
    }
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct ChatMessage<'a> {
    role: Role,
    content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<Vec<ChatToolCall<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

impl<'a> ChatMessage<'a> {
    fn of(message: &'a Message) -> Self {
        let calls = || message.tool_calls.iter().map(ChatToolCall::of).collect();
        Self {
            role: message.role,
            content: Content::of(message),
            tool_calls: (!message.tool_calls.is_empty()).then(calls),
            tool_call_id: message.tool_call_id.as_deref(),
            name: message.name.as_deref(),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Nothing,
    Text(&'a str),
    Parts(Vec<ChatPart<'a>>),
}

impl<'a> Content<'a> {
    fn of(message: &'a Message) -> Self {
        match message.content.as_slice() {
            [] if message.tool_calls.is_empty() => Self::Text(""),
            [] => Self::Nothing,
            [Part::Text(text)] => Self::Text(text),
            parts => Self::Parts(parts.iter().map(ChatPart::of).collect()),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ChatPart<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: Address<'a> },
}

#[derive(Serialize)]
struct Address<'a> {
    url: PictureUrl<'a>,
}

impl<'a> ChatPart<'a> {
    const fn of(part: &'a Part) -> Self {
        match part {
            Part::Text(text) => Self::Text { text: text.as_str() },
            Part::Image(image) => Self::ImageUrl { image_url: Address { url: PictureUrl(image) } },
        }
    }
}

#[derive(Serialize)]
struct ChatToolCall<'a> {
    id: &'a str,
    r#type: &'static str,
    function: CalledFunction<'a>,
}

#[derive(Serialize)]
struct CalledFunction<'a> {
    name: &'a str,
    arguments: String,
}

impl<'a> ChatToolCall<'a> {
    fn of(call: &'a ToolCall) -> Self {
        let function = CalledFunction { name: &call.name, arguments: written(&call.arguments) };
        Self { id: &call.id, r#type: "function", function }
    }
}

/// Arguments as the model wrote them: a string is what was no JSON.
pub(super) fn written(arguments: &Value) -> String {
    match arguments {
        Value::String(text) => text.clone(),
        json => json.to_string(),
    }
}

#[derive(Serialize)]
struct ChatTool<'a> {
    r#type: &'static str,
    function: ChatFunction<'a>,
}

#[derive(Serialize)]
struct ChatFunction<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

impl<'a> ChatTool<'a> {
    fn of(tool: &'a Tool) -> Self {
        let function = ChatFunction {
            name: &tool.name,
            description: tool.description.as_deref(),
            parameters: Some(&tool.parameters).filter(|schema| !schema.is_null()),
            strict: tool.strict,
        };
        Self { r#type: "function", function }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ChatFormat<'a> {
    JsonObject,
    JsonSchema { json_schema: Schema<'a> },
}

#[derive(Serialize)]
struct Schema<'a> {
    name: &'a str,
    schema: &'a Value,
    strict: bool,
}

impl<'a> ChatFormat<'a> {
    fn of(format: &'a ResponseFormat) -> Self {
        match format {
            ResponseFormat::JsonObject => Self::JsonObject,
            ResponseFormat::JsonSchema { name, schema, strict } => {
                Self::JsonSchema { json_schema: Schema { name, schema, strict: *strict } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::embeddings::EmbeddingsBody;
    use super::super::responses::ResponsesBody;
    use super::*;
    use crate::wire::asked::{any_request, everything, is_sent_or_refused, plain};
    use crate::wire::sendable;
    use proptest::prelude::*;
    use serde_json::json;

    fn body(request: &Request, stream: bool, is_newest: bool) -> Value {
        serde_json::to_value(ChatBody { model: "m", request, stream, is_newest }).unwrap()
    }

    #[test]
    fn a_plain_question_is_nothing_but_that() {
        let expected = json!({"model": "m", "messages": [{"role": "user", "content": "hello"}]});
        assert_eq!(body(&plain("hello"), false, false), expected);
    }

    #[test]
    fn the_limit_of_output_tokens_has_the_name_that_the_server_knows() {
        let request = everything();
        assert_eq!(body(&request, false, false)["max_tokens"], 8);
        assert_eq!(body(&request, false, true)["max_completion_tokens"], 8);
    }

    #[test]
    fn a_stream_is_asked_for_with_its_usage() {
        let body = body(&plain("hello"), true, false);
        assert_eq!((&body["stream"], &body["stream_options"]), (&json!(true), &json!({"include_usage": true})));
    }

    #[test]
    fn everything_of_a_request_reaches_the_server() {
        insta::assert_json_snapshot!(body(&everything(), false, false), @r#"
        {
          "model": "m",
          "messages": [
            {
              "role": "system",
              "content": "be brief"
            },
            {
              "role": "user",
              "content": [
                {
                  "type": "text",
                  "text": "look:"
                },
                {
                  "type": "image_url",
                  "image_url": {
                    "url": "data:image/png;base64,iVBORw=="
                  }
                },
                {
                  "type": "image_url",
                  "image_url": {
                    "url": "https://example.org/a.png"
                  }
                }
              ]
            },
            {
              "role": "assistant",
              "content": null,
              "tool_calls": [
                {
                  "id": "c1",
                  "type": "function",
                  "function": {
                    "name": "weather",
                    "arguments": "{\"city\":\"Bern\"}"
                  }
                }
              ]
            },
            {
              "role": "tool",
              "content": "12 degrees",
              "tool_call_id": "c1"
            }
          ],
          "tools": [
            {
              "type": "function",
              "function": {
                "name": "weather",
                "description": "Looks outside.",
                "parameters": {
                  "type": "object"
                },
                "strict": true
              }
            }
          ],
          "response_format": {
            "type": "json_schema",
            "json_schema": {
              "name": "answer",
              "schema": {
                "type": "object"
              },
              "strict": true
            }
          },
          "max_tokens": 8,
          "reasoning_effort": "low",
          "temperature": 0,
          "top_k": 5,
          "verbosity": "low"
        }
        "#);
    }

    proptest! {
        #[test]
        fn every_request_is_sent_or_refused_in_words(request in any_request(), stream: bool, is_newest: bool) {
            let chat = ChatBody { model: "m", request: &request, stream, is_newest };
            let refused = sendable::check(&request, |name| chat.has_already(name));
            is_sent_or_refused(refused.map(|()| chat))?;
            let responses = ResponsesBody { model: "m", request: &request, stream };
            let refused = sendable::check(&request, |name| responses.has_already(name));
            is_sent_or_refused(refused.map(|()| responses))?;
            let refused = sendable::check(&request, EmbeddingsBody::has_already);
            is_sent_or_refused(refused.and_then(|()| EmbeddingsBody::new("m", &request)))?;
        }
    }
}
