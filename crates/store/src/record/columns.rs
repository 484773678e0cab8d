//! The values of a row of a table, by the names of its columns.

use carat_core::{Case, Digest, RowId};
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use crate::sqlite;
use crate::text::restored;

/// Something that was read and does not make sense, and what.
#[derive(Debug)]
pub(crate) struct Nonsense(pub(crate) String);

/// The value of a column.
pub(crate) fn column<'r, T>(row: &'r sqlite::Row, name: &'static str) -> Result<T, Nonsense>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(name).map_err(|error| Nonsense(error.to_string()))
}

/// The value of a column that is never negative.
pub(crate) fn number<T: TryFrom<i64>>(row: &sqlite::Row, name: &'static str) -> Result<T, Nonsense> {
    unsigned(name, column(row, name)?)
}

/// A value that is never negative.
pub(crate) fn unsigned<T: TryFrom<i64>>(name: &str, value: i64) -> Result<T, Nonsense> {
    T::try_from(value).map_err(|_| Nonsense(format!("{name} is {value}")))
}

/// Which case a row of `samples` or `judgements` is about.
pub(crate) fn case(row: &sqlite::Row) -> Result<Case, Nonsense> {
    Ok(Case {
        variant: number(row, "variant")?,
        row: RowId::from(restored(column(row, "row_id")?)),
        trial: number(row, "trial")?,
    })
}

/// A digest from its bytes.
pub(crate) fn digest(bytes: &[u8]) -> Result<Digest, Nonsense> {
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| Nonsense(format!("a digest has {} bytes", bytes.len())))?;
    Ok(Digest::from_bytes(bytes))
}

/// A document from its text.
pub(crate) fn parsed<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, Nonsense> {
    serde_json::from_str(text)
        .map_err(|error| Nonsense(format!("the {what} of a sample or event cannot be read: {error}")))
}
