//! What can go wrong with an archive, for the person who has to mend it.

use std::io;

use carat_core::RunId;

use crate::StoreError;

/// An archive could not be written, read or taken over. The message names the file, what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// The file is something else.
    #[error("{file} is not an archive of carat; `carat run export` makes one")]
    NotAnArchive {
        /// The file.
        file: String,
    },
    /// The file was written by a later version of carat.
    #[error(
        "{file} was written by a newer carat (format {format}; this one reads {} and older); use that version, or export \
         it again with `carat run export` of this one",
        super::frame::FORMAT
    )]
    Newer {
        /// The file.
        file: String,
        /// The number of its format.
        format: u32,
    },
    /// The file ends early.
    #[error(
        "{file} is cut short: it ends after {bytes} bytes; copy it again, or export it again with `carat run export`"
    )]
    CutShort {
        /// The file.
        file: String,
        /// How many bytes there are.
        bytes: u64,
    },
    /// Something in the file is not what was written.
    #[error(
        "{file} was changed after it was written: it does not agree with its checksum; copy it again (as a binary file), \
         or export it again with `carat run export`"
    )]
    Changed {
        /// The file.
        file: String,
    },
    /// Something stands behind the end.
    #[error(
        "{file} goes on behind its end: {bytes} bytes stand there that are not part of it; copy it again, or export it \
         again with `carat run export`"
    )]
    GoesOn {
        /// The file.
        file: String,
        /// How many bytes too many there are.
        bytes: u64,
    },
    /// The file is as it was written, but what was written does not make sense.
    #[error("{file} does not make sense: {what}; export it again with `carat run export`")]
    Nonsense {
        /// The file.
        file: String,
        /// What does not make sense.
        what: String,
    },
    /// The file cannot be read.
    #[error("cannot read {file}: {cause}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the operating system says.
        cause: String,
    },
    /// The archive cannot be written.
    #[error("cannot write the archive: {cause}")]
    Unwritable {
        /// What kind of failure.
        kind: io::ErrorKind,
        /// What the operating system says.
        cause: String,
    },
    /// The archive has no sample with this number.
    #[error("{file} has no sample number {seq}")]
    NoSuchSample {
        /// The file.
        file: String,
        /// Which number.
        seq: u64,
    },
    /// There is a run of that id in the store, and it is not the same.
    #[error(
        "there is a run {run} already, and what it recorded is not what {file} holds; import it into a store of its own: \
         carat --store OTHER.db run import {file}"
    )]
    Differs {
        /// Which run.
        run: RunId,
        /// The file.
        file: String,
    },
    /// The store, on the one side or the other.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ArchiveError {
    pub(super) fn unwritable(error: &io::Error) -> Self {
        Self::Unwritable { kind: error.kind(), cause: error.to_string() }
    }
}
