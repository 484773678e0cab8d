//! What `/messages` answers, read leniently: blocks that are no text and no call, such as thinking, are left out.

use std::collections::BTreeMap;
use std::time::Instant;

use carat_core::{Completion, FinishReason, ToolCall};
use serde::Deserialize;
use serde_json::{Value, json};

use super::usage::UsageTold;
use crate::told::{Words, arguments, bare_arguments, finish_reason};
use crate::wire::{Failure, Told, read_json};

/// A whole message. Every field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Message {
    id: Words,
    model: Words,
    content: Option<Vec<BlockTold>>,
    stop_reason: Words,
    usage: Option<UsageTold>,
    error: Option<Value>,
}

/// A block, or the beginning of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BlockTold {
    r#type: Words,
    text: Words,
    id: Words,
    name: Words,
    input: Option<Value>,
}

/// Reads the whole answer to a question that this model was asked.
pub(super) fn read(body: &[u8], asked: &str) -> Result<Completion, Failure> {
    let message: Message = read_json(body)?;
    if let Some(told) = message.error.as_ref().and_then(Told::read) {
        return Err(Failure::Told(told));
    }
    if message.content.is_none() {
        return Err(Failure::Unreadable("it has no `content`".to_owned()));
    }
    let mut heard = Heard::default();
    heard.begin(message);
    Ok(heard.completion(asked))
}

/// An answer as it is put together.
#[derive(Debug, Default)]
pub(super) struct Heard {
    id: Option<String>,
    model: Option<String>,
    blocks: BTreeMap<u64, Draft>,
    stop_reason: Option<String>,
    usage: UsageTold,
    first_token: Option<Instant>,
}

#[derive(Debug)]
enum Draft {
    Text(String),
    Call {
        id: String,
        name: String,
        /// Nothing, or all of the input, where it comes in one piece.
        input: Option<Value>,
        /// The pieces of the input, as a text of JSON.
        json: String,
    },
    /// Something else, of which nothing is kept.
    Other,
}

impl Heard {
    /// Takes a whole message.
    fn begin(&mut self, message: Message) {
        self.usage = message.usage.unwrap_or_default();
        self.stop_reason = message.stop_reason.filled();
        self.named(message.id, message.model);
        let blocks = message.content.into_iter().flatten();
        self.blocks = (0..).zip(blocks.map(Draft::begun)).collect();
    }

    /// Takes the message with which a stream begins: it is empty yet.
    pub(super) fn begin_stream(&mut self, message: Message) {
        self.begin(message);
        self.usage = self.usage.of_beginning();
    }

    fn named(&mut self, id: Words, model: Words) {
        self.id = id.filled();
        self.model = model.filled();
    }

    /// Takes the beginning of a block.
    pub(super) fn begin_block(&mut self, index: u64, block: BlockTold) {
        let draft = Draft::begun(block);
        if draft.says_something() {
            self.first_token.get_or_insert_with(Instant::now);
        }
        self.blocks.insert(index, draft);
    }

    /// Takes a piece of text. One of a block that has not begun begins it.
    pub(super) fn hear_text(&mut self, index: u64, piece: &str) {
        self.first_token.get_or_insert_with(Instant::now);
        if let Draft::Text(text) = self.blocks.entry(index).or_insert_with(|| Draft::Text(String::new())) {
            text.push_str(piece);
        }
    }

    /// Takes a piece of the input of a tool.
    pub(super) fn hear_input(&mut self, index: u64, piece: &str) {
        self.first_token.get_or_insert_with(Instant::now);
        if let Some(Draft::Call { json, .. }) = self.blocks.get_mut(&index) {
            json.push_str(piece);
        }
    }

    /// Takes what is said of the whole at the end.
    pub(super) fn end(&mut self, stop_reason: Option<String>, usage: Option<UsageTold>) {
        self.stop_reason = stop_reason.or_else(|| self.stop_reason.take());
        self.usage = self.usage.then(usage.unwrap_or_default());
    }

    /// Whether the server has said why the answer ends.
    pub(super) const fn has_ended(&self) -> bool {
        self.stop_reason.is_some()
    }

    /// How much has been heard, for a message about what is missing.
    pub(super) fn letters(&self) -> usize {
        let texts =
            self.blocks.values().map(|draft| if let Draft::Text(text) = draft { text.chars().count() } else { 0 });
        texts.sum()
    }

    /// When the first piece of the answer was heard.
    pub(super) const fn first_token(&self) -> Option<Instant> {
        self.first_token
    }

    /// The answer to a question that this model was asked.
    pub(super) fn completion(self, asked: &str) -> Completion {
        let (mut text, mut tool_calls) = (String::new(), Vec::new());
        for draft in self.blocks.into_values() {
            match draft {
                Draft::Text(piece) => text.push_str(&piece),
                Draft::Call { id, name, input, json } => {
                    tool_calls.push(ToolCall { id, name, arguments: finished(input, json) });
                }
                Draft::Other => {}
            }
        }
        Completion {
            text,
            tool_calls,
            finish_reason: reason(self.stop_reason.as_deref().unwrap_or_default()),
            usage: self.usage.known(),
            answered_by: self.model.filter(|model| model != asked),
            response_id: self.id,
            ..Completion::default()
        }
    }
}

impl Draft {
    fn begun(block: BlockTold) -> Self {
        match block.r#type.as_str() {
            "text" => Self::Text(block.text.0.unwrap_or_default()),
            "tool_use" => Self::Call {
                id: block.id.0.unwrap_or_default(),
                name: block.name.0.unwrap_or_default(),
                input: block.input.filter(|input| !input.is_null()),
                json: String::new(),
            },
            _ => Self::Other,
        }
    }

    const fn says_something(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Call { .. } => true,
            Self::Other => false,
        }
    }
}

/// The input of a tool; in a stream it begins as an empty object and follows in pieces.
fn finished(input: Option<Value>, json: String) -> Value {
    match json.is_empty() {
        true => bare_arguments(input.unwrap_or_else(|| json!({}))),
        false => arguments(json),
    }
}

/// A `refusal` is a classifier that stopped the answer, and no words of the model.
fn reason(word: &str) -> FinishReason {
    match word {
        "refusal" => FinishReason::ContentFilter,
        "model_context_window_exceeded" => FinishReason::Length,
        other => finish_reason(other),
    }
}
