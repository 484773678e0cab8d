//! Eval objects of OpenAI's API, and the runs that bring their rows and prompts.

use std::collections::BTreeSet;

use carat_core::spec::ScorerSpec;
use carat_core::{Message, Parameters, Role};
use serde_json::{Map, Value, json};

use super::grader;
use crate::account::{Account, Fields, Loss, Note};
use crate::files::{ImportError, stem};
use crate::made::{Draft, EvalDraft, Making, answered, openai};
use crate::names::{self, Unique};
use crate::prompt_file::{self, PromptFile, Said};
use crate::template::{Piece, literal_within, pieces, way};

/// Reads a document with eval objects, or with a grader alone.
///
/// # Errors
/// It holds neither.
pub(super) fn read(making: &mut Making<'_>, file: &str, document: &Value) -> Result<(), ImportError> {
    let objects: Vec<(String, &Value)> = match document {
        Value::Array(list) => list.iter().enumerate().map(|(at, object)| (format!("{file}: [{at}]"), object)).collect(),
        other => vec![(format!("{file}: "), other)],
    };
    let mut names = Unique::default();
    for (place, object) in objects {
        let wanted = "it is no eval object: it has no `testing_criteria`, and is no grader";
        let map = object.as_object().ok_or_else(|| ImportError::new(file, wanted))?;
        let grader = json!({"testing_criteria": [object]});
        let map = match (map.contains_key("testing_criteria"), map.contains_key("type"), grader.as_object()) {
            (true, _, _) => map,
            (false, true, Some(grader)) => grader,
            _ => return Err(ImportError::new(file, wanted)),
        };
        let own = map.get("name").and_then(Value::as_str).map(names::slug).filter(|name| !name.is_empty());
        let name = making.options.name.clone().or(own).unwrap_or_else(|| names::slug(stem(file)));
        let name = if name.is_empty() { "eval".to_owned() } else { name };
        one(making, &place, map, names.name(&name, "-"));
    }
    Ok(())
}

/// What a run brings to its eval.
#[derive(Default)]
struct Brought {
    rows: Vec<Draft>,
    messages: Vec<Said>,
    variables: BTreeSet<String>,
    /// Whether the rows bring the conversation.
    talks: bool,
    models: Vec<String>,
    parameters: Map<String, Value>,
    options: Map<String, Value>,
    tools: Option<Value>,
    /// Whether the rows bring their answers.
    answered: bool,
}

fn one(making: &mut Making<'_>, place: &str, map: &Map<String, Value>, name: String) {
    let account = making.account;
    let fields = Fields::new(account, place, map);
    let description = fields.text("name");
    let about = "it is about the object, not about what it measures";
    for key in ["id", "object", "created_at", "metadata", "shared_with_openai", "properties"] {
        fields.leave(key, Loss::Incidental, about, "");
    }
    let scorers = scorers(making, &fields);
    if let Some(config) = fields.inner("data_source_config") {
        leave_source(&config);
    }
    let mut brought = Brought::default();
    for key in ["run", "runs"] {
        for (at, run) in fields.list(key).iter().enumerate() {
            let place = if key == "run" { fields.at(key) } else { format!("{}[{at}]", fields.at(key)) };
            if let Some(run) = Fields::of(account, &place, Some(run)) {
                bring(making, &run, &mut brought);
            }
        }
    }
    if fields.get("data_source").is_some() {
        bring_source(making, &fields, &mut brought);
    }
    drop(fields);
    write(making, place.trim_end_matches([':', ' ']), name, description, scorers, brought);
}

