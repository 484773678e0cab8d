//! Prompts: texts, chats, and files of either.

use carat_core::{Parameters, Role};
use serde_json::{Map, Value};

use super::Desk;
use crate::account::{Note, shown, unreadable};
use crate::fields::Fields;
use crate::files::{self, Unread, ending, stem};
use crate::jinja;
use crate::names::{self, Unique};
use crate::prompt_file::{self, PromptFile, Said};

/// A prompt as it is written.
struct Written {
    place: String,
    label: Option<String>,
    /// What it is called where it has no label: the name of its file.
    from: Option<String>,
    raw: String,
    options: Map<String, Value>,
}

/// Reads the prompts of an eval, which stand here, for the folder `folder` of the project's prompts.
pub(super) fn all(desk: &Desk<'_, '_>, place: &str, value: &Value, folder: &str) -> Vec<(String, PromptFile)> {
    let mut unique = Unique::default();
    let mut prompts = Vec::new();
    for written in written(desk, place, value) {
        let wished = written.label.as_deref().filter(|label| !label.contains(['\n', '{'])).or(written.from.as_deref());
        let wished = wished.map(names::slug).filter(|name| !name.is_empty()).unwrap_or_else(|| "prompt".to_owned());
        match prompt(&written) {
            Ok(mut prompt) => {
                prompt.name = format!("{folder}/{}", unique.name(&wished, "-"));
                prompts.push((written.place, prompt));
            }
            Err(why) => {
                let advice = "write it as a .prompty file by hand";
                desk.account.note(&written.place, Note::lost("a prompt", why, advice));
            }
        }
    }
    prompts
}

/// The prompts that a value of any of the allowed forms means.
fn written(desk: &Desk<'_, '_>, place: &str, value: &Value) -> Vec<Written> {
    match value {
        Value::String(text) => of_text(desk, place, text, None),
        Value::Array(list) => {
            let members = list.iter().enumerate();
            members.flat_map(|(at, value)| written(desk, &format!("{place}[{at}]"), value)).collect()
        }
        Value::Object(map) if is_prompt(map) => of_mapping(desk, place, map),
        // `prompts: { prompt1.txt: A label }`
        Value::Object(map) => {
            let of_file = |(path, label): (&String, &Value)| {
                of_text(desk, &format!("{place}.{path}"), path, label.as_str().map(str::to_owned))
            };
            map.iter().flat_map(of_file).collect()
        }
        other => {
            desk.account.note(place, unreadable(&shown(other), "a prompt"));
            Vec::new()
        }
    }
}

fn is_prompt(map: &Map<String, Value>) -> bool {
    ["id", "raw", "label", "config"].iter().any(|key| map.contains_key(*key))
}

fn of_mapping(desk: &Desk<'_, '_>, place: &str, map: &Map<String, Value>) -> Vec<Written> {
    let fields = Fields::new(desk.account, place, map);
    let label = fields.text("label");
    let (raw, id) = (fields.text("raw"), fields.text("id"));
    let mut prompts = match (raw, id) {
        (Some(raw), _) => {
            vec![Written { place: place.to_owned(), label, from: None, raw, options: Map::new() }]
        }
        (None, Some(id)) => of_text(desk, place, &id, label),
        (None, None) => {
            desk.account
                .note(place, Note::lost("a prompt", "it has neither `raw` nor `id`", "correct it and import again"));
            Vec::new()
        }
    };
    if let Some(config) = fields.inner("config") {
        let options = options(&config);
        prompts.iter_mut().for_each(|prompt| prompt.options.clone_from(&options));
    }
    prompts
}

/// Parameters and output format that a prompt brings along.
fn options(config: &Fields<'_>) -> Map<String, Value> {
    let mut options = Map::new();
    options.extend(config.get("response_format").map(|format| ("response_format".to_owned(), format.clone())));
    for (key, value) in config.rest() {
        match Parameters::from_written([(key, value)]) {
            Ok(known) => options.extend(known.0),
            Err(_) => config.note(key, Note::lost(format!("`{key}`"), "carat knows no such setting of a prompt", "")),
        }
    }
    options
}

