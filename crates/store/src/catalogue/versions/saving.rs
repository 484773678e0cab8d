//! Giving a content its number.

use carat_core::Digest;
use carat_core::audit::{Action, Deed};
use carat_core::version::{Actor, Kind, VersionId};
use serde_json::{Map, Value};

use crate::catalogue::TOOL;
use crate::catalogue::change::Change;
use crate::catalogue::columns::{in_details, kept_actor, version_id};
use crate::record::{Nonsense, column};
use crate::sqlite::{self, Query};
use crate::text::kept;
use crate::{Store, StoreError};

/// A content that is to have a number.
#[derive(Debug, Clone)]
pub struct NewVersion<'a> {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its name in the project.
    pub name: &'a str,
    /// The name of the content.
    pub digest: Digest,
    /// The content itself, in the form that its kind has. A dataset has none; its rows come by [`Store::keep_rows`].
    pub body: Option<&'a str>,
    /// Who saves it.
    pub by: &'a Actor,
    /// Now: RFC 3339 in UTC.
    pub at: &'a str,
    /// What that person says of it.
    pub message: Option<&'a str>,
    /// The git commit of the project, with `+` behind it where files differ from it.
    pub commit: Option<&'a str>,
}

/// A content that has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The version.
    pub id: VersionId,
    /// Whether it got its number just now.
    pub is_new: bool,
}

impl Store {
    /// The version with this content, which gets the next number of its name, from 1, if it has none. Two processes never
    /// give one number to two contents, or two numbers to one.
    ///
    /// A content that has a number keeps it, and who saved it first; only its body is taken where it was not kept before.
    ///
    /// # Errors
    /// Whatever keeps a store from being read; and from being written, for a new version.
    pub async fn save_version(&self, new: &NewVersion<'_>) -> Result<Saved, StoreError> {
        let known = self.place.doing("look for a version", known(new).fetch_optional(&self.pool).await)?;
        match known.as_ref().map(Known::of).transpose().map_err(|nonsense| self.place.damaged(nonsense))? {
            Some(known) if known.has_body || new.body.is_none() => Ok(Saved { id: known.id, is_new: false }),
            _ => self.write_version(new).await,
        }
    }

    async fn write_version(&self, new: &NewVersion<'_>) -> Result<Saved, StoreError> {
        let mut change = self.change("save a version").await?;
        let known = known(new).fetch_optional(&mut change.connection).await.map_err(|error| change.error(&error))?;
        // Somebody else may have been faster.
        if let Some(known) = &known {
            let known = Known::of(known).map_err(|nonsense| change.damaged(nonsense))?;
            change.fill_in(known.key, new.body).await?;
            change.commit_unlogged().await?;
            return Ok(Saved { id: known.id, is_new: false });
        }
        let id = change.number(new).await?;
        let deed = Deed {
            at: new.at,
            by: new.by,
            action: Action::VersionSaved,
            kind: Some(new.kind),
            subject: new.name,
            details: details(&id, new),
            tool: TOOL,
        };
        change.commit(deed).await?;
        Ok(Saved { id, is_new: true })
    }
}

impl Change {
    /// Gives the next number of its name to a content that has none.
    async fn number(&mut self, new: &NewVersion<'_>) -> Result<VersionId, StoreError> {
        sqlx::query(
            "INSERT INTO versions (kind, name, number, digest, body, saved_at, saved_by, message, git_commit) \
             SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8 FROM versions \
             WHERE kind = $1 AND name = $2",
        )
        .bind(new.kind.as_str())
        .bind(kept(new.name))
        .bind(new.digest.as_bytes().as_slice())
        .bind(new.body.map(kept))
        .bind(kept(new.at))
        .bind(kept_actor(new.by)?)
        .bind(new.message.map(kept))
        .bind(new.commit.map(kept))
        .execute(&mut self.connection)
        .await
        .map_err(|error| self.error(&error))?;
        let row = known(new).fetch_one(&mut self.connection).await.map_err(|error| self.error(&error))?;
        version_id(&row).map_err(|nonsense| self.damaged(nonsense))
    }

    async fn fill_in(&mut self, key: i64, body: Option<&str>) -> Result<(), StoreError> {
        sqlx::query("UPDATE versions SET body = $1 WHERE key = $2 AND body IS NULL")
            .bind(body.map(kept))
            .bind(key)
            .execute(&mut self.connection)
            .await
            .map_err(|error| self.error(&error))?;
        Ok(())
    }
}

/// A version that is there.
struct Known {
    key: i64,
    id: VersionId,
    has_body: bool,
}

impl Known {
    fn of(row: &sqlite::Row) -> Result<Self, Nonsense> {
        let has_body = column::<i64>(row, "has_body")? != 0;
        Ok(Self { key: column(row, "key")?, id: version_id(row)?, has_body })
    }
}

fn known<'q>(new: &NewVersion<'q>) -> Query<'q> {
    let text = "SELECT key, kind, name, number, digest, CASE WHEN body IS NULL THEN 0 ELSE 1 END AS has_body FROM versions \
                WHERE kind = $1 AND name = $2 AND digest = $3";
    sqlx::query(text).bind(new.kind.as_str()).bind(kept(new.name)).bind(new.digest.as_bytes().to_vec())
}

fn details(id: &VersionId, new: &NewVersion<'_>) -> Map<String, Value> {
    let mut details = Map::new();
    details.insert("version".to_owned(), in_details(id));
    for (name, said) in [("message", new.message), ("commit", new.commit)] {
        if let Some(said) = said {
            details.insert(name.to_owned(), said.into());
        }
    }
    details
}
