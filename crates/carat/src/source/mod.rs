//! Where prompts come from.

mod bundle_file;
mod folder;
mod look;
#[cfg(feature = "store")]
mod store;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use carat_prompt::PromptError;

use crate::GetError;
use crate::bundle::{BundleError, FileKind, kind_of_file};
use crate::shelf::Shelf;

/// What begins the address of a store.
const STORE_SCHEMES: [&str; 3] = ["sqlite:", "postgres:", "postgresql:"];

/// Prompts cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There is nothing at that place.
    #[error(
        "there is no {place}; give a bundle (`carat prompt export --out prompts.carat` makes one) or a folder of prompts"
    )]
    NotThere {
        /// The place.
        place: String,
    },
    /// The bundle is not as it should be.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A working file is not as it should be.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The folder has no prompt in it.
    #[error("there is no prompt (NAME.prompty) in {place}")]
    NoPrompts {
        /// The folder.
        place: String,
    },
    /// A file or folder cannot be read.
    #[error("cannot read {file}: {cause}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why, and what to do.
        cause: String,
    },
    /// The place is a store, and this library was built without the feature that reads one.
    #[error(
        "{place} is a store of carat; build with the feature `store` of this library to read it, or export a bundle"
    )]
    IsAStore {
        /// The place.
        place: String,
    },
    /// The store cannot be read.
    #[error("cannot read the prompts of {place}: {cause}")]
    Store {
        /// The store.
        place: String,
        /// What it says.
        cause: String,
    },
    /// Something that [`crate::Options::require`] asks for is not there.
    #[error("what the application needs is not there: {0}")]
    Required(#[source] GetError),
    /// No thread can be had to look for changes.
    #[error("cannot start the thread that looks for changes: {cause}")]
    NoThread {
        /// What the operating system says.
        cause: String,
    },
}

impl OpenError {
    fn unreadable(path: &Path, error: impl ToString) -> Self {
        Self::Unreadable { file: path.display().to_string(), cause: error.to_string() }
    }
}

/// A place that prompts are loaded from, again and again.
pub(crate) enum Source {
    Bundle(bundle_file::BundleFile),
    Folder(folder::Folder),
    #[cfg(feature = "store")]
    Store(store::StoreSource),
}

impl Source {
    /// What is at a place. Nothing is loaded yet.
    pub(crate) fn at(place: &Path) -> Result<Self, OpenError> {
        let text = place.to_string_lossy();
        if STORE_SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
            return store_at(&text);
        }
        let missing = || OpenError::NotThere { place: text.clone().into_owned() };
        let found = std::fs::metadata(place).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => missing(),
            _ => OpenError::unreadable(place, error),
        })?;
        if found.is_dir() {
            return Ok(Self::Folder(folder::Folder::new(place)));
        }
        match kind_of_file(&first_bytes(place).map_err(|error| OpenError::unreadable(place, error))?) {
            FileKind::Store => store_at(&text),
            FileKind::Bundle | FileKind::Run | FileKind::Other => {
                Ok(Self::Bundle(bundle_file::BundleFile::new(PathBuf::from(place))))
            }
        }
    }

    /// How long to wait between looks where nobody said.
    pub(crate) const fn interval(&self) -> Duration {
        match self {
            Self::Bundle(_) | Self::Folder(_) => Duration::from_secs(1),
            #[cfg(feature = "store")]
            Self::Store(_) => Duration::from_secs(10),
        }
    }

    /// Whether something may have changed since it was loaded. Cheap.
    pub(crate) fn may_have_changed(&mut self) -> bool {
        match self {
            Self::Bundle(bundle) => bundle.may_have_changed(),
            Self::Folder(folder) => folder.may_have_changed(),
            #[cfg(feature = "store")]
            Self::Store(store) => store.may_have_changed(),
        }
    }

    /// Loads everything; none where it is `current`, which is what is being served.
    pub(crate) fn load(&mut self, current: Option<&Shelf>) -> Result<Option<Shelf>, OpenError> {
        match self {
            Self::Bundle(bundle) => bundle.load(current),
            Self::Folder(folder) => folder.load().map(Some),
            #[cfg(feature = "store")]
            Self::Store(store) => store.load(current),
        }
    }
}

fn first_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut first = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut first)?;
    Ok(first)
}

#[cfg(feature = "store")]
fn store_at(place: &str) -> Result<Source, OpenError> {
    Ok(Source::Store(store::StoreSource::new(place)))
}

#[cfg(not(feature = "store"))]
fn store_at(place: &str) -> Result<Source, OpenError> {
    Err(OpenError::IsAStore { place: place.to_owned() })
}
