//! The events of a streamed message.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{message, stop_reason, tool_id};
use crate::completion::{Answer, Said, ToolCall, halves_or_words};

/// All events from `message_start` to `message_stop`.
pub(super) fn events(answer: &Answer<'_>) -> Vec<Bytes> {
    let mut writer = Writer { events: Vec::with_capacity(16), blocks: 0 };
    writer.event("message_start", json!({"message": message(answer, &[], None, 1)}));
    writer.event("ping", json!({}));
    let said = answer.choices.first();
    if let Some(said) = said {
        writer.content(said);
    }
    let reason = said.map(|said| stop_reason(said.finish));
    let mut last = json!({"delta": {"stop_reason": reason, "stop_sequence": null}});
    if !answer.lacks_usage() {
        last["usage"] = json!({"output_tokens": answer.completion_tokens});
    }
    writer.event("message_delta", last);
    writer.event("message_stop", json!({}));
    writer.events
}

struct Writer {
    events: Vec<Bytes>,
    /// Content blocks that are complete.
    blocks: usize,
}

impl Writer {
    fn content(&mut self, said: &Said<'_>) {
        if said.text.is_some() {
            let deltas = said.pieces().into_iter().map(|piece| json!({"type": "text_delta", "text": piece}));
            self.block(json!({"type": "text", "text": ""}), deltas);
        }
        if let Some(call) = &said.call {
            self.call(call);
        }
    }

    /// A tool starts with an empty input; the arguments follow as pieces of JSON.
    fn call(&mut self, call: &ToolCall) {
        let pieces = halves_or_words(&call.arguments).into_iter();
        let deltas = pieces.map(|piece| json!({"type": "input_json_delta", "partial_json": piece}));
        self.block(json!({"type": "tool_use", "id": tool_id(call), "name": call.name, "input": {}}), deltas);
    }

    fn block(&mut self, begun: Value, deltas: impl Iterator<Item = Value>) {
        let index = self.blocks;
        self.event("content_block_start", json!({"index": index, "content_block": begun}));
        deltas.for_each(|delta| self.event("content_block_delta", json!({"index": index, "delta": delta})));
        self.event("content_block_stop", json!({"index": index}));
        self.blocks += 1;
    }

    fn event(&mut self, kind: &str, mut data: Value) {
        data["type"] = json!(kind);
        self.events.push(Bytes::from(format!("event: {kind}\ndata: {data}\n\n")));
    }
}
