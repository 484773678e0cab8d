//! A golden row.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::canonical::Canonical;
use crate::{Digest, Message, RowId};

/// One golden row: what goes in, and what is expected to come out.
///
/// Its canonical JSON names its content; its id names the row across contents. A row without an id of its own is named by
/// the digest of its input (and messages), so that it keeps its name when lines move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Which row.
    pub id: RowId,
    /// The prompt's variables.
    pub input: Map<String, Value>,
    /// What a right answer is: any JSON; none where the data does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    /// Words to select rows by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Which part of the data: `train`, `dev`, `test` or any other word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Anything else that is known of the row.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// A recorded conversation; a prompt that has none of its own turns is answered in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
}

impl Row {
    /// The name of the row's content: input, expectation, tags, split, metadata, messages and id.
    pub fn digest(&self) -> Digest {
        Canonical::default().row(self)
    }

    /// The name of what is asked, whatever is expected: the digest of `input` and, where there are any, `messages`.
    pub fn input_digest(input: &Map<String, Value>, messages: &[Message]) -> Digest {
        Canonical::default().asked(input, messages)
    }
}

/// Golden rows that can be read from the start as often as wanted, one at a time, without holding them all.
pub trait Rows: Send + Sync {
    /// Starts reading.
    ///
    /// # Errors
    /// The data cannot be opened.
    fn open(&self) -> Result<RowStream, DataError>;
}

/// Rows, one at a time; after an error there are no more.
pub type RowStream = Box<dyn Iterator<Item = Result<Row, DataError>> + Send>;

/// Data that cannot be read, or is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DataError {
    /// The file, as the person knows it.
    pub file: String,
    /// The line, from 1, where it is known. For a record over several lines, the first.
    pub line: Option<u64>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl std::fmt::Display for DataError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}
