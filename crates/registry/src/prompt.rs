//! Prompts on disk.

use std::path::{Path, PathBuf};

use carat_core::nearest::did_you_mean;
use carat_core::prompt::Beside;
use carat_core::{Image, Package, Prompt};

use crate::error::{ProjectError, read_text};
use crate::project::{is_legible, name_in};
use crate::{Project, load_image};

/// The ending of a prompt's file.
const ENDING: &str = "prompty";

/// A prompt, and the folder that its pictures are relative to.
#[derive(Debug)]
pub struct PromptOnDisk {
    /// The prompt.
    pub prompt: Prompt,
    /// The folder of its file.
    pub folder: PathBuf,
}

/// The file of a prompt, not read yet.
pub(crate) struct PromptFile {
    pub(crate) path: PathBuf,
    /// The prompt's name in the project.
    name: String,
}

impl PromptFile {
    /// The file that a reference means, if there is one.
    pub(crate) fn find(project: &Project, reference: &str) -> Option<Self> {
        let prompts = project.root().join("prompts");
        let is_path = Path::new(reference).extension().is_some_and(|ending| ending == ENDING);
        let by_path = project.path_of(reference).filter(|path| is_path && path.is_file());
        let by_name = || Some(prompts.join(format!("{reference}.{ENDING}"))).filter(|path| path.is_file());
        let path = by_path.or_else(by_name)?;
        Some(Self { name: name_in(&prompts, &path, reference), path }).filter(|file| is_legible(&file.name))
    }

    /// The folder that what the prompt names is relative to.
    fn folder(&self) -> PathBuf {
        self.path.parent().unwrap_or(Path::new(".")).to_owned()
    }
}

pub(crate) fn open(project: &Project, reference: &str) -> Result<PromptOnDisk, ProjectError> {
    let file = PromptFile::find(project, reference).ok_or_else(|| unknown(project, reference))?;
    let (folder, shown) = (file.folder(), project.shown(&file.path));
    let text = read_text(&file.path, &shown)?;
    let prompt = Prompt::parse(&file.name, &shown, &text, &mut OnDisk { root: project.root(), folder: &folder })?;
    Ok(PromptOnDisk { prompt, folder })
}

/// The same, with all that the prompt consists of.
pub(crate) fn pack(project: &Project, reference: &str) -> Result<(Prompt, Package), ProjectError> {
    let file = PromptFile::find(project, reference).ok_or_else(|| unknown(project, reference))?;
    let (folder, shown) = (file.folder(), project.shown(&file.path));
    let text = read_text(&file.path, &shown)?;
    Ok(Package::pack(&file.name, &shown, &text, &mut OnDisk { root: project.root(), folder: &folder })?)
}

fn unknown(project: &Project, reference: &str) -> ProjectError {
    let names = names(&project.root().join("prompts"));
    let hint = did_you_mean(reference, names.iter().map(String::as_str));
    ProjectError::Unknown {
        what: "prompt",
        name: reference.to_owned(),
        hint: format!(" (prompts/{reference}.{ENDING}){hint}"),
    }
}

/// The files beside a prompt. They must lie inside the project, wherever links lead.
struct OnDisk<'a> {
    root: &'a Path,
    folder: &'a Path,
}

impl Beside for OnDisk<'_> {
    fn text(&mut self, path: &str) -> Result<String, String> {
        let real = inside(self.root, self.folder, path)?;
        read_text(&real, path).map_err(|error| error.to_string())
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        load_image(self.root, self.folder, path)
    }
}

/// The real path of a file beside a prompt.
///
/// # Errors
/// There is none, or it lies outside the project.
pub(crate) fn inside(root: &Path, folder: &Path, name: &str) -> Result<PathBuf, String> {
    let path = folder.join(name);
    let real = path.canonicalize().map_err(|_| format!("there is no such file{}", neighbour(&path)))?;
    let root = root.canonicalize().map_err(|error| error.to_string())?;
    if !real.starts_with(&root) {
        return Err("it lies outside the project, so that others would not have it".to_owned());
    }
    Ok(real)
}

fn neighbour(path: &Path) -> String {
    let entries = path.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let names: Vec<String> =
        entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    did_you_mean(&name, names.iter().map(String::as_str))
}

/// The names of the prompts under a folder, sorted.
pub(crate) fn names(prompts: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![prompts.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == ENDING) {
                let inside = path.strip_prefix(prompts).unwrap_or(&path);
                names.push(inside.with_extension("").to_string_lossy().replace('\\', "/"));
            }
        }
    }
    names.retain(|name| is_legible(name));
    names.sort();
    names
}
