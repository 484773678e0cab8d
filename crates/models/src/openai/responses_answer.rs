//! What `/responses` answers, whole or piece by piece.

use std::time::Instant;

use carat_core::{Completion, FinishReason, ToolCall};
use serde::Deserialize;
use serde_json::Value;

use crate::told::{UsageTold, Words, arguments, finish_reason};
use crate::wire::{Failure, Told};

/// A whole answer. Every field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ResponsesAnswer {
    id: Words,
    model: Words,
    status: Words,
    output: Option<Vec<Item>>,
    usage: Option<UsageTold>,
    incomplete_details: Option<Incomplete>,
    error: Option<Value>,
    message: Option<Value>,
    detail: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Incomplete {
    reason: Words,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    r#type: Words,
    content: Option<Vec<ContentPart>>,
    call_id: Words,
    id: Words,
    name: Words,
    arguments: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ContentPart {
    r#type: Words,
    text: Words,
    refusal: Words,
}

impl ResponsesAnswer {
    /// The answer to a question that this model was asked.
    pub(super) fn completion(self, asked: &str) -> Result<Completion, Failure> {
        if let Some(told) = self.told() {
            return Err(Failure::Told(told));
        }
        let Some(output) = self.output else {
            return Err(Failure::Unreadable("it has no `output`".to_owned()));
        };
        let mut completion = Completion {
            usage: self.usage.and_then(UsageTold::known),
            answered_by: self.model.filled().filter(|model| model != asked),
            response_id: self.id.filled(),
            ..Completion::default()
        };
        for item in output {
            item.add_to(&mut completion);
        }
        completion.finish_reason = match finish(self.status.as_str(), self.incomplete_details) {
            FinishReason::Stop if !completion.tool_calls.is_empty() => FinishReason::ToolCalls,
            reason => reason,
        };
        Ok(completion)
    }

    fn told(&self) -> Option<Told> {
        let error = self.error.as_ref().and_then(Told::read);
        let bare =
            || self.output.is_none().then(|| self.message.as_ref().or(self.detail.as_ref()).and_then(Told::read));
        let unfinished = || {
            let words = || format!("the answer is `{}`, and not completed", self.status.as_str());
            matches!(self.status.as_str(), "failed" | "cancelled" | "queued" | "in_progress")
                .then(|| Told { kind: carat_core::ModelErrorKind::Server, words: words() })
        };
        error.or_else(|| bare().flatten()).or_else(unfinished)
    }
}

fn finish(status: &str, incomplete: Option<Incomplete>) -> FinishReason {
    match status {
        "incomplete" => finish_reason(incomplete.unwrap_or_default().reason.as_str()),
        other => finish_reason(other),
    }
}

impl Item {
    fn add_to(self, completion: &mut Completion) {
        match self.r#type.as_str() {
            "function_call" => {
                let arguments = match self.arguments {
                    Some(Value::String(written)) => arguments(written),
                    other => other.unwrap_or_default(),
                };
                let id = self.call_id.filled().or_else(|| self.id.filled()).unwrap_or_default();
                completion.tool_calls.push(ToolCall { id, name: self.name.filled().unwrap_or_default(), arguments });
            }
            "message" | "" => {
                for part in self.content.into_iter().flatten() {
                    part.add_to(completion);
                }
            }
            _ => {}
        }
    }
}

impl ContentPart {
    fn add_to(self, completion: &mut Completion) {
        if let Some(refusal) = self.refusal.filled() {
            completion.refusal.get_or_insert_default().push_str(&refusal);
        }
        match self.text.filled() {
            Some(text) if matches!(self.r#type.as_str(), "output_text" | "text" | "") => {
                completion.text.push_str(&text)
            }
            _ => {}
        }
    }
}

/// One event of a stream. Every field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ResponsesEvent {
    r#type: Words,
    delta: Words,
    response: Option<ResponsesAnswer>,
    item: Option<Item>,
    error: Option<Value>,
    message: Option<Value>,
    code: Option<Value>,
}

/// An answer as it is put together.
#[derive(Debug, Default)]
pub(super) struct Heard {
    text: String,
    items: Vec<Item>,
    /// What the first event said of the answer; the last one replaces it.
    answer: Option<ResponsesAnswer>,
    has_ended: bool,
    first_token: Option<Instant>,
}

