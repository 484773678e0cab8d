//! Why a command could not do its work, and whose fault that is: decided once, here.

use carat_core::DataError;
use carat_eval::{PlanError, RunError};
use carat_models::ModelSetupError;
use carat_registry::{CatalogueError, PROJECT_FILE, ProjectError};
use carat_store::{RowsError, StoreError};

use crate::exit::Exit;

/// A command could not do its work.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) exit: Exit,
    pub(crate) message: String,
}

impl Fault {
    /// The person can mend it.
    pub(crate) fn mendable(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Mendable, message: message.to_string() }
    }

    /// The world failed.
    pub(crate) fn world(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::World, message: message.to_string() }
    }

    /// There is nothing to run.
    pub(crate) fn nothing(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Nothing, message: message.to_string() }
    }

    /// A bug of carat.
    pub(crate) fn bug(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Bug, message: message.to_string() }
    }
}

impl From<ProjectError> for Fault {
    fn from(error: ProjectError) -> Self {
        Self::mendable(error)
    }
}

impl From<DataError> for Fault {
    fn from(error: DataError) -> Self {
        Self::mendable(error)
    }
}

impl From<ModelSetupError> for Fault {
    fn from(error: ModelSetupError) -> Self {
        Self::mendable(format!("{PROJECT_FILE}: {error}"))
    }
}

impl From<PlanError> for Fault {
    fn from(error: PlanError) -> Self {
        Self::mendable(error)
    }
}

impl From<carat_core::PromptError> for Fault {
    fn from(error: carat_core::PromptError) -> Self {
        Self::mendable(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Reference(_)
            | StoreError::NoSuchRun { .. }
            | StoreError::NoSuchSample { .. }
            | StoreError::NoSuchVersion { .. }
            | StoreError::NoRows { .. }
            | StoreError::Outrun { .. }
            | StoreError::NotSupported { .. }
            | StoreError::Running { .. } => Self::mendable(error),
            StoreError::OutOfOrder { .. } | StoreError::RunExists { .. } | StoreError::Unrecordable { .. } => {
                Self::bug(error)
            }
            _ => Self::world(error),
        }
    }
}

impl From<RowsError> for Fault {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Store(error) => error.into(),
            RowsError::Data(_) | RowsError::Others { .. } => Self::mendable(error),
        }
    }
}

impl From<CatalogueError> for Fault {
    fn from(error: CatalogueError) -> Self {
        match error {
            CatalogueError::Store(error) => error.into(),
            CatalogueError::Project(error) => error.into(),
            CatalogueError::Unreadable { .. } => Self::world(error),
            other => Self::mendable(other),
        }
    }
}

impl From<RunError> for Fault {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Sink(_) => Self::world(error),
            RunError::Data(_) => Self::mendable(error),
            RunError::Broken(_) => Self::bug(error),
        }
    }
}
