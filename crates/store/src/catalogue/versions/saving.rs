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
    /// The content itself, in the form that its kind has. A dataset has none; its rows come by [`Store::save_dataset`] or
    /// [`Store::keep_rows`].
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

/// What is kept of a version, as the audit log says it: what is not there later although it was kept has been taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::catalogue) enum Held {
    Nothing,
    Body,
    /// So many rows.
    Rows(u64),
}

impl Held {
    pub(super) const fn of(body: Option<&str>) -> Self {
        if body.is_some() { Self::Body } else { Self::Nothing }
    }

    fn add_to(self, details: &mut Map<String, Value>) {
        let word = match self {
            Self::Nothing => "nothing",
            Self::Body => "body",
            Self::Rows(count) => {
                details.insert("rows".to_owned(), count.into());
                "rows"
            }
        };
        details.insert("kept".to_owned(), word.into());
    }
}

/// A version that is there, and its key in the tables.
pub(in crate::catalogue) struct Known {
    pub(in crate::catalogue) key: i64,
    pub(in crate::catalogue) id: VersionId,
    pub(super) has_body: bool,
}

impl Store {
    /// The version with this content, which gets a number if it has none: the one behind the highest of its name, from 1. Two
    /// processes never give one number to two contents, or two numbers to one.
    ///
    /// A content that has a number keeps it, and who saved it first; only its body is taken where it was not kept before.
    ///
    /// # Errors
    /// Whatever keeps a store from being read; and from being written, for a new version.
    pub async fn save_version(&self, new: &NewVersion<'_>) -> Result<Saved, StoreError> {
        match self.known(new).await? {
            Some(known) if known.has_body || new.body.is_none() => Ok(Saved { id: known.id, is_new: false }),
            _ => self.write_version(new).await,
        }
    }

    pub(in crate::catalogue) async fn known(&self, new: &NewVersion<'_>) -> Result<Option<Known>, StoreError> {
        let known = self.place.doing("look for a version", known(new).fetch_optional(&self.pool).await)?;
        known.as_ref().map(Known::of).transpose().map_err(|nonsense| self.place.damaged(nonsense))
    }

    async fn write_version(&self, new: &NewVersion<'_>) -> Result<Saved, StoreError> {
        let mut change = self.change("save a version").await?;
        // Somebody else may have been faster.
        let saved = match change.known(new).await? {
            Some(known) => change.fill_in(known, new).await?,
            None => {
                let number = change.next_number(new.kind, new.name).await?;
                change.save(new, number, None).await?
            }
        };
        change.commit_unlogged().await?;
        Ok(saved)
    }
}

impl Change {
    /// The version of a name that has this content already.
    pub(in crate::catalogue) async fn known(&mut self, new: &NewVersion<'_>) -> Result<Option<Known>, StoreError> {
        let known = known(new).fetch_optional(&mut self.connection).await.map_err(|error| self.error(&error))?;
        known.as_ref().map(Known::of).transpose().map_err(|nonsense| self.damaged(nonsense))
    }

    /// The number behind the highest that a name has.
    pub(in crate::catalogue) async fn next_number(&mut self, kind: Kind, name: &str) -> Result<u32, StoreError> {
        let text = "SELECT coalesce(max(number), 0) + 1 FROM versions WHERE kind = $1 AND name = $2";
        let query = sqlx::query_scalar(text).bind(kind.as_str()).bind(kept(name));
        let next: i64 = query.fetch_one(&mut self.connection).await.map_err(|error| self.error(&error))?;
        u32::try_from(next).map_err(|_| self.damaged(Nonsense(format!("{name} has no number left"))))
    }

    /// Gives a content this number, with the entry of that.
    pub(super) async fn save(
        &mut self,
        new: &NewVersion<'_>,
        number: u32,
        number_there: Option<u32>,
    ) -> Result<Saved, StoreError> {
        let Known { id, .. } = self.add(new, number).await?;
        self.tell_saved(&id, new, Held::of(new.body), number_there).await?;
        Ok(Saved { id, is_new: true })
    }

    /// The same without the entry.
    pub(in crate::catalogue) async fn add(&mut self, new: &NewVersion<'_>, number: u32) -> Result<Known, StoreError> {
        sqlx::query(
            "INSERT INTO versions (kind, name, number, digest, body, saved_at, saved_by, message, git_commit) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(new.kind.as_str())
        .bind(kept(new.name))
        .bind(i64::from(number))
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
        Known::of(&row).map_err(|nonsense| self.damaged(nonsense))
    }

    /// Takes the body of a version that has none, with the entry of that.
    pub(super) async fn fill_in(&mut self, known: Known, new: &NewVersion<'_>) -> Result<Saved, StoreError> {
        if let Some(body) = new.body.filter(|_| !known.has_body) {
            sqlx::query("UPDATE versions SET body = $1 WHERE key = $2")
                .bind(kept(body))
                .bind(known.key)
                .execute(&mut self.connection)
                .await
                .map_err(|error| self.error(&error))?;
            self.tell_kept(&known.id, new.by, new.at, Held::Body).await?;
        }
        Ok(Saved { id: known.id, is_new: false })
    }

    /// The entry of a content that got its number. `number_there` is the one that it has where it came from.
    pub(in crate::catalogue) async fn tell_saved(
        &mut self,
        id: &VersionId,
        new: &NewVersion<'_>,
        held: Held,
        number_there: Option<u32>,
    ) -> Result<(), StoreError> {
        let mut details = Map::new();
        details.insert("version".to_owned(), in_details(id));
        for (name, said) in [("message", new.message), ("commit", new.commit)] {
            details.extend(said.map(|said| (name.to_owned(), said.into())));
        }
        details.extend(number_there.map(|number| ("number_there".to_owned(), number.into())));
        held.add_to(&mut details);
        let NewVersion { at, by, kind, name: subject, .. } = *new;
        let action = Action::VersionSaved;
        self.append(Deed { at, by, action, kind: Some(kind), subject, details, tool: TOOL }).await
    }

    /// The entry of what was kept later than its version got its number.
    pub(in crate::catalogue) async fn tell_kept(
        &mut self,
        id: &VersionId,
        by: &Actor,
        at: &str,
        held: Held,
    ) -> Result<(), StoreError> {
        let mut details = Map::new();
        details.insert("version".to_owned(), in_details(id));
        held.add_to(&mut details);
        let (action, kind, subject) = (Action::ContentKept, Some(id.kind), id.name.as_str());
        self.append(Deed { at, by, action, kind, subject, details, tool: TOOL }).await
    }
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
