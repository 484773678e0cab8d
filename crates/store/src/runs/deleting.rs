//! Deleting a run.

use carat_core::RunId;
use carat_core::audit::{Action, Deed};
use carat_core::version::Actor;
use serde_json::{Map, Value, json};
use sqlx::Executor as _;

use super::{RunRecord, run_record, select_runs};
use crate::catalogue::{Change, TOOL};
use crate::record::column;
use crate::text::kept;
use crate::{Store, StoreError};

/// Contents of a run that is deleted, until it is known which of them others use. It is of one connection, and goes with it.
const LET_GO: &str = "CREATE TEMP TABLE let_go (content bigint not null)";

/// What a run leaves behind, in this order. There is no index of `uses` by run, so that two of these look through all of
/// it, and a third time where the run itself goes; it has some ten bytes for each content of each run.
const STATEMENTS: [&str; 6] = [
    "INSERT INTO let_go (content) SELECT content FROM uses WHERE run = $1",
    "DELETE FROM samples WHERE run = $1",
    "DELETE FROM judgements WHERE run = $1",
    "DELETE FROM events WHERE run = $1",
    "DELETE FROM uses WHERE run = $1",
    "DELETE FROM runs WHERE key = $1",
];

/// The contents that nobody uses any more: only those are looked at that the run used, however many there are.
const UNUSED: &str = "DELETE FROM contents WHERE id IN (SELECT content FROM let_go) AND in_version = 0 \
                      AND NOT EXISTS (SELECT 1 FROM uses WHERE uses.content = contents.id)";

impl Store {
    /// Deletes a run with all that it recorded, and the contents that neither another run nor a version uses. The file keeps
    /// its size until [`Store::give_back`]; until then the room is used for what comes next. The audit log keeps that there
    /// was such a run. `at` is now, RFC 3339 in UTC.
    ///
    /// It happens as a whole or not at all, and nobody else can write meanwhile: a second for a hundred thousand samples.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], [`StoreError::Running`] if it is being written, and whatever keeps a store from being
    /// written.
    pub async fn delete_run(&self, run: &RunId, by: &Actor, at: &str, why: Option<&str>) -> Result<(), StoreError> {
        self.run_key(run).await?;
        let _claim = self.claims.claim(run).await?;
        let mut change = self.change("delete a run").await?;
        let record = change.delete_run(run).await?;
        let action = Action::RunDeleted;
        let details = details(&record, why);
        change.commit(Deed { at, by, action, kind: None, subject: run.as_str(), details, tool: TOOL }).await
    }

    /// Clears away what was never a run of its own, of which no log needs to know.
    pub(crate) async fn discard_run(&self, run: &RunId) -> Result<(), StoreError> {
        self.run_key(run).await?;
        let _claim = self.claims.claim(run).await?;
        let mut change = self.change("clear away a run").await?;
        change.delete_run(run).await?;
        change.commit_unlogged().await
    }
}

impl Change {
    /// Deletes a run, unless somebody else just has, and says what it was.
    async fn delete_run(&mut self, run: &RunId) -> Result<RunRecord, StoreError> {
        let query = sqlx::query(select_runs!("WHERE r.id = $1")).bind(kept(run.as_str()));
        let row = query.fetch_optional(&mut self.connection).await.map_err(|error| self.error(&error))?;
        let row = row.ok_or_else(|| StoreError::NoSuchRun { run: run.clone(), file: self.place.to_string() })?;
        let record = run_record(&row, &self.place)?;
        let key: i64 = column(&row, "key").map_err(|nonsense| self.place.damaged(nonsense))?;
        self.connection.execute(LET_GO).await.map_err(|error| self.error(&error))?;
        for text in STATEMENTS {
            sqlx::query(text).bind(key).execute(&mut self.connection).await.map_err(|error| self.error(&error))?;
        }
        self.connection.execute(UNUSED).await.map_err(|error| self.error(&error))?;
        Ok(record)
    }
}

/// What the audit log says of a run that is gone.
fn details(run: &RunRecord, why: Option<&str>) -> Map<String, Value> {
    let status = run.status.map(|status| json!(status));
    let name = run.name.as_deref().map(Value::from);
    let known = [("name", name), ("status", status), ("why", why.map(Value::from))];
    let mut details = Map::new();
    details.insert("eval".to_owned(), run.eval.as_str().into());
    details.insert("started_at".to_owned(), run.started_at.as_str().into());
    details.insert("samples".to_owned(), run.samples.into());
    details.extend(known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    details
}
