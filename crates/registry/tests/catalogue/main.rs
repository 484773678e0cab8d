//! Names as files and as versions.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod datasets;
mod differences;
mod errors;
mod evals;
mod models;
mod prompts;

use std::sync::Arc;

use carat_core::version::{Actor, Kind, Label, Reference, Source};
use carat_registry::{Catalogue, Project};
use carat_store::{NewVersion, Saved, Store, Version};
use tempfile::TempDir;

/// A project in a folder that is gone afterwards, and a store in memory.
struct World {
    folder: TempDir,
    catalogue: Catalogue,
}

impl World {
    async fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("carat.yaml"), "").unwrap();
        let catalogue = Catalogue {
            project: Project::open(folder.path()).unwrap(),
            store: Arc::new(Store::in_memory().await.unwrap()),
            now: "2026-05-01T08:00:00.000Z".to_owned(),
            by: Actor { name: "Ada <ada@example.com>".to_owned(), source: Source::Git },
            commit: Some("4b825dc+".to_owned()),
        };
        let mut world = Self { folder, catalogue };
        for (path, text) in files {
            world.put(path, text);
        }
        world
    }

    fn put(&mut self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self.catalogue.project = Project::open(self.folder.path()).unwrap();
    }

    fn delete(&self, path: &str) {
        std::fs::remove_file(self.folder.path().join(path)).unwrap();
    }

    /// Saves a prompt's file as it is now.
    async fn save(&self, prompt: &str) -> Saved {
        let found = self.catalogue.prompt(prompt).await.unwrap();
        self.catalogue.save_prompt(&found, None).await.unwrap()
    }

    /// Puts a text into a prompt's file and saves it at an instant.
    async fn save_text(&mut self, prompt: &str, text: &str, at: &str) -> Saved {
        self.put(&format!("prompts/{prompt}.prompty"), text);
        at.clone_into(&mut self.catalogue.now);
        self.save(prompt).await
    }

    async fn label(&self, kind: Kind, name: &str, word: &str, to: Option<u32>, at: &str) {
        let by = &self.catalogue.by;
        let label = Label::new(word).unwrap();
        self.catalogue.store.move_label(kind, name, &label, to, by, at, None).await.unwrap();
    }

    /// The number that a reference to a version means, now or at an instant; or what is said instead.
    async fn number(&self, kind: Kind, reference: &str, at: Option<&str>) -> Result<u32, String> {
        let reference = Reference::read(reference).unwrap();
        let found: Result<Version, _> = self.catalogue.resolve(kind, &reference, at).await;
        found.map(|version| version.id.number).map_err(|error| error.to_string())
    }

    /// Writes a version past everything that sees to what versions are.
    async fn forge(&self, kind: Kind, name: &str, digest: carat_core::Digest, body: Option<&str>) -> Saved {
        let (by, at) = (&self.catalogue.by, self.catalogue.now.as_str());
        let new = NewVersion { kind, name, digest, body, by, at, message: None, commit: None };
        self.catalogue.store.save_version(&new).await.unwrap()
    }
}
