//! The files whose content decides what a program says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use carat_core::Digest;
use carat_core::spec::ProgramSpec;

use super::located::is_path;
use crate::scorers::BadSetting;

/// Finds the files that a spec names.
///
/// # Errors
/// One is not there, or is no file.
pub(super) fn check(files: &[String], folder: &Path) -> Result<(), BadSetting> {
    for (index, file) in files.iter().enumerate() {
        let found = folder.join(file);
        if !found.is_file() {
            let what = if found.is_dir() { "is a folder; name the files in it" } else { "is not there" };
            let message = format!("`{file}` {what} (paths are meant from the project's folder, {})", folder.display());
            return Err(BadSetting::new(format!("program.files[{index}]"), message));
        }
    }
    Ok(())
}

/// The digest of each file's content, by the name in the spec: those that are named as files, and those of the project that
/// stand in the command. None for one that cannot be read.
pub(crate) fn contents(spec: &ProgramSpec, folder: &Path) -> BTreeMap<String, Option<Digest>> {
    let mut names: BTreeSet<&String> = spec.files.iter().collect();
    for (index, word) in spec.command.iter().enumerate() {
        // A bare name in front is a program of the machine's, whatever there is in the project's folder.
        if (index > 0 || is_path(word)) && is_in(word, folder) && folder.join(word).is_file() {
            names.insert(word);
        }
    }
    let content = |name: &String| std::fs::read(folder.join(name)).ok().map(|bytes| Digest::of_bytes(&bytes));
    names.into_iter().map(|name| (name.clone(), content(name))).collect()
}

/// Whether a path stays in the project's folder.
fn is_in(word: &str, folder: &Path) -> bool {
    let path = Path::new(word);
    let relative = path.strip_prefix(folder).unwrap_or(path);
    relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
