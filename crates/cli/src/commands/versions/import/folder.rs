//! Prompts in a folder that is not the project's own.

use std::path::{Path, PathBuf};

use carat_core::names::unfit;
use carat_core::prompt::Beside;
use carat_core::{Image, Package, Prompt};
use carat_registry::load_image;
use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;

use super::{Import, Incoming};

/// The ending of a prompt's file.
const ENDING: &str = "prompty";

impl Import<'_> {
    /// The prompts of a folder, which are working files elsewhere: all of them, or none where one cannot be read.
    pub(super) async fn folder(&mut self) -> Result<Exit, Fault> {
        let folder = Folder::of(&self.args.path, self.args.beside)?;
        let names = names(&folder.path);
        if names.is_empty() {
            return Err(Fault::nothing(format!("there are no .prompty files below {}", folder.path.display())));
        }
        let (mut incoming, mut exit, mut broken) = (Vec::with_capacity(names.len()), Exit::Fine, 0);
        for name in &names {
            match folder.pack(name) {
                Ok((prompt, package)) => {
                    let body = json!(package).to_string();
                    incoming.push(Incoming::new(name.clone(), prompt.digest(), body, self.message()));
                }
                Err(fault) => {
                    broken += 1;
                    exit = exit.graver(fault.exit);
                    out::fault(&fault);
                    self.entries.push(json!({"name": name, "error": fault.message}));
                }
            }
        }
        if broken == 0 {
            self.take_in(&incoming).await?;
        } else {
            self.shelf.session.talk(&format!("nothing is taken: {broken} of {} prompts cannot be", names.len()));
        }
        Ok(exit)
    }
}

/// A folder of prompts.
struct Folder {
    path: PathBuf,
    /// What they take must lie in here.
    root: PathBuf,
}

impl Folder {
    /// Where `beside` is given, prompts take what lies beside the folder as well.
    fn of(path: &Path, beside: bool) -> Result<Self, Fault> {
        let unreadable = |error: std::io::Error| Fault::mendable(format!("{}: {error}", path.display()));
        let real = path.canonicalize().map_err(unreadable)?;
        let root = real.parent().filter(|_| beside).map_or_else(|| real.clone(), Path::to_owned);
        Ok(Self { path: path.to_owned(), root })
    }

    /// Reads a prompt of the folder with all that it consists of.
    fn pack(&self, name: &str) -> Result<(Prompt, Package), Fault> {
        let path = self.path.join(format!("{name}.{ENDING}"));
        let shown = path.display().to_string();
        if let Some(why) = unfit(name) {
            return Err(Fault::mendable(format!("{shown}: `{name}` cannot be the name of a prompt: {why}")));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| Fault::mendable(format!("{shown}: {error}")))?;
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        let own = path.parent().unwrap_or(&self.path).to_owned();
        // The name by which errors of later days call the file must not depend on this machine.
        let file = format!("{name}.{ENDING}");
        Package::pack(name, &file, text, &mut OnDisk { root: &self.root, folder: own })
            .map_err(|error| Fault::mendable(format!("in {}: {error}", self.path.display())))
    }
}

/// The names of the prompts below a folder, sorted: their paths without the ending. Links are not followed.
fn names(folder: &Path) -> Vec<String> {
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

/// The files beside a prompt. They must lie inside the root, wherever links lead.
struct OnDisk<'a> {
    root: &'a Path,
    folder: PathBuf,
}

impl OnDisk<'_> {
    fn real(&self, path: &str) -> Result<PathBuf, String> {
        let real = self.folder.join(path).canonicalize().map_err(|_| "there is no such file".to_owned())?;
        if real.starts_with(self.root) {
            return Ok(real);
        }
        let is_beside = self.root.parent().is_some_and(|parent| real.starts_with(parent));
        let advice = if is_beside { "; --beside takes what lies beside it as well" } else { "" };
        Err(format!("it lies outside of the folder that is imported{advice}"))
    }
}

impl Beside for OnDisk<'_> {
    fn text(&mut self, path: &str) -> Result<String, String> {
        let text = std::fs::read_to_string(self.real(path)?).map_err(|error| error.to_string())?;
        Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        self.real(path)?;
        load_image(self.root, &self.folder, path)
    }
}
