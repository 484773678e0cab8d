//! How entries hang together, and what shows that they do.

use serde_json::{Map, Number, Value};

use super::{Action, Anchor, Entry};
use crate::Digest;
use crate::canonical::Canonical;
use crate::version::{Actor, Kind};

/// What the first entry has for the hash of the entry before it: 32 zero bytes.
pub const GENESIS: Digest = Digest::from_bytes([0; 32]);

/// What was done, before it has its place in the log. The fields are those of [`Entry`].
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of `Entry`, which says what they are")]
pub struct Deed<'a> {
    pub at: &'a str,
    pub by: &'a Actor,
    pub action: Action,
    pub kind: Option<Kind>,
    pub subject: &'a str,
    pub details: Map<String, Value>,
    pub tool: &'a str,
}

/// A log that is gone through from its first entry on, without holding it.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    end: Option<(u64, Digest)>,
    anchors: Vec<Anchor>,
}

/// What shows that a log is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The entry is not the one that its hash was taken of.
    #[error("entry {seq} was edited: its hash is {written}, its content has {found}")]
    Edited {
        /// Which entry.
        seq: u64,
        /// The hash that it names.
        written: Digest,
        /// The hash of what it says.
        found: Digest,
    },
    /// Entries between two others are not there.
    #[error("{} missing before entry {before}", missing(*.first, *.before))]
    Missing {
        /// The first number that is missing.
        first: u64,
        /// The entry that stands where it should.
        before: u64,
    },
    /// A number comes a second time, or behind a larger one.
    #[error("entry {seq} stands behind entry {after}: entries were moved or put in")]
    OutOfOrder {
        /// The entry that is in the wrong place.
        seq: u64,
        /// The last entry before it.
        after: u64,
    },
    /// The number is right, but the entry was written behind another one than the one that stands there.
    #[error("entry {seq} was written behind another entry than the one before it: one of them was replaced")]
    Unchained {
        /// Which entry.
        seq: u64,
    },
    /// The entry is whole, and is not the one that the anchor was taken of.
    #[error("entry {seq} is not the one of the anchor: the log was written anew from there or from before")]
    Rewritten {
        /// Which entry.
        seq: u64,
    },
    /// The log ends before the entry that the anchor was taken of.
    #[error("the log ends {}; the anchor is of entry {anchor}: its end was cut off", place(*.end))]
    Truncated {
        /// The number of the last entry; none where there is none.
        end: Option<u64>,
        /// The number in the anchor.
        anchor: u64,
    },
    /// The entry has a number that canonical JSON does not keep apart from others; no log of carat's has one.
    #[error("entry {seq} has a number with a fraction, or one beyond 2^53, which no hash can vouch for")]
    Inexact {
        /// Which entry.
        seq: u64,
    },
}

fn missing(first: u64, before: u64) -> String {
    match before.saturating_sub(1) {
        last if last <= first => format!("entry {first} is"),
        last => format!("entries {first} to {last} are"),
    }
}

fn place(end: Option<u64>) -> String {
    end.map_or_else(|| "before its first entry".to_owned(), |seq| format!("with entry {seq}"))
}

impl Chain {
    /// A log that must have had these ends once: they show that it was cut off or written anew, which it cannot show itself.
    pub fn held_to(anchors: impl IntoIterator<Item = Anchor>) -> Self {
        Self { end: None, anchors: anchors.into_iter().collect() }
    }

    /// The entry that follows `prev`, the number and hash of the last one; the first where there is none.
    ///
    /// Numbers in the details that JavaScript would not keep exactly (fractions, beyond 2^53) become texts.
    pub fn next(prev: Option<(u64, Digest)>, deed: Deed<'_>) -> Entry {
        let (last, prev) = prev.unwrap_or((0, GENESIS));
        let Deed { at, by, action, kind, subject, mut details, tool } = deed;
        details.values_mut().for_each(make_exact);
        let mut entry = Entry {
            seq: last + 1,
            at: at.to_owned(),
            by: by.clone(),
            action,
            kind,
            subject: subject.to_owned(),
            details,
            tool: tool.to_owned(),
            prev,
            hash: GENESIS,
        };
        entry.hash = hash_of(&entry);
        entry
    }

    /// Takes the entry that stands next in the log. After a break the log is gone on with from this entry, so that each
    /// break is told once.
    ///
    /// # Errors
    /// It is not as it was written, or not where it was written.
    pub fn check(&mut self, entry: &Entry) -> Result<(), Broken> {
        let (last, prev) = self.end.unwrap_or((0, GENESIS));
        let seq = entry.seq;
        if seq <= last {
            return Err(Broken::OutOfOrder { seq, after: last });
        }
        self.end = Some((seq, entry.hash));
        if !entry.details.values().all(is_exact) {
            return Err(Broken::Inexact { seq });
        }
        let found = hash_of(entry);
        if found != entry.hash {
            return Err(Broken::Edited { seq, written: entry.hash, found });
        }
        if seq > last + 1 {
            return Err(Broken::Missing { first: last + 1, before: seq });
        }
        if entry.prev != prev {
            return Err(Broken::Unchained { seq });
        }
        match self.anchors.iter().any(|anchor| anchor.seq == seq && anchor.hash != found) {
            true => Err(Broken::Rewritten { seq }),
            false => Ok(()),
        }
    }

    /// Says that the log has no more entries.
    ///
    /// # Errors
    /// An anchor is of an entry behind its end.
    pub fn finish(&self) -> Result<(), Broken> {
        let end = self.end.map(|(seq, _)| seq);
        match self.anchors.iter().map(|anchor| anchor.seq).max().filter(|anchor| Some(*anchor) > end) {
            Some(anchor) => Err(Broken::Truncated { end, anchor }),
            None => Ok(()),
        }
    }

    /// The number and hash of the entry that was taken last.
    pub const fn end(&self) -> Option<(u64, Digest)> {
        self.end
    }
}

/// SHA-256 over the canonical JSON of the entry without its `hash`.
fn hash_of(entry: &Entry) -> Digest {
    let mut content = serde_json::to_value(entry).unwrap_or(Value::Null);
    if let Value::Object(fields) = &mut content {
        fields.remove("hash");
    }
    Canonical::default().json(&content)
}

/// Whether every number is one that all languages write the same.
fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => is_exact_number(number),
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(fields) => fields.values().all(is_exact),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn is_exact_number(number: &Number) -> bool {
    number.as_i64().is_some_and(|number| number.unsigned_abs() < 1 << 53)
}

fn make_exact(value: &mut Value) {
    match value {
        Value::Number(number) if !is_exact_number(number) => *value = Value::String(number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(make_exact),
        Value::Object(fields) => fields.values_mut().for_each(make_exact),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests;
