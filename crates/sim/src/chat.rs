//! `POST …/chat/completions`.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ask::{Ask, Format, Tool, ToolChoice};
use crate::chat_stream;
use crate::completion::{self, Answer, Finish, Said, ToolCall, Wording};
use crate::conversation::{Conversation, Message};
use crate::refusal::{Failure, Refusal};
use crate::visit::{Outcome, Visit};

/// More choices than any test needs; the number comes from outside.
const MOST_CHOICES: usize = 128;

#[derive(Deserialize)]
pub(crate) struct ChatRequest<'a> {
    #[serde(borrow, default)]
    model: Cow<'a, str>,
    #[serde(borrow, default)]
    messages: Vec<Message<'a>>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    stream_options: Option<StreamOptions>,
    #[serde(default)]
    n: Option<usize>,
    #[serde(default)]
    max_tokens: Option<u64>,
    #[serde(default)]
    max_completion_tokens: Option<u64>,
    #[serde(borrow, default)]
    tools: Option<Vec<Tool<'a>>>,
    #[serde(borrow, default)]
    tool_choice: Option<&'a RawValue>,
    #[serde(borrow, default)]
    response_format: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: Option<bool>,
}

impl<'a> ChatRequest<'a> {
    /// What is asked, in the words of both endpoints.
    pub(crate) fn ask(self) -> Result<Ask<'a>, Refusal> {
        if self.messages.is_empty() {
            return Err(Refusal::invalid("'messages' must not be empty"));
        }
        let include_usage = self.stream_options.and_then(|options| options.include_usage);
        Ok(Ask {
            model: self.model,
            conversation: Conversation(self.messages),
            stream: self.stream.unwrap_or(false),
            include_usage: include_usage.unwrap_or(false),
            choices: self.n.unwrap_or(1).clamp(1, MOST_CHOICES),
            max_tokens: self.max_completion_tokens.or(self.max_tokens),
            tools: self.tools.unwrap_or_default(),
            tool_choice: ToolChoice::read(self.tool_choice),
            format: Format::read(self.response_format),
        })
    }
}

pub(crate) async fn handle(visit: Visit) -> Outcome {
    let body = visit.body.clone();
    let request: ChatRequest<'_> = visit.parse(&body)?;
    let ask = request.ask().map_err(Failure::from)?;
    completion::serve(visit, &ask, &ChatWording).await
}

pub(crate) struct ChatWording;

impl Wording for ChatWording {
    const ERROR_EVENT: &'static str = "data: {\"error\":{\"message\":\"The server had an error while processing \
        your request.\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n";

    fn whole(&self, answer: &Answer<'_>) -> Vec<u8> {
        let mut json = Vec::with_capacity(768);
        // Writing plain structs to memory cannot fail.
        drop(serde_json::to_writer(&mut json, &ChatCompletion::of(answer)));
        json
    }

    fn events(&self, answer: &Answer<'_>) -> Vec<Bytes> {
        chat_stream::events(answer)
    }
}

#[derive(Serialize)]
struct ChatCompletion<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<u64>,
    model: &'a str,
    choices: Vec<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_fingerprint: Option<&'static str>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: usize,
    message: Spoken<'a>,
    logprobs: Option<()>,
    finish_reason: &'static str,
}

#[derive(Serialize)]
struct Spoken<'a> {
    role: &'static str,
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<[CallOut<'a>; 1]>,
    refusal: Option<()>,
}

#[derive(Serialize)]
struct CallOut<'a> {
    id: &'a str,
    r#type: &'static str,
    function: FunctionOut<'a>,
}

#[derive(Serialize)]
struct FunctionOut<'a> {
    name: &'a str,
    arguments: &'a str,
}

impl<'a> ChatCompletion<'a> {
    fn of(answer: &'a Answer<'_>) -> Self {
        let complete = !answer.lacks_fields();
        Self {
            id: id(answer),
            object: complete.then_some("chat.completion"),
            created: complete.then_some(answer.created),
            model: &answer.model,
            choices: answer.choices.iter().enumerate().map(Choice::of).collect(),
            usage: (!answer.lacks_usage()).then(|| Usage::of(answer)),
            service_tier: complete.then_some("default"),
            system_fingerprint: complete.then_some("fp_simulated"),
        }
    }
}

impl<'a> Choice<'a> {
    fn of((index, said): (usize, &'a Said<'_>)) -> Self {
        let message = Spoken {
            role: "assistant",
            content: said.text.as_deref(),
            tool_calls: said.call.as_ref().map(|call| [CallOut::of(call)]),
            refusal: None,
        };
        Self { index, message, logprobs: None, finish_reason: reason(said.finish) }
    }
}

impl<'a> CallOut<'a> {
    fn of(call: &'a ToolCall) -> Self {
        Self {
            id: &call.id,
            r#type: "function",
            function: FunctionOut { name: &call.name, arguments: &call.arguments },
        }
    }
}

/// What an answer cost, as chat words it.
#[derive(Serialize)]
pub(crate) struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_tokens_details: Option<PromptDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Serialize)]
struct PromptDetails {
    cached_tokens: u64,
}

#[derive(Serialize)]
struct CompletionDetails {
    reasoning_tokens: u64,
}

impl Usage {
    pub(crate) fn of(answer: &Answer<'_>) -> Self {
        let complete = !answer.lacks_fields();
        Self {
            prompt_tokens: answer.prompt_tokens,
            completion_tokens: answer.completion_tokens,
            total_tokens: answer.prompt_tokens + answer.completion_tokens,
            prompt_tokens_details: complete.then_some(PromptDetails { cached_tokens: answer.cached_tokens }),
            completion_tokens_details: complete.then_some(CompletionDetails { reasoning_tokens: 0 }),
        }
    }
}

pub(crate) fn id(answer: &Answer<'_>) -> String {
    format!("chatcmpl-{:024x}", answer.number)
}

pub(crate) fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::ContentFilter => "content_filter",
        Finish::ToolCalls => "tool_calls",
    }
}
