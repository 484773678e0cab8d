//! Requests that the tests of both APIs put on the wire.

use std::sync::Arc;

use carat_core::{Image, Message, Parameters, Part, Request, ResponseFormat, Role, Tool, ToolCall};
use serde_json::{Value, json};

pub(super) fn plain(text: &str) -> Request {
    request(vec![Message::text(Role::User, text)])
}

fn request(messages: Vec<Message>) -> Request {
    Request { messages, tools: Vec::new(), response_format: None, parameters: Parameters::default() }
}

pub(super) fn with_parameters(parameters: &Value) -> Request {
    Request { parameters: Parameters(serde_json::from_value(parameters.clone()).unwrap()), ..plain("hello") }
}

/// A request that has something of everything.
pub(super) fn everything() -> Request {
    let mut look = Message::text(Role::User, "look:");
    let file = Image {
        url: "a.png".to_owned(),
        digest: None,
        media_type: Some("image/png".to_owned()),
        bytes: Some(Arc::from(*b"\x89PNG")),
    };
    look.content.push(Part::Image(file));
    let url = "https://example.org/a.png".to_owned();
    look.content.push(Part::Image(Image { url, digest: None, media_type: None, bytes: None }));
    let call = ToolCall { id: "c1".to_owned(), name: "weather".to_owned(), arguments: json!({"city": "Bern"}) };
    let asks = Message { content: Vec::new(), tool_calls: vec![call], ..Message::text(Role::Assistant, "") };
    let answers = Message { tool_call_id: Some("c1".to_owned()), ..Message::text(Role::Tool, "12 degrees") };
    let tool = Tool {
        name: "weather".to_owned(),
        description: Some("Looks outside.".to_owned()),
        parameters: json!({"type": "object"}),
        strict: Some(true),
    };
    let schema = json!({"type": "object"});
    Request {
        tools: vec![tool],
        response_format: Some(ResponseFormat::JsonSchema { name: "answer".to_owned(), schema, strict: true }),
        ..Request {
            parameters: with_parameters(&json!({"max_output_tokens": 8, "temperature": 0, "reasoning_effort": "low", "verbosity": "low", "top_k": 5})).parameters,
            ..request(vec![Message::text(Role::System, "be brief"), look, asks, answers])
        }
    }
}
