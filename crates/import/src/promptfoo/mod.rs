//! Configurations of promptfoo.

mod assertion;
mod csv;
mod endpoint;
mod graded;
mod measured;
mod model;
mod prompts;
mod providers;
mod refs;
mod rows;
mod settings;
mod structure;
mod suite;
mod tests;
mod texts;
mod unsupported;
mod view;

use serde_json::Value;

use crate::account::{Account, Note};
use crate::files::{self, Files, ImportError, Unread, ending};
use crate::made::Making;
use crate::{Imported, Options};

/// The files that a folder's configuration may be in.
const CONFIGURATIONS: &[&str] = &["promptfooconfig.yaml", "promptfooconfig.yml", "promptfooconfig.json"];

/// What a promptfoo configuration comes to. `path` is its file, relative to the folder of `files`; where it is empty, the
/// `promptfooconfig.yaml` (or `.yml`, or `.json`) of that folder.
///
/// The prompts become `prompts/NAME/*.prompty`, the tests `datasets/NAME.jsonl`, the assertions scorers of
/// `evals/NAME.yaml`, the providers models. Defaults of promptfoo that change answers (a temperature of 0, 1024 tokens) are
/// written out.
///
/// # Errors
/// The configuration cannot be read, or is no mapping. A file beside it that cannot be read is no error but left out.
pub fn promptfoo(files: &dyn Files, path: &str, options: &Options) -> Result<Imported, ImportError> {
    let path = configuration(files, path)?;
    let document = files::document(files, &path)?;
    let account = Account::default();
    let document = refs::Refs::new(files, &account, &path, &document).resolved();
    let Value::Object(map) = &document else {
        return Err(ImportError::new(&path, "it is no configuration of promptfoo: expected a mapping"));
    };
    let mut making = Making::new(&account, options);
    suite::read(&mut Desk { files, account: &account, making: &mut making, file: &path }, map);
    let imported = making.finish();
    Ok(Imported { left_out: account.close(), ..imported })
}

/// The file of a configuration.
fn configuration(files: &dyn Files, path: &str) -> Result<String, ImportError> {
    if !path.is_empty() {
        return match ending(path) {
            "yaml" | "yml" | "json" => Ok(path.to_owned()),
            _ => Err(ImportError::new(
                path,
                "a configuration is read as YAML or JSON; one that is a program has to be written out first",
            )),
        };
    }
    let found = CONFIGURATIONS.iter().find(|name| files.text(name) != Err(Unread::Missing));
    found
        .map(|name| (*name).to_owned())
        .ok_or_else(|| ImportError::new(".", "there is no promptfooconfig.yaml here; name the configuration's file"))
}

/// How many files may name one another: one that names itself has an end.
const MOST_FILES_DEEP: usize = 4;

/// What a reader of a configuration works with.
struct Desk<'a, 'm> {
    files: &'a dyn Files,
    account: &'a Account,
    making: &'m mut Making<'a>,
    /// The configuration's file.
    file: &'a str,
}

impl Desk<'_, '_> {
    /// The path of a file that the configuration names.
    fn path(&self, written: &str) -> String {
        files::join(files::folder(self.file), written.strip_prefix("file://").unwrap_or(written))
    }

    /// A value, or the document that `file://…` names; members of a list likewise. None, and a note, for a file that cannot
    /// be had.
    fn loaded(&self, place: &str, value: &Value) -> Option<Value> {
        match value {
            Value::String(text) if text.starts_with("file://") => {
                let path = self.path(text);
                match files::document(self.files, &path) {
                    Ok(document) => Some(document),
                    Err(error) => {
                        self.cannot_read(place, text, &error);
                        None
                    }
                }
            }
            Value::Array(list) => {
                let members = list.iter().filter_map(|value| self.loaded(place, value));
                Some(
                    members
                        .flat_map(|value| if let Value::Array(inner) = value { inner } else { vec![value] })
                        .collect(),
                )
            }
            other => Some(other.clone()),
        }
    }

    /// The members of a value with their places: of a list, of the files that it names, or itself.
    fn each_with_files(&self, place: &str, value: &Value) -> Vec<(String, Value)> {
        self.each(place, value, MOST_FILES_DEEP)
    }

    fn each(&self, place: &str, value: &Value, deep: usize) -> Vec<(String, Value)> {
        match value {
            Value::Array(list) => {
                let members = list.iter().enumerate();
                members.flat_map(|(at, value)| self.each(&format!("{place}[{at}]"), value, deep)).collect()
            }
            Value::String(text)
                if deep > 0 && text.starts_with("file://") && matches!(ending(text), "yaml" | "yml" | "json") =>
            {
                let each = |path: String| match files::document(self.files, &path) {
                    Ok(document) => self.each(&format!("{path}: "), &document, deep - 1),
                    Err(error) => {
                        self.cannot_read(place, text, &error);
                        Vec::new()
                    }
                };
                files::matching(self.files, &self.path(text)).into_iter().flat_map(each).collect()
            }
            other => vec![(place.to_owned(), other.clone())],
        }
    }

    fn cannot_read(&self, place: &str, what: &str, error: &ImportError) {
        self.account.note(place, Note::lost(format!("`{what}`"), error.to_string(), error.advice));
    }
}
