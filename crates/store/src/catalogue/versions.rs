//! Versions: which number a content has under a name, who gave it, and what it is.

use carat_core::Digest;
use carat_core::version::{Kind, Pick, Provenance, VersionId};

use super::change::Change;
use super::columns::{actor, text, version_id};
use crate::record::{Nonsense, column, number};
use crate::sqlite::{self, Query};
use crate::text::{kept, restored};
use crate::{ReferenceError, Store, StoreError};

mod arriving;
mod saving;

pub use arriving::{Arrival, TakenIn};
pub(super) use saving::{Held, Known};
pub use saving::{NewVersion, Saved};

/// One version, without its body. It never changes its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Which one.
    pub id: VersionId,
    /// Where it came from.
    pub provenance: Provenance,
}

/// So many digits of a digest tell versions apart.
const LEAST_PREFIX: usize = 8;

/// All that is known of a version but its body, which may be heavy. Keys are given in the order in which versions are saved,
/// and numbers are not: a version that comes from elsewhere keeps its number where that is free.
macro_rules! select_versions {
    ($rest:literal) => {
        concat!(
            "SELECT v.kind, v.name, v.number, v.digest, v.saved_at, v.saved_by, v.message, v.git_commit, \
             (SELECT p.number FROM versions p WHERE p.kind = v.kind AND p.name = v.name AND p.number < v.number \
             AND p.key < v.key ORDER BY p.number DESC LIMIT 1) AS parent \
             FROM versions v ",
            $rest
        )
    };
}

impl Store {
    /// All versions of a name, in the order of their numbers. These have gaps where versions came from elsewhere.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn versions(&self, kind: Kind, name: &str) -> Result<Vec<Version>, StoreError> {
        let text = select_versions!("WHERE v.kind = $1 AND v.name = $2 ORDER BY v.number");
        self.found(sqlx::query(text).bind(kind.as_str()).bind(kept(name))).await
    }

    /// The names of this kind that have versions, in the order of their bytes.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn names(&self, kind: Kind) -> Result<Vec<String>, StoreError> {
        let names = sqlx::query_scalar("SELECT DISTINCT name FROM versions WHERE kind = $1 ORDER BY name")
            .bind(kind.as_str())
            .fetch_all(&self.pool)
            .await;
        Ok(self.place.doing("list names", names)?.into_iter().map(restored).collect())
    }

    /// The version of a name that is meant: by its number, as the newest, by the label that points to it now, or by the
    /// beginning of its digest (at least eight digits, in either case). None if there is no such version, and for the
    /// working file, which is none.
    ///
    /// # Errors
    /// A [`ReferenceError`] if the beginning of a digest is too short, is none, or is that of several; and whatever keeps a
    /// store from being read.
    pub async fn version(&self, kind: Kind, name: &str, pick: &Pick) -> Result<Option<Version>, StoreError> {
        let text = match pick {
            Pick::Working => return Ok(None),
            Pick::Digest(digits) => return self.version_that_begins_with(kind, name, digits).await,
            Pick::Latest => select_versions!("WHERE v.kind = $1 AND v.name = $2 ORDER BY v.number DESC LIMIT 1"),
            Pick::Number(_) => select_versions!("WHERE v.kind = $1 AND v.name = $2 AND v.number = $3"),
            Pick::Label(_) => select_versions!(
                "WHERE v.key = (SELECT m.to_version FROM label_moves m \
                 WHERE m.kind = $1 AND m.name = $2 AND m.label = $3 ORDER BY m.key DESC LIMIT 1)"
            ),
        };
        let query = sqlx::query(text).bind(kind.as_str()).bind(kept(name));
        let query = match pick {
            Pick::Number(number) => query.bind(i64::from(*number)),
            Pick::Label(label) => query.bind(label.as_str()),
            Pick::Working | Pick::Latest | Pick::Digest(_) => query,
        };
        Ok(self.found(query).await?.pop())
    }

    /// The versions with this content, by whatever names, in the order of the names.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn version_by_digest(&self, kind: Kind, digest: &Digest) -> Result<Vec<Version>, StoreError> {
        let text = select_versions!("WHERE v.digest = $1 AND v.kind = $2 ORDER BY v.name");
        self.found(sqlx::query(text).bind(digest.as_bytes().as_slice()).bind(kind.as_str())).await
    }

    /// The content of a version, as it was given; none where it was not given, and for a dataset.
    ///
    /// # Errors
    /// [`StoreError::NoSuchVersion`], and whatever keeps a store from being read.
    pub async fn body(&self, id: &VersionId) -> Result<Option<String>, StoreError> {
        let query =
            by_id("SELECT body FROM versions WHERE kind = $1 AND name = $2 AND number = $3 AND digest = $4", id);
        let row = self.place.doing("read a version", query.fetch_optional(&self.pool).await)?;
        let row = row.ok_or_else(|| StoreError::NoSuchVersion { version: id.to_string() })?;
        text(&row, "body").map_err(|nonsense| self.place.damaged(nonsense))
    }

    async fn version_that_begins_with(
        &self,
        kind: Kind,
        name: &str,
        digits: &str,
    ) -> Result<Option<Version>, StoreError> {
        let reference = digits.to_owned();
        let digits = digits.strip_prefix("sha256:").unwrap_or(digits).to_ascii_lowercase();
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ReferenceError::NotADigest { reference }.into());
        }
        if digits.len() < LEAST_PREFIX {
            return Err(ReferenceError::TooShort { reference, least: LEAST_PREFIX }.into());
        }
        let mut found = self.versions(kind, name).await?;
        found.retain(|version| version.id.digest.hex().starts_with(&digits));
        if found.len() > 1 {
            let named = |version: &Version| format!("{} ({})", version.id, version.id.digest.hex());
            return Err(ReferenceError::Ambiguous { reference, candidates: found.iter().map(named).collect() }.into());
        }
        Ok(found.pop())
    }

    async fn found(&self, query: Query<'_>) -> Result<Vec<Version>, StoreError> {
        let rows = self.place.doing("look for versions", query.fetch_all(&self.pool).await)?;
        rows.iter().map(version).collect::<Result<_, _>>().map_err(|nonsense| self.place.damaged(nonsense))
    }
}

