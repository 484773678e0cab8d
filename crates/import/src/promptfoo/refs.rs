//! References within a configuration: `$ref: '#/assertionTemplates/polite'`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::account::{Account, Note};
use crate::files::{self, Files};
use crate::unread::CORRECT;

/// The most references that are followed, and how deep: a configuration that refers to itself has an end.
const MOST: usize = 10_000;
const DEEPEST: usize = 24;

/// Follows the references of a document.
pub(super) struct Refs<'a> {
    files: &'a dyn Files,
    account: &'a Account,
    /// The file of the document.
    file: &'a str,
    root: &'a Value,
    followed: usize,
    /// The ways of `#/a/b` that something refers to.
    used: BTreeSet<String>,
}

impl<'a> Refs<'a> {
    pub(super) fn new(files: &'a dyn Files, account: &'a Account, file: &'a str, root: &'a Value) -> Self {
        Self { files, account, file, root, followed: 0, used: BTreeSet::new() }
    }

    /// The document with what its references lead to in their place.
    pub(super) fn resolved(&mut self) -> Value {
        let root = self.root;
        let mut resolved = self.follow(root, 0);
        if let Value::Object(map) = &mut resolved {
            self.drop_templates(map);
        }
        resolved
    }

    fn follow(&mut self, value: &Value, depth: usize) -> Value {
        match value {
            Value::Array(list) => list.iter().map(|value| self.follow(value, depth)).collect(),
            Value::Object(map) => match map.get("$ref").and_then(Value::as_str) {
                Some(target) => self.target(target, map, depth),
                None => {
                    let members = map.iter().map(|(key, value)| (key.clone(), self.follow(value, depth)));
                    Value::Object(members.collect())
                }
            },
            other => other.clone(),
        }
    }

    /// What a reference leads to; keys that stand beside it win.
    fn target(&mut self, target: &str, beside: &Map<String, Value>, depth: usize) -> Value {
        self.followed += 1;
        if depth >= DEEPEST || self.followed > MOST {
            self.dangling(target, "it leads back to itself, or there are too many references", CORRECT);
            return Value::Null;
        }
        let (file, way) = target.split_once('#').unwrap_or((target, ""));
        let found = if file.is_empty() {
            self.used.insert(way.to_owned());
            self.root.pointer(way).cloned()
        } else {
            let path = files::join(files::folder(self.file), file.trim_start_matches("file://"));
            match files::document(self.files, &path) {
                Ok(document) => document.pointer(way).cloned(),
                Err(error) => {
                    self.dangling(target, &error.to_string(), error.advice);
                    return Value::Null;
                }
            }
        };
        let Some(found) = found else {
            self.dangling(target, "there is nothing where it leads", CORRECT);
            return Value::Null;
        };
        let mut found = self.follow(&found, depth + 1);
        if let Value::Object(map) = &mut found {
            let own = beside.iter().filter(|(key, _)| *key != "$ref");
            map.extend(own.map(|(key, value)| (key.clone(), value.clone())));
        }
        found
    }

    fn dangling(&self, target: &str, why: &str, advice: &str) {
        let note = Note::lost(format!("the reference `{target}`"), why, advice);
        self.account.note(self.file, note);
    }

    /// Takes what is there to be referred to out of the document, and notes what nobody refers to.
    fn drop_templates(&self, map: &mut Map<String, Value>) {
        let sections: BTreeSet<&str> = self.used.iter().filter_map(|way| way.split('/').nth(1)).collect();
        for section in sections.into_iter().filter(|section| !KNOWN.contains(section)) {
            let Some(Value::Object(templates)) = map.shift_remove(section) else { continue };
            for name in templates.keys() {
                let way = format!("/{section}/{name}");
                if !self.used.iter().any(|used| used.starts_with(&way)) && !self.used.contains(&format!("/{section}")) {
                    let place = format!("{}: {section}.{name}", self.file);
                    self.account.note(&place, Note::incidental("a template", "nothing refers to it", ""));
                }
            }
        }
    }
}

/// Sections that mean something by themselves, so that they stay although something refers into them.
const KNOWN: &[&str] = &["prompts", "providers", "targets", "tests", "defaultTest", "scenarios"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InMemory;
    use serde_json::json;

    fn resolved(document: &Value) -> (Value, usize) {
        let account = Account::default();
        let files = InMemory([("more.yaml".to_owned(), "a: { b: 7 }\n".to_owned())].into());
        let value = Refs::new(&files, &account, "promptfooconfig.yaml", document).resolved();
        (value, account.close().len())
    }

    #[test]
    fn a_reference_is_what_it_leads_to() {
        let document = json!({
            "assertionTemplates": {"noise": {"type": "contains", "value": "Arr"}, "other": {"type": "regex"}},
            "tests": [{"assert": [{"$ref": "#/assertionTemplates/noise", "weight": 2}]}],
            "x": {"$ref": "more.yaml#/a/b"},
        });
        let (value, left_out) = resolved(&document);
        assert_eq!(value, json!({"tests": [{"assert": [{"type": "contains", "value": "Arr", "weight": 2}]}], "x": 7}));
        assert_eq!(left_out, 1);
    }

    #[test]
    fn a_reference_to_itself_has_an_end() {
        let (_, left_out) = resolved(&json!({"a": {"$ref": "#/b"}, "b": {"x": {"$ref": "#/a"}}}));
        assert!(left_out > 0);
    }
}
