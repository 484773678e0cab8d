//! What a dataset amounts to, in one pass.

use std::collections::BTreeMap;

use carat_core::canonical::Canonical;
use carat_core::{DataError, Digest};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::identity::Names;
use super::{LocatedRows, LocatedStream};

/// How many rows there are and what names them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survey {
    /// The number of rows.
    pub rows: u64,
    /// The name of these rows in this order: the SHA-256 of the 32 bytes of every [`carat_core::Row::digest`], one after
    /// another. It does not depend on the format of the file.
    pub digest: Digest,
    /// How many rows each split has; rows without one are in none.
    pub splits: BTreeMap<String, u64>,
    /// How many rows have each tag.
    pub tags: BTreeMap<String, u64>,
    /// How many rows say what is expected.
    pub expected: u64,
}

/// Reads all rows once. Memory grows by about 50 bytes a row (for the check that no two have one name), and with the number of
/// different splits and tags.
///
/// # Errors
/// The data cannot be read, a row is bad, or two rows have the same name.
pub fn survey(rows: &dyn LocatedRows) -> Result<Survey, DataError> {
    fold(rows.shown(), rows.located()?)
}

fn fold(file: &str, rows: LocatedStream) -> Result<Survey, DataError> {
    let mut names = Names::default();
    let mut canonical = Canonical::default();
    let mut whole = Sha256::new();
    let (mut count, mut expected) = (0, 0);
    let (mut splits, mut tags) = (BTreeMap::new(), BTreeMap::new());
    for located in rows {
        let located = located?;
        let row = &located.row;
        names.take_new(&row.id, located.line, file)?;
        whole.update(canonical.row(row).as_bytes());
        count += 1;
        expected += u64::from(row.expected.is_some());
        if let Some(split) = &row.split {
            add(&mut splits, split);
        }
        for tag in &row.tags {
            add(&mut tags, tag);
        }
    }
    let digest = Digest::from_bytes(whole.finalize().into());
    Ok(Survey { rows: count, digest, splits, tags, expected })
}

/// Counts one more of a word, which is only copied the first time.
fn add(counts: &mut BTreeMap<String, u64>, word: &str) {
    match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => {
            counts.insert(word.to_owned(), 1);
        }
    }
}
