//! Labels: where they point, and where they pointed.

use carat_core::audit::{Action, Deed};
use carat_core::version::{Actor, Kind, Label, Move, VersionId};
use serde_json::{Map, Value};

use super::TOOL;
use super::change::{Act, Change};
use super::columns::{actor, in_details, kept_actor, text, version_id, version_of};
use crate::record::{Nonsense, column};
use crate::sqlite::{self, Query};
use crate::text::{kept, restored};
use crate::{Store, StoreError};

/// What a label is one of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signpost<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) label: &'a Label,
}

/// A version, and its key in the tables.
pub(super) type Target = (i64, VersionId);

impl Store {
    /// The labels of a name that point somewhere, and where, in the order of the labels.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn labels(&self, kind: Kind, name: &str) -> Result<Vec<(Label, VersionId)>, StoreError> {
        let text = "SELECT m.label, v.kind, v.name, v.number, v.digest FROM label_moves m \
                    JOIN versions v ON v.key = m.to_version WHERE m.key IN \
                    (SELECT max(x.key) FROM label_moves x WHERE x.kind = $1 AND x.name = $2 GROUP BY x.label) \
                    ORDER BY m.label";
        let read = |row: &sqlite::Row| Ok((label(row)?, version_id(row)?));
        self.signs(sqlx::query(text).bind(kind.as_str()).bind(kept(name)), read).await
    }

    /// Where this label points, for every name that has it, in the order of the names.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn labelled(&self, kind: Kind, label: &Label) -> Result<Vec<VersionId>, StoreError> {
        let text = "SELECT v.kind, v.name, v.number, v.digest FROM label_moves m \
                    JOIN versions v ON v.key = m.to_version WHERE m.key IN \
                    (SELECT max(x.key) FROM label_moves x WHERE x.kind = $1 AND x.label = $2 GROUP BY x.name) \
                    ORDER BY v.name";
        self.signs(sqlx::query(text).bind(kind.as_str()).bind(label.as_str()), version_id).await
    }

    /// Every move of the labels of a name, or of one of them, oldest first.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn label_history(&self, kind: Kind, name: &str, label: Option<&Label>) -> Result<Vec<Move>, StoreError> {
        let text = "SELECT m.label, f.number AS from_number, f.digest AS from_digest, t.number AS to_number, \
                    t.digest AS to_digest, m.moved_at, m.moved_by, m.why, m.promotion FROM label_moves m \
                    LEFT JOIN versions f ON f.key = m.from_version LEFT JOIN versions t ON t.key = m.to_version \
                    WHERE m.kind = $1 AND m.name = $2 AND m.label = coalesce($3, m.label) ORDER BY m.key";
        let query = sqlx::query(text).bind(kind.as_str()).bind(kept(name)).bind(label.map(Label::as_str));
        self.signs(query, |row| label_move(kind, name, row)).await
    }

    /// Lets a label point to the version with this number, or to none. A label that points there already stays as it is, and
    /// nothing is recorded: `from` and `to` of what is returned are the same then.
    ///
    /// Whether a policy lets the label be moved like this is for the caller to know.
    ///
    /// # Errors
    /// [`StoreError::NoSuchVersion`], and whatever keeps a store from being written.
    #[expect(clippy::too_many_arguments, reason = "who moves what where, when and why; a sentence has no fewer parts")]
    pub async fn move_label(
        &self,
        kind: Kind,
        name: &str,
        label: &Label,
        to: Option<u32>,
        by: &Actor,
        at: &str,
        why: Option<&str>,
    ) -> Result<Move, StoreError> {
        let mut change = self.change("move a label").await?;
        let moved = change.move_label(Signpost { kind, name, label }, to, Act { by, at, why }).await?;
        change.commit_unlogged().await?;
        Ok(moved)
    }

    async fn signs<T>(
        &self,
        query: Query<'_>,
        read: impl FnMut(&sqlite::Row) -> Result<T, Nonsense>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.place.doing("look for labels", query.fetch_all(&self.pool).await)?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(|nonsense| self.place.damaged(nonsense))
    }
}

