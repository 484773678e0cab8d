//! What can go wrong with a store, for the person who has to mend it.

use carat_core::{RunId, SinkError};

use crate::ReferenceError;

/// A store could not do what was asked. The message names the file, the cause and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The location is a URL of something that is not a file.
    #[error("{scheme}:// stores are not supported: carat keeps its store in an SQLite file; give the path of one")]
    NotSupported {
        /// What stands before `://`. The rest may hold a password and is not shown.
        scheme: String,
    },
    /// A folder for the store, or for its locks, cannot be made.
    #[error("cannot make the folder {folder}: {cause}; make it by hand, or keep the store somewhere else")]
    Folder {
        /// The folder.
        folder: String,
        /// What the operating system says.
        cause: String,
    },
    /// The file cannot be opened at all.
    #[error("cannot open the store {file}: {cause}; is it a file in a folder that you may read and write?")]
    CannotOpen {
        /// The store.
        file: String,
        /// What the database says.
        cause: String,
    },
    /// The store can be read but not written.
    #[error(
        "cannot write to the store {file}: {cause}; allow writing to the file and its folder, or use a store elsewhere"
    )]
    ReadOnly {
        /// The store.
        file: String,
        /// What the database or the operating system says.
        cause: String,
    },
    /// The file is something else than a store.
    #[error("{file} is not a store of carat: {what}; give another path, or move that file away")]
    NotAStore {
        /// The file.
        file: String,
        /// What it is instead.
        what: String,
    },
    /// The store was written by a later version of carat.
    #[error("the store {file} was written by a newer carat (its shape {version} is not known here); use that version")]
    Newer {
        /// The store.
        file: String,
        /// The number of the first migration that is not known.
        version: i64,
    },
    /// Somebody else holds the store for longer than is waited.
    #[error("the store {file} is locked by another program; let that finish or close it, and try again")]
    Locked {
        /// The store.
        file: String,
    },
    /// There is no room left.
    #[error("no room is left for the store {file}; free some space on that disk")]
    Full {
        /// The store.
        file: String,
    },
    /// The disk fails.
    #[error("reading or writing the store {file} failed: {cause}; check the disk")]
    Disk {
        /// The store.
        file: String,
        /// What the database says.
        cause: String,
    },
    /// What is in the store does not make sense.
    #[error("the store {file} is damaged: {what}; put a copy in its place, or move it away to begin a new one")]
    Damaged {
        /// The store.
        file: String,
        /// What does not make sense.
        what: String,
    },
    /// Another process, or another part of this one, writes this run.
    #[error("run {run} is being written by another carat; wait for it to end, or stop it")]
    Running {
        /// Which run.
        run: RunId,
    },
    /// There is a run with this id already.
    #[error("there is a run {run} already; a run's id is used once")]
    RunExists {
        /// Which run.
        run: RunId,
    },
    /// There is no run with this id.
    #[error("there is no run {run} in the store {file}")]
    NoSuchRun {
        /// Which run.
        run: RunId,
        /// The store.
        file: String,
    },
    /// The run has no sample with this number.
    #[error("run {run} has no sample number {seq}")]
    NoSuchSample {
        /// Which run.
        run: RunId,
        /// Which number.
        seq: u64,
    },
    /// There is no such version.
    #[error("there is no version {version} in the store")]
    NoSuchVersion {
        /// The name with the number: `support/triage@7`.
        version: String,
    },
    /// A version of a dataset is known by its digest only.
    #[error(
        "the rows of {version} are not kept; a version keeps them that is saved, or evaluated as a whole, while its file has them"
    )]
    NoRows {
        /// The name with the number: `tickets@3`.
        version: String,
    },
    /// Somebody else changed what was to be changed, after it was looked at and before it was.
    #[error("{what}: somebody else was faster; see how it stands, and decide again")]
    Outrun {
        /// What is not as it was seen to be, as a sentence.
        what: String,
    },
    /// An event came with a number that is taken. A mistake of the caller.
    #[error("run {run}: an event came with number {seq} where {next} or more is due")]
    OutOfOrder {
        /// Which run.
        run: RunId,
        /// The event's number.
        seq: u64,
        /// The least number that is not taken.
        next: u64,
    },
    /// A value that no database column holds. A mistake of the caller.
    #[error("{what} cannot be recorded: {cause}")]
    Unrecordable {
        /// What.
        what: &'static str,
        /// Why.
        cause: String,
    },
    /// What a person wrote names no run, version or promotion, or several.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// Anything else that the database says.
    #[error("cannot {doing} in the store {file}: {cause}")]
    Database {
        /// The store.
        file: String,
        /// What was being done.
        doing: &'static str,
        /// What the database says.
        cause: String,
    },
}

impl StoreError {
    /// Whether the same thing may succeed a little later without anything being changed here: no room, a failing disk, a
    /// lock.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Disk { .. } | Self::Locked { .. })
    }
}

impl From<StoreError> for SinkError {
    fn from(error: StoreError) -> Self {
        Self { message: error.to_string(), source: Some(Box::new(error)) }
    }
}
