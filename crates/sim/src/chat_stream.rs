//! The events of a streamed chat completion.

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

use crate::chat::{Usage, id, reason};
use crate::completion::{Answer, Said, ToolCall, halves_or_words};
use crate::fault_kind::FaultKind;

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<u64>,
    model: &'a str,
    choices: &'a [ChoiceDelta<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Option<Usage>>,
}

#[derive(Default, Serialize)]
struct ChoiceDelta<'a> {
    index: usize,
    delta: Delta<'a>,
    logprobs: Option<()>,
    finish_reason: Option<&'static str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<[CallDelta<'a>; 1]>,
}

#[derive(Serialize)]
struct CallDelta<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    function: FunctionDelta<'a>,
}

#[derive(Serialize)]
struct FunctionDelta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

/// All events, the end mark included.
pub(crate) fn events(answer: &Answer<'_>) -> Vec<Bytes> {
    let mut writer = Writer::new(answer);
    for (index, said) in answer.choices.iter().enumerate() {
        writer.choice(index, said);
    }
    writer.usage();
    writer.events.push(Bytes::from_static(b"data: [DONE]\n\n"));
    writer.events
}

struct Writer<'w> {
    answer: &'w Answer<'w>,
    id: String,
    events: Vec<Bytes>,
}

impl<'w> Writer<'w> {
    fn new(answer: &'w Answer<'_>) -> Self {
        let (id, events) = (id(answer), Vec::with_capacity(16));
        Self { answer, id, events }
    }

    fn choice(&mut self, index: usize, said: &Said<'_>) {
        self.opening(index, said);
        for piece in said.pieces() {
            let content = Some(Some(piece));
            self.delta(index, Delta { content, ..Delta::default() });
        }
        if let Some(call) = &said.call {
            self.call(index, call);
        }
        let last = ChoiceDelta { index, finish_reason: Some(reason(said.finish)), ..ChoiceDelta::default() };
        self.chunk(&[last], None);
    }

    fn opening(&mut self, index: usize, said: &Said<'_>) {
        let opening =
            Delta { role: Some("assistant"), content: Some(said.text.as_ref().map(|_| "")), tool_calls: None };
        self.delta(index, opening);
    }

    /// The name comes first, the arguments follow in pieces.
    fn call(&mut self, index: usize, call: &ToolCall) {
        let opening = CallDelta {
            index: 0,
            id: Some(&call.id),
            r#type: Some("function"),
            function: FunctionDelta { name: Some(&call.name), arguments: "" },
        };
        self.call_delta(index, opening);
        for arguments in halves_or_words(&call.arguments) {
            let function = FunctionDelta { name: None, arguments };
            self.call_delta(index, CallDelta { index: 0, id: None, r#type: None, function });
        }
    }

    fn call_delta(&mut self, index: usize, call: CallDelta<'_>) {
        let tool_calls = Some([call]);
        self.delta(index, Delta { tool_calls, ..Delta::default() });
    }

    fn delta(&mut self, index: usize, delta: Delta<'_>) {
        self.chunk(&[ChoiceDelta { index, delta, ..ChoiceDelta::default() }], None);
    }

    fn usage(&mut self) {
        let crowded = self.answer.fault == Some(FaultKind::UsageWithChoices);
        if crowded {
            self.chunk(&[ChoiceDelta::default()], Some(Usage::of(self.answer)));
        } else if self.answer.include_usage && !self.answer.lacks_usage() {
            self.chunk(&[], Some(Usage::of(self.answer)));
        }
    }

    fn chunk(&mut self, choices: &[ChoiceDelta<'_>], usage: Option<Usage>) {
        let complete = !self.answer.lacks_fields();
        // With `include_usage` every chunk has the field, null in all but the last.
        let usage = (usage.is_some() || self.answer.include_usage).then_some(usage);
        let chunk = Chunk {
            id: &self.id,
            object: complete.then_some("chat.completion.chunk"),
            created: complete.then_some(self.answer.created),
            model: &self.answer.model,
            choices,
            usage,
        };
        let mut event = BytesMut::with_capacity(256);
        event.put_slice(b"data: ");
        // Writing plain structs to memory cannot fail.
        drop(serde_json::to_writer((&mut event).writer(), &chunk));
        event.put_slice(b"\n\n");
        self.events.push(event.freeze());
    }
}
