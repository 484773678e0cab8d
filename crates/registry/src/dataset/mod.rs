//! Golden datasets: JSONL, CSV and Parquet as rows, read one at a time.
//!
//! A [`Dataset`] is a file; opening a stream over it reads from the start, and memory does not grow with the file.
//! [`survey`] counts and names the rows that a run is planned over, [`check`] says everything that is odd about them,
//! [`diff`] sets two datasets side by side, and [`find`] turns `tickets` into `datasets/tickets.jsonl`.
//!
//! # What a file says
//!
//! | field | JSONL | CSV, TSV | Parquet |
//! |---|---|---|---|
//! | `id` | string or integer | text; empty is none | string or integer |
//! | `input` | an object | `input.*` columns | a struct, or `input.*` columns |
//! | `expected` | any JSON | text; a JSON object or list is read as such; empty is none | any type |
//! | `tags` | list of strings | `a;b`, or a JSON list | list of strings, or `a;b` |
//! | `split` | string | text; empty is none | string |
//! | `metadata` | an object | a JSON object, or `metadata.*` columns; empty is none | a struct, or `metadata.*` columns |
//! | `messages` | list of messages | a JSON list of messages | list of structs |
//!
//! Any other key or column is an input, unless the row has an `input` object: then it is an error. A null is the same as
//! nothing, except in an input. Where a path has several dots (`input.user.name`) the objects nest.
//!
//! # Which row
//!
//! A row is named by its `id` (`7` and `"7"` are the same), else by `#` and the first 16 hexadecimal digits of
//! [`Row::input_digest`]: `#9f2c41ab03de88aa`. No two rows have the same name.

mod check;
mod columns;
mod conversation;
mod csv;
mod diff;
mod find;
mod format;
mod identity;
mod jsonl;
mod near;
mod parquet;
mod row;
mod selection;
mod source;
mod survey;
mod text;

use std::path::Path;

use carat_core::{DataError, Row, RowStream, Rows};

pub use check::{Finding, Findings, Kind, RowRef, Severity, check};
pub use diff::{Change, DatasetDiff, diff};
pub use find::find;
pub(crate) use find::is_there;
pub use format::Format;
pub use selection::{BadGlob, Selected, Selection};
use source::{Fault, Reading, Source};
pub use survey::{Survey, survey};

/// A row, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// The line on which the row begins, from 1; in a Parquet file the number of the row, from 1.
    pub line: u64,
    /// The row.
    pub row: Row,
    /// Whether the inputs stand beside the row's own fields, rather than in an `input` object.
    pub loose: bool,
}

/// Rows with their places, one at a time; after an error there are no more.
pub type LocatedStream = Box<dyn Iterator<Item = Result<Located, DataError>> + Send>;

/// Rows that know where they stand, so that what is said of them can be found.
pub trait LocatedRows: Rows {
    /// The data's name, as the person knows it.
    fn shown(&self) -> &str;

    /// Starts reading.
    ///
    /// # Errors
    /// The data cannot be opened.
    fn located(&self) -> Result<LocatedStream, DataError>;
}

/// Golden rows in a file.
#[derive(Debug, Clone)]
pub struct Dataset {
    source: Source,
    format: Format,
}

impl Dataset {
    /// The dataset in a file, which errors call `shown`. Nothing is read yet, so the rows may still turn out bad.
    ///
    /// # Errors
    /// There is no such file (the nearest name in its folder is given), it is a folder, it may not be read, or its ending
    /// is not that of a dataset.
    pub fn open(path: &Path, shown: &str) -> Result<Self, DataError> {
        let source = Source { path: path.to_owned(), shown: shown.into() };
        let metadata = std::fs::metadata(path).map_err(|error| source.unreadable(&error))?;
        if metadata.is_dir() {
            return Err(source.error(None, "is a folder; name a dataset file in it"));
        }
        if !metadata.is_file() {
            return Err(source.error(None, "is not a regular file; rows are read more than once, so save them to one"));
        }
        let format = Format::of(path).ok_or_else(|| source.error(None, format::foreign(path)))?;
        source.file()?;
        Ok(Self { source, format })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.source.path
    }

    /// How its rows are written down.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Everything that can be read, with the faults in between.
    fn readings(&self) -> Result<Box<dyn Iterator<Item = Reading> + Send>, DataError> {
        Ok(match self.format {
            Format::Jsonl => Box::new(jsonl::JsonLines::open(&self.source)?),
            Format::Csv => Box::new(csv::Csv::open(&self.source, b',')?),
            Format::Tsv => Box::new(csv::Csv::open(&self.source, b'\t')?),
            Format::Parquet => Box::new(parquet::Parquet::open(&self.source)?),
        })
    }
}

impl Rows for Dataset {
    fn open(&self) -> Result<RowStream, DataError> {
        Ok(Box::new(self.located()?.map(|located| located.map(|located| located.row))))
    }
}

impl LocatedRows for Dataset {
    fn shown(&self) -> &str {
        &self.source.shown
    }

    fn located(&self) -> Result<LocatedStream, DataError> {
        let mut over = false;
        let mut readings = self.readings()?;
        Ok(Box::new(std::iter::from_fn(move || {
            let reading = if over { None } else { readings.next() };
            over = !matches!(reading, Some(Ok(_)));
            reading.map(|reading| reading.map_err(|fault| fault.error))
        })))
    }
}
