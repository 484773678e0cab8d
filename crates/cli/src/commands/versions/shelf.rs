//! Where the things of one kind are found, as files and as versions.

use std::path::Path;
use std::sync::Arc;

use carat_core::Digest;
use carat_core::spec::{ModelSpec, Provider};
use carat_core::version::{Kind, Pick, Reference, VersionId};
use carat_models::{Surroundings, build, is_variable_name};

use carat_registry::{Catalogue, FoundDataset, FoundEval, FoundModel, FoundPrompt};
use carat_store::{Store, Version};

use crate::fault::Fault;
use crate::session::Session;

use super::noun;

/// All that a project has, and had, of one kind.
pub(crate) struct Shelf {
    pub(crate) kind: Kind,
    pub(crate) session: Session,
    pub(crate) catalogue: Catalogue,
}

/// What a reference leads to: a file as it is now, or a version.
pub(crate) enum Found {
    Prompt(FoundPrompt),
    Dataset(FoundDataset),
    Model(FoundModel),
    Eval(FoundEval),
}

impl Found {
    /// Its name in the project.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Prompt(found) => &found.prompt.name,
            Self::Dataset(found) => &found.name,
            Self::Model(found) => &found.name,
            Self::Eval(found) => &found.eval.name,
        }
    }

    /// Which version was asked for; none for what the project has now.
    pub(crate) fn version(&self) -> Option<&VersionId> {
        match self {
            Self::Prompt(found) => found.version.as_ref(),
            Self::Dataset(found) => found.version.as_ref(),
            Self::Model(found) => found.version.as_ref(),
            Self::Eval(found) => found.version.as_ref(),
        }
    }

    /// The name of its content; none for a model that is known by answers which only an eval reads.
    ///
    /// # Errors
    /// The settings of a model are not right, or hold a credential.
    pub(crate) fn digest(&self) -> Result<Option<Digest>, Fault> {
        Ok(match self {
            Self::Prompt(found) => Some(found.prompt.digest()),
            Self::Dataset(found) => Some(found.digest),
            Self::Eval(found) => Some(found.eval.digest()),
            Self::Model(found) => match &found.version {
                Some(version) => Some(version.digest),
                None => digest_of_model(&found.name, &found.spec)?,
            },
        })
    }
}

/// The name of a model's settings, if they are fit to be kept and shown; none for recorded answers. What is wrong with them is
/// told as an eval tells it, but that no variable has to be set: a key in the place of its variable, a credential in an address
/// or in a header.
pub(crate) fn digest_of_model(name: &str, spec: &ModelSpec) -> Result<Option<Digest>, Fault> {
    if spec.provider == Provider::Recorded && spec.from.is_some() {
        return Ok(None);
    }
    let env = |variable: &str| is_variable_name(variable).then(|| "set".to_owned());
    let surroundings = Surroundings { env: &env, folder: Path::new("."), recorded: None };
    Ok(Some(spec.settings_digest(build(name, spec, &surroundings)?.id().digest)))
}

impl Shelf {
    /// For a command that looks: no store is made.
    pub(crate) async fn to_read(kind: Kind, session: &Session) -> Result<Self, Fault> {
        let session = session.only_looking();
        let store = Arc::new(session.store().await?);
        Ok(Self { kind, catalogue: session.catalogue_to_read(&store), session })
    }

    /// For a command that changes something.
    pub(crate) async fn to_change(kind: Kind, session: &Session) -> Result<Self, Fault> {
        let store = Arc::new(session.store().await?);
        Ok(Self { kind, catalogue: session.catalogue(&store), session: session.clone() })
    }

    /// Closes the store, where nobody else has it.
    pub(crate) async fn close(self) {
        if let Some(store) = Arc::into_inner(self.catalogue.store) {
            store.close().await;
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.catalogue.store
    }

    /// The noun on the command line.
    pub(crate) const fn noun(&self) -> &'static str {
        noun(self.kind)
    }

    /// What a reference leads to.
    ///
    /// # Errors
    /// Nothing is there, with what there is instead.
    pub(crate) async fn find(&self, reference: &str) -> Result<Found, Fault> {
        let catalogue = &self.catalogue;
        Ok(match self.kind {
            Kind::Prompt => Found::Prompt(catalogue.prompt(reference).await?),
            Kind::Dataset => Found::Dataset(catalogue.dataset(reference).await?),
            Kind::Model => Found::Model(catalogue.model(reference).await?),
            Kind::Eval => Found::Eval(catalogue.eval(reference).await?),
        })
    }

    /// A version with its content.
    ///
    /// # Errors
    /// Its content was not kept, or cannot be read.
    pub(crate) async fn found(&self, id: &VersionId) -> Result<Found, Fault> {
        let catalogue = &self.catalogue;
        Ok(match self.kind {
            Kind::Prompt => Found::Prompt(catalogue.prompt_of(id).await?),
            Kind::Dataset => Found::Dataset(catalogue.dataset_of(id).await?),
            Kind::Model => Found::Model(catalogue.model_of(id).await?),
            Kind::Eval => Found::Eval(catalogue.eval_of(id).await?),
        })
    }

    /// The version that a reference means now.
    ///
    /// # Errors
    /// It means none, with what there is instead.
    pub(crate) async fn version(&self, reference: &str) -> Result<Version, Fault> {
        let reference = Reference::read(reference).map_err(Fault::mendable)?;
        Ok(self.catalogue.resolve(self.kind, &reference, None).await?)
    }

    /// The newest version of a name, under the name that versions go by: a path is a name as well.
    ///
    /// # Errors
    /// The name has no version; it names one version rather than all of them.
    pub(crate) async fn newest(&self, name: &str) -> Result<Version, Fault> {
        let pick = Pick::Latest;
        // A name may have an `@` in it.
        if let Some(version) = self.store().version(self.kind, name, &pick).await? {
            return Ok(version);
        }
        let reference = Reference::read(name).map_err(Fault::mendable)?;
        if reference.pick != Pick::Working {
            let noun = self.noun();
            let advice = format!("give the name alone, or see one version with `carat {noun} show {reference}`");
            return Err(Fault::mendable(format!("`{name}` is one version; {advice}")));
        }
        Ok(self.catalogue.resolve(self.kind, &Reference { pick, ..reference }, None).await?)
    }

    /// The names of what the project has now, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let project = &self.catalogue.project;
        match self.kind {
            Kind::Prompt => project.prompts(),
            Kind::Dataset => project.datasets(),
            Kind::Eval => project.evals(),
            Kind::Model => project.spec.models.keys().cloned().collect(),
        }
    }
}
