//! From a store into an archive.

use std::io::Write;

use carat_core::Digest;

use super::{ArchiveError, Writer};
use crate::{Detail, Replay, RunRecord, Store, StoreError};

/// Writes what is left of a replay as the archive of this run, a page at a time. It should be a replay in
/// [full](Detail::Full) detail from its beginning: what a replay leaves out, the archive does not have. The digest is the
/// checksum at the end of the archive.
///
/// # Errors
/// [`ArchiveError::Unwritable`], and whatever keeps the store from being read.
pub async fn write(run: &RunRecord, replay: &mut Replay, out: impl Write) -> Result<Digest, ArchiveError> {
    let mut writer = Writer::new(out, run)?;
    while let Some(event) = replay.next().await? {
        writer.event(&event)?;
    }
    writer.finish()
}

impl Store {
    /// Writes a run as an archive. The run is claimed meanwhile, so that nobody goes on with it half-way; in a store that
    /// cannot be written nobody does that anyhow.
    ///
    /// # Errors
    /// [`StoreError::Running`] if the run is being written, [`StoreError::NoSuchRun`], [`ArchiveError::Unwritable`], and
    /// whatever keeps the store from being read.
    pub async fn export(&self, run: &RunRecord, out: impl Write) -> Result<Digest, ArchiveError> {
        let _claim = match self.claims.claim(&run.id).await {
            Ok(claim) => Some(claim),
            Err(StoreError::ReadOnly { .. } | StoreError::Folder { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let mut replay = self.replay(&run.id, Detail::Full).await?;
        write(run, &mut replay, out).await
    }
}
