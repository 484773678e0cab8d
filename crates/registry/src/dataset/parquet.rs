//! Rows of a Parquet file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::reader::RowIter;
use ::parquet::schema::types::TypePtr;
use carat_core::DataError;
use serde_json::Value;

use super::columns::{self, Column};
use super::row::Draft;
use super::{Fault, Located, Reading, Source, csv};

mod value;

/// Rows of a Parquet file; one row group's pages are held at a time.
pub(super) struct Parquet {
    source: Source,
    rows: RowIter<'static>,
    columns: Vec<(Column, TypePtr)>,
    number: u64,
}

impl Parquet {
    /// Opens the file and reads its schema.
    pub(super) fn open(source: &Source) -> Result<Self, DataError> {
        let file = source.file()?;
        let empty = file.metadata().is_ok_and(|metadata| metadata.len() == 0);
        if empty {
            return Err(
                source.error(None, "is empty, and even a Parquet file without rows has a schema; write it again")
            );
        }
        let reader = unpanicked(|| SerializedFileReader::new(file)).map_err(|why| source.error(None, damaged(&why)))?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let fields = schema.root_schema().get_fields();
        let planned =
            columns::plan(fields.iter().map(|field| field.name())).map_err(|message| source.error(None, message))?;
        let columns = planned.into_iter().zip(fields.iter().cloned()).collect();
        Ok(Self { source: source.clone(), rows: RowIter::from_file_into(Box::new(reader)), columns, number: 0 })
    }

    fn located(&self, row: ::parquet::record::Row) -> Result<Located, String> {
        let mut draft = Draft::default();
        for ((name, field), (column, schema)) in row.into_columns().into_iter().zip(&self.columns) {
            let value = value::of(field, Some(schema)).map_err(|why| format!("column `{name}`: {why}"))?;
            draft.set(column, said(column, value)?)?;
        }
        let (row, loose) = draft.finish()?;
        Ok(Located { line: self.number, row, loose })
    }
}

impl Iterator for Parquet {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        self.number += 1;
        let next = unpanicked(|| self.rows.next().transpose());
        match next {
            Ok(None) => None,
            Ok(Some(row)) => {
                let located = self.located(row);
                Some(located.map_err(|message| Fault::from(self.source.error(self.number, message))))
            }
            Err(why) => Some(Err(self.source.fatal(self.number, damaged(&why)))),
        }
    }
}

/// Tags may be text, as in CSV; anything else is what it is.
fn said(column: &Column, value: Value) -> Result<Value, String> {
    match (column, value) {
        (Column::Tags, Value::String(text)) => csv::tags(&text),
        (_, value) => Ok(value),
    }
}

/// Runs a part of the Parquet library, which asserts where a damaged file surprises it.
fn unpanicked<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    // Nothing of what the closure touches is used after a failure.
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(_) => Err("its contents are not what its schema says".to_owned()),
    }
}

fn damaged(why: &str) -> String {
    let why = why.trim_start_matches("Parquet error: ");
    format!("is not a Parquet file that can be read: {why}; was it written or copied to its end?")
}
