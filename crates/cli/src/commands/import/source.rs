//! A source on disk.

use std::path::{Path, PathBuf};

use carat_import::Files;

use crate::fault::Fault;

/// How deep folders are searched, and how many files of them are looked at: a source is no disk.
const DEEPEST: usize = 16;
const MOST: usize = 100_000;

/// The folder of a source, and the file in it that was named.
pub(super) struct Source {
    root: PathBuf,
    file: String,
}

impl Source {
    /// The source that a path means.
    pub(super) fn at(path: &Path) -> Result<Self, Fault> {
        if path.is_dir() {
            return Ok(Self { root: path.to_owned(), file: String::new() });
        }
        let name = path.file_name().filter(|_| path.is_file());
        let name = name.ok_or_else(|| Fault::mendable(format!("there is nothing at {}", path.display())))?;
        let root = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { root: root.to_owned(), file: name.to_string_lossy().into_owned() })
    }

    /// The file that was named; empty where it was a folder.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// What to call what is made of a folder's configuration: as the folder is called. None where the file has a name of its
    /// own.
    pub(super) fn folder_name(&self) -> Option<String> {
        if !self.file.is_empty() && !self.file.starts_with("promptfooconfig") {
            return None;
        }
        let root = self.root.canonicalize().ok()?;
        let fit = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let name: String = root.file_name()?.to_str()?.chars().map(fit).collect();
        Some(name.trim_matches('-').to_owned()).filter(|name| !name.is_empty())
    }
}

impl Files for Source {
    fn text(&self, path: &str) -> Result<String, String> {
        let path = self.root.join(path);
        let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        })?;
        String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())
    }

    fn below(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![(self.root.join(folder), folder.to_owned(), 0)];
        while let Some((place, shown, depth)) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(place) else { continue };
            for entry in entries.flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                let inside = if shown.is_empty() { name.clone() } else { format!("{shown}/{name}") };
                // A link that leads back up would have no end.
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder && depth < DEEPEST && !matches!(name.as_str(), "node_modules" | ".git") {
                    folders.push((entry.path(), inside, depth + 1));
                } else if !is_folder {
                    found.push(inside);
                }
            }
            if found.len() > MOST {
                break;
            }
        }
        found.sort();
        found
    }
}
