//! `POST …/responses`.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::ask::{Ask, Format, Tool, ToolChoice};
use crate::completion::{self, Answer, Finish, Said, ToolCall, Wording};
use crate::conversation::{Conversation, Message};
use crate::refusal::{Failure, Refusal};
use crate::responses_stream;
use crate::visit::{Outcome, Visit};

#[derive(Deserialize)]
pub(crate) struct ResponsesRequest<'a> {
    #[serde(borrow, default)]
    model: Cow<'a, str>,
    #[serde(borrow, default)]
    instructions: Instructions<'a>,
    #[serde(borrow, default)]
    input: Input<'a>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    max_output_tokens: Option<u64>,
    #[serde(borrow, default)]
    tools: Option<Vec<Tool<'a>>>,
    #[serde(borrow, default)]
    tool_choice: Option<&'a RawValue>,
    #[serde(borrow, default)]
    text: Option<TextWish<'a>>,
}

#[derive(Deserialize)]
struct TextWish<'a> {
    #[serde(borrow, default)]
    format: Option<&'a RawValue>,
}

/// A text that may be null.
type Instructions<'a> = crate::conversation::Content<'a>;

/// A single question, or a list of items.
#[derive(Default)]
struct Input<'a>(Vec<Message<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Input<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InputVisitor)
    }
}

struct InputVisitor;

impl<'de> Visitor<'de> for InputVisitor {
    type Value = Input<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text or a list of input items")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Input(vec![Message::new("user", Cow::Borrowed(text))]))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let text = Cow::Owned(text.to_owned());
        Ok(Input(vec![Message::new("user", text)]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut messages = Vec::new();
        while let Some(message) = items.next_element()? {
            messages.push(message);
        }
        Ok(Input(messages))
    }
}

impl<'a> ResponsesRequest<'a> {
    /// What is asked, in the words of both endpoints.
    pub(crate) fn ask(self) -> Result<Ask<'a>, Refusal> {
        if self.input.0.is_empty() {
            return Err(Refusal::invalid("'input' must not be empty"));
        }
        let mut messages = self.input.0;
        if !self.instructions.text.is_empty() {
            messages.insert(0, Message::new("system", self.instructions.text));
        }
        Ok(Ask {
            model: self.model,
            conversation: Conversation(messages),
            stream: self.stream.unwrap_or(false),
            include_usage: true,
            choices: 1,
            max_tokens: self.max_output_tokens,
            tools: self.tools.unwrap_or_default(),
            tool_choice: ToolChoice::read(self.tool_choice),
            format: Format::read(self.text.and_then(|text| text.format)),
        })
    }
}

pub(crate) async fn handle(visit: Visit) -> Outcome {
    let body = visit.body.clone();
    let request: ResponsesRequest<'_> = visit.parse(&body)?;
    let ask = request.ask().map_err(Failure::from)?;
    completion::serve(visit, &ask, &ResponsesWording).await
}

pub(crate) struct ResponsesWording;

impl Wording for ResponsesWording {
    const ERROR_EVENT: &'static str = "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\
        \"message\":\"The server had an error while processing your request.\",\"param\":null,\
        \"sequence_number\":9}\n\n";

    fn whole(&self, answer: &Answer<'_>) -> Vec<u8> {
        let output = answer.choices.iter().map(|said| item(answer, said));
        let response = response(answer, status(answer), output.collect());
        response.to_string().into_bytes()
    }

    fn events(&self, answer: &Answer<'_>) -> Vec<Bytes> {
        responses_stream::events(answer)
    }
}

/// The response object, with the output so far.
pub(crate) fn response(answer: &Answer<'_>, status: &str, output: Vec<Value>) -> Value {
    let mut response = json!({
        "id": format!("resp_{:024x}", answer.number), "object": "response", "created_at": answer.created,
        "status": status, "background": false, "error": null, "incomplete_details": incomplete(answer, status),
        "instructions": null, "max_output_tokens": null, "model": answer.model, "output": output,
        "parallel_tool_calls": true, "previous_response_id": null, "reasoning": {"effort": null, "summary": null},
        "service_tier": "default", "store": false, "temperature": 1.0, "text": {"format": {"type": "text"}},
        "tool_choice": "auto", "tools": [], "top_p": 1.0, "truncation": "disabled", "usage": null,
        "user": null, "metadata": {},
    });
    if status != "in_progress" && !answer.lacks_usage() {
        response["usage"] = usage(answer);
    }
    if let (true, Some(fields)) = (answer.lacks_fields(), response.as_object_mut()) {
        fields.retain(|name, _| !["object", "created_at", "metadata"].contains(&name.as_str()));
    }
    if let (true, Some(fields)) = (answer.lacks_usage(), response.as_object_mut()) {
        fields.shift_remove("usage");
    }
    response
}

fn usage(answer: &Answer<'_>) -> Value {
    let total = answer.prompt_tokens + answer.completion_tokens;
    if answer.lacks_fields() {
        return json!({"input_tokens": answer.prompt_tokens, "output_tokens": answer.completion_tokens,
            "total_tokens": total});
    }
    json!({"input_tokens": answer.prompt_tokens, "input_tokens_details": {"cached_tokens": answer.cached_tokens},
        "output_tokens": answer.completion_tokens, "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": total})
}

/// `completed`, or `incomplete` when the text was cut.
pub(crate) fn status(answer: &Answer<'_>) -> &'static str {
    match finish(answer) {
        Finish::Length | Finish::ContentFilter => "incomplete",
        Finish::Stop | Finish::ToolCalls => "completed",
    }
}

fn finish(answer: &Answer<'_>) -> Finish {
    answer.choices.first().map_or(Finish::Stop, |said| said.finish)
}

fn incomplete(answer: &Answer<'_>, status: &str) -> Value {
    match finish(answer) {
        Finish::Length if status == "incomplete" => json!({"reason": "max_output_tokens"}),
        Finish::ContentFilter if status == "incomplete" => json!({"reason": "content_filter"}),
        _ => Value::Null,
    }
}

/// One finished output item.
pub(crate) fn item(answer: &Answer<'_>, said: &Said<'_>) -> Value {
    match &said.call {
        Some(call) => call_item(answer, call, &call.arguments, "completed"),
        None => message_item(answer, said.text.as_deref().map(part).into_iter().collect(), status(answer)),
    }
}

pub(crate) fn message_item(answer: &Answer<'_>, content: Vec<Value>, status: &str) -> Value {
    json!({"id": item_id(answer), "type": "message", "status": status, "role": "assistant", "content": content})
}

pub(crate) fn call_item(answer: &Answer<'_>, call: &ToolCall, arguments: &str, status: &str) -> Value {
    json!({"id": item_id(answer), "type": "function_call", "status": status, "call_id": call.id, "name": call.name,
        "arguments": arguments})
}

/// A part of text.
pub(crate) fn part(text: &str) -> Value {
    json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []})
}

pub(crate) fn item_id(answer: &Answer<'_>) -> String {
    format!("msg_{:024x}", answer.number)
}
