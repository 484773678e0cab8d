//! What a command works in: the project, its store, and how much to say.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carat_core::version::{Actor, Source};
use carat_registry::{Catalogue, PROJECT_FILE, Project};
use carat_store::Store;

use crate::args::Global;
use crate::fault::Fault;
use crate::who;

/// Where the store is, unless somebody says otherwise.
const STORE: &str = ".carat/carat.db";

/// What a command works in.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) project: Project,
    store: String,
    /// Whether a store is made where there is none.
    makes_store: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    /// Who the command line says it is.
    actor: Option<String>,
}

impl Session {
    /// Finds the project that the command line means.
    pub(crate) fn open(global: &Global) -> Result<Self, Fault> {
        let project = match &global.project {
            Some(folder) if !folder.join(PROJECT_FILE).exists() => {
                let advice = "--project takes the folder of a project";
                return Err(Fault::mendable(format!("there is no {PROJECT_FILE} in {}; {advice}", folder.display())));
            }
            Some(folder) => Project::open(folder)?,
            None => Project::find(Path::new("."))?,
        };
        let store = match (&global.store, &project.spec.store) {
            (Some(store), _) => store.clone(),
            (None, Some(store)) if store.contains("://") => store.clone(),
            (None, in_project) => {
                let path: PathBuf = project.root().join(in_project.as_deref().unwrap_or(STORE));
                path.to_string_lossy().into_owned()
            }
        };
        Ok(Self {
            project,
            store,
            makes_store: true,
            quiet: global.quiet,
            verbose: global.verbose,
            actor: global.actor.clone(),
        })
    }

    /// The same for a command that only looks: where there is no store it finds an empty one, and none is made.
    pub(crate) fn only_looking(&self) -> Self {
        Self { makes_store: false, ..self.clone() }
    }

    /// Where the store is: a file, or the address of a database.
    pub(crate) fn store_location(&self) -> &str {
        &self.store
    }

    /// Opens the store where there is one.
    pub(crate) async fn store_if_there(&self) -> Result<Option<Store>, Fault> {
        // What is no file, or cannot even be looked at, is told by opening it.
        let is_missing = !self.store.contains("://") && matches!(std::fs::exists(&self.store), Ok(false));
        if is_missing { Ok(None) } else { Ok(Some(Store::open(&self.store).await?)) }
    }

    /// Opens the store.
    pub(crate) async fn store(&self) -> Result<Store, Fault> {
        match self.store_if_there().await? {
            Some(store) => Ok(store),
            None if self.makes_store => Ok(Store::open(&self.store).await?),
            None => Ok(Store::in_memory().await?),
        }
    }

    /// What names mean, as files and as versions of this store, for a command that saves some: it knows who asks, when, and
    /// from which commit.
    pub(crate) fn catalogue(&self, store: &Arc<Store>) -> Catalogue {
        Catalogue { by: self.actor(), commit: self.commit(), ..self.catalogue_to_read(store) }
    }

    /// The same for a command that only looks, which need not know who asks.
    pub(crate) fn catalogue_to_read(&self, store: &Arc<Store>) -> Catalogue {
        let by = Actor { name: "unknown".to_owned(), source: Source::Unknown };
        Catalogue { project: self.project.clone(), store: Arc::clone(store), now: now(), by, commit: None }
    }

    /// Who changes something, as they claim. Asking takes a few milliseconds.
    pub(crate) fn actor(&self) -> Actor {
        who::actor(self.actor.as_deref(), self.project.root())
    }

    /// The commit that the project is at.
    pub(crate) fn commit(&self) -> Option<String> {
        who::commit(self.project.root())
    }

    /// Says something that a person who asked for quiet does not want to hear.
    pub(crate) fn talk(&self, text: &str) {
        if !self.quiet {
            crate::out::talk(text);
        }
    }
}

/// The wall clock: RFC 3339 in UTC, to the millisecond, so that instants sort as text.
pub(crate) fn now() -> String {
    instant(jiff::Timestamp::now())
}

/// An instant as [`now`] tells it.
pub(crate) fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
