//! Requests that the tests of all interfaces put on the wire.

use std::sync::Arc;

use carat_core::{Image, Message, Parameters, Part, Request, ResponseFormat, Role, Tool, ToolCall};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::failure::Failure;

pub(crate) fn plain(text: &str) -> Request {
    request(vec![Message::text(Role::User, text)])
}

fn request(messages: Vec<Message>) -> Request {
    Request { messages, tools: Vec::new(), response_format: None, parameters: Parameters::default() }
}

pub(crate) fn with_parameters(parameters: &Value) -> Request {
    Request { parameters: Parameters(serde_json::from_value(parameters.clone()).unwrap()), ..plain("hello") }
}

/// A request that has something of everything.
pub(crate) fn everything() -> Request {
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

/// Any request, also such as no template could make.
pub(crate) fn any_request() -> impl Strategy<Value = Request> {
    let tool = (any_text(), prop::option::of(any_text()), any_value(), any::<Option<bool>>())
        .prop_map(|(name, description, parameters, strict)| Tool { name, description, parameters, strict });
    let schema = (any_text(), any_value(), any::<bool>())
        .prop_map(|(name, schema, strict)| ResponseFormat::JsonSchema { name, schema, strict });
    let format = prop_oneof![Just(ResponseFormat::JsonObject), schema];
    let several = (prop::collection::vec(any_message(), 0..5), prop::collection::vec(tool, 0..2));
    (several, prop::option::weighted(0.2, format), any_parameters()).prop_map(
        |((messages, tools), response_format, parameters)| Request { messages, tools, response_format, parameters },
    )
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "\\PC{0,8}", "[\u{0}-\u{1f}\"\\\\]{0,4}"]
}

fn any_value() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
        Just(json!("auto")),
        Just(json!({"type": "function", "function": {"name": "f"}})),
    ];
    one.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(any_text(), inner, 0..3).prop_map(|fields| json!(fields)),
        ]
    })
}

fn any_message() -> impl Strategy<Value = Message> {
    let bytes = prop::option::of(prop::collection::vec(any::<u8>(), 0..4).prop_map(Arc::from));
    let url = prop_oneof![
        any_text(),
        Just("data:image/png;base64,AA==".to_owned()),
        Just("https://example.org/a".to_owned())
    ];
    let image = (url, prop::option::of(any_text()), bytes)
        .prop_map(|(url, media_type, bytes)| Part::Image(Image { url, digest: None, media_type, bytes }));
    let part = prop_oneof![3 => any_text().prop_map(Part::Text), 1 => image];
    let call = (any_text(), any_text(), any_value()).prop_map(|(id, name, arguments)| ToolCall { id, name, arguments });
    let said = (
        prop::sample::select(Role::ALL.to_vec()),
        prop::collection::vec(part, 0..3),
        prop::collection::vec(call, 0..2),
    );
    let about = (prop::option::of(any_text()), prop::option::weighted(0.2, any_text()));
    (said, about).prop_map(|((role, content, tool_calls), (tool_call_id, name))| Message {
        role,
        content,
        tool_calls,
        tool_call_id,
        name,
    })
}

fn any_parameters() -> impl Strategy<Value = Parameters> {
    let names = [
        "max_output_tokens",
        "max_tokens",
        "stop",
        "tool_choice",
        "parallel_tool_calls",
        "reasoning_effort",
        "output_config",
        "temperature",
        "seed",
        "n",
        "user",
        "metadata",
        "model",
        "system",
        "input",
        "inputs",
        "stream",
        "mirostat",
        "",
    ];
    let name = prop::sample::select(names.to_vec()).prop_map(str::to_owned);
    prop::collection::btree_map(name, any_value(), 0..4).prop_map(Parameters)
}

/// Holds a body to this: it is JSON in which no name stands twice, or it is refused in words.
pub(crate) fn is_sent_or_refused(body: Result<impl Serialize, Failure>) -> Result<(), TestCaseError> {
    match body {
        Ok(body) => {
            let written = serde_json::to_string(&body).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let read: Value = serde_json::from_str(&written).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert!(read.is_object());
            prop_assert_eq!(read.to_string().len(), written.len(), "{}", written);
        }
        Err(Failure::Unsendable(problem)) => prop_assert!(problem.contains(' '), "{}", problem),
        Err(other) => prop_assert!(false, "{other:?}"),
    }
    Ok(())
}
