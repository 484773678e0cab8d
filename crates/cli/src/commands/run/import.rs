//! `carat run import FILE`: an exported run into the store.

use std::path::Path;

use carat_store::archive::Imported;
use carat_store::{Archive, ArchiveError};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::session::{Session, now};

pub(super) async fn import(session: &Session, file: &Path) -> Result<Exit, Fault> {
    let archive = tokio::task::block_in_place(|| Archive::open(file)).map_err(fault)?;
    let store = session.store().await?;
    let run = archive.run();
    match store.import(&archive, &session.actor(), &now()).await.map_err(fault)? {
        Imported::New => {
            session.talk(&format!("imported run {} ({} samples): carat run show {0}", run.id, run.samples));
        }
        Imported::ThereAlready => {
            session.talk(&format!("run {} is in the store already, the same to the last event", run.id));
        }
    }
    store.close().await;
    Ok(Exit::Fine)
}

fn fault(error: ArchiveError) -> Fault {
    match error {
        ArchiveError::Store(error) => error.into(),
        ArchiveError::Unwritable { .. } => Fault::world(error),
        ArchiveError::NotAnArchive { .. }
        | ArchiveError::Newer { .. }
        | ArchiveError::CutShort { .. }
        | ArchiveError::Changed { .. }
        | ArchiveError::GoesOn { .. }
        | ArchiveError::Nonsense { .. }
        | ArchiveError::Unreadable { .. }
        | ArchiveError::NoSuchSample { .. }
        | ArchiveError::Differs { .. } => Fault::mendable(error),
    }
}
