//! Why a name means nothing, or what it means cannot be had.

use carat_core::version::{BadReference, Kind, VersionId};
use carat_core::{DataError, PromptError};
use carat_store::{ReferenceError, RowsError, StoreError};

use crate::ProjectError;

/// A name means nothing, or what it means cannot be had. Every message says what to do, or what there is instead.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// What was typed cannot be the name of a version.
    #[error(transparent)]
    Malformed(#[from] BadReference),
    /// The beginning of a digest is that of several versions.
    #[error(transparent)]
    Ambiguous(ReferenceError),
    /// A version is wanted and a file was named.
    #[error("`{name}` is the {kind} as it is now, not a version of it; {choice}")]
    Working {
        /// What kind of thing.
        kind: Kind,
        /// Its name.
        name: String,
        /// The versions that there are.
        choice: String,
    },
    /// There are versions of the name, and this is none of them.
    #[error("the {kind} `{name}` has no {wanted}; {choice}{hint}")]
    NoSuchVersion {
        /// What kind of thing.
        kind: Kind,
        /// Its name.
        name: String,
        /// `version 9`, ``label `prodution` ``.
        wanted: String,
        /// `; did you mean …?`, or nothing.
        hint: String,
        /// The versions that there are.
        choice: String,
    },
    /// At that instant there was no such version, or the label pointed nowhere.
    #[error("the {kind} `{name}` had no {wanted} at {at}{since}")]
    NotThen {
        /// What kind of thing.
        kind: Kind,
        /// Its name.
        name: String,
        /// ``label `production` ``, `version`.
        wanted: String,
        /// The instant.
        at: String,
        /// `; … since when`, or nothing.
        since: String,
    },
    /// An instant that is none.
    #[error("`{at}` is no instant: {why}; write it as 2026-05-31T16:00:00Z")]
    BadInstant {
        /// What was written.
        at: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is such a thing, and none of its contents has been saved.
    #[error("the {kind} `{name}` has no saved version yet; {advice}")]
    NotSaved {
        /// What kind of thing.
        kind: Kind,
        /// Its name.
        name: String,
        /// The command that saves one.
        advice: String,
    },
    /// Nothing is called that.
    #[error("there is no {kind} `{name}`, neither as a file nor as a version{hint}")]
    Unknown {
        /// What kind of thing.
        kind: Kind,
        /// The name.
        name: String,
        /// `; did you mean …?`, or nothing.
        hint: String,
    },
    /// There are versions of the name, and no file.
    #[error("the {kind} `{name}` is not in the project any more; {choice}")]
    NoFile {
        /// What kind of thing.
        kind: Kind,
        /// The name.
        name: String,
        /// The versions that there are.
        choice: String,
    },
    /// What goes by this name as a file can have no versions.
    #[error("`{name}` cannot be the name of a {kind} that has versions: {why}; rename its file")]
    BadName {
        /// What kind of thing.
        kind: Kind,
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A version of which only number and digest are known.
    #[error("of the {} {version} ({}) only the name is known: {why}", .version.kind, .version.digest.short())]
    NotKept {
        /// Which version.
        version: Box<VersionId>,
        /// Why its content was not kept, and what to do.
        why: &'static str,
    },
    /// What was kept of a version is not what was saved.
    #[error("the {} {version} cannot be read back: {cause}", .version.kind)]
    Unreadable {
        /// Which version.
        version: Box<VersionId>,
        /// What is wrong with it.
        cause: String,
    },
    /// Something in the project cannot be used as it is.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// Golden rows cannot be read, or are not as they should be.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The rows of a file are not the ones any more that were found in it.
    #[error(transparent)]
    Changed(RowsError),
    /// The store cannot do what was asked.
    #[error(transparent)]
    Store(StoreError),
}

impl CatalogueError {
    pub(super) fn unreadable(version: &VersionId, cause: impl ToString) -> Self {
        Self::Unreadable { version: Box::new(version.clone()), cause: cause.to_string() }
    }

    pub(super) fn not_kept(version: &VersionId, why: &'static str) -> Self {
        Self::NotKept { version: Box::new(version.clone()), why }
    }
}

impl From<StoreError> for CatalogueError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Reference(error) => Self::Ambiguous(error),
            other => Self::Store(other),
        }
    }
}

impl From<RowsError> for CatalogueError {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Data(error) => Self::Data(error),
            RowsError::Store(error) => error.into(),
            error @ RowsError::Others { .. } => Self::Changed(error),
        }
    }
}

impl From<PromptError> for CatalogueError {
    fn from(error: PromptError) -> Self {
        Self::Project(error.into())
    }
}
