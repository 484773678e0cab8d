//! The events of a streamed response.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::completion::{Answer, Said, ToolCall, halves_or_words};
use crate::responses::{call_item, item, item_id, message_item, part, response, status};

/// All events from `response.created` to `response.completed`.
pub(crate) fn events(answer: &Answer<'_>) -> Vec<Bytes> {
    let mut writer = Writer { answer, events: Vec::with_capacity(16) };
    let begun = response(answer, "in_progress", Vec::new());
    writer.event("response.created", json!({"response": begun}));
    writer.event("response.in_progress", json!({"response": begun}));
    let mut output = Vec::new();
    for said in &answer.choices {
        match &said.call {
            Some(call) => writer.call(call),
            None => writer.message(said),
        }
        output.push(item(answer, said));
        let done = output.last().cloned().unwrap_or_default();
        writer.event("response.output_item.done", json!({"output_index": 0, "item": done}));
    }
    let status = status(answer);
    let finished = response(answer, status, output);
    writer.event(&format!("response.{status}"), json!({"response": finished}));
    writer.events
}

struct Writer<'w> {
    answer: &'w Answer<'w>,
    events: Vec<Bytes>,
}

impl Writer<'_> {
    fn message(&mut self, said: &Said<'_>) {
        let item = message_item(self.answer, Vec::new(), "in_progress");
        self.event("response.output_item.added", json!({"output_index": 0, "item": item}));
        let Some(text) = said.text.as_deref() else {
            return;
        };
        self.about_text("response.content_part.added", json!({"part": part("")}));
        for piece in said.pieces() {
            self.about_text("response.output_text.delta", json!({"delta": piece, "logprobs": []}));
        }
        self.about_text("response.output_text.done", json!({"text": text, "logprobs": []}));
        self.about_text("response.content_part.done", json!({"part": part(text)}));
    }

    fn call(&mut self, call: &ToolCall) {
        let item = call_item(self.answer, call, "", "in_progress");
        self.event("response.output_item.added", json!({"output_index": 0, "item": item}));
        for piece in halves_or_words(&call.arguments) {
            self.about_call("delta", json!({"delta": piece}));
        }
        self.about_call("done", json!({"arguments": call.arguments, "name": call.name}));
    }

    fn about_text(&mut self, name: &str, mut data: Value) {
        data["item_id"] = json!(item_id(self.answer));
        data["output_index"] = json!(0);
        data["content_index"] = json!(0);
        self.event(name, data);
    }

    fn about_call(&mut self, name: &str, mut data: Value) {
        data["item_id"] = json!(item_id(self.answer));
        data["output_index"] = json!(0);
        self.event(&format!("response.function_call_arguments.{name}"), data);
    }

    fn event(&mut self, name: &str, mut data: Value) {
        data["type"] = json!(name);
        data["sequence_number"] = json!(self.events.len());
        self.events.push(Bytes::from(format!("event: {name}\ndata: {data}\n\n")));
    }
}
