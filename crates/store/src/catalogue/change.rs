//! A change: it waits for its turn, and happens as a whole or not at all.

use carat_core::audit::Deed;
use carat_core::version::Actor;
use sqlx::{Connection as _, Executor as _};

use crate::open::Place;
use crate::record::Nonsense;
use crate::sqlite::{BEGIN, Connection};
use crate::{Store, StoreError};

/// A transaction that writes. It has a connection of its own: if it is broken off, the connection goes, and with it whatever
/// was begun.
pub(crate) struct Change {
    pub(crate) connection: Connection,
    pub(crate) place: Place,
    doing: &'static str,
}

/// Who changes something, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Act<'a> {
    pub(super) by: &'a Actor,
    pub(super) at: &'a str,
    pub(super) why: Option<&'a str>,
}

impl Store {
    /// Begins a change. Errors say what was being done.
    pub(crate) async fn change(&self, doing: &'static str) -> Result<Change, StoreError> {
        let mut change = Change { connection: self.connect().await?, place: self.place.clone(), doing };
        change.connection.execute(BEGIN).await.map_err(|error| change.place.error(doing, &error))?;
        Ok(change)
    }
}

impl Change {
    /// What a failure of the database means.
    pub(crate) fn error(&self, error: &sqlx::Error) -> StoreError {
        self.place.error(self.doing, error)
    }

    pub(crate) fn damaged(&self, nonsense: Nonsense) -> StoreError {
        self.place.damaged(nonsense)
    }

    /// Makes the change, with its entry in the audit log.
    pub(crate) async fn commit(mut self, deed: Deed<'_>) -> Result<(), StoreError> {
        self.append(deed).await?;
        self.commit_unlogged().await
    }

    /// Makes a change that adds nothing to what the log says already, or whose entries are written.
    pub(crate) async fn commit_unlogged(mut self) -> Result<(), StoreError> {
        if let Err(error) = self.connection.execute("COMMIT").await {
            return Err(self.error(&error));
        }
        let _ = self.connection.close().await;
        Ok(())
    }
}
