//! The variables of a prompt: what is declared, and what a row gives.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A declared variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// What kind of value it takes.
    pub kind: Kind,
    /// What it is, for a person.
    pub description: Option<String>,
    /// What stands in for it where a row has none.
    pub default: Option<Value>,
    /// Whether a row must have it. One with a default need not.
    pub required: bool,
}

/// What kind of value a variable takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// True or false.
    Boolean,
    /// A list.
    Array,
    /// A mapping.
    Object,
    /// The path or URL of a picture.
    Image,
    /// Anything.
    Any,
}

impl Kind {
    const WORDS: &[(&'static str, Self)] = &[
        ("string", Self::String),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("float", Self::Number),
        ("boolean", Self::Boolean),
        ("array", Self::Array),
        ("object", Self::Object),
        ("image", Self::Image),
        ("any", Self::Any),
    ];

    /// Reads the word of a file.
    ///
    /// # Errors
    /// The word names no kind; the message says which there are.
    pub fn from_word(word: &str) -> Result<Self, String> {
        let found = Self::WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let words = Self::WORDS.iter().map(|(known, _)| *known);
            let hint = crate::nearest::did_you_mean(word, words.clone());
            format!("`{word}` is not a kind of input ({}){hint}", words.collect::<Vec<_>>().join(", "))
        })
    }

    /// The word that names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
            Self::Image => "image",
            Self::Any => "any",
        }
    }

    /// Whether a value is of this kind.
    pub fn takes(self, value: &Value) -> bool {
        match self {
            Self::String | Self::Image => value.is_string(),
            Self::Integer => {
                value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::Any => true,
        }
    }
}

/// What the template gets to see: the row's variables, and the defaults of those that it lacks. Errors are in words.
pub(super) fn context(
    declared: &BTreeMap<String, Input>,
    given: &Map<String, Value>,
) -> Result<minijinja::Value, String> {
    for (name, input) in declared {
        match (given.get(name), &input.default) {
            (Some(value), _) if !input.kind.takes(value) => {
                let kind = input.kind.as_str();
                return Err(format!("input `{name}` is declared as {kind}, but is {}", described(value)));
            }
            (None, None) if input.required => return Err(missing(name, given)),
            _ => {}
        }
    }
    let absent = declared.iter().filter(|(name, _)| !given.contains_key(*name));
    let defaults = absent.filter_map(|(name, input)| Some((name, input.default.as_ref()?)));
    let context: BTreeMap<&String, &Value> = given.iter().chain(defaults).collect();
    Ok(minijinja::Value::from(Serde(&context)))
}

fn missing(name: &str, given: &Map<String, Value>) -> String {
    let hint = crate::nearest::did_you_mean(name, given.keys().map(String::as_str));
    let names: Vec<_> = given.keys().map(String::as_str).collect();
    let given = if names.is_empty() { "nothing is".to_owned() } else { names.join(", ") };
    format!("input `{name}` is declared, but not given (given: {given}){hint}")
}

/// A value, short enough for a message.
fn described(value: &Value) -> String {
    let kind = match value {
        Value::Null => return "null".to_owned(),
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let text = value.to_string();
    let short: String = text.chars().take(40).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{kind} ({short}{dots})")
}
