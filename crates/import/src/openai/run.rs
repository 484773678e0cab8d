//! Runs of OpenAI's API: where the rows, the prompt and the model of an eval come from.

use std::collections::BTreeSet;

use carat_core::{Message, Parameters};
use serde_json::{Map, Value, json};

use crate::account::{Account, Loss, Note};
use crate::fields::Fields;
use crate::made::{Draft, Making, openai};
use crate::prompt_file::{self, Said};
use crate::template::{Piece, literal_within, pieces, way};

/// What a run brings to its eval.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) rows: Vec<Draft>,
    pub(super) messages: Vec<Said>,
    pub(super) variables: BTreeSet<String>,
    /// Whether the rows bring the conversation.
    pub(super) talks: bool,
    pub(super) models: Vec<String>,
    pub(super) parameters: Map<String, Value>,
    pub(super) options: Map<String, Value>,
    pub(super) tools: Option<Value>,
    /// Whether the rows bring their answers.
    pub(super) answered: bool,
}

/// Takes in what a run brings.
pub(super) fn bring(making: &mut Making<'_>, run: &Fields<'_>, brought: &mut Brought) {
    let about = "it is about a run, not about what it measures";
    for key in [
        "id",
        "object",
        "created_at",
        "eval_id",
        "name",
        "metadata",
        "status",
        "model",
        "report_url",
        "result_counts",
        "per_model_usage",
        "per_testing_criteria_results",
        "error",
        "shared_with_openai",
    ] {
        run.leave(key, Loss::Incidental, about, "");
    }
    bring_source(making, run, brought);
}

/// Reads where the rows, the prompt and the model of a run come from.
pub(super) fn bring_source(making: &mut Making<'_>, run: &Fields<'_>, brought: &mut Brought) {
    let Some(data) = run.inner("data_source") else { return };
    let kind = data.text("type").unwrap_or_default();
    if let Some(source) = data.inner("source") {
        bring_rows(making.account, &source, brought);
    }
    if let Some(model) = data.text("model") {
        let name = making.model(&model, openai(&model));
        if !brought.models.contains(&name) {
            brought.models.push(name);
        }
    }
    if let Some(parameters) = data.inner("sampling_params") {
        bring_parameters(&parameters, brought);
    }
    if let Some(messages) = data.inner("input_messages") {
        bring_messages(making.account, &messages, brought);
    }
    brought.answered = kind == "jsonl"
        && !brought.rows.is_empty()
        && brought.rows.iter().all(|row| row.metadata.contains_key("output"));
}

fn bring_rows(account: &Account, source: &Fields<'_>, brought: &mut Brought) {
    match source.text("type").as_deref() {
        Some("file_content") => {}
        other => {
            let what = format!("the rows (`{}`)", other.unwrap_or("no type"));
            let why = "OpenAI has them";
            source.note("type", Note::lost(what, why, "download the file, and put its items into datasets/ as JSONL"));
            for key in [
                "id",
                "metadata",
                "model",
                "limit",
                "created_after",
                "created_before",
                "has_tool_calls",
                "instructions_search",
                "reasoning_effort",
                "temperature",
                "tools",
                "top_p",
                "users",
            ] {
                source.leave(key, Loss::Lost, why, "");
            }
        }
    }
    for (at, row) in source.list("content").iter().enumerate() {
        let place = format!("{}[{at}]", source.at("content"));
        let Some(row) = Fields::of(account, &place, Some(row)) else { continue };
        let input = row
            .inner("item")
            .map(|item| item.rest().into_iter().map(|(key, value)| (key.clone(), value.clone())).collect());
        let mut metadata = Map::new();
        if let Some(sample) = row.get("sample") {
            let text = sample.get("output_text").or_else(|| sample.pointer("/choices/0/message/content"));
            metadata.extend(text.and_then(Value::as_str).map(|text| ("output".to_owned(), json!(text))));
        }
        brought.rows.push(Draft { input: input.unwrap_or_default(), metadata, ..Draft::default() });
    }
}

fn bring_parameters(written: &Fields<'_>, brought: &mut Brought) {
    brought.options.extend(written.get("response_format").map(|format| ("response_format".to_owned(), format.clone())));
    if let Some(format) = written.inner("text").and_then(|text| text.get("format").cloned()) {
        brought.options.insert("response_format".to_owned(), format);
    }
    brought.tools = written.get("tools").cloned().or(brought.tools.take());
    for (key, value) in written.rest() {
        let spelt = if key == "max_completions_tokens" { "max_completion_tokens" } else { key };
        match Parameters::from_written([(&spelt.to_owned(), value)]) {
            Ok(known) => brought.parameters.extend(known.0),
            Err(error) => written.note(key, Note::lost(format!("`{key}`"), error.to_string(), "")),
        }
    }
}

fn bring_messages(account: &Account, written: &Fields<'_>, brought: &mut Brought) {
    let _ = written.text("type");
    if let Some(reference) = written.text("item_reference") {
        talk(written, &reference, brought);
    }
    for (at, message) in written.list("template").iter().enumerate() {
        let place = format!("{}[{at}]", written.at("template"));
        let Some(message) = Fields::of(account, &place, Some(message)) else { continue };
        let _ = message.text("type");
        let role = message.text("role").unwrap_or_default();
        let content = message.get("content").map(text_of);
        match (prompt_file::role(&role), content) {
            (Some(role), Some(Some(text))) => match jinja(&text, &mut brought.variables) {
                Ok(source) => brought.messages.push(Said::words(role, &source)),
                Err(what) => message.note(
                    "content",
                    Note::lost("a message", format!("`{what}` is not `item.…`"), "write it into the prompt by hand"),
                ),
            },
            _ => message.note(
                "content",
                Note::lost(
                    "a message",
                    "it is no text of a role that is known here",
                    "write it into the prompt by hand",
                ),
            ),
        }
    }
}

/// The text of a message, or of its one part.
fn text_of(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Object(part) => part.get("text")?.as_str().map(str::to_owned),
        Value::Array(parts) => match parts.as_slice() {
            [part] => text_of(part),
            _ => None,
        },
        _ => None,
    }
}

/// A template over `item` as one over a prompt's variables.
fn jinja(text: &str, variables: &mut BTreeSet<String>) -> Result<String, String> {
    let mut source = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => source.push_str(&literal_within(text)),
            Piece::Path(path) => match path.as_slice() {
                ["item", first, rest @ ..] => {
                    variables.insert((*first).to_owned());
                    source.push_str(&format!("{{{{ {} }}}}", way(first, rest)));
                }
                path => return Err(path.join(".")),
            },
            Piece::Code(code) => return Err(code.to_owned()),
        }
    }
    Ok(source)
}

/// The conversations that rows bring: `item.messages`.
fn talk(written: &Fields<'_>, reference: &str, brought: &mut Brought) {
    let key = reference.strip_prefix("item.").unwrap_or(reference);
    brought.talks = true;
    for row in &mut brought.rows {
        let Some(messages) = row.input.shift_remove(key) else { continue };
        let read = |message: &Value| {
            let role = prompt_file::role(message.get("role")?.as_str()?)?;
            Some(Message::text(role, text_of(message.get("content")?)?))
        };
        let list = messages.as_array().map(Vec::as_slice).unwrap_or_default();
        let read: Option<Vec<Message>> = list.iter().map(read).collect();
        match read {
            Some(messages) => row.messages = messages,
            None => {
                let what = "a conversation with something else than texts";
                written.note(
                    "item_reference",
                    Note::lost(what, "its row has no messages", "write them into the dataset by hand"),
                );
            }
        }
    }
}
