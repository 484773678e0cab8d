//! A source on disk.

use std::path::{Path, PathBuf};

use carat_import::{Files, Unread};

use crate::fault::Fault;

/// How deep folders are searched, and how many files of them are looked at: a source is no disk.
const DEEPEST: usize = 16;
const MOST: usize = 100_000;

/// The folder of a source, and the file in it that was named.
///
/// A source may be anybody's, and what it names is copied into prompts and rows, which are sent to models: only what lies in
/// its folder is read, wherever links lead.
pub(super) struct Source {
    root: PathBuf,
    file: String,
    /// The folder that is read, without links.
    inside: PathBuf,
}

impl Source {
    /// The source that a path means.
    pub(super) fn at(path: &Path) -> Result<Self, Fault> {
        if path.is_dir() {
            return Self::new(path, String::new());
        }
        let name = path.file_name().filter(|_| path.is_file());
        let name = name.ok_or_else(|| Fault::mendable(format!("there is nothing at {}", path.display())))?;
        let root = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self::new(root, name.to_string_lossy().into_owned())
    }

    /// The source that a file or folder of a registry means. A file in the folder `evals` of one may name what is in the
    /// folders beside that.
    pub(super) fn of_registry(path: &Path) -> Result<Self, Fault> {
        let source = Self::at(path)?;
        let is_one_of = !source.file.is_empty() && source.inside.ends_with("evals");
        let registry = source.inside.parent().filter(|_| is_one_of).map(Path::to_owned);
        Ok(Self { inside: registry.unwrap_or(source.inside), ..source })
    }

    fn new(root: &Path, file: String) -> Result<Self, Fault> {
        let cannot = |error| Fault::mendable(format!("cannot read {}: {error}", root.display()));
        Ok(Self { root: root.to_owned(), file, inside: root.canonicalize().map_err(cannot)? })
    }

    /// Where a path leads, without links.
    fn place(&self, path: &str) -> Result<PathBuf, Unread> {
        let whole = self.root.join(path);
        // What was named by hand is meant, wherever it is.
        if !path.is_empty() && path == self.file {
            return Ok(whole);
        }
        // What is not there is as far outside as the folder that it would be in.
        let real = whole.ancestors().find_map(|above| above.canonicalize().ok());
        match (real, whole.canonicalize()) {
            (Some(real), _) if !real.starts_with(&self.inside) => Err(Unread::Outside),
            (_, Ok(place)) => Ok(place),
            (_, Err(error)) => Err(unread(&error)),
        }
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

fn unread(error: &std::io::Error) -> Unread {
    match error.kind() {
        std::io::ErrorKind::NotFound => Unread::Missing,
        _ => Unread::Other(error.to_string()),
    }
}

impl Files for Source {
    fn text(&self, path: &str) -> Result<String, Unread> {
        let place = self.place(path)?;
        // A pipe or a device may have no end.
        if !std::fs::metadata(&place).map_err(|error| unread(&error))?.is_file() {
            return Err(Unread::Other("it is no ordinary file".to_owned()));
        }
        let bytes = std::fs::read(&place).map_err(|error| unread(&error))?;
        String::from_utf8(bytes).map_err(|_| Unread::Other("it is no text in UTF-8".to_owned()))
    }

    fn below(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let Ok(place) = self.place(folder) else { return found };
        let mut folders = vec![(place, folder.to_owned(), 0)];
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
