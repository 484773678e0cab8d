//! From an archive into a store.

use carat_core::audit::{Action, Deed};
use carat_core::version::Actor;
use carat_core::{Event, RunId};
use serde_json::{Map, Value};

use super::line::KeptRun;
use super::{Archive, ArchiveError};
use crate::catalogue::TOOL;
use crate::sqlite::Fault;
use crate::text::kept;
use crate::{Detail, Journal, Store, StoreError};

/// How many events are recorded at a time.
const BATCH: usize = 128;

/// What became of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// The run is in the store now.
    New,
    /// It was there before, the same to the last event.
    ThereAlready,
}

impl Store {
    /// Takes the run of an archive over, under its own id. It is there as a whole or not at all: until it is complete it
    /// goes by an id that begins with `importing-`, and what a killed import left of that is cleared away by the next one. The
    /// audit log says who took it in (`by`), when (`at`: now, RFC 3339 in UTC), and the checksum of the file.
    ///
    /// # Errors
    /// [`ArchiveError::Differs`] if there is a run of that id that recorded something else, [`StoreError::Running`] if it
    /// is being written or imported, what is wrong with the archive, and whatever keeps the store from being written.
    pub async fn import(&self, archive: &Archive, by: &Actor, at: &str) -> Result<Imported, ArchiveError> {
        if let Some(found) = self.compared(archive).await? {
            return found;
        }
        let meanwhile = RunId::from(format!("importing-{}", archive.run().id));
        let mut journal = self.begin_import(&meanwhile, archive).await?;
        let done = match record(&mut journal, archive).await {
            Ok(()) => self.rename(&meanwhile, archive, by, at).await.map_err(ArchiveError::from),
            Err(error) => Err(error),
        };
        journal.close().await;
        match done {
            Ok(true) => return Ok(Imported::New),
            // What is left is in nobody's way, and the next import of this archive clears it away.
            Ok(false) | Err(_) => drop(self.discard_run(&meanwhile).await),
        }
        done?;
        // Somebody else was faster.
        self.compared(archive).await?.unwrap_or_else(|| Err(self.lost(archive)))
    }

    /// Whether the run is there already and the same; none if it is not there.
    async fn compared(&self, archive: &Archive) -> Result<Option<Result<Imported, ArchiveError>>, ArchiveError> {
        let id = &archive.run().id;
        match self.run_key(id).await {
            Err(StoreError::NoSuchRun { .. }) => return Ok(None),
            found => found?,
        };
        let runs = self.runs().await?;
        let Some(run) = runs.iter().find(|run| run.id == *id) else { return Ok(None) };
        if self.is_running(id)? {
            return Err(StoreError::Running { run: id.clone() }.into());
        }
        let same = KeptRun::of(run) == KeptRun::of(archive.run()) && self.has_the_events_of(archive).await?;
        let differs = || ArchiveError::Differs { run: id.clone(), file: archive.file().to_owned() };
        Ok(Some(if same { Ok(Imported::ThereAlready) } else { Err(differs()) }))
    }

    async fn has_the_events_of(&self, archive: &Archive) -> Result<bool, ArchiveError> {
        let mut ours = self.replay(&archive.run().id, Detail::Full).await?;
        for theirs in archive.replay(Detail::Full) {
            if ours.next().await? != Some(theirs?) {
                return Ok(false);
            }
        }
        Ok(ours.next().await?.is_none())
    }

    async fn begin_import(&self, meanwhile: &RunId, archive: &Archive) -> Result<Journal, StoreError> {
        let run = archive.run();
        let begin = || self.begin_run(meanwhile, &run.eval, run.name.as_deref(), &run.started_at);
        match begin().await {
            Err(StoreError::RunExists { .. }) => {
                self.discard_run(meanwhile).await?;
                begin().await
            }
            done => done,
        }
    }

    /// Gives a run its id; false if that is taken.
    /// Gives a run that is there as a whole the id that it has in its archive; not so if somebody else was faster.
    async fn rename(&self, from: &RunId, archive: &Archive, by: &Actor, at: &str) -> Result<bool, StoreError> {
        let to = &archive.run().id;
        let mut change = self.change("take in a run").await?;
        let done = sqlx::query("UPDATE runs SET id = $1 WHERE id = $2")
            .bind(kept(to.as_str()))
            .bind(kept(from.as_str()))
            .execute(&mut change.connection)
            .await;
        match done {
            Ok(_) => {}
            Err(error) if Fault::of(&error) == Fault::Taken => return Ok(false),
            Err(error) => return Err(change.error(&error)),
        }
        let facts = [("eval", archive.run().eval.clone()), ("file", archive.digest().to_string())];
        let details: Map<String, Value> =
            facts.into_iter().map(|(key, value)| (key.to_owned(), Value::String(value))).collect();
        let action = Action::RunImported;
        change.commit(Deed { at, by, action, kind: None, subject: to.as_str(), details, tool: TOOL }).await?;
        Ok(true)
    }

    fn lost(&self, archive: &Archive) -> ArchiveError {
        StoreError::NoSuchRun { run: archive.run().id.clone(), file: self.place.to_string() }.into()
    }
}

async fn record(journal: &mut Journal, archive: &Archive) -> Result<(), ArchiveError> {
    let mut events: Vec<Event> = Vec::with_capacity(BATCH);
    for event in archive.replay(Detail::Full) {
        events.push(event?);
        if events.len() == BATCH {
            journal.record(&events).await?;
            events.clear();
        }
    }
    Ok(journal.record(&events).await?)
}
