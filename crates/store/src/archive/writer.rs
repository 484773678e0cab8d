//! An archive on its way out.

use std::collections::HashSet;
use std::fmt;
use std::io::Write;

use carat_core::{Digest, Event, EventKind, RunId};

use super::ArchiveError;
use super::frame::Frames;
use super::line;
use crate::pool::Sharing;
use crate::record::{EventRecord, JudgementRecord, SampleRecord};
use crate::{RunRecord, StoreError};

/// Writes the events of a run as an archive, one at a time. What it holds is a block, what samples were found to share, and
/// the digest of every golden row: 32 bytes each, because each is written once however far apart its samples stand.
pub struct Writer<W: Write> {
    frames: Frames<W>,
    sharing: Sharing,
    written: HashSet<Digest>,
    run: RunId,
    next: u64,
}

impl<W: Write> Writer<W> {
    /// Begins with the run itself. Its status and its number of samples are not written: they follow from its events.
    ///
    /// # Errors
    /// [`ArchiveError::Unwritable`].
    pub fn new(out: W, run: &RunRecord) -> Result<Self, ArchiveError> {
        let frames = Frames::new(out).map_err(|error| ArchiveError::unwritable(&error))?;
        let mut writer =
            Self { frames, sharing: Sharing::default(), written: HashSet::new(), run: run.id.clone(), next: 0 };
        writer.line(&line::of_run(run)?)?;
        Ok(writer)
    }

    /// Takes the next event; numbers must rise. An answer that has no scores yet ([`EventKind::CaseAnswered`]) is left out:
    /// it does not count, and its case comes again.
    ///
    /// # Errors
    /// [`ArchiveError::Unwritable`], and a [`StoreError`] for what no store could have recorded either.
    pub fn event(&mut self, event: &Event) -> Result<(), ArchiveError> {
        if event.seq < self.next {
            return Err(StoreError::OutOfOrder { run: self.run.clone(), seq: event.seq, next: self.next }.into());
        }
        let text = match &event.kind {
            EventKind::CaseAnswered { .. } => return Ok(()),
            EventKind::CaseFinished { sample } => {
                let record = SampleRecord::of(event, sample, &mut self.sharing)?;
                self.contents()?;
                line::of_sample(&record)?
            }
            EventKind::JudgeAnswered { judgement } => line::of_judgement(&JudgementRecord::of(event, judgement)?)?,
            EventKind::RunStarted { .. }
            | EventKind::RunResumed { .. }
            | EventKind::AttemptFailed { .. }
            | EventKind::LimitChanged { .. }
            | EventKind::ModelGivenUp { .. }
            | EventKind::RunFinished { .. } => line::of_event(&EventRecord::of(event)?)?,
        };
        self.next = event.seq + 1;
        self.line(&text)
    }

    /// Writes the end. The digest is the checksum that stands there, over all the rest of the file.
    ///
    /// # Errors
    /// [`ArchiveError::Unwritable`].
    pub fn finish(self) -> Result<Digest, ArchiveError> {
        self.frames.finish().map_err(|error| ArchiveError::unwritable(&error))
    }

    /// What has come up to be shared, each once.
    fn contents(&mut self) -> Result<(), ArchiveError> {
        for content in self.sharing.take_new() {
            if self.written.insert(content.digest) {
                self.line(&line::of_content(&content))?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &str) -> Result<(), ArchiveError> {
        self.frames.line(line.as_bytes()).map_err(|error| ArchiveError::unwritable(&error))
    }
}

impl<W: Write> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("run", &self.run).field("next", &self.next).finish_non_exhaustive()
    }
}