/// What a text means: a file, a prompt of another service, or itself.
fn of_text(desk: &Desk<'_, '_>, place: &str, text: &str, label: Option<String>) -> Vec<Written> {
    let schemes = ["exec:", "langfuse://", "portkey://", "helicone://", "package:", "python:", "https://", "http://"];
    if let Some(scheme) = schemes.iter().find(|scheme| text.starts_with(*scheme) && !text.contains('\n')) {
        let what = format!("a prompt of `{}`", scheme.trim_end_matches(['/', ':']));
        desk.account
            .note(place, Note::lost(what, "carat reads prompts from files", "write it as a .prompty file by hand"));
        return Vec::new();
    }
    let paths = files::matching(desk.files, &desk.path(text));
    let is_file = text.starts_with("file://")
        || (looks_like_a_path(text) && paths.iter().any(|path| desk.files.text(path) != Err(Unread::Missing)));
    if !is_file {
        return vec![Written { place: place.to_owned(), label, from: None, raw: text.to_owned(), options: Map::new() }];
    }
    if paths.is_empty() {
        desk.account
            .note(place, Note::lost("prompts", format!("no file is called `{text}`"), "correct it and import again"));
    }
    paths.iter().flat_map(|path| of_file(desk, place, path, label.as_ref())).collect()
}

fn looks_like_a_path(text: &str) -> bool {
    const ENDINGS: &[&str] = &["txt", "md", "j2", "json", "jsonl", "yaml", "yml", "csv"];
    !text.contains(['\n', '{']) && ENDINGS.contains(&ending(text))
}

/// The prompts of a file.
fn of_file(desk: &Desk<'_, '_>, place: &str, path: &str, label: Option<&String>) -> Vec<Written> {
    let lost = |why: String, advice: &str| {
        desk.account.note(place, Note::lost(format!("the prompts of `{path}`"), why, advice));
        Vec::new()
    };
    if !matches!(ending(path), "txt" | "md" | "j2" | "json" | "jsonl" | "yaml" | "yml" | "csv" | "") {
        return lost("it is a program that makes prompts".to_owned(), "write what it makes as a .prompty file by hand");
    }
    let text = match desk.files.text(path) {
        Ok(text) => text,
        Err(why) => return lost(why.to_string(), why.advice()),
    };
    let prompts = match ending(path) {
        // The separator of prompts in one file.
        "txt" => {
            text.split("---").map(|raw| (None, raw.trim().to_owned())).filter(|(_, raw)| !raw.is_empty()).collect()
        }
        "jsonl" => text.lines().filter(|line| !line.trim().is_empty()).map(|line| (None, line.to_owned())).collect(),
        "yaml" | "yml" => match files::parse(&text, path) {
            Ok(value) => vec![(None, value.to_string())],
            Err(error) => return lost(error.to_string(), "correct it and import again"),
        },
        "csv" => match of_table(&text) {
            Ok(prompts) => prompts,
            Err(why) => return lost(why, "correct it and import again"),
        },
        _ => vec![(None, text)],
    };
    let file = |(own, raw): (Option<String>, String)| Written {
        place: path.to_owned(),
        label: own.or_else(|| label.cloned()),
        from: Some(stem(path).to_owned()),
        raw,
        options: Map::new(),
    };
    prompts.into_iter().map(file).collect()
}

/// A table with a column `prompt`, and perhaps `label`; without either, each line is a prompt.
fn of_table(text: &str) -> Result<Vec<(Option<String>, String)>, String> {
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| header.iter().position(|head| head.trim() == name);
    let (Some(prompt), label) = (column("prompt"), column("label")) else {
        return Ok(text.lines().filter(|line| !line.trim().is_empty()).map(|line| (None, line.to_owned())).collect());
    };
    let mut prompts = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let cell = |at: usize| record.get(at).filter(|cell| !cell.is_empty()).map(str::to_owned);
        prompts.extend(cell(prompt).map(|raw| (label.and_then(cell), raw)));
    }
    Ok(prompts)
}

