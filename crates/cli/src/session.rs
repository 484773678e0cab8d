//! What a command works in: the project, its store, and how much to say.

use std::path::{Path, PathBuf};

use carat_registry::{PROJECT_FILE, Project};
use carat_store::Store;

use crate::args::Global;
use crate::fault::Fault;

/// Where the store is, unless somebody says otherwise.
const STORE: &str = ".carat/carat.db";

/// What a command works in.
pub(crate) struct Session {
    pub(crate) project: Project,
    store: String,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
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
        Ok(Self { project, store, quiet: global.quiet, verbose: global.verbose })
    }

    /// Opens the store.
    pub(crate) async fn store(&self) -> Result<Store, Fault> {
        Ok(Store::open(&self.store).await?)
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
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
