//! The account of a source: what became of each of its keys.
//!
//! Nothing of a source is dropped in silence. Every mapping of it is read through [`Fields`], which knows the keys that were
//! asked for; what nobody asked for is noted when the reader is let go of, so that a key that this crate has never heard of
//! ends up in the account by itself.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Map, Value};

/// Something of the source that is not in what was made of it, or not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Where it stands: the file, and the way to it (`promptfooconfig.yaml: tests[3].assert[0].value`). Where it stands in
    /// several places, the first.
    #[serde(rename = "where")]
    pub place: String,
    /// How many more places there are of which the same is to be said.
    pub more: usize,
    /// What it is.
    pub what: String,
    /// Why it is not carried over as it is.
    pub why: String,
    /// What to do about it; empty where there is nothing to do.
    pub advice: String,
    /// What it means for results.
    pub loss: Loss,
}

/// What it means for results that something is not carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Loss {
    /// It decides results, and is missing: a check that is not made, rows that are not there.
    Lost,
    /// It is there, but not the very same: numbers may differ from those of the source.
    Differs,
    /// It decides nothing: where results are written, how many calls are made at once.
    Incidental,
}

impl Loss {
    /// The word in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Differs => "differs",
            Self::Incidental => "incidental",
        }
    }
}

/// What is to be said of a thing of the source, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) loss: Loss,
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) advice: String,
}

impl Note {
    pub(crate) fn lost(what: impl Into<String>, why: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { loss: Loss::Lost, what: what.into(), why: why.into(), advice: advice.into() }
    }

    pub(crate) fn differs(what: impl Into<String>, why: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { loss: Loss::Differs, ..Self::lost(what, why, advice) }
    }

    pub(crate) fn incidental(what: impl Into<String>, why: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { loss: Loss::Incidental, ..Self::lost(what, why, advice) }
    }
}

/// Which note has these words, and the places that it was made of.
type Known = (usize, HashSet<String>);

/// What has been left out so far.
#[derive(Debug, Default)]
pub(crate) struct Account {
    notes: RefCell<Vec<LeftOut>>,
    known: RefCell<HashMap<[String; 3], Known>>,
}

impl Account {
    /// Notes what is to be said of a place. The same words of many places are one note that counts them; the same of the
    /// same place, seen once for each row that shares it, counts once.
    pub(crate) fn note(&self, place: &str, note: Note) {
        let key = [note.what.clone(), note.why.clone(), note.advice.clone()];
        let mut known = self.known.borrow_mut();
        let mut notes = self.notes.borrow_mut();
        match known.get_mut(&key) {
            Some((at, places)) => {
                if places.insert(place.to_owned())
                    && let Some(noted) = notes.get_mut(*at)
                {
                    noted.more += 1;
                }
            }
            None => {
                known.insert(key, (notes.len(), HashSet::from([place.to_owned()])));
                let Note { loss, what, why, advice } = note;
                notes.push(LeftOut { place: place.to_owned(), more: 0, what, why, advice, loss });
            }
        }
    }

    /// Everything that was noted: what weighs most first, then in the order of the source.
    pub(crate) fn close(self) -> Vec<LeftOut> {
        let mut notes = self.notes.into_inner();
        notes.sort_by_key(|note| note.loss);
        notes
    }
}

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

/// What is said of a value of another type than it ought to have.
pub(crate) fn unreadable(what: &str, wanted: &str) -> Note {
    Note::lost(what, format!("it is not {wanted}"), "correct it in the source and import again")
}

/// A text, or the text of a number or a boolean; none for anything else. A number is written as JavaScript writes it, in
/// which sources of this kind are read: `4.0` is `4`.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => format!("{float:.0}"),
            _ => number.to_string(),
        }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A value for an account: short.
pub(crate) fn shown(value: &Value) -> String {
    let text = plain(value).unwrap_or_else(|| value.to_string());
    format!("`{}`", carat_core::untrusted::one_line(&text, 60))
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
    fn the_same_of_many_places_is_one_note_that_counts_them() {
        let account = Account::default();
        for place in ["a", "b", "b", "c", "a"] {
            account.note(place, Note::lost("x", "y", "z"));
        }
        let notes = account.close();
        assert_eq!((notes.len(), notes[0].place.as_str(), notes[0].more), (1, "a", 2));
    }

    #[test]
    fn what_decides_results_comes_first() {
        let account = Account::default();
        account.note("a", Note::incidental("1", "", ""));
        account.note("b", Note::lost("2", "", ""));
        account.note("c", Note::differs("3", "", ""));
        let order: Vec<String> = account.close().into_iter().map(|note| note.what).collect();
        assert_eq!(order, ["2", "3", "1"]);
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

    #[test]
    fn numbers_are_written_as_the_source_means_them() {
        assert_eq!(plain(&json!(4.0)).as_deref(), Some("4"));
        assert_eq!(plain(&json!(0.5)).as_deref(), Some("0.5"));
        assert_eq!(plain(&json!([1])), None);
    }
}
