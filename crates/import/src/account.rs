//! The account of a source: what became of each of its keys.
//!
//! Nothing of a source is dropped in silence. Every mapping of it is read through
//! [`Fields`](crate::fields::Fields), which knows the keys that were
//! asked for; what nobody asked for is noted when the reader is let go of, so that a key that this crate has never heard of
//! ends up in the account by itself.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;

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
    fn numbers_are_written_as_the_source_means_them() {
        assert_eq!(plain(&json!(4.0)).as_deref(), Some("4"));
        assert_eq!(plain(&json!(0.5)).as_deref(), Some("0.5"));
        assert_eq!(plain(&json!([1])), None);
    }
}