impl Change {
    /// The key of the version of a name with this number, and the version itself.
    pub(super) async fn version_numbered(
        &mut self,
        kind: Kind,
        name: &str,
        number: u32,
    ) -> Result<(i64, VersionId), StoreError> {
        let found = self.numbered(kind, name, number).await?;
        found.ok_or_else(|| StoreError::NoSuchVersion { version: format!("{name}@{number}") })
    }

    /// The same, where there is one.
    pub(super) async fn numbered(
        &mut self,
        kind: Kind,
        name: &str,
        number: u32,
    ) -> Result<Option<(i64, VersionId)>, StoreError> {
        let row = sqlx::query(
            "SELECT key, kind, name, number, digest FROM versions WHERE kind = $1 AND name = $2 AND number = $3",
        )
        .bind(kind.as_str())
        .bind(kept(name))
        .bind(i64::from(number))
        .fetch_optional(&mut self.connection)
        .await
        .map_err(|error| self.error(&error))?;
        let read = |row: &sqlite::Row| Ok((column(row, "key")?, version_id(row)?));
        row.as_ref().map(read).transpose().map_err(|nonsense| self.damaged(nonsense))
    }
}

/// A statement about one version, whose first four values say which.
pub(super) fn by_id<'q>(text: &'static str, id: &'q VersionId) -> Query<'q> {
    let query = sqlx::query(text).bind(id.kind.as_str()).bind(kept(&id.name));
    query.bind(i64::from(id.number)).bind(id.digest.as_bytes().as_slice())
}

fn version(row: &sqlite::Row) -> Result<Version, Nonsense> {
    let id = version_id(row)?;
    let provenance = Provenance {
        by: actor(row, "saved_by")?,
        at: restored(column(row, "saved_at")?),
        message: text(row, "message")?,
        commit: text(row, "git_commit")?,
        parent: column::<Option<i64>>(row, "parent")?.map(|_| number(row, "parent")).transpose()?,
    };
    Ok(Version { id, provenance })
}
