//! Which models a project uses, and where it says so.

use carat_core::nearest::did_you_mean;
use carat_core::spec::ModelSpec;
use carat_core::version::{Kind, Label, VersionId};
use carat_registry::{Catalogue, PROJECT_FILE, Project, provider_of};
use serde::Serialize;

use crate::fault::Fault;

/// A model that somebody else serves, as the project names it.
#[derive(Debug)]
pub(super) struct Pinned {
    /// As the provider calls it.
    pub(super) model: String,
    /// As a calendar names the provider; none where only prompts name the model.
    pub(super) provider: Option<String>,
    /// Its name in `carat.yaml`, by which its server is asked.
    pub(super) name: Option<String>,
    /// Never empty.
    pub(super) places: Vec<Place>,
}

/// Where a model is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Place {
    /// The file; for what a label points to, the reference: `main@production`.
    pub(super) file: String,
    /// What in the file.
    pub(super) key: String,
    /// Whether a model's settings name it or a prompt does.
    pub(super) kind: Kind,
    /// The name of these settings or of this prompt in the project.
    pub(super) name: String,
    /// The label; none for what the project has now.
    pub(super) label: Option<Label>,
    /// The number of the version that the label points to.
    pub(super) version: Option<u32>,
}

/// The models of a project, and the prompts that could not be looked at.
#[derive(Debug, Default)]
pub(super) struct Pins {
    pub(super) models: Vec<Pinned>,
    pub(super) unread: Vec<String>,
}

impl Pins {
    /// All models of the project: those of `carat.yaml` by name, then those that only prompts name.
    pub(super) fn of(project: &Project) -> Self {
        let mut pins = Self::default();
        for (name, spec) in &project.spec.models {
            if provider_of(spec).is_some() {
                pins.of_project(name, spec);
            }
        }
        for name in project.prompts() {
            match project.prompt(&name) {
                Ok(on_disk) => {
                    let place = Place::now(Kind::Prompt, &name, on_disk.prompt.file.clone(), "model".to_owned());
                    let model = on_disk.prompt.intended_model.clone();
                    model.into_iter().for_each(|model| pins.of_prompt(project, place.clone(), model));
                }
                Err(error) => pins.unread.push(error.to_string()),
            }
        }
        pins
    }

    /// Adds what labels point to: whatever the files say by now, that is what is used under them.
    pub(super) async fn add_labelled(&mut self, catalogue: &Catalogue) -> Result<(), Fault> {
        let store = &catalogue.store;
        for name in store.names(Kind::Model).await? {
            for (label, id) in store.labels(Kind::Model, &name).await? {
                let place = Place::labelled(&id, label, format!("version {}", id.number));
                match catalogue.model_of(&id).await {
                    Ok(found) if provider_of(&found.spec).is_some() => self.settings(&name, &found.spec, place, false),
                    Ok(_) => {}
                    Err(error) => self.unread.push(format!("{}: {error}", place.file)),
                }
            }
        }
        for name in store.names(Kind::Prompt).await? {
            for (label, id) in store.labels(Kind::Prompt, &name).await? {
                let place = Place::labelled(&id, label, "model".to_owned());
                match catalogue.prompt_of(&id).await {
                    Ok(found) => {
                        let model = found.prompt.intended_model.clone();
                        model.into_iter().for_each(|model| self.of_prompt(&catalogue.project, place.clone(), model));
                    }
                    Err(error) => self.unread.push(format!("{}: {error}", place.file)),
                }
            }
        }
        Ok(())
    }

    fn of_project(&mut self, name: &str, spec: &ModelSpec) {
        let place = Place::now(Kind::Model, name, PROJECT_FILE.to_owned(), format!("models.{name}"));
        self.settings(name, spec, place, true);
    }

    /// `is_now` if `carat.yaml` has these settings, so that their server can be asked.
    fn settings(&mut self, name: &str, spec: &ModelSpec, place: Place, is_now: bool) {
        let model = spec.model.clone().unwrap_or_else(|| name.to_owned());
        let provider = provider_of(spec);
        match self.models.iter_mut().find(|pinned| pinned.model == model && pinned.provider == provider) {
            Some(pinned) => pinned.places.push(place),
            None => {
                let name = is_now.then(|| name.to_owned());
                self.models.push(Pinned { model, provider, name, places: vec![place] });
            }
        }
    }

    /// A prompt means a model of `carat.yaml`, by its name there or as its provider calls it; or one that no other file knows.
    fn of_prompt(&mut self, project: &Project, place: Place, model: String) {
        if project.spec.models.get(&model).is_some_and(|spec| provider_of(spec).is_none()) {
            return;
        }
        let by_name = format!("models.{model}");
        let is_named = |pinned: &Pinned| pinned.places.iter().any(|place| place.key == by_name);
        let at = self.models.iter().position(is_named);
        let at = at.or_else(|| self.models.iter().position(|pinned| pinned.model == model));
        match at.and_then(|at| self.models.get_mut(at)) {
            Some(pinned) => pinned.places.push(place),
            None => self.models.push(Pinned { model, provider: None, name: None, places: vec![place] }),
        }
    }

    /// Only those that somebody named: by their names in `carat.yaml`, now or as labels point to them, as providers call them,
    /// or by a label (`main@production`).
    ///
    /// # Errors
    /// There is none of such a name; the nearest is told.
    pub(super) fn only(self, names: &[String], project: &Project) -> Result<Self, Fault> {
        for name in names {
            let is_here = project.spec.models.contains_key(name) || self.models.iter().any(|pinned| pinned.is(name));
            if !is_here {
                let known = project.spec.models.keys().chain(self.models.iter().flat_map(Pinned::names));
                let hint = did_you_mean(name, known.map(String::as_str));
                let why = format!("{PROJECT_FILE}, the prompts and the labels have no model `{name}`{hint}");
                return Err(Fault::mendable(why));
            }
        }
        let models = self.models.into_iter().filter(|pinned| names.iter().any(|name| pinned.is(name))).collect();
        Ok(Self { models, ..self })
    }
}

impl Pinned {
    fn is(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    /// What it goes by.
    fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.model).chain(self.places.iter().flat_map(Place::names))
    }
}

impl Place {
    fn now(kind: Kind, name: &str, file: String, key: String) -> Self {
        Self { file, key, kind, name: name.to_owned(), label: None, version: None }
    }

    fn labelled(id: &VersionId, label: Label, key: String) -> Self {
        let (file, name, version) = (format!("{}@{label}", id.name), id.name.clone(), Some(id.number));
        Self { file, key, kind: id.kind, name, label: Some(label), version }
    }

    /// What a model goes by that is named here: the name of its settings, and the label that points to them or to the prompt.
    fn names(&self) -> impl Iterator<Item = &String> {
        let by_name = (self.kind == Kind::Model).then_some(&self.name);
        let by_label = self.label.as_ref().map(|_| &self.file);
        by_name.into_iter().chain(by_label)
    }
}
