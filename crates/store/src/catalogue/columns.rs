//! Versions and people as they lie in the tables.

use carat_core::Digest;
use carat_core::version::{Actor, Kind, VersionId};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::StoreError;
use crate::record::{self, Nonsense, column, digest, number};
use crate::sqlite;
use crate::text::restored;

/// The version of the columns `kind`, `name`, `number` and `digest`.
pub(super) fn version_id(row: &sqlite::Row) -> Result<VersionId, Nonsense> {
    let word = column::<String>(row, "kind")?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == word);
    Ok(VersionId {
        kind: kind.ok_or_else(|| Nonsense(format!("a version is of the unknown kind `{word}`")))?,
        name: restored(column(row, "name")?),
        number: number(row, "number")?,
        digest: digest(&column::<Vec<u8>>(row, "digest")?)?,
    })
}

/// A version by a number and a digest in columns of other names; none where they are null.
pub(super) fn version_of(
    kind: Kind,
    name: &str,
    row: &sqlite::Row,
    [number_column, digest_column]: [&'static str; 2],
) -> Result<Option<VersionId>, Nonsense> {
    if column::<Option<i64>>(row, number_column)?.is_none() {
        return Ok(None);
    }
    let digest: Digest = digest(&column::<Vec<u8>>(row, digest_column)?)?;
    Ok(Some(VersionId { kind, name: name.to_owned(), number: number(row, number_column)?, digest }))
}

/// A text that may be missing.
pub(super) fn text(row: &sqlite::Row, name: &'static str) -> Result<Option<String>, Nonsense> {
    Ok(column::<Option<String>>(row, name)?.map(restored))
}

/// A document of the catalogue.
pub(super) fn document<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, Nonsense> {
    serde_json::from_str(text).map_err(|error| Nonsense(format!("{what} cannot be read: {error}")))
}

/// The column of a person.
pub(super) fn actor(row: &sqlite::Row, name: &'static str) -> Result<Actor, Nonsense> {
    document("who did something", &column::<String>(row, name)?)
}

/// The value of such a column.
pub(super) fn kept_actor(actor: &Actor) -> Result<String, StoreError> {
    record::json(actor)
}

/// A version in the details of an entry of the audit log, whose kind and name the entry says itself.
pub(super) fn in_details(id: &VersionId) -> Value {
    json!({ "number": id.number, "digest": id.digest })
}