/// A prompt, from the text that promptfoo fills in.
fn prompt(written: &Written) -> Result<PromptFile, String> {
    let mut file =
        PromptFile { title: written.label.clone(), options: written.options.clone(), ..PromptFile::default() };
    match chat(&written.raw)? {
        Some(messages) => {
            for message in &messages {
                let said = said(message, &mut file)?;
                file.messages.push(said);
            }
        }
        None => {
            let source = jinja(&written.raw, &mut file)?;
            file.messages.push(Said::words(Role::User, &source));
        }
    }
    Ok(file)
}

fn jinja(source: &str, file: &mut PromptFile) -> Result<String, String> {
    let template = jinja::from_nunjucks(source).map_err(|what| format!("{what} has no counterpart here"))?;
    if template.variables.contains("_conversation") {
        return Err("it takes what was said in other tests (`_conversation`)".to_owned());
    }
    file.variables.extend(template.variables);
    file.asked_for.extend(template.asked_for);
    file.taken.extend(template.taken);
    Ok(template.source)
}

/// The messages of a prompt that is a chat; none where it is a text.
fn chat(raw: &str) -> Result<Option<Vec<Value>>, String> {
    let text = raw.trim();
    let read = if text.starts_with("- role:") {
        files::parse(text, "chat.yaml").ok()
    } else if text.starts_with(['[', '{']) {
        serde_json::from_str(text).ok()
    } else {
        return Ok(None);
    };
    match read {
        Some(Value::Array(messages)) if messages.iter().all(|message| message.get("role").is_some()) => {
            Ok(Some(messages))
        }
        Some(_) => Err("it is JSON, but no list of messages".to_owned()),
        None if text.contains("\"role\"") || text.starts_with("- role:") => {
            Err("it is a chat only after it has been filled in".to_owned())
        }
        None => Ok(None),
    }
}

/// One message of a chat.
fn said(message: &Value, file: &mut PromptFile) -> Result<Said, String> {
    let Value::Object(map) = message else { return Err("a message of the chat is no mapping".to_owned()) };
    if let Some(key) = map.keys().find(|key| !matches!(key.as_str(), "role" | "content" | "name")) {
        return Err(format!("a message of the chat has `{key}`"));
    }
    let word = map.get("role").and_then(Value::as_str).unwrap_or_default();
    let role = prompt_file::role(word).ok_or_else(|| format!("`{word}` is no role here"))?;
    let name = map.get("name").and_then(Value::as_str).map(str::to_owned);
    let said = match map.get("content") {
        Some(Value::String(text)) => Said::words(role, &jinja(text, file)?),
        Some(Value::Array(parts)) => {
            parts.iter().try_fold(Said::words(role, ""), |said, part| with_part(said, part, file))?
        }
        _ => return Err("a message of the chat says nothing".to_owned()),
    };
    Ok(said.by(name))
}

fn with_part(said: Said, part: &Value, file: &mut PromptFile) -> Result<Said, String> {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "text" | "input_text" => {
            let text = part.get("text").and_then(Value::as_str).unwrap_or_default();
            Ok(said.with_words(&jinja(text, file)?))
        }
        "image_url" | "input_image" => {
            let address = part.get("image_url");
            let address =
                address.and_then(|address| address.get("url").or(Some(address))?.as_str()).unwrap_or_default();
            let address = jinja(address, file)?;
            said.with_picture(&address).ok_or_else(|| "the address of a picture cannot be written here".to_owned())
        }
        other => Err(format!("a message of the chat has a piece of the kind `{other}`")),
    }
}