impl Heard {
    /// Takes the next event.
    pub(super) fn take(&mut self, event: ResponsesEvent) -> Result<(), Failure> {
        match event.r#type.as_str() {
            "error" => return Err(Failure::Told(event.told())),
            "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled" => {
                self.has_ended = true;
                self.answer = event.response.or_else(|| self.answer.take());
            }
            "response.output_text.delta" => {
                self.first_token.get_or_insert_with(Instant::now);
                self.text.push_str(event.delta.as_str());
            }
            "response.function_call_arguments.delta" | "response.refusal.delta" => {
                self.first_token.get_or_insert_with(Instant::now);
            }
            "response.output_item.done" => self.items.extend(event.item),
            _ if event.error.is_some() => return Err(Failure::Told(event.told())),
            _ => self.answer = self.answer.take().or(event.response),
        }
        Ok(())
    }

    /// Whether the last event has been heard.
    pub(super) const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// How much has been heard, for a message about what is missing.
    pub(super) fn letters(&self) -> usize {
        self.text.chars().count()
    }

    /// When the first piece of the answer was heard.
    pub(super) const fn first_token(&self) -> Option<Instant> {
        self.first_token
    }

    /// The answer. What the last event leaves out is taken from the ones before.
    pub(super) fn completion(self, asked: &str) -> Result<Completion, Failure> {
        let mut answer = self.answer.unwrap_or_default();
        if answer.output.as_ref().is_none_or(Vec::is_empty) {
            answer.output = Some(self.items);
        }
        if !self.has_ended {
            answer.status = Words(None);
        }
        let mut completion = answer.completion(asked)?;
        if completion.text.is_empty() {
            completion.text = self.text;
        }
        Ok(completion)
    }
}

impl ResponsesEvent {
    fn told(self) -> Told {
        let error = self.error.unwrap_or_else(|| serde_json::json!({ "message": self.message, "code": self.code }));
        let unnamed = || Told { kind: carat_core::ModelErrorKind::Server, words: String::new() };
        Told::read(&error).unwrap_or_else(unnamed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::ModelErrorKind;
    use serde_json::json;

    fn whole(answer: Value) -> Result<Completion, Failure> {
        serde_json::from_value::<ResponsesAnswer>(answer).unwrap().completion("m")
    }

    fn heard(events: impl IntoIterator<Item = Value>) -> Result<Completion, Failure> {
        let mut heard = Heard::default();
        for event in events {
            heard.take(serde_json::from_value(event).unwrap())?;
        }
        heard.completion("m")
    }

    fn says(text: &str) -> Value {
        json!({"type": "message", "content": [{"type": "output_text", "text": text}]})
    }

    #[test]
    fn an_answer_needs_nothing_but_its_output() {
        assert_eq!(whole(json!({"output": [says("billing")]})).unwrap().text, "billing");
        assert_eq!(whole(json!({"output": []})).unwrap(), Completion::default());
        assert!(whole(json!({})).is_err());
    }

    #[test]
    fn text_calls_refusal_and_reasoning_are_told_apart() {
        let output = json!([
            {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "hmm"}]},
            says("a"),
            {"type": "message", "content": [{"type": "refusal", "refusal": "no"}]},
            {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{\"x\":1}"},
        ]);
        let usage = json!({"input_tokens": 5, "output_tokens": 2});
        let completion = whole(json!({"status": "completed", "output": output, "usage": usage})).unwrap();
        assert_eq!((completion.text.as_str(), completion.refusal.as_deref()), ("a", Some("no")));
        assert_eq!(completion.tool_calls[0].arguments, json!({"x": 1}));
        assert_eq!(completion.finish_reason, FinishReason::ToolCalls);
        assert_eq!(completion.usage.map(|usage| usage.output_tokens), Some(2));
    }

    #[test]
    fn an_incomplete_answer_says_why() {
        let answer = json!({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": [says("a")]});
        assert_eq!(whole(answer).unwrap().finish_reason, FinishReason::Length);
    }

    #[test]
    fn a_failed_answer_is_an_error_of_its_kind() {
        let error = json!({"code": "rate_limit_exceeded", "message": "slow down"});
        let failure = whole(json!({"status": "failed", "error": error, "output": []})).unwrap_err();
        let told = Told { kind: ModelErrorKind::RateLimited, words: "slow down".to_owned() };
        assert_eq!(failure, Failure::Told(told));
        assert!(whole(json!({"status": "failed", "error": null, "output": []})).is_err());
    }

    #[test]
    fn a_stream_is_its_last_event_and_else_its_pieces() {
        let piece = |text: &str| json!({"type": "response.output_text.delta", "delta": text});
        let created =
            json!({"type": "response.created", "response": {"id": "r1", "model": "m2", "status": "in_progress"}});
        let completed = json!({"type": "response.completed", "response": {"id": "r1", "status": "completed", "output": [says("ab")]}});
        let from_last = heard([created.clone(), piece("a"), piece("b"), completed]).unwrap();
        assert_eq!((from_last.text.as_str(), from_last.finish_reason), ("ab", FinishReason::Stop));
        let from_pieces = heard([created, piece("a"), piece("b")]).unwrap();
        assert_eq!((from_pieces.text.as_str(), from_pieces.answered_by.as_deref()), ("ab", Some("m2")));
    }

    #[test]
    fn an_error_event_is_an_error() {
        let failure =
            heard([json!({"type": "error", "message": "overloaded", "code": "server_overloaded"})]).unwrap_err();
        let told = Told { kind: ModelErrorKind::Server, words: "overloaded".to_owned() };
        assert_eq!(failure, Failure::Told(told));
    }
}
