//! Models, as `carat.yaml` has them now and as versions of their settings.

use carat_core::Digest;
use carat_core::spec::ModelSpec;
use carat_core::version::{Kind, VersionId};
use carat_store::Saved;

use super::meaning::Meaning;
use super::{Catalogue, CatalogueError};

/// A model's settings.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundModel {
    /// Its name in the project.
    pub name: String,
    /// What it is and how it is reached. Keys are in the environment, never in here.
    pub spec: ModelSpec,
    /// Which version was asked for; none for the settings as they are now.
    pub version: Option<VersionId>,
}

/// Why a version of a model may have no body.
const NOT_KEPT: &str = "its settings were not kept; save them again while `carat.yaml` has them";

impl Catalogue {
    /// The model that a reference means: `gpt`, `gpt@2`.
    ///
    /// # Errors
    /// There is no such model or version, or it cannot be read; see [`CatalogueError`].
    pub async fn model(&self, reference: &str) -> Result<FoundModel, CatalogueError> {
        match Meaning::of(&self.project, Kind::Model, reference)? {
            Meaning::Working(name) => match self.project.model(name) {
                Ok(spec) => Ok(FoundModel { name: name.to_owned(), spec: spec.clone(), version: None }),
                Err(error) => Err(self.no_file(Kind::Model, name, error).await),
            },
            Meaning::Version(reference) => {
                let version = self.resolve(Kind::Model, &reference, None).await?;
                self.model_of(&version.id).await
            }
        }
    }

    /// The settings of a version. Whether the model that is made of them has the version's digest is for who makes it to see,
    /// for how a model is named is the business of its adapter.
    ///
    /// # Errors
    /// They were not kept, or cannot be read any more.
    pub async fn model_of(&self, id: &VersionId) -> Result<FoundModel, CatalogueError> {
        let body = self.body(id).await?.ok_or_else(|| CatalogueError::not_kept(id, NOT_KEPT))?;
        let spec = serde_json::from_str(&body).map_err(|error| CatalogueError::unreadable(id, error))?;
        Ok(FoundModel { name: id.name.clone(), spec, version: Some(id.clone()) })
    }

    /// Gives a model's settings their number, if they have none yet. `digest` is [`ModelSpec::settings_digest`]. Settings with the same digest are the same version, and the first of them are kept.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn save_model(
        &self,
        found: &FoundModel,
        digest: Digest,
        message: Option<&str>,
    ) -> Result<Saved, CatalogueError> {
        if let Some(id) = &found.version {
            return Ok(Saved { id: id.clone(), is_new: false });
        }
        let body = serde_json::json!(found.spec).to_string();
        self.save((Kind::Model, &found.name, digest), Some(&body), message).await
    }
}
