//! `POST …/messages`, in Anthropic's dialect.
//!
//! The same conversation gets the answer here that it gets from chat: `system` is its first message, and each tool result
//! a message of its own.

mod request;
mod stream;

use bytes::Bytes;
use http::HeaderName;
use serde_json::{Value, json};

use crate::completion::{self, Answer, Finish, Said, ToolCall, Wording};
use crate::refusal::Refusal;
use crate::visit::{Outcome, Visit};
use request::MessagesRequest;

const VERSION: HeaderName = HeaderName::from_static("anthropic-version");

pub(crate) async fn handle(visit: Visit) -> Outcome {
    if !visit.head.headers.contains_key(VERSION) {
        return Err(Refusal::invalid("anthropic-version: header is required").into());
    }
    let body = visit.body.clone();
    let request: MessagesRequest<'_> = visit.parse(&body)?;
    let ask = request.ask()?;
    completion::serve(visit, &ask, &MessagesWording).await
}

struct MessagesWording;

impl Wording for MessagesWording {
    const ERROR_EVENT: &'static str = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\
        \"message\":\"Overloaded\"}}\n\n";

    fn whole(&self, answer: &Answer<'_>) -> Vec<u8> {
        let said = answer.choices.first();
        let content: Vec<Value> = said.map(blocks).unwrap_or_default();
        let reason = said.map(|said| stop_reason(said.finish));
        message(answer, &content, reason, answer.completion_tokens).to_string().into_bytes()
    }

    fn events(&self, answer: &Answer<'_>) -> Vec<Bytes> {
        stream::events(answer)
    }
}

/// The message object, with the content so far.
fn message(answer: &Answer<'_>, content: &[Value], stop_reason: Option<&str>, output_tokens: u64) -> Value {
    let mut message = json!({"id": format!("msg_{:024x}", answer.number), "type": "message", "role": "assistant",
        "model": answer.model, "content": content, "stop_reason": stop_reason, "stop_sequence": null,
        "usage": usage(answer, output_tokens)});
    if let Some(fields) = message.as_object_mut() {
        fields.retain(|name, _| match name.as_str() {
            "usage" => !answer.lacks_usage(),
            "type" | "role" | "stop_sequence" => !answer.lacks_fields(),
            _ => true,
        });
    }
    message
}

/// Unlike OpenAI's, the input tokens leave out what was read from a cache.
fn usage(answer: &Answer<'_>, output_tokens: u64) -> Value {
    let input_tokens = answer.prompt_tokens - answer.cached_tokens;
    if answer.lacks_fields() {
        return json!({"input_tokens": input_tokens, "output_tokens": output_tokens});
    }
    json!({"input_tokens": input_tokens, "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": answer.cached_tokens, "output_tokens": output_tokens, "service_tier": "standard"})
}

fn blocks(said: &Said<'_>) -> Vec<Value> {
    let text = said.text.as_deref().map(|text| json!({"type": "text", "text": text}));
    text.into_iter().chain(said.call.as_ref().map(used)).collect()
}

fn used(call: &ToolCall) -> Value {
    let input: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
    json!({"type": "tool_use", "id": tool_id(call), "name": call.name, "input": input})
}

fn tool_id(call: &ToolCall) -> String {
    call.id.replacen("call_", "toolu_", 1)
}

fn stop_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "end_turn",
        Finish::Length => "max_tokens",
        Finish::ToolCalls => "tool_use",
        Finish::ContentFilter => "refusal",
    }
}
