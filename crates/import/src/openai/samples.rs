//! Samples of a registry: one JSON object a line, with `input` and `ideal`.

use carat_core::{Message, Role};
use serde_json::{Map, Value};

use crate::account::{Account, Note};
use crate::files::{self, Files, Unread};
use crate::made::Draft;
use crate::prompt_file;

/// A sample: its row, and what it says besides the conversation.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) place: String,
    pub(super) row: Draft,
    /// The answers that are right.
    pub(super) ideal: Vec<Value>,
}

/// Reads the samples of a file of the registry in `root`. Samples that cannot be read are noted.
///
/// # Errors
/// The file as a whole cannot be read: what to say of the eval.
pub(super) fn read(account: &Account, files: &dyn Files, root: &str, path: &str) -> Result<Vec<Sample>, Note> {
    let lost = |why: String| Note::lost("an eval", why, "correct it and import again");
    let (path, text) = find(files, root, path).map_err(|(why, advice)| Note::lost("an eval", why, advice))?;
    if text.starts_with("version https://git-lfs") {
        return Err(lost(format!("{path} has not been fetched: `git lfs pull` fetches it")));
    }
    let lines = files::lines(&text, &path).map_err(|error| lost(error.to_string()))?;
    let mut samples = Vec::new();
    for (line, value) in lines {
        let place = format!("{path}:{line}");
        match sample(&value) {
            Ok((row, ideal, as_text)) => {
                if as_text {
                    let why = "there it is sent as a message of the system; here it is the user's";
                    account.note(&place, Note::differs("an input that is a text", why, ""));
                }
                samples.push(Sample { place, row, ideal });
            }
            Err(why) => account.note(&place, Note::lost("a sample", why, "write it into the dataset by hand")),
        }
    }
    Ok(samples)
}

/// The examples of a file: the messages that stand under `sample` on each line.
///
/// # Errors
/// They cannot be read: what to say of them.
pub(super) fn examples(files: &dyn Files, root: &str, path: &str) -> Result<Vec<Vec<Message>>, Note> {
    let what = "examples before each sample";
    let lost = |why: String| Note::lost(what, why, "correct it and import again");
    let (path, text) = find(files, root, path).map_err(|(why, advice)| Note::lost(what, why, advice))?;
    let lines = files::lines(&text, &path).map_err(|error| lost(error.to_string()))?;
    let read = |(line, value): (usize, Value)| {
        let messages = value
            .get("sample")
            .and_then(Value::as_array)
            .ok_or_else(|| format!("{path}:{line}: it has no `sample`"))?;
        messages.iter().map(message).collect::<Result<Vec<_>, _>>()
    };
    lines.into_iter().map(read).collect::<Result<_, String>>().map_err(lost)
}

/// The file with its text, from the folder `data` of the registry or as the path stands; or why there is none, and what to do.
fn find(files: &dyn Files, root: &str, path: &str) -> Result<(String, String), (String, &'static str)> {
    let places = [files::join(&files::join(root, "data"), path), files::join(root, path), path.to_owned()];
    let mut why = (format!("there is no {}", places[0]), Unread::Missing.advice());
    for place in &places {
        match files.text(place) {
            Ok(text) => return Ok((place.clone(), text)),
            Err(Unread::Missing) => {}
            Err(other) => why = (format!("{place}: {other}"), other.advice()),
        }
    }
    Err(why)
}

/// The row and the ideal answers of a sample, and whether its input was a text.
fn sample(value: &Value) -> Result<(Draft, Vec<Value>, bool), String> {
    let map = value.as_object().ok_or("it is no mapping")?;
    let (messages, as_text) = match map.get("input") {
        Some(Value::Array(messages)) => (messages.iter().map(message).collect::<Result<Vec<_>, _>>()?, false),
        Some(Value::String(text)) => (vec![Message::text(Role::User, text.as_str())], true),
        _ => return Err("it has no `input`".to_owned()),
    };
    if messages.is_empty() {
        return Err("its `input` is empty".to_owned());
    }
    let ideal = match map.get("ideal") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.clone(),
        Some(one) => vec![one.clone()],
    };
    let metadata: Map<String, Value> = map
        .iter()
        .filter(|(key, value)| !matches!(key.as_str(), "input" | "ideal" | "id") && !value.is_null())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let wished = map.get("id").and_then(crate::account::plain).unwrap_or_default();
    Ok((Draft { wished, messages, metadata, ..Draft::default() }, ideal, as_text))
}

fn message(value: &Value) -> Result<Message, String> {
    let map = value.as_object().ok_or("a message of its input is no mapping")?;
    if let Some(key) = map.keys().find(|key| !matches!(key.as_str(), "role" | "content" | "name")) {
        return Err(format!("a message of its input has `{key}`"));
    }
    let word = map.get("role").and_then(Value::as_str).unwrap_or_default();
    let role = prompt_file::role(word).ok_or_else(|| format!("`{word}` is no role"))?;
    let text = map.get("content").and_then(Value::as_str).ok_or("a message of its input is no text")?;
    let mut message = Message::text(role, text);
    message.name = map.get("name").and_then(Value::as_str).map(str::to_owned);
    Ok(message)
}
