//! From named values to a row.

use carat_core::nearest::did_you_mean;
use carat_core::{Message, Row, RowId};
use serde_json::{Map, Value};

use super::columns::{Column, Path};
use super::{conversation, identity};

/// The names that mean something by themselves.
pub(super) const FIELDS: [&str; 7] = ["id", "input", "expected", "tags", "split", "metadata", "messages"];

/// A row that is being put together. A null value is the same as none, except in an input.
#[derive(Default)]
pub(super) struct Draft {
    id: Option<RowId>,
    input: Option<Map<String, Value>>,
    /// The inputs beside the row's own fields.
    loose: Map<String, Value>,
    expected: Option<Value>,
    tags: Vec<String>,
    split: Option<String>,
    metadata: Map<String, Value>,
    messages: Vec<Message>,
    /// Which of the fields have been named.
    named: [bool; FIELDS.len()],
}

impl Draft {
    /// Takes in what stands under a name.
    pub(super) fn set_named(&mut self, name: String, value: Value) -> Result<(), String> {
        let again = match FIELDS.iter().position(|field| *field == name) {
            Some(field) => std::mem::replace(&mut self.named[field], true),
            None => self.loose.contains_key(&name),
        };
        if again {
            return Err(format!("the key `{name}` stands twice in the row; keep one"));
        }
        match Column::field(&name) {
            Some(column) => self.set(&column, value),
            None => {
                self.loose.insert(name, value);
                Ok(())
            }
        }
    }

    /// Takes in what stands in a column.
    pub(super) fn set(&mut self, column: &Column, value: Value) -> Result<(), String> {
        if value.is_null() && !matches!(column, Column::InputAt(_)) {
            return Ok(());
        }
        match column {
            Column::Id => self.id = Some(id(&value)?),
            Column::Input => self.set_input(value),
            Column::InputAt(path) => put(&mut self.loose, path, value),
            Column::Expected => self.expected = Some(value),
            Column::Tags => self.tags = tags(value)?,
            Column::Split => self.split = Some(split(value)?),
            Column::Metadata => self.set_metadata(value)?,
            Column::MetadataAt(path) => put(&mut self.metadata, path, value),
            Column::Messages => self.messages = conversation::messages(&value)?,
            Column::Ignored => {}
        }
        Ok(())
    }

    /// An object is the inputs; anything else is the input that is called `input`.
    fn set_input(&mut self, value: Value) {
        match value {
            Value::Object(input) => self.input = Some(input),
            other => {
                self.loose.insert("input".to_owned(), other);
            }
        }
    }

    fn set_metadata(&mut self, value: Value) -> Result<(), String> {
        match value {
            Value::Object(metadata) => {
                self.metadata.extend(metadata);
                Ok(())
            }
            other => Err(wrong("metadata", &other, "an object, as in {\"source\": \"2026-05\"}")),
        }
    }

    /// The row, and whether its inputs were loose.
    pub(super) fn finish(self) -> Result<(Row, bool), String> {
        let (input, loose) = match self.input {
            None => (self.loose, true),
            Some(input) => match self.loose.keys().next() {
                Some(key) => return Err(unknown(key)),
                None => (input, false),
            },
        };
        let Self { id, expected, tags, split, metadata, messages, .. } = self;
        let id = id.unwrap_or_else(|| identity::of_asked(&input, &messages));
        Ok((Row { id, input, expected, tags, split, metadata, messages }, loose))
    }
}

/// Puts a value where a path leads. That no path leads through another's value has been seen to in the header.
fn put(map: &mut Map<String, Value>, path: &Path, value: Value) {
    match path.split_first() {
        None => {}
        Some((key, [])) => {
            map.insert(key.clone(), value);
        }
        Some((key, rest)) => {
            let inner = map.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

fn id(value: &Value) -> Result<RowId, String> {
    match value {
        Value::String(text) if text.is_empty() => Err("`id` is empty; leave it out or give the row a name".to_owned()),
        Value::String(text) => Ok(RowId::from(text.as_str())),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok(RowId::from(number.to_string())),
        other => Err(wrong("id", other, "a string or an integer")),
    }
}

fn tags(value: Value) -> Result<Vec<String>, String> {
    const SHAPE: &str = "a list of strings, as in [\"de\", \"long\"]";
    let Value::Array(items) = value else { return Err(wrong("tags", &value, SHAPE)) };
    items
        .into_iter()
        .map(|item| match item {
            Value::String(tag) => Ok(tag),
            other => Err(wrong("a tag in `tags`", &other, "a string")),
        })
        .collect()
}

fn split(value: Value) -> Result<String, String> {
    match value {
        Value::String(split) => Ok(split),
        other => Err(wrong("split", &other, "a string, as in \"test\"")),
    }
}

fn unknown(key: &str) -> String {
    let hint = did_you_mean(key, FIELDS);
    if hint.is_empty() {
        format!("unknown key `{key}` beside `input`; put it into `input` if prompts use it, else into `metadata`")
    } else {
        format!("unknown key `{key}` beside `input`{hint}")
    }
}

/// "`tags` is a string, not a list …".
pub(super) fn wrong(what: &str, found: &Value, wanted: &str) -> String {
    let what = if what.contains('`') { what.to_owned() } else { format!("`{what}`") };
    format!("{what} is {}, not {wanted}", kind(found))
}

/// What a value is, in words.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
