//! An archive, open for reading.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use carat_core::{Digest, EventKind, RunId, Sample};

use super::blocks::{Shelf, Source};
use super::events::Contained;
use super::index::Index;
use super::line::Head;
use super::verify::{Layout, verify};
use super::{ArchiveError, Events};
use crate::{Detail, RunRecord};

/// A run in a file, whole and as it was written. Cheap to clone; clones share everything.
///
/// What it holds does not grow with the samples but for 16 bytes for each golden row and shared message; each reader keeps
/// 16 MB of blocks at hand besides.
#[derive(Debug, Clone)]
pub struct Archive {
    source: Arc<Source>,
    index: Arc<Index>,
    /// For samples that are looked up one by one.
    contained: Arc<Mutex<Contained>>,
    digest: Digest,
    run: RunRecord,
}

impl Archive {
    /// Opens a file and reads all of it: once to hold it against its checksum, and then once more to find out what stands
    /// where. The file must not change while it is open.
    ///
    /// # Errors
    /// The file cannot be read, is no archive, is that of a newer carat, or is damaged: see [`ArchiveError`].
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let name = path.display().to_string();
        let unreadable =
            |error: std::io::Error| ArchiveError::Unreadable { file: name.clone(), cause: error.to_string() };
        let file = File::open(path).map_err(unreadable)?;
        let Layout { blocks, lines, digest } = verify(&file, &name)?;
        let source = Source::new(file, name, blocks);
        let index = Arc::new(Index::of(&source, lines)?);
        let source = Arc::new(source);
        let run = RunRecord {
            id: RunId::from(index.run.id.clone()),
            eval: index.run.eval.clone(),
            name: index.run.name.clone(),
            started_at: index.run.started_at.clone(),
            status: index.status,
            samples: index.samples,
        };
        let contained = Arc::new(Mutex::new(Contained::new(Shelf::new(Arc::clone(&source)), Arc::clone(&index))));
        Ok(Self { source, index, contained, digest, run })
    }

    /// The run, as a list of runs shows it.
    pub fn run(&self) -> &RunRecord {
        &self.run
    }

    /// The checksum at the end of the file, which names all that is in it.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The file, as the person named it.
    pub fn file(&self) -> &str {
        &self.source.name
    }

    /// The events of the run, from the first to the last, the same that [`Store::replay`](crate::Store::replay) gives.
    pub fn replay(&self, detail: Detail) -> Events {
        let shelf = Shelf::new(Arc::clone(&self.source));
        Events::new(Contained::new(shelf, Arc::clone(&self.index)), self.source.blocks.len(), detail)
    }

    /// One sample with its transcript, by the number of its event.
    ///
    /// # Errors
    /// [`ArchiveError::NoSuchSample`], and what keeps the file from being read.
    pub fn sample_at(&self, seq: u64) -> Result<Sample, ArchiveError> {
        let missing = || ArchiveError::NoSuchSample { file: self.source.name.clone(), seq };
        let mut contained = self.contained.lock().unwrap_or_else(PoisonError::into_inner);
        let block = self.index.block_of(seq).ok_or_else(missing)?;
        let text = contained.shelf.block(block)?;
        let is_it = |line: &&str| Head::of(line).is_ok_and(|head| head == Head::Sample(seq));
        let line = text.split_terminator('\n').find(is_it).ok_or_else(missing)?;
        match contained.event(line, Detail::Full)?.map(|event| event.kind) {
            Some(EventKind::CaseFinished { sample }) => Ok(*sample),
            _ => Err(missing()),
        }
    }
}
