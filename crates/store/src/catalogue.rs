//! Versions: which number a content has under a name.

use carat_core::Digest;

use crate::record::{Nonsense, column, digest, number};
use crate::sqlite;
use crate::text::{kept, restored};
use crate::{ReferenceError, Store, StoreError};

/// What kind of thing has versions. Each kind has names of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A prompt.
    Prompt,
    /// A dataset.
    Dataset,
    /// An eval.
    Eval,
    /// A model's settings.
    Model,
}

impl Kind {
    /// The word in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Dataset => "dataset",
            Self::Eval => "eval",
            Self::Model => "model",
        }
    }
}

/// One version. It never changes its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub number: u32,
    /// The name of its content.
    pub digest: Digest,
    /// When it got its number, as it was given.
    pub at: String,
    /// The content itself, where it was given.
    pub body: Option<String>,
}

/// So many digits of a digest tell versions apart.
const LEAST_PREFIX: usize = 8;

/// How often a number is tried again that somebody else got at the same moment.
const TRIES: u32 = 100;

impl Store {
    /// The number of the version with this content, which gets the next number, from 1, if it has none. Two processes
    /// never give one number to two contents, or two numbers to one. `body` is kept with a new version; `at` is now, RFC
    /// 3339 in UTC.
    ///
    /// # Errors
    /// Whatever keeps a store from being read; and from being written, for a new version.
    pub async fn version_of(
        &self,
        kind: Kind,
        name: &str,
        digest: Digest,
        body: Option<&str>,
        at: &str,
    ) -> Result<u32, StoreError> {
        for _ in 0..TRIES {
            if let Some(number) = self.number_of(kind, name, &digest).await? {
                return Ok(number);
            }
            // One statement finds the number and takes it; if somebody was faster, it does nothing.
            sqlx::query(
                "INSERT INTO versions (kind, name, number, digest, body, saved_at) \
                 SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5 FROM versions WHERE kind = $1 AND name = $2 \
                 ON CONFLICT DO NOTHING",
            )
            .bind(kind.as_str())
            .bind(kept(name))
            .bind(digest.as_bytes().as_slice())
            .bind(body.map(kept))
            .bind(kept(at))
            .execute(&self.pool)
            .await
            .map_err(|error| self.place.error("give a version its number", &error))?;
        }
        Err(StoreError::Locked { file: self.place.to_string() })
    }

    /// All versions of a name, oldest first.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn versions(&self, kind: Kind, name: &str) -> Result<Vec<Version>, StoreError> {
        let rows = sqlx::query(
            "SELECT number, digest, saved_at, body FROM versions WHERE kind = $1 AND name = $2 ORDER BY number",
        )
        .bind(kind.as_str())
        .bind(kept(name))
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.place.error("list versions", &error))?;
        rows.iter().map(version).collect::<Result<_, _>>().map_err(|nonsense| self.place.damaged(nonsense))
    }

    /// The version with this number, if there is one.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn version_by_number(&self, kind: Kind, name: &str, number: u32) -> Result<Option<Version>, StoreError> {
        let row = sqlx::query(
            "SELECT number, digest, saved_at, body FROM versions WHERE kind = $1 AND name = $2 AND number = $3",
        )
        .bind(kind.as_str())
        .bind(kept(name))
        .bind(i64::from(number))
        .fetch_optional(&self.pool)
        .await
        .map_err(|error| self.place.error("look for a version", &error))?;
        row.as_ref().map(version).transpose().map_err(|nonsense| self.place.damaged(nonsense))
    }

    /// The version whose digest begins with these hexadecimal digits, at least eight, in either case and with or without
    /// `sha256:`; none if there is no such version.
    ///
    /// # Errors
    /// A [`ReferenceError`] if that is too short, is no digest, or is the beginning of several; and whatever keeps a store
    /// from being read.
    pub async fn version_by_prefix(&self, kind: Kind, name: &str, prefix: &str) -> Result<Option<Version>, StoreError> {
        let reference = prefix.to_owned();
        let digits = prefix.strip_prefix("sha256:").unwrap_or(prefix).to_ascii_lowercase();
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ReferenceError::NotADigest { reference }.into());
        }
        if digits.len() < LEAST_PREFIX {
            return Err(ReferenceError::TooShort { reference, least: LEAST_PREFIX }.into());
        }
        let mut found = self.versions(kind, name).await?;
        found.retain(|version| version.digest.hex().starts_with(&digits));
        if found.len() > 1 {
            let named = |version: &Version| format!("{name}@{} ({})", version.number, version.digest.hex());
            return Err(ReferenceError::Ambiguous { reference, candidates: found.iter().map(named).collect() }.into());
        }
        Ok(found.pop())
    }

    async fn number_of(&self, kind: Kind, name: &str, digest: &Digest) -> Result<Option<u32>, StoreError> {
        sqlx::query_scalar("SELECT number FROM versions WHERE kind = $1 AND name = $2 AND digest = $3")
            .bind(kind.as_str())
            .bind(kept(name))
            .bind(digest.as_bytes().as_slice())
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.place.error("look for a version", &error))
    }
}

fn version(row: &sqlite::Row) -> Result<Version, Nonsense> {
    Ok(Version {
        number: number(row, "number")?,
        digest: digest(&column::<Vec<u8>>(row, "digest")?)?,
        at: restored(column(row, "saved_at")?),
        body: column::<Option<String>>(row, "body")?.map(restored),
    })
}
