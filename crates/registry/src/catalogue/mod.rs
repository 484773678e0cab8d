//! What a project's names mean, as files and as versions.
//!
//! `support/triage` is the file as it is now; `support/triage@3`, `@production`, `@latest` and `@9f2c41ab03de` are versions
//! that a store keeps. Both come out as the same thing – a [`FoundPrompt`], [`FoundDataset`], [`FoundModel`] or [`FoundEval`] –
//! so that a version is rendered, evaluated, compared and exported by the code that does it for a file.
//!
//! **A working file is never shadowed.** A name without `@` is the file, whatever has been saved under it; and a file or a
//! model whose very name has an `@` in it is meant by that name.
//!
//! **What is read back is what was saved.** A version that does not come out with its digest is refused. One of which only
//! the name is known is read from the file as long as that has the same content.

pub mod diff;
mod error;
mod evals;
mod meaning;
mod models;
mod prompts;
mod resolve;
mod rows;
mod sets;

use std::sync::Arc;

use carat_core::Digest;
use carat_core::version::{Actor, Kind, VersionId};
use carat_store::{NewVersion, Saved, Store};

use crate::{Project, ProjectError};

pub use error::CatalogueError;
pub use evals::FoundEval;
pub use models::FoundModel;
pub use prompts::FoundPrompt;
pub use sets::FoundDataset;

/// A project's files and its store, side by side.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The files.
    pub project: Project,
    /// What is kept.
    pub store: Arc<Store>,
    /// Now: RFC 3339 in UTC, to the millisecond.
    pub now: String,
    /// Who saves, as they claim.
    pub by: Actor,
    /// The git commit of the project, with `+` behind it where files differ from it.
    pub commit: Option<String>,
}

impl Catalogue {
    /// Gives a content its number under a name, if it has none yet.
    async fn save(
        &self,
        what: (Kind, &str, Digest),
        body: Option<&str>,
        message: Option<&str>,
    ) -> Result<Saved, CatalogueError> {
        Ok(self.store.save_version(&self.new_version(what, body, message)).await?)
    }

    fn new_version<'a>(
        &'a self,
        (kind, name, digest): (Kind, &'a str, Digest),
        body: Option<&'a str>,
        message: Option<&'a str>,
    ) -> NewVersion<'a> {
        let (by, at, commit) = (&self.by, self.now.as_str(), self.commit.as_deref());
        NewVersion { kind, name, digest, body, by, at, message, commit }
    }

    /// What a version consists of, where that was kept.
    async fn body(&self, id: &VersionId) -> Result<Option<String>, CatalogueError> {
        Ok(self.store.body(id).await?)
    }

    /// Why a working file cannot be had: where there is none, the versions of it that there are.
    async fn no_file(&self, kind: Kind, reference: &str, error: ProjectError) -> CatalogueError {
        if self.project.has(kind, reference) {
            return error.into();
        }
        match self.choice(kind, &meaning::name_of(kind, reference)).await {
            Ok(Some(choice)) => CatalogueError::NoFile { kind, name: reference.to_owned(), choice },
            Ok(None) => error.into(),
            Err(error) => error,
        }
    }
}