/// The scorers of the criteria; one that cannot be carried over is noted.
fn scorers(making: &mut Making<'_>, fields: &Fields<'_>) -> Vec<ScorerSpec> {
    let mut names = Unique::default();
    let mut scorers = Vec::new();
    for (at, criterion) in fields.list("testing_criteria").iter().enumerate() {
        let place = format!("{}[{at}]", fields.at("testing_criteria"));
        let name = criterion
            .get("name")
            .and_then(Value::as_str)
            .or(criterion.get("type").and_then(Value::as_str))
            .unwrap_or("grader");
        match grader::read(criterion, name) {
            Ok(graded) => {
                for note in graded.notes {
                    making.account.note(&place, note);
                }
                scorers.extend(graded.scorers.into_iter().map(|scorer| {
                    let name = names.name(&scorer.name, "_");
                    ScorerSpec { name, ..scorer }
                }));
            }
            Err(error) => {
                let kind = criterion.get("type").and_then(Value::as_str).unwrap_or_default();
                making.account.note(&place, Note::lost(format!("the grader `{name}` ({kind})"), error.message, ""));
            }
        }
    }
    for scorer in &scorers {
        for judge in scorer.judge.iter().flat_map(|judge| judge.judges()) {
            making.model(judge, openai(judge));
        }
        if let Some(embedding) = &scorer.embedding {
            let mut settings = openai(&embedding.model);
            settings.insert("api".to_owned(), json!("embeddings"));
            making.model(&embedding.model, settings);
        }
    }
    scorers
}

fn leave_source(config: &Fields<'_>) {
    let checked = "carat takes rows as they are";
    match config.text("type").as_deref() {
        Some("custom") | None => {
            for key in ["item_schema", "include_sample_schema", "schema"] {
                config.leave(key, Loss::Incidental, checked, "use `carat dataset check`");
            }
        }
        Some(kind) => {
            let why = "its rows are calls that OpenAI has kept";
            config.note(
                "type",
                Note::lost(
                    format!("the data source `{kind}`"),
                    why,
                    "export them as JSONL, and put them into datasets/",
                ),
            );
            for key in ["metadata", "schema"] {
                config.leave(key, Loss::Lost, "it selects calls that OpenAI has kept", "");
            }
        }
    }
}

fn bring(making: &mut Making<'_>, run: &Fields<'_>, brought: &mut Brought) {
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
fn bring_source(making: &mut Making<'_>, run: &Fields<'_>, brought: &mut Brought) {
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

fn write(
    making: &mut Making<'_>,
    place: &str,
    name: String,
    description: Option<String>,
    scorers: Vec<ScorerSpec>,
    brought: Brought,
) {
    let account = making.account;
    let scorers = if scorers.is_empty() {
        let why = "an eval has at least one scorer; `answered` asks whether there is an answer";
        account.note(place, Note::differs("no grader is carried over", why, "add scorers to the eval"));
        vec![answered()]
    } else {
        scorers
    };
    let models = if brought.answered {
        let settings = [("provider".to_owned(), json!("recorded")), ("column".to_owned(), json!("metadata.output"))];
        vec![making.model("recorded", settings.into_iter().collect())]
    } else if brought.models.is_empty() {
        making.some_models(place, "no run names a model")
    } else {
        brought.models
    };
    let mut prompt = PromptFile { name: name.clone(), title: description.clone(), ..PromptFile::default() };
    prompt.taken.clone_from(&brought.variables);
    (prompt.messages, prompt.variables, prompt.options, prompt.tools) =
        (brought.messages, brought.variables, brought.options, brought.tools);
    if prompt.messages.is_empty() && brought.answered {
        // The answers exist already; what was asked is not known.
        prompt
            .messages
            .push(Said::words(Role::User, "(The answers of this dataset were recorded; what was asked is not known.)"));
    }
    let has_prompt = !prompt.messages.is_empty() || brought.talks;
    if !has_prompt {
        let advice = format!("write {}", prompt_file::path(&name));
        account.note(place, Note::lost("the prompt", "an eval object has none; it comes with a run", advice));
    } else {
        making.prompt(place, &prompt, &brought.rows);
    }
    let has_rows = !brought.rows.is_empty();
    if has_rows {
        making.dataset(&name, brought.rows);
    } else {
        let advice = format!("put its items into datasets/{name}.jsonl, each as `input`");
        account.note(place, Note::lost("the rows", "an eval object has none; they come with a run", advice));
    }
    let source = place.split(": ").next().unwrap_or(place).to_owned();
    let prompts = vec![name.clone()];
    let incomplete = !has_prompt || !has_rows;
    let eval = EvalDraft {
        incomplete,
        dataset: name.clone(),
        name,
        source,
        description,
        prompts,
        models,
        parameters: brought.parameters,
        scorers,
        ..EvalDraft::default()
    };
    making.eval(&eval);
}
