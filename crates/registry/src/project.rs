//! The project: a folder with a `carat.yaml`.

use std::path::{Component, Path, PathBuf};

use carat_core::nearest::did_you_mean;
use carat_core::spec::{ModelSpec, ProjectSpec};
use carat_core::untrusted::visible;
use carat_core::version::Kind;
use carat_core::yaml;

use crate::dataset::{self, Dataset};
use crate::error::{ProjectError, read_text};
use crate::{eval, prompt};

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "carat.yaml";

/// A project on disk.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    /// What `carat.yaml` says.
    pub spec: ProjectSpec,
}

impl Project {
    /// The project of the nearest folder upwards from `start`.
    ///
    /// # Errors
    /// There is none, or its `carat.yaml` is not as it should be.
    pub fn find(start: &Path) -> Result<Self, ProjectError> {
        let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
        let root = absolute.ancestors().find(|folder| folder.join(PROJECT_FILE).is_file());
        let root = root.ok_or_else(|| ProjectError::NoProject { start: absolute.display().to_string() })?;
        Self::open(root)
    }

    /// The project in this very folder.
    ///
    /// # Errors
    /// There is no `carat.yaml` in it, or it is not as it should be.
    pub fn open(root: &Path) -> Result<Self, ProjectError> {
        let text = read_text(&root.join(PROJECT_FILE), PROJECT_FILE)?;
        let spec = if text.trim().is_empty() { ProjectSpec::default() } else { yaml::read(&text, PROJECT_FILE)? };
        Ok(Self { root: root.to_owned(), spec })
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path of the project as the person knows it: relative to the project's folder where it is inside.
    pub fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// The settings of a model.
    ///
    /// # Errors
    /// `carat.yaml` has no such model; the nearest name is given.
    pub fn model(&self, name: &str) -> Result<&ModelSpec, ProjectError> {
        self.spec.models.get(name).ok_or_else(|| {
            let hint = did_you_mean(name, self.spec.models.keys().map(String::as_str));
            ProjectError::Unknown {
                what: "model",
                name: name.to_owned(),
                hint: format!(" under `models` in {PROJECT_FILE}{hint}"),
            }
        })
    }

    /// The names of all prompts, sorted.
    pub fn prompts(&self) -> Vec<String> {
        prompt::names(&self.root.join("prompts"))
    }

    /// Reads a prompt as it is now. `support/triage` is `prompts/support/triage.prompty`; a path works as well.
    ///
    /// # Errors
    /// There is no such prompt (the nearest name is given), or it cannot be read.
    pub fn prompt(&self, reference: &str) -> Result<prompt::PromptOnDisk, ProjectError> {
        prompt::open(self, reference)
    }

    /// The names of all evals, sorted.
    pub fn evals(&self) -> Vec<String> {
        eval::names(&self.root.join("evals"))
    }

    /// Reads an eval spec. `triage` is `evals/triage.yaml`; a path works as well.
    ///
    /// # Errors
    /// There is no such spec (the nearest name is given), or it is not as it should be.
    pub fn eval(&self, reference: &str) -> Result<eval::EvalOnDisk, ProjectError> {
        eval::open(self, reference)
    }

    /// The names of all datasets, sorted.
    pub fn datasets(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.root.join("datasets")) else { return Vec::new() };
        let paths = entries.flatten().map(|entry| entry.path()).filter(|path| dataset::Format::of(path).is_some());
        let mut names: Vec<String> = paths.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
        names.retain(|name| is_legible(name));
        names.sort();
        names
    }

    /// A dataset and its name: `tickets` is `datasets/tickets.*`; a path works as well.
    ///
    /// # Errors
    /// There is no such file, or several; or it is no dataset.
    pub fn dataset(&self, reference: &str) -> Result<(String, Dataset), ProjectError> {
        let path = self.path_of(reference).filter(|path| path.is_file());
        let path = match path {
            Some(path) => path,
            None => dataset::find(&self.root.join("datasets"), reference)?,
        };
        let name = name_in(&self.root.join("datasets"), &path, reference);
        let dataset = Dataset::open(&path, &self.shown(&path))?;
        Ok((name, dataset))
    }

    /// Whether there is a file, or for models an entry in `carat.yaml`, that goes by this very reference.
    pub(crate) fn has(&self, kind: Kind, reference: &str) -> bool {
        match kind {
            Kind::Prompt => prompt::PromptFile::find(self, reference).is_some(),
            Kind::Dataset => {
                self.path_of(reference).is_some_and(|path| path.is_file())
                    || dataset::is_there(&self.root.join("datasets"), reference)
            }
            Kind::Eval => eval::SpecFile::find(self, reference).is_some(),
            Kind::Model => self.spec.models.contains_key(reference),
        }
    }

    /// The names of all things of a kind, sorted.
    pub(crate) fn names(&self, kind: Kind) -> Vec<String> {
        match kind {
            Kind::Prompt => self.prompts(),
            Kind::Dataset => self.datasets(),
            Kind::Eval => self.evals(),
            Kind::Model => self.spec.models.keys().cloned().collect(),
        }
    }

    /// The path that a reference is, if it looks like one: as given, or relative to the project.
    pub(crate) fn path_of(&self, reference: &str) -> Option<PathBuf> {
        let looks_like_a_path = reference.contains('/') || Path::new(reference).extension().is_some();
        let given = Path::new(reference);
        looks_like_a_path.then(|| if given.exists() { given.to_owned() } else { self.root.join(given) })
    }
}

/// Whether a name can be shown as it is: file names may have line feeds and escape sequences in them, and a repository that
/// somebody cloned is no reason to send them to a terminal.
pub(crate) fn is_legible(name: &str) -> bool {
    !name.contains(['\n', '\t']) && visible(name) == name
}

/// The name of a file in the project: its path below the folder of its kind, without ending; for a file elsewhere its last
/// name. However the path was written, one file has one name, for its versions are found by it.
pub(crate) fn name_in(folder: &Path, path: &Path, reference: &str) -> String {
    let absolute = |path: &Path| std::path::absolute(path).ok();
    let real = |path: &Path| path.canonicalize().ok();
    let below =
        |(folder, path): (PathBuf, PathBuf)| path.strip_prefix(&folder).ok().map(|path| path.with_extension(""));
    // Up and down again is left to the file system, which knows what is a link.
    let is_straight = |path: &PathBuf| !path.components().any(|step| step == Component::ParentDir);
    let as_written = absolute(folder).zip(absolute(path)).and_then(below).filter(is_straight);
    let inside = as_written.or_else(|| real(folder).zip(real(path)).and_then(below));
    match inside {
        Some(inside) => inside.to_string_lossy().replace('\\', "/"),
        None => path.file_stem().map_or_else(|| reference.to_owned(), |stem| stem.to_string_lossy().into_owned()),
    }
}
