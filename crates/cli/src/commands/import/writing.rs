//! What an import writes: decided first, as a whole; then done.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use carat_core::spec::ProjectSpec;
use carat_core::yaml;
use carat_import::{Imported, ImportedModel, models_yaml};
use carat_registry::PROJECT_FILE;

use crate::fault::Fault;

/// The files to write, and the models that a person has to add.
pub(super) struct Plan {
    root: PathBuf,
    pub(super) files: Vec<File>,
    /// Models that `carat.yaml` does not have. It is somebody's, and is never changed.
    pub(super) to_add: Vec<ImportedModel>,
}

/// A file to write.
pub(super) struct File {
    /// Its path in the project.
    pub(super) path: PathBuf,
    pub(super) what: What,
    text: String,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// It is not there yet.
    New,
    /// It is there with other content.
    Over,
    /// It is there with this very content.
    Unchanged,
}

impl What {
    /// The word in JSON.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Over => "over",
            Self::Unchanged => "unchanged",
        }
    }
}

impl Plan {
    /// What to write into the project at `root`.
    ///
    /// # Errors
    /// A file is there with other content, and nobody said `--force`; or `carat.yaml` cannot be read.
    pub(super) fn new(imported: &Imported, root: &Path, force: bool) -> Result<Self, Fault> {
        let mut files: Vec<File> = imported
            .files
            .iter()
            .map(|(path, text)| File { path: path.clone(), what: what(&root.join(path), text), text: text.clone() })
            .collect();
        let taken: Vec<String> =
            files.iter().filter(|file| file.what == What::Over).map(|file| file.path.display().to_string()).collect();
        if !taken.is_empty() && !force {
            let advice = "write over with --force, or give it another name with --name";
            return Err(Fault::mendable(format!("there is something else in {} already; {advice}", taken.join(", "))));
        }
        let to_add = match std::fs::read_to_string(root.join(PROJECT_FILE)) {
            Ok(text) => missing(&text, imported)?,
            Err(_) => {
                let text = new_project(imported);
                files.push(File { path: PathBuf::from(PROJECT_FILE), what: What::New, text });
                Vec::new()
            }
        };
        Ok(Self { root: root.to_owned(), files, to_add })
    }

    /// Writes the files.
    ///
    /// # Errors
    /// The disk does not take them.
    pub(super) fn carry_out(&self) -> Result<(), Fault> {
        for file in self.files.iter().filter(|file| file.what != What::Unchanged) {
            let path = self.root.join(&file.path);
            write(&path, file).map_err(|error| Fault::world(format!("cannot write {}: {error}", path.display())))?;
        }
        Ok(())
    }
}

fn write(path: &Path, file: &File) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).truncate(true);
    // What was not there when it was decided must not be there now.
    let mut opened = if file.what == What::New { options.create_new(true) } else { &mut options }.open(path)?;
    opened.write_all(file.text.as_bytes())
}

fn what(path: &Path, text: &str) -> What {
    match std::fs::read(path) {
        Ok(there) if there == text.as_bytes() => What::Unchanged,
        Ok(_) => What::Over,
        Err(_) if path.exists() => What::Over,
        Err(_) => What::New,
    }
}

/// The models that a `carat.yaml` does not have.
fn missing(text: &str, imported: &Imported) -> Result<Vec<ImportedModel>, Fault> {
    let project: ProjectSpec = if text.trim().is_empty() {
        ProjectSpec::default()
    } else {
        yaml::read(text, PROJECT_FILE).map_err(Fault::mendable)?
    };
    Ok(imported.models.iter().filter(|model| !project.models.contains_key(&model.name)).cloned().collect())
}

/// A `carat.yaml` for a folder that has none.
fn new_project(imported: &Imported) -> String {
    let head = "# Keys stand in the environment, never here.\n";
    match models_yaml(&imported.models) {
        models if models.is_empty() => format!("{head}models: {{}}\n"),
        models => format!("{head}{models}"),
    }
}
