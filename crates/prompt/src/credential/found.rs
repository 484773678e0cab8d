//! Credentials in what was read from YAML or JSON, and where they stand.

use serde_json::Value;

use super::is_written_in;
use super::name::{is_like_a_key, is_name, is_value_of};

/// A credential, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// The names that lead to it: `options.metadata.api_key`, `stop[2]`. A name that holds a credential itself is not among
    /// them: those before it are.
    pub place: String,
    /// The text that holds it, to be looked for and never to be shown.
    pub text: &'a str,
}

/// Who gave the fields of a value their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// A provider or a program: what stands under `api_key` or `password` is a credential, whatever it looks like.
    Settings,
    /// Whoever wrote the prompt: `password: string` declares a variable. Only what looks like a credential is one.
    Data,
}

impl Fields {
    /// What tools take and answers look like is named by whoever wrote the prompt, also in the midst of settings.
    fn below(self, name: &str) -> Self {
        if matches!(name, "tools" | "response_format" | "responseFormat") { Self::Data } else { self }
    }

    fn holds(self, name: &str, text: &str) -> bool {
        let by_name = match self {
            Self::Settings => is_value_of(name, text),
            Self::Data => is_like_a_key(text) && is_name(name),
        };
        by_name || is_written_in(text)
    }
}

/// The first credential in a value of this name; the place begins with the name. Goes as deep as the value, which the readers
/// of YAML and JSON have bounded.
pub fn found_in<'a>(name: &str, value: &'a Value, fields: Fields) -> Option<Found<'a>> {
    let below = fields.below(name);
    match value {
        Value::String(text) => fields.holds(name, text).then(|| Found { place: name.to_owned(), text }),
        Value::Array(members) => members.iter().enumerate().find_map(|(at, member)| {
            // What stands in a list has no name of its own.
            found_in("", member, below).map(|found| found.under(&format!("{name}[{at}]")))
        }),
        Value::Object(members) => found_among(name, members, below),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The same of the fields that stand under this name.
pub fn found_among<'a>(
    name: &str,
    members: impl IntoIterator<Item = (&'a String, &'a Value)>,
    fields: Fields,
) -> Option<Found<'a>> {
    members.into_iter().find_map(|(member, value)| {
        if is_written_in(member) {
            return Some(Found { place: name.to_owned(), text: member });
        }
        found_in(member, value, fields).map(|found| found.under(name))
    })
}

impl Found<'_> {
    fn under(self, name: &str) -> Self {
        let point = if name.is_empty() || self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        Self { place: format!("{name}{point}{}", self.place), ..self }
    }
}
