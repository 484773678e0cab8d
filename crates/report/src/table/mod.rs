//! Samples as a table: one a row.

mod columns;
mod csv;
mod parquet;

pub(crate) use csv::Csv;
pub(crate) use parquet::Parquet;
