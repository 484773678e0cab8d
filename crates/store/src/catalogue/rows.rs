//! The rows of a dataset's version, so that it can be read when its file has long become another.

use carat_core::version::{Actor, VersionId};
use carat_core::{DataError, Digest, Row, RowStream};

use super::change::Change;
use super::columns::document;
use super::versions::{Held, Known, NewVersion, Saved, by_id};
use crate::record::{Nonsense, bigint, column, number, unsigned};
use crate::sqlite;
use crate::{Store, StoreError};

mod keeping;

use keeping::Arriving;

/// The rows of a dataset could not be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowsError {
    /// They cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// They are not the rows that the version is of.
    #[error("these are not the rows of {version}: theirs is {found}; the data has changed meanwhile, so save it again")]
    Others {
        /// The version.
        version: VersionId,
        /// The digest of the rows that came.
        found: Digest,
    },
    /// The store does not take them.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A version of a dataset in the tables.
struct KeptDataset {
    key: i64,
    rows: Option<u64>,
}

impl Store {
    /// The version of a dataset with these rows, which gets a number if it has none, as [`Store::save_version`] gives it; the
    /// rows are kept with it, as [`Store::keep_rows`] keeps them. There are both afterwards, or after an error nothing new.
    ///
    /// # Errors
    /// As [`Store::keep_rows`].
    pub async fn save_dataset(&self, new: &NewVersion<'_>, rows: RowStream) -> Result<Saved, RowsError> {
        if let Some(Known { id, .. }) = self.known(new).await? {
            self.keep_rows(&id, rows, new.by, new.at).await?;
            return Ok(Saved { id, is_new: false });
        }
        let arriving = Arriving::begin(rows).await;
        let mut change = self.change("save a dataset").await?;
        // Somebody else may have been faster.
        if let Some(Known { id, .. }) = change.known(new).await? {
            arriving.keep(change, &id, new.by, new.at).await?;
            return Ok(Saved { id, is_new: false });
        }
        let number = change.next_number(new.kind, new.name).await?;
        let Known { key, id, .. } = change.add(new, number).await?;
        let (mut change, count) = arriving.write(change, key, &id).await?;
        change.tell_saved(&id, new, Held::Rows(count), None).await?;
        change.commit_unlogged().await?;
        Ok(Saved { id, is_new: true })
    }

    /// Keeps the rows of a dataset's version that has its number, in their order, and says how many there are. Memory does not
    /// grow with them. They are there as a whole or not at all; where they are kept already, nothing is read. `at` is now (RFC
    /// 3339 in UTC), `by` is who keeps them: the audit log tells of it.
    ///
    /// While they are written nobody else can write to the store: about a second for 100,000 short rows.
    ///
    /// # Errors
    /// [`RowsError::Others`] if their digest – SHA-256 over the 32 bytes of each [`Row::digest`], one after another – is not
    /// the version's; [`StoreError::NoSuchVersion`]; the rows cannot be read; whatever keeps a store from being written.
    pub async fn keep_rows(&self, id: &VersionId, rows: RowStream, by: &Actor, at: &str) -> Result<u64, RowsError> {
        if let Some(rows) = self.kept_dataset(id).await?.rows {
            return Ok(rows);
        }
        let arriving = Arriving::begin(rows).await;
        let change = self.change("keep rows").await?;
        arriving.keep(change, id, by, at).await
    }

    /// Whether the rows of a dataset's version are kept.
    ///
    /// # Errors
    /// [`StoreError::NoSuchVersion`], and whatever keeps a store from being read.
    pub async fn has_rows(&self, id: &VersionId) -> Result<bool, StoreError> {
        Ok(self.kept_dataset(id).await?.rows.is_some())
    }

    /// The rows of a dataset's version behind a position, at most so many, with their positions, which begin at 0 and have no
    /// gaps; from the first one on where no position is given. None behind the last.
    ///
    /// # Errors
    /// [`StoreError::NoSuchVersion`], [`StoreError::NoRows`] if they were not kept, and whatever keeps a store from being
    /// read.
    pub async fn rows_after(
        &self,
        id: &VersionId,
        position: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, Row)>, StoreError> {
        let KeptDataset { key, rows } = self.kept_dataset(id).await?;
        let count = rows.ok_or_else(|| StoreError::NoRows { version: id.to_string() })?;
        let first = position.map_or(0, |position| position.saturating_add(1));
        let due = count.saturating_sub(first).min(u64::from(limit));
        if due == 0 {
            return Ok(Vec::new());
        }
        let query =
            sqlx::query(ROWS_FROM).bind(key).bind(bigint("the position of a row", first)?).bind(i64::from(limit));
        let rows = self.place.doing("read the rows of a dataset", query.fetch_all(&self.pool).await)?;
        let mut rows = rows.iter();
        // A content that has been lost must not pass for the end of the rows.
        let rows = (first..first + due).map(|position| row(id, position, rows.next()));
        rows.collect::<Result<_, _>>().map_err(|nonsense| self.place.damaged(nonsense))
    }

    async fn kept_dataset(&self, id: &VersionId) -> Result<KeptDataset, StoreError> {
        let row = self.place.doing("look for a dataset", by_id(KEPT_DATASET, id).fetch_optional(&self.pool).await)?;
        kept_dataset(id, row.as_ref()).map_err(|nonsense| self.place.damaged(nonsense))?
    }
}

const KEPT_DATASET: &str =
    "SELECT key, rows_kept FROM versions WHERE kind = $1 AND name = $2 AND number = $3 AND digest = $4";

/// From a position on, which lies in the last stretch that does not begin behind it.
const ROWS_FROM: &str = "SELECT r.position + c.id - r.content AS position, c.body FROM version_rows r JOIN contents c \
    ON c.id >= r.content + CASE WHEN r.position < $2 THEN $2 - r.position ELSE 0 END AND c.id < r.content + r.count \
    WHERE r.version = $1 AND r.position >= \
    (SELECT coalesce(max(x.position), 0) FROM version_rows x WHERE x.version = $1 AND x.position <= $2) \
    ORDER BY r.position, c.id LIMIT $3";

impl Change {
    async fn kept_dataset(&mut self, id: &VersionId) -> Result<KeptDataset, StoreError> {
        let row = by_id(KEPT_DATASET, id).fetch_optional(&mut self.connection).await;
        let row = row.map_err(|error| self.error(&error))?;
        kept_dataset(id, row.as_ref()).map_err(|nonsense| self.damaged(nonsense))?
    }
}

fn kept_dataset(id: &VersionId, row: Option<&sqlite::Row>) -> Result<Result<KeptDataset, StoreError>, Nonsense> {
    let Some(row) = row else { return Ok(Err(StoreError::NoSuchVersion { version: id.to_string() })) };
    let rows = column::<Option<i64>>(row, "rows_kept")?.map(|rows| unsigned("rows_kept", rows)).transpose()?;
    Ok(Ok(KeptDataset { key: column(row, "key")?, rows }))
}

/// The row that is to be at a position, if that is what was found.
fn row(id: &VersionId, position: u64, found: Option<&sqlite::Row>) -> Result<(u64, Row), Nonsense> {
    if let Some(found) = found
        && number::<u64>(found, "position")? == position
    {
        return Ok((position, document("a row of a dataset", &column::<String>(found, "body")?)?));
    }
    Err(Nonsense(format!("the row of {id} at position {position} is missing")))
}
