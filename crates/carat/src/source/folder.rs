//! Prompts as they are being worked on: the files of a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carat_prompt::nearest::did_you_mean;
use carat_prompt::prompt::Beside;
use carat_prompt::{Digest, Image, Package};

use super::OpenError;
use super::look::Look;
use crate::Prompt;
use crate::shelf::Shelf;

/// The file that makes a folder a project of carat.
const PROJECT_FILE: &str = "carat.yaml";

/// The ending of a prompt's file.
const ENDING: &str = "prompty";

/// A folder of prompts.
pub(crate) struct Folder {
    /// What may be included or shown must lie in here.
    root: PathBuf,
    prompts: PathBuf,
    seen: Option<Look>,
    /// What prompts took from outside their folder.
    beside: BTreeSet<PathBuf>,
}

impl Folder {
    /// A folder of prompts, or a project, whose prompts are in its `prompts/`. What lies in a project may take files from
    /// all of it.
    pub(super) fn new(folder: &Path) -> Self {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let is_project = |folder: &&Path| folder.join(PROJECT_FILE).is_file();
        let (root, prompts) = match folder.ancestors().find(is_project) {
            Some(root) if root == folder => (folder.clone(), folder.join("prompts")),
            Some(root) => (root.to_owned(), folder),
            None => (folder.clone(), folder),
        };
        Self { root, prompts, seen: None, beside: BTreeSet::new() }
    }

    pub(super) fn may_have_changed(&self) -> bool {
        self.seen.as_ref().is_none_or(|seen| self.look(&files(&self.prompts)).may_differ(seen))
    }

    pub(super) fn load(&mut self) -> Result<Shelf, OpenError> {
        let files = files(&self.prompts);
        // Looked at before they are read: what is written meanwhile is seen the next time.
        let seen = self.look(&files);
        let mut beside = BTreeSet::new();
        let loaded = self.read(&files, &mut beside);
        self.beside = beside;
        self.seen = Some(seen);
        loaded
    }

    fn read(&self, files: &[PathBuf], beside: &mut BTreeSet<PathBuf>) -> Result<Shelf, OpenError> {
        let place = self.prompts.display().to_string();
        let mut prompts = Vec::new();
        let mut packages = Vec::new();
        for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == ENDING)) {
            let (prompt, package) = self.prompt(path, beside)?;
            packages.push((prompt.name().to_owned(), package));
            prompts.push(prompt);
        }
        if prompts.is_empty() {
            return Err(OpenError::NoPrompts { place });
        }
        Ok(Shelf::of_files(place, Digest::of_json(&packages), prompts))
    }

    fn prompt(&self, path: &Path, beside: &mut BTreeSet<PathBuf>) -> Result<(Prompt, Package), OpenError> {
        let inside = path.strip_prefix(&self.prompts).unwrap_or(path);
        let name = inside.with_extension("").to_string_lossy().replace('\\', "/");
        let shown = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        let text = read_text(path).map_err(|cause| OpenError::Unreadable { file: shown.clone(), cause })?;
        let folder = path.parent().unwrap_or(&self.prompts);
        let mut on_disk = OnDisk { root: &self.root, folder, taken: beside };
        let (_, package) = Package::pack(&name, &shown, &text, &mut on_disk)?;
        Ok((Prompt::unpack(&name, None, &package, None)?, package))
    }

    fn look(&self, files: &[PathBuf]) -> Look {
        Look::at(files.iter().chain(&self.beside).cloned())
    }
}

/// All files under a folder, sorted. Links to folders are not followed.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            match path.is_dir() {
                true if path.is_symlink() => {}
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

/// The files beside a prompt. They must lie inside the project, wherever links lead.
struct OnDisk<'a> {
    root: &'a Path,
    folder: &'a Path,
    taken: &'a mut BTreeSet<PathBuf>,
}

impl OnDisk<'_> {
    fn real(&mut self, name: &str) -> Result<PathBuf, String> {
        let path = self.folder.join(name);
        let real = path.canonicalize().map_err(|_| format!("there is no such file{}", neighbour(&path)))?;
        let root = self.root.canonicalize().map_err(|error| error.to_string())?;
        if !real.starts_with(&root) {
            return Err("it lies outside the project, so that others would not have it".to_owned());
        }
        self.taken.insert(real.clone());
        Ok(real)
    }
}

impl Beside for OnDisk<'_> {
    fn text(&mut self, path: &str) -> Result<String, String> {
        read_text(&self.real(path)?)
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        let real = self.real(path)?;
        let size = std::fs::metadata(&real).map_err(|error| error.to_string())?.len();
        if size > Image::LARGEST {
            return Err(format!("it has {size} bytes; the most is {}", Image::LARGEST));
        }
        let bytes = std::fs::read(&real).map_err(|error| error.to_string())?;
        Image::of_file(path, bytes)
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("byte {at} is not UTF-8; convert the file, for instance with `iconv -f latin1 -t utf-8`")
    })?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

fn neighbour(path: &Path) -> String {
    let entries = path.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let names: Vec<String> =
        entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    did_you_mean(&name, names.iter().map(String::as_str))
}
