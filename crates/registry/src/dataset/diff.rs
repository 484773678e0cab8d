//! Two datasets side by side, row by row.

use std::collections::HashMap;

use carat_core::canonical::Canonical;
use carat_core::{DataError, Row};
use serde::Serialize;
use serde_json::Value;

use super::check::RowRef;
use super::identity::{Key, Names, again};
use super::{Located, LocatedRows};

/// What became of the rows of one dataset in another. Rows are paired by their names, so one without an id of its own whose
/// input has changed is one removed and one added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DatasetDiff {
    /// The rows that only the second has, in its order.
    pub added: Vec<RowRef>,
    /// The rows that only the first has, in its order.
    pub removed: Vec<RowRef>,
    /// The rows of both that are not the same, in the order of the second.
    pub changed: Vec<Change>,
    /// How many rows are the same in both.
    pub unchanged: u64,
}

/// A row that has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which row.
    pub id: String,
    /// Its line in the first dataset.
    pub before: u64,
    /// Its line in the second.
    pub after: u64,
    /// Whether the input or the messages have changed.
    pub input: bool,
    /// Whether the expectation has changed.
    pub expected: bool,
    /// Whether anything else has: tags, split, metadata.
    pub other: bool,
}

impl DatasetDiff {
    /// Whether the datasets have the same rows, in whatever order.
    pub const fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// What became of the rows of `before` in `after`.
///
/// Memory grows by about 150 bytes a row, whatever its size, and holds the names of the rows that differ: who wants to show
/// a changed row reads it again.
///
/// # Errors
/// Either cannot be read, has a bad row, or has two rows of one name.
pub fn diff(before: &dyn LocatedRows, after: &dyn LocatedRows) -> Result<DatasetDiff, DataError> {
    let mut canonical = Canonical::default();
    let mut old = prints(before, &mut canonical)?;
    let mut names = Names::default();
    let mut diff = DatasetDiff::default();
    for located in after.located()? {
        let located = located?;
        names.take_new(&located.row.id, located.line, after.shown())?;
        match old.remove(&Key::of(&located.row.id)) {
            None => diff.added.push(RowRef::from(&located)),
            Some(print) => diff.pair(print, &located, &mut canonical),
        }
    }
    if !old.is_empty() {
        diff.removed = those_left(before, &old)?;
    }
    Ok(diff)
}

impl DatasetDiff {
    fn pair(&mut self, old: Print, located: &Located, canonical: &mut Canonical) {
        let new = Print::of(located, canonical);
        let change = Change {
            id: located.row.id.to_string(),
            before: old.line,
            after: located.line,
            input: old.input != new.input,
            expected: old.expected != new.expected,
            other: old.other != new.other,
        };
        if change.input || change.expected || change.other {
            self.changed.push(change);
        } else {
            self.unchanged += 1;
        }
    }
}

/// A row by its digests.
struct Print {
    line: u64,
    input: u64,
    expected: u64,
    other: u64,
}

impl Print {
    fn of(located: &Located, canonical: &mut Canonical) -> Self {
        let Row { id: _, input, expected, tags, split, metadata, messages } = &located.row;
        let other = [
            Value::from(tags.as_slice()),
            split.as_deref().map_or(Value::Null, Value::from),
            Value::Object(metadata.clone()),
        ];
        Self {
            line: located.line,
            input: canonical.asked(input, messages).prefix64(),
            expected: expected.as_ref().map_or(0, |expected| canonical.json(expected).prefix64()),
            other: canonical.json(&Value::from(other)).prefix64(),
        }
    }
}

fn prints(rows: &dyn LocatedRows, canonical: &mut Canonical) -> Result<HashMap<Key, Print>, DataError> {
    let mut prints = HashMap::new();
    for located in rows.located()? {
        let located = located?;
        let print = Print::of(&located, canonical);
        if let Some(earlier) = prints.insert(Key::of(&located.row.id), print) {
            return Err(again(&located.row.id, earlier.line, located.line, rows.shown()));
        }
    }
    Ok(prints)
}

/// Reads once more, for the names of the rows that were not met again.
fn those_left(rows: &dyn LocatedRows, left: &HashMap<Key, Print>) -> Result<Vec<RowRef>, DataError> {
    let stream = rows.located()?;
    let kept = stream.filter(|located| located.as_ref().map_or(true, |row| left.contains_key(&Key::of(&row.row.id))));
    kept.map(|located| located.map(|located| RowRef::from(&located))).collect()
}
