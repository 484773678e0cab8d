//! Prompts in a folder that is not the project's own.

use std::path::{Path, PathBuf};

use carat_core::prompt::Beside;
use carat_core::{Image, Package, Prompt};
use carat_registry::load_image;

use crate::fault::Fault;

/// The ending of a prompt's file.
const ENDING: &str = "prompty";

/// The names of the prompts below a folder, sorted: their paths without the ending. Links are not followed.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&inner) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == ENDING) {
                let inside = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
                names.push(inside.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    names.sort();
    names
}

/// Reads a prompt of the folder with all that it consists of.
pub(super) fn pack(folder: &Path, name: &str) -> Result<(Prompt, Package), Fault> {
    let path = folder.join(format!("{name}.{ENDING}"));
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| Fault::mendable(format!("{shown}: {error}")))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let own = path.parent().unwrap_or(folder).to_owned();
    // The name by which errors of later days call the file must not depend on this machine.
    let file = format!("{name}.{ENDING}");
    Package::pack(name, &file, text, &mut OnDisk { root: folder, folder: own })
        .map_err(|error| Fault::mendable(format!("in {}: {error}", folder.display())))
}

/// The files beside a prompt. They must lie inside the folder, wherever links lead.
struct OnDisk<'a> {
    root: &'a Path,
    folder: PathBuf,
}

impl Beside for OnDisk<'_> {
    fn text(&mut self, path: &str) -> Result<String, String> {
        let real = self.folder.join(path).canonicalize().map_err(|_| "there is no such file".to_owned())?;
        let root = self.root.canonicalize().map_err(|error| error.to_string())?;
        if !real.starts_with(&root) {
            return Err("it lies outside of the folder that is imported".to_owned());
        }
        let text = std::fs::read_to_string(&real).map_err(|error| error.to_string())?;
        Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        load_image(self.root, &self.folder, path)
    }
}
