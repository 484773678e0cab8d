//! Eval specs on disk.

mod check;
mod package;

use std::path::{Path, PathBuf};

use carat_core::nearest::did_you_mean;
use carat_core::spec::EvalSpec;

use crate::Project;
use crate::error::{ProjectError, read_text};
use crate::project::{is_legible, name_in};
use crate::prompt::inside;

pub use package::EvalPackage;

/// An eval spec, and where it stands.
#[derive(Debug, Clone)]
pub struct EvalOnDisk {
    /// Its name: its path below `evals/`, without ending.
    pub name: String,
    /// Its file, relative to the project's folder where it is inside.
    pub file: String,
    /// What it says, with the files that it names in their places.
    pub spec: EvalSpec,
}

/// The file of a spec, not read yet.
pub(crate) struct SpecFile {
    path: PathBuf,
    /// The eval's name in the project.
    name: String,
}

impl SpecFile {
    /// The file that a reference means, if there is one.
    pub(crate) fn find(project: &Project, reference: &str) -> Option<Self> {
        let evals = project.root().join("evals");
        let by_path = project.path_of(reference).filter(|path| path.is_file());
        let by_name = ["yaml", "yml"].map(|ending| evals.join(format!("{reference}.{ending}")));
        let path = by_path.or_else(|| by_name.into_iter().find(|path| path.is_file()))?;
        Some(Self { name: name_in(&evals, &path, reference), path }).filter(|file| is_legible(&file.name))
    }
}

pub(crate) fn open(project: &Project, reference: &str) -> Result<EvalOnDisk, ProjectError> {
    pack(project, reference).map(|(eval, _)| eval)
}

/// The same, with all that the eval consists of.
pub(crate) fn pack(project: &Project, reference: &str) -> Result<(EvalOnDisk, EvalPackage), ProjectError> {
    let SpecFile { path, name } = SpecFile::find(project, reference).ok_or_else(|| unknown(project, reference))?;
    let shown = project.shown(&path);
    let text = read_text(&path, &shown)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    EvalPackage::pack(&name, &shown, text, |file| {
        let path = inside(project.root(), folder, file)?;
        read_text(&path, file).map_err(|error| error.to_string())
    })
}

fn unknown(project: &Project, reference: &str) -> ProjectError {
    let names = names(&project.root().join("evals"));
    let stem = Path::new(reference).file_stem().and_then(|stem| stem.to_str()).unwrap_or(reference);
    let hint = did_you_mean(stem, names.iter().map(String::as_str));
    ProjectError::Unknown { what: "eval", name: reference.to_owned(), hint: format!(" (evals/{reference}.yaml){hint}") }
}

/// The names of the specs in a folder, sorted.
pub(crate) fn names(evals: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(evals) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let specs = paths.filter(|path| path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml"));
    let mut names: Vec<String> = specs.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.retain(|name| is_legible(name));
    names.sort();
    names
}
