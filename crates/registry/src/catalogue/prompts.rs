//! Prompts, as files and as versions.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carat_core::names::unfit;
use carat_core::version::{Kind, VersionId};
use carat_core::{Image, Package, Prompt};
use carat_store::Saved;

use super::meaning::Meaning;
use super::{Catalogue, CatalogueError};
use crate::{load_image, prompt};

/// A prompt, with all that it consists of.
#[derive(Debug, Clone)]
pub struct FoundPrompt {
    /// The prompt.
    pub prompt: Arc<Prompt>,
    /// Its text, what it includes and the pictures that it names: what makes a version of it.
    pub package: Package,
    /// Which version was asked for; none for the file as it is now.
    pub version: Option<VersionId>,
    /// The project's folder.
    root: PathBuf,
}

/// Why a version of a prompt may have no body.
const NOT_KEPT: &str =
    "it was saved by a carat that did not keep prompts, and the file has changed since; name a newer version";

impl FoundPrompt {
    /// A picture, by its path relative to the prompt's folder. One that the prompt itself names is the one that its digest
    /// covers, whatever lies there by now; one that a row names is read from the project, for a version as for a file.
    ///
    /// # Errors
    /// There is none, it lies outside the project, or it is none that models take.
    pub fn image(&self, path: &str) -> Result<Image, String> {
        if self.package.pictures.contains_key(path) {
            return self.package.image(path);
        }
        let file = self.root.join(&self.package.file);
        load_image(&self.root, file.parent().unwrap_or(Path::new(".")), path)
    }
}

impl Catalogue {
    /// The prompt that a reference means: `support/triage`, `support/triage@production`.
    ///
    /// # Errors
    /// There is no such prompt or version, or it cannot be read; see [`CatalogueError`].
    pub async fn prompt(&self, reference: &str) -> Result<FoundPrompt, CatalogueError> {
        match Meaning::of(&self.project, Kind::Prompt, reference)? {
            Meaning::Working(name) => self.working_prompt(name).await,
            Meaning::Version(reference) => {
                let version = self.resolve(Kind::Prompt, &reference, None).await?;
                self.prompt_of(&version.id).await
            }
        }
    }

    /// The prompt of a version.
    ///
    /// # Errors
    /// It was not kept, or does not come out as it was saved.
    pub async fn prompt_of(&self, id: &VersionId) -> Result<FoundPrompt, CatalogueError> {
        // An older carat kept what reaches the model, and not the file.
        let body = self.body(id).await?;
        let Some(package) = body.and_then(|body| serde_json::from_str::<Package>(&body).ok()) else {
            let working = self.working_prompt(&id.name).await.ok().filter(|found| found.prompt.digest() == id.digest);
            let found = working.ok_or_else(|| CatalogueError::not_kept(id, NOT_KEPT))?;
            return Ok(FoundPrompt { version: Some(id.clone()), ..found });
        };
        let prompt = package.prompt(&id.name).map_err(|error| CatalogueError::unreadable(id, error))?;
        if prompt.digest() != id.digest {
            let cause = format!("what was kept has the digest {}", prompt.digest().short());
            return Err(CatalogueError::unreadable(id, cause));
        }
        let root = self.project.root().to_owned();
        Ok(FoundPrompt { prompt: Arc::new(prompt), package, version: Some(id.clone()), root })
    }

    /// Gives a prompt its number, if it has none yet. What a person said of it is kept with a new one.
    ///
    /// # Errors
    /// Its name is one that no bundle can carry ([`carat_core::names::unfit`]); the store cannot be written.
    pub async fn save_prompt(&self, found: &FoundPrompt, message: Option<&str>) -> Result<Saved, CatalogueError> {
        if let Some(id) = &found.version {
            return Ok(Saved { id: id.clone(), is_new: false });
        }
        if let Some(why) = unfit(&found.prompt.name) {
            return Err(CatalogueError::BadName { kind: Kind::Prompt, name: found.prompt.name.clone(), why });
        }
        let body = serde_json::json!(found.package).to_string();
        let what = (Kind::Prompt, found.prompt.name.as_str(), found.prompt.digest());
        self.save(what, Some(&body), message).await
    }

    async fn working_prompt(&self, reference: &str) -> Result<FoundPrompt, CatalogueError> {
        match prompt::pack(&self.project, reference) {
            Ok((prompt, package)) => {
                let root = self.project.root().to_owned();
                Ok(FoundPrompt { prompt: Arc::new(prompt), package, version: None, root })
            }
            Err(error) => Err(self.no_file(Kind::Prompt, reference, error).await),
        }
    }
}
