//! Which row is which.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use carat_core::{DataError, Digest, Message, Row, RowId};
use serde_json::{Map, Value};

/// The name of a row that has no id of its own: `#` and the first 16 digits of [`Row::input_digest`].
pub(super) fn of_asked(input: &Map<String, Value>, messages: &[Message]) -> RowId {
    of_digest(&Row::input_digest(input, messages))
}

fn of_digest(digest: &Digest) -> RowId {
    RowId::from(format!("#{:016x}", digest.prefix64()))
}

/// Whether the name says what is asked, rather than having been given by a person.
pub(super) fn is_of_asked(id: &RowId) -> bool {
    let digits = id.as_str().strip_prefix('#').unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// 96 bits of a digest: small enough to keep one for every row, and enough that no two of a billion rows share theirs by
/// chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key([u8; 12]);

impl Key {
    /// The key of a row's name.
    pub(super) fn of(id: &RowId) -> Self {
        Digest::of_bytes(id.as_str().as_bytes()).into()
    }
}

impl From<Digest> for Key {
    fn from(digest: Digest) -> Self {
        let mut first = [0; 12];
        first.copy_from_slice(&digest.as_bytes()[..12]);
        Self(first)
    }
}

/// The names met so far, and the lines on which they stand: 16 bytes each, and what the table leaves free.
#[derive(Default)]
pub(super) struct Names(HashMap<Key, u32>);

impl Names {
    /// Takes in a name that must be new.
    pub(super) fn take_new(&mut self, id: &RowId, line: u64, file: &str) -> Result<(), DataError> {
        match self.0.entry(Key::of(id)) {
            Entry::Occupied(earlier) => Err(again(id, u64::from(*earlier.get()), line, file)),
            Entry::Vacant(place) => {
                place.insert(u32::try_from(line).unwrap_or(u32::MAX));
                Ok(())
            }
        }
    }
}

/// What is wrong with a second row of one name.
pub(super) fn again(id: &RowId, earlier: u64, line: u64, file: &str) -> DataError {
    let message = if is_of_asked(id) {
        format!("asks the same as line {earlier}, and neither row has an `id`; delete one, or give each an `id`")
    } else {
        format!("the id `{id}` is that of line {earlier} already; rename one of the two rows, or delete it")
    };
    DataError { file: file.to_owned(), line: Some(line), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_without_an_id_is_named_by_the_first_digits_of_its_input_digest() {
        let input = json!({"body": "hello"}).as_object().cloned().unwrap();
        let id = of_asked(&input, &[]);
        assert_eq!(id.as_str(), format!("#{}", &Row::input_digest(&input, &[]).hex()[..16]));
        assert!(is_of_asked(&id));
        assert!(!is_of_asked(&RowId::from("#12")));
    }
}
