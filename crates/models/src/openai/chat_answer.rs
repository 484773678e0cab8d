//! What `/chat/completions` answers, whole or piece by piece.

use std::time::Instant;

use carat_core::{Completion, ToolCall};
use serde::Deserialize;
use serde_json::Value;

use crate::told::{Count, UsageTold, Words, arguments, bare_arguments, finish_reason};
use crate::wire::{Failure, Told};

/// A whole answer, or one event of a stream: what differs between them is where the words stand. Every field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChatAnswer {
    id: Words,
    model: Words,
    choices: Option<Vec<Choice>>,
    usage: Option<UsageTold>,
    error: Option<Value>,
    /// Where an error's words stand on servers that have no `error`.
    message: Option<Value>,
    detail: Option<Value>,
    code: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    index: Count,
    message: Option<Said>,
    delta: Option<Said>,
    finish_reason: Words,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    content: Words,
    refusal: Words,
    tool_calls: Option<Vec<CallPiece>>,
    function_call: Option<FunctionPiece>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CallPiece {
    index: Count,
    id: Words,
    function: Option<FunctionPiece>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FunctionPiece {
    name: Words,
    arguments: Option<Value>,
}

impl ChatAnswer {
    /// The error that the answer tells of instead of answering.
    fn error(&self) -> Option<Told> {
        let told = self.error.as_ref().and_then(Told::read);
        told.or_else(|| match (&self.choices, self.message.as_ref().or(self.detail.as_ref())) {
            (None, Some(words)) => Told::read(&serde_json::json!({ "message": words, "code": self.code })),
            _ => None,
        })
    }
}

/// An answer as it is put together.
#[derive(Debug, Default)]
pub(super) struct Heard {
    id: Option<String>,
    model: Option<String>,
    text: String,
    refusal: Option<String>,
    calls: Vec<CallDraft>,
    finish: Option<String>,
    usage: Option<UsageTold>,
    first_token: Option<Instant>,
    has_choice: bool,
}

#[derive(Debug, Default)]
struct CallDraft {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
    /// Arguments that a server sent as JSON and not as a text of JSON.
    json: Option<Value>,
}

impl Heard {
    /// Takes a whole answer or the next event.
    pub(super) fn take(&mut self, answer: ChatAnswer) -> Result<(), Failure> {
        if let Some(told) = answer.error() {
            return Err(Failure::Told(told));
        }
        self.id = self.id.take().or_else(|| answer.id.filled());
        self.model = self.model.take().or_else(|| answer.model.filled());
        self.usage = answer.usage.or(self.usage);
        let first = answer.choices.into_iter().flatten().find(|choice| choice.index.0.unwrap_or(0) == 0);
        if let Some(choice) = first {
            self.has_choice = true;
            self.finish = choice.finish_reason.filled().or_else(|| self.finish.take());
            if let Some(said) = choice.message.or(choice.delta) {
                self.hear(said);
            }
        }
        Ok(())
    }

    /// Whether the server has said why the answer ends.
    pub(super) const fn has_ended(&self) -> bool {
        self.finish.is_some()
    }

    /// How much has been heard, for a message about what is missing.
    pub(super) fn letters(&self) -> usize {
        self.text.chars().count()
    }

    /// When the first piece of the answer was heard.
    pub(super) const fn first_token(&self) -> Option<Instant> {
        self.first_token
    }

    /// The answer to a question that this model was asked.
    pub(super) fn completion(self, asked: &str) -> Result<Completion, Failure> {
        if !self.has_choice {
            return Err(Failure::Unreadable("it has no `choices`".to_owned()));
        }
        Ok(Completion {
            text: self.text,
            tool_calls: self.calls.into_iter().map(CallDraft::finished).collect(),
            finish_reason: finish_reason(self.finish.as_deref().unwrap_or_default()),
            refusal: self.refusal,
            usage: self.usage.and_then(UsageTold::known),
            answered_by: self.model.filter(|model| model != asked),
            response_id: self.id,
            ..Completion::default()
        })
    }

    fn hear(&mut self, said: Said) {
        let text = said.content.filled();
        let refusal = said.refusal.filled();
        let calls = said.tool_calls.unwrap_or_default();
        let legacy = said.function_call.map(|function| CallPiece { function: Some(function), ..CallPiece::default() });
        if text.is_none() && refusal.is_none() && calls.is_empty() && legacy.is_none() {
            return;
        }
        self.first_token.get_or_insert_with(Instant::now);
        match text {
            Some(whole) if self.text.is_empty() => self.text = whole,
            piece => self.text.push_str(piece.as_deref().unwrap_or_default()),
        }
        if let Some(piece) = refusal {
            self.refusal.get_or_insert_default().push_str(&piece);
        }
        for piece in calls.into_iter().chain(legacy) {
            self.hear_call(piece);
        }
    }

    /// The pieces of one call have its index; on servers that know no index, its id, or nothing after the first piece.
    fn hear_call(&mut self, piece: CallPiece) {
        let (index, id) = (piece.index.0, piece.id.filled());
        let place = match (index, &id) {
            (Some(_), _) => self.calls.iter().position(|call| call.index == index),
            (None, Some(id)) => self.calls.iter().position(|call| call.id == *id),
            (None, None) => self.calls.len().checked_sub(1),
        };
        let place = place.unwrap_or_else(|| {
            self.calls.push(CallDraft { index, ..CallDraft::default() });
            self.calls.len() - 1
        });
        if let Some(draft) = self.calls.get_mut(place) {
            draft.hear(id, piece.function.unwrap_or_default());
        }
    }
}

impl CallDraft {
    fn hear(&mut self, id: Option<String>, function: FunctionPiece) {
        if let Some(id) = id {
            self.id = id;
        }
        if let Some(name) = function.name.filled() {
            self.name = name;
        }
        match function.arguments {
            Some(Value::String(piece)) => self.arguments.push_str(&piece),
            Some(Value::Null) | None => {}
            json => self.json = json,
        }
    }

    fn finished(self) -> ToolCall {
        let arguments = self.json.map_or_else(|| arguments(self.arguments), bare_arguments);
        ToolCall { id: self.id, name: self.name, arguments }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::{FinishReason, Usage};
    use proptest::prelude::*;
    use serde_json::json;

    fn heard(events: impl IntoIterator<Item = Value>) -> Result<Completion, Failure> {
        let mut heard = Heard::default();
        for event in events {
            heard.take(serde_json::from_value(event).unwrap())?;
        }
        heard.completion("m")
    }

    fn delta(delta: Value) -> Value {
        json!({"choices": [{"delta": delta}]})
    }

    #[test]
    fn a_whole_answer_needs_nothing_but_a_choice() {
        let completion = heard([json!({"choices": [{"message": {"content": "billing"}}]})]).unwrap();
        assert_eq!(completion, Completion { text: "billing".to_owned(), ..Completion::default() });
    }

    #[test]
    fn the_model_that_answered_is_kept_when_it_is_another_one() {
        let answer = |model: &str| heard([json!({"id": "a1", "model": model, "choices": [{"message": {}}]})]).unwrap();
        assert_eq!(answer("m-2026").answered_by.as_deref(), Some("m-2026"));
        assert_eq!(answer("m").answered_by, None);
        assert_eq!(answer("m").response_id.as_deref(), Some("a1"));
    }

    #[test]
    fn usage_may_come_with_choices_or_without() {
        let usage =
            json!({"prompt_tokens": 3, "completion_tokens": 1, "completion_tokens_details": {"reasoning_tokens": 1}});
        let with = json!({"choices": [{"delta": {}, "finish_reason": "length"}], "usage": usage});
        let without = json!({"choices": [], "usage": usage});
        let known = Usage { input_tokens: 3, output_tokens: 1, cached_input_tokens: None, reasoning_tokens: Some(1) };
        assert_eq!(heard([delta(json!({"content": "a"})), with]).unwrap().usage, Some(known));
        let completion =
            heard([delta(json!({"content": "a"})), without, json!({"choices": [], "usage": null})]).unwrap();
        assert_eq!(completion.usage, Some(known));
    }

    #[test]
    fn tool_calls_are_put_together_from_pieces() {
        let completion = heard([
            delta(
                json!({"role": "assistant", "content": null, "tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": ""}}]}),
            ),
            delta(json!({"tool_calls": [{"index": 0, "function": {"arguments": "{\"x\""}}]})),
            delta(json!({"tool_calls": [{"index": 1, "id": "b", "function": {"name": "g", "arguments": "not json"}}]})),
            delta(json!({"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]})),
            json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}),
        ]);
        let calls = completion.unwrap().tool_calls;
        let call = |id: &str, name: &str, arguments| ToolCall { id: id.to_owned(), name: name.to_owned(), arguments };
        assert_eq!(calls, [call("a", "f", json!({"x": 1})), call("b", "g", json!("not json"))]);
    }

    #[test]
    fn tool_calls_without_an_index_and_with_bare_json_are_understood() {
        let calls = json!([{"id": "a", "function": {"name": "f", "arguments": {"x": 1}}}, {"id": "b", "function": {"name": "g"}}]);
        let calls = heard([json!({"choices": [{"message": {"tool_calls": calls}}]})]).unwrap().tool_calls;
        assert_eq!(calls.iter().map(|call| call.name.as_str()).collect::<Vec<_>>(), ["f", "g"]);
        assert_eq!(calls[0].arguments, json!({"x": 1}));
    }

    #[test]
    fn a_refusal_is_kept_in_its_own_words() {
        let completion = heard([delta(json!({"refusal": "I "})), delta(json!({"refusal": "won't"}))]).unwrap();
        assert_eq!(completion.refusal.as_deref(), Some("I won't"));
        assert_eq!(completion.finish_reason, FinishReason::Unknown);
    }

    #[test]
    fn of_several_choices_the_first_counts() {
        let choices = json!([{"index": 1, "message": {"content": "b"}}, {"index": 0, "message": {"content": "a"}}]);
        assert_eq!(heard([json!({"choices": choices})]).unwrap().text, "a");
    }

    #[test]
    fn an_error_under_a_status_of_success_is_an_error() {
        for event in
            [json!({"error": {"message": "slow down", "code": 429}}), json!({"message": "slow down", "code": "429"})]
        {
            let told = Told { kind: carat_core::ModelErrorKind::RateLimited, words: "slow down".to_owned() };
            assert_eq!(heard([event]).unwrap_err(), Failure::Told(told));
        }
    }

    #[test]
    fn an_answer_without_choices_is_none() {
        assert!(matches!(heard([json!({"id": "x", "choices": []})]).unwrap_err(), Failure::Unreadable(_)));
    }

    proptest! {
        #[test]
        fn pieces_join_to_the_whole(pieces in prop::collection::vec("\\PC{0,8}", 0..8)) {
            let whole = pieces.concat();
            let events = pieces.into_iter().map(|piece| delta(json!({"content": piece})));
            let events = events.chain([json!({"choices": [{"finish_reason": "stop"}]})]);
            prop_assert_eq!(heard(events).unwrap().text, whole);
        }
    }
}
