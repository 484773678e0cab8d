//! The audit log: one entry for every change, chained by [`carat_core::audit::Chain`].

use carat_core::Digest;
use carat_core::audit::{Chain, Deed, Entry};
use carat_core::version::VersionId;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use super::change::Change;
use super::columns::document;
use crate::record::{Nonsense, bigint, json};
use crate::{Store, StoreError};

/// What the log says did it.
pub(crate) const TOOL: &str = env!("CARGO_PKG_VERSION");

/// So many rows of a dataset are held at a time; one may be megabytes.
const PAGE: u32 = 64;

const LAST: &str = "SELECT seq, entry FROM audit ORDER BY seq DESC LIMIT 1";

impl Store {
    /// The entries of the audit log behind this number, in their order, at most so many; 0 is before the first. They are as
    /// they are in the store: whether they hang together is for a [`Chain`] to say.
    ///
    /// # Errors
    /// Whatever keeps a store from being read, and an entry that is none any longer.
    pub async fn audit_log(&self, after: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let entries: Vec<String> = sqlx::query_scalar("SELECT entry FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
            .bind(bigint("the number of an entry", after)?)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.place.error("read the audit log", &error))?;
        let entries = entries.iter().map(|entry| document("an entry of the audit log", entry));
        entries.collect::<Result<_, _>>().map_err(|nonsense| self.place.damaged(nonsense))
    }

    /// The number and the hash of the last entry of the audit log; none where nothing has been changed yet.
    ///
    /// # Errors
    /// As [`Store::audit_log`].
    pub async fn audit_head(&self) -> Result<Option<(u64, Digest)>, StoreError> {
        let last = sqlx::query(LAST).fetch_optional(&self.pool).await;
        let last = last.map_err(|error| self.place.error("read the audit log", &error))?;
        last.as_ref().map(head).transpose().map_err(|nonsense| self.place.damaged(nonsense))
    }

    /// The digest of the rows that are kept of a dataset's version, which is the version's own if nobody has changed them:
    /// SHA-256 over the 32 bytes of each [`carat_core::Row::digest`], one after another. None where they were not kept.
    /// Memory does not grow with them.
    ///
    /// # Errors
    /// As [`Store::rows_after`], which see for a row that is lost.
    pub async fn digest_of_rows(&self, id: &VersionId) -> Result<Option<Digest>, StoreError> {
        if !self.has_rows(id).await? {
            return Ok(None);
        }
        let (mut whole, mut last) = (Sha256::new(), None);
        loop {
            let page = self.rows_after(id, last, PAGE).await?;
            let Some((position, _)) = page.last() else { break };
            last = Some(*position);
            for (_, row) in &page {
                whole.update(row.digest().as_bytes());
            }
        }
        Ok(Some(Digest::from_bytes(whole.finalize().into())))
    }
}

impl Change {
    /// Writes the entry of this change behind the last one.
    pub(super) async fn append(&mut self, deed: Deed<'_>) -> Result<(), StoreError> {
        let last = sqlx::query(LAST).fetch_optional(&mut self.connection).await.map_err(|error| self.error(&error))?;
        let last = last.as_ref().map(head).transpose().map_err(|nonsense| self.damaged(nonsense))?;
        let entry = Chain::next(last, deed);
        sqlx::query("INSERT INTO audit (seq, entry) VALUES ($1, $2)")
            .bind(bigint("the number of an entry", entry.seq)?)
            .bind(json(&entry)?)
            .execute(&mut self.connection)
            .await
            .map_err(|error| self.error(&error))?;
        Ok(())
    }
}

/// The number by which an entry is found, even where somebody has changed the one that it says.
fn head(row: &crate::sqlite::Row) -> Result<(u64, Digest), Nonsense> {
    let unreadable = |error: sqlx::Error| Nonsense(error.to_string());
    let seq: i64 = row.try_get("seq").map_err(unreadable)?;
    let entry: Entry = document("the last entry of the audit log", row.try_get("entry").map_err(unreadable)?)?;
    Ok((seq.unsigned_abs(), entry.hash))
}
