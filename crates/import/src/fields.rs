//! Reading a mapping of a source so that none of its keys is forgotten.

use std::cell::{Cell, RefCell};

use serde_json::{Map, Value};

use crate::account::{Account, Loss, Note, plain, shown, unreadable};

/// A mapping of the source that is being read. Keys that nobody has asked for are noted when it is let go of.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    account: &'a Account,
    place: String,
    map: &'a Map<String, Value>,
    asked: RefCell<Vec<bool>>,
    /// Whether what was not asked for is noted.
    strict: Cell<bool>,
}

impl<'a> Fields<'a> {
    /// Reads a mapping that stands here.
    pub(crate) fn new(account: &'a Account, place: impl Into<String>, map: &'a Map<String, Value>) -> Self {
        let asked = RefCell::new(vec![false; map.len()]);
        Self { account, place: place.into(), map, asked, strict: Cell::new(true) }
    }

    /// Reads a value that ought to be a mapping; what is something else is noted, and nothing is a mapping of nothing.
    pub(crate) fn of(account: &'a Account, place: &str, value: Option<&'a Value>) -> Option<Self> {
        match value {
            None | Some(Value::Null) => None,
            Some(Value::Object(map)) => Some(Self::new(account, place, map)),
            Some(other) => {
                account.note(place, unreadable(&shown(other), "a mapping"));
                None
            }
        }
    }

    /// What stands under a key; none where it is missing or null.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        let at = self.map.keys().position(|known| known == key)?;
        if let Some(asked) = self.asked.borrow_mut().get_mut(at) {
            *asked = true;
        }
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// The text under a key. A number or a boolean is its text.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let value = self.get(key)?;
        let text = plain(value);
        if text.is_none() {
            self.note(key, unreadable(&format!("`{key}`"), "a text"));
        }
        text
    }

    /// The number under a key; a text that is a number is one.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        let value = self.get(key)?;
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        if number.is_none() {
            self.note(key, unreadable(&format!("`{key}`"), "a number"));
        }
        number.filter(|number| number.is_finite())
    }

    /// The members under a key: those of a list, or the one value that is no list.
    pub(crate) fn list(&self, key: &str) -> &'a [Value] {
        match self.get(key) {
            None => &[],
            Some(Value::Array(list)) => list,
            Some(one) => std::slice::from_ref(one),
        }
    }

    /// The mapping under a key, to be read in turn.
    pub(crate) fn inner(&self, key: &str) -> Option<Self> {
        Self::of(self.account, &self.at(key), self.get(key))
    }

    /// Whether somebody has asked for a key.
    pub(crate) fn was_asked(&self, key: &str) -> bool {
        let at = self.map.keys().position(|known| known == key);
        at.is_some_and(|at| self.asked.borrow().get(at) == Some(&true))
    }

    /// Leaves out what stands under a key, if anything does.
    pub(crate) fn leave(&self, key: &str, loss: Loss, why: &str, advice: &str) {
        if self.get(key).is_some() {
            self.note(key, Note { loss, ..Note::lost(format!("`{key}`"), why, advice) });
        }
    }

    /// Says something of what stands under a key.
    pub(crate) fn note(&self, key: &str, note: Note) {
        self.account.note(&self.at(key), note);
    }

    /// Says something of another place.
    pub(crate) fn note_at(&self, place: &str, note: Note) {
        self.account.note(place, note);
    }

    /// The place of a key.
    pub(crate) fn at(&self, key: &str) -> String {
        if self.place.ends_with(' ') { format!("{}{key}", self.place) } else { format!("{}.{key}", self.place) }
    }

    /// The place of the mapping itself.
    pub(crate) fn place(&self) -> &str {
        self.place.trim_end_matches([' ', ':'])
    }

    /// The keys that nobody has asked for yet, with what stands there; they count as asked for.
    pub(crate) fn rest(&self) -> Vec<(&'a String, &'a Value)> {
        let mut asked = self.asked.borrow_mut();
        let unasked: Vec<_> =
            self.map.iter().zip(asked.iter()).filter(|(_, asked)| !**asked).map(|(entry, _)| entry).collect();
        asked.fill(true);
        unasked
    }

    /// Takes back that this mapping is read: nothing more is noted of it. For a mapping that is noted as a whole.
    pub(crate) fn set_aside(self) {
        self.strict.set(false);
    }
}

impl Drop for Fields<'_> {
    fn drop(&mut self) {
        if !self.strict.get() {
            return;
        }
        for (key, value) in self.rest() {
            if !value.is_null() {
                let why = "carat does not know this key";
                self.note(key, Note::lost(format!("`{key}`"), why, "look whether it decides anything"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: &Value) -> &Map<String, Value> {
        value.as_object().unwrap()
    }

    #[test]
    fn a_key_that_nobody_asked_for_is_noted() {
        let account = Account::default();
        let source = json!({"a": 1, "b": 2, "nothing": null});
        drop({
            let fields = Fields::new(&account, "x.yaml: ", object(&source));
            assert_eq!(fields.number("a"), Some(1.0));
            fields
        });
        let notes = account.close();
        assert_eq!(notes.len(), 1);
        assert_eq!((notes[0].place.as_str(), notes[0].what.as_str()), ("x.yaml: b", "`b`"));
    }

    #[test]
    fn a_value_of_another_type_is_noted_and_not_taken() {
        let account = Account::default();
        let source = json!({"text": [1], "number": "many", "map": 3});
        drop({
            let fields = Fields::new(&account, "x: ", object(&source));
            assert_eq!(
                (fields.text("text"), fields.number("number"), fields.inner("map").is_none()),
                (None, None, true)
            );
            fields
        });
        assert_eq!(account.close().len(), 3);
    }
}