impl Change {
    /// Lets a label point to the version with this number, or to none, and writes the entry of that, if it pointed elsewhere.
    pub(super) async fn move_label(
        &mut self,
        signpost: Signpost<'_>,
        to: Option<u32>,
        act: Act<'_>,
    ) -> Result<Move, StoreError> {
        let from = self.points_to(signpost).await?;
        let to = self.target(signpost, to).await?;
        let moved = self.put(signpost, from, to, act, None).await?;
        if moved.from == moved.to {
            return Ok(moved);
        }
        let mut details = Map::new();
        details.insert("label".to_owned(), signpost.label.as_str().into());
        add_ends(&mut details, &moved);
        details.extend(act.why.map(|why| ("why".to_owned(), why.into())));
        let Signpost { kind, name: subject, .. } = signpost;
        let (Act { at, by, .. }, action) = (act, Action::LabelMoved);
        self.append(Deed { at, by, action, kind: Some(kind), subject, details, tool: TOOL }).await?;
        Ok(moved)
    }

    /// Where a label points.
    pub(super) async fn points_to(&mut self, signpost: Signpost<'_>) -> Result<Option<Target>, StoreError> {
        let row = sqlx::query(
            "SELECT v.key, v.kind, v.name, v.number, v.digest FROM label_moves m \
             LEFT JOIN versions v ON v.key = m.to_version WHERE m.kind = $1 AND m.name = $2 AND m.label = $3 \
             ORDER BY m.key DESC LIMIT 1",
        )
        .bind(signpost.kind.as_str())
        .bind(kept(signpost.name))
        .bind(signpost.label.as_str())
        .fetch_optional(&mut self.connection)
        .await
        .map_err(|error| self.error(&error))?;
        let Some(row) = row else { return Ok(None) };
        let read = || match column::<Option<i64>>(&row, "key")? {
            Some(key) => Ok(Some((key, version_id(&row)?))),
            None => Ok(None),
        };
        read().map_err(|nonsense| self.damaged(nonsense))
    }

    /// The version that a label is to point to.
    pub(super) async fn target(
        &mut self,
        signpost: Signpost<'_>,
        number: Option<u32>,
    ) -> Result<Option<Target>, StoreError> {
        match number {
            Some(number) => self.version_numbered(signpost.kind, signpost.name, number).await.map(Some),
            None => Ok(None),
        }
    }

    /// Lets a label point there, unless it does already.
    pub(super) async fn put(
        &mut self,
        signpost: Signpost<'_>,
        from: Option<Target>,
        to: Option<Target>,
        act: Act<'_>,
        promotion: Option<&str>,
    ) -> Result<Move, StoreError> {
        let ((from_key, from), (to_key, to)) = (from.unzip(), to.unzip());
        if from_key != to_key {
            sqlx::query(
                "INSERT INTO label_moves (kind, name, label, from_version, to_version, moved_at, moved_by, why, promotion) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(signpost.kind.as_str())
            .bind(kept(signpost.name))
            .bind(signpost.label.as_str())
            .bind(from_key)
            .bind(to_key)
            .bind(kept(act.at))
            .bind(kept_actor(act.by)?)
            .bind(act.why.map(kept))
            .bind(promotion.map(kept))
            .execute(&mut self.connection)
            .await
            .map_err(|error| self.error(&error))?;
        }
        Ok(Move {
            label: signpost.label.clone(),
            from,
            to,
            at: act.at.to_owned(),
            by: act.by.clone(),
            why: act.why.map(str::to_owned),
            promotion: promotion.map(str::to_owned),
        })
    }
}

/// Where a label pointed and where it points, in the details of an entry of the audit log.
pub(super) fn add_ends(details: &mut Map<String, Value>, moved: &Move) {
    for (name, end) in [("from", &moved.from), ("to", &moved.to)] {
        details.extend(end.as_ref().map(|end| (name.to_owned(), in_details(end))));
    }
}

fn label(row: &sqlite::Row) -> Result<Label, Nonsense> {
    Label::new(&column::<String>(row, "label")?).map_err(|error| Nonsense(error.to_string()))
}

fn label_move(kind: Kind, name: &str, row: &sqlite::Row) -> Result<Move, Nonsense> {
    Ok(Move {
        label: label(row)?,
        from: version_of(kind, name, row, ["from_number", "from_digest"])?,
        to: version_of(kind, name, row, ["to_number", "to_digest"])?,
        at: restored(column(row, "moved_at")?),
        by: actor(row, "moved_by")?,
        why: text(row, "why")?,
        promotion: text(row, "promotion")?,
    })
}
