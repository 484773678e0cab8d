//! Files that are written below one folder. What a version says of its paths is not trusted: it may have come from anywhere.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use carat_core::untrusted::one_line;
use carat_registry::PROJECT_FILE;
use serde::Serialize;

use crate::fault::Fault;
use crate::report_files::Draft;

use super::unwritable;

/// Files to be written below one folder, and nowhere else.
pub(super) struct Files {
    pub(super) root: PathBuf,
    /// The folder below the root that stands for `prompts/`, where files may lie beside it.
    folder: Option<String>,
    /// By their paths below it.
    files: BTreeMap<PathBuf, Vec<u8>>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    New,
    Over,
    AsItWas,
}

impl Files {
    pub(super) fn into(root: &Path) -> Self {
        Self { root: root.to_owned(), folder: None, files: BTreeMap::new() }
    }

    /// Files below this folder, and what they take from beside it.
    ///
    /// # Errors
    /// Nothing can lie beside it.
    pub(super) fn beside(folder: &Path) -> Result<Self, Fault> {
        let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let named = if folder.file_name().is_some() { folder } else { &whole };
        let (Some(root), Some(name)) = (named.parent(), named.file_name().and_then(|name| name.to_str())) else {
            return Err(Fault::mendable(format!("--out {}: nothing can lie beside it", folder.display())));
        };
        Ok(Self { root: root.to_owned(), folder: Some(name.to_owned()), files: BTreeMap::new() })
    }

    /// Adds a file by its path below the folder.
    ///
    /// # Errors
    /// The path leads out of it, or is taken by something else.
    pub(super) fn add(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        let shown = one_line(path, 200);
        let inside =
            self.place(path).map_err(|why| Fault::mendable(format!("{shown} {why}, so nothing is written")))?;
        match self.files.get(&inside) {
            Some(other) if *other != bytes => Err(Fault::mendable(format!(
                "two of the versions have different files {shown}; write them to two folders"
            ))),
            _ => {
                self.files.insert(inside, bytes);
                Ok(())
            }
        }
    }

    fn shown_root(&self) -> std::path::Display<'_> {
        let root = if self.root.as_os_str().is_empty() { Path::new(".") } else { &self.root };
        root.display()
    }

    /// Where a file lies below the root, or why it cannot be written.
    fn place(&self, path: &str) -> Result<PathBuf, String> {
        let root = self.shown_root();
        let Some(folder) = &self.folder else {
            // Any name stands for that of the folder.
            let is_beside = below(&format!("folder/{path}")).is_some_and(|inside| !inside.starts_with("folder"));
            let advice = if is_beside { " (--beside writes what lies beside it as well)" } else { "" };
            return below(path).ok_or_else(|| format!("would lie outside of {root}{advice}"));
        };
        let inside =
            Some(path).filter(|path| !path.starts_with('/')).and_then(|path| below(&format!("{folder}/{path}")));
        let inside = inside.ok_or_else(|| format!("would lie outside of {root}"))?;
        // What came from elsewhere is not to make hooks and workflows of the project, or be its settings.
        let is_hidden = |part: Component<'_>| part.as_os_str().to_string_lossy().starts_with('.');
        if !inside.starts_with(folder) && (inside.components().any(is_hidden) || inside == Path::new(PROJECT_FILE)) {
            return Err("is no file that prompts share".to_owned());
        }
        Ok(inside)
    }

    /// Writes all of them: each as a whole, and none if one is there with another content and nobody said to write over it.
    pub(super) fn write(&self, force: bool) -> Result<Vec<(&Path, What)>, Fault> {
        let mut plan = Vec::with_capacity(self.files.len());
        for (inside, bytes) in &self.files {
            plan.push((inside.as_path(), what(&self.root.join(inside), bytes)?));
        }
        let taken: Vec<String> =
            plan.iter().filter(|(_, what)| *what == What::Over).map(|(path, _)| path.display().to_string()).collect();
        if !taken.is_empty() && !force {
            let (taken, root) = (taken.join(", "), self.shown_root());
            return Err(Fault::mendable(format!(
                "there is something else in {taken} below {root}; --force writes over it"
            )));
        }
        for (inside, what) in &plan {
            if *what != What::AsItWas {
                self.write_one(inside)?;
            }
        }
        Ok(plan)
    }

    fn write_one(&self, inside: &Path) -> Result<(), Fault> {
        let path = self.root.join(inside);
        let wrong = |error: std::io::Error| unwritable(&path, &error);
        self.make_folders(inside)?;
        let (draft, mut file) = Draft::beside(&path).map_err(wrong)?;
        let bytes = self.files.get(inside).map(Vec::as_slice).unwrap_or_default();
        file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| draft.keep()).map_err(wrong)
    }

    /// Makes the folders of a file that are not there. A link among them may lead anywhere, and is not followed.
    fn make_folders(&self, inside: &Path) -> Result<(), Fault> {
        let mut folder = self.root.clone();
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
        for part in inside.parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            match fs::symlink_metadata(&folder) {
                Ok(found) if found.is_symlink() => {
                    return Err(Fault::mendable(format!(
                        "{} is a link, which is not followed; write to another folder",
                        folder.display()
                    )));
                }
                Ok(_) => {}
                Err(_) => fs::create_dir(&folder).map_err(|error| unwritable(&folder, &error))?,
            }
        }
        Ok(())
    }
}

/// What becomes of a file. Something that is no plain file is nobody's to replace.
fn what(path: &Path, bytes: &[u8]) -> Result<What, Fault> {
    match fs::symlink_metadata(path) {
        Err(_) => Ok(What::New),
        Ok(found) if !found.is_file() => {
            Err(Fault::mendable(format!("{} is there and is no plain file; write to another folder", path.display())))
        }
        Ok(_) => Ok(if fs::read(path).is_ok_and(|there| there == bytes) { What::AsItWas } else { What::Over }),
    }
}

/// A path of parts that have names, after going back where it goes back; none if it leads out or nowhere.
fn below(path: &str) -> Option<PathBuf> {
    let mut inside = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => inside.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !inside.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    let is_hostile = path.chars().any(char::is_control) || path.contains('\\');
    (!inside.as_os_str().is_empty() && !is_hostile).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_out_of_the_folder_is_refused() {
        for (path, inside) in [
            ("support/triage.prompty", Some("support/triage.prompty")),
            ("support/../_tone.jinja", Some("_tone.jinja")),
            ("./a", Some("a")),
            ("../a", None),
            ("a/../../b", None),
            ("/etc/passwd", None),
            ("", None),
            (".", None),
            ("a/..", None),
            ("a\\..\\..\\b", None),
            ("a\u{1b}[2J", None),
            ("a\0b", None),
        ] {
            assert_eq!(below(path), inside.map(PathBuf::from), "{path:?}");
        }
    }

    #[test]
    fn what_lies_beside_the_folder_lies_below_its_parent_and_is_nothing_of_the_projects() {
        let files = Files::beside(Path::new("out/prompts")).unwrap();
        for (path, inside) in [
            ("a.prompty", Some("prompts/a.prompty")),
            ("support/../../shared/tone.jinja", Some("shared/tone.jinja")),
            (".hidden/tone.jinja", Some("prompts/.hidden/tone.jinja")),
            ("carat.yaml", Some("prompts/carat.yaml")),
            ("../../tone.jinja", None),
            ("/etc/passwd", None),
            ("../.git/hooks/pre-commit", None),
            ("../carat.yaml", None),
            ("../..", None),
        ] {
            assert_eq!(files.place(path).ok(), inside.map(PathBuf::from), "{path}");
        }
        assert_eq!(Files::into(Path::new("out")).place("/etc/passwd").ok(), None);
        assert_eq!(Files::beside(Path::new("prompts")).unwrap().root, Path::new(""));
        for nowhere in ["/", "a/.."] {
            assert!(Files::beside(Path::new(nowhere)).is_err(), "{nowhere}");
        }
    }

    #[test]
    fn files_are_written_as_a_whole_and_nothing_is_written_over_by_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = Files::into(&folder.path().join("new"));
        files.add("a/b.txt", b"b".to_vec()).unwrap();
        files.add("c.txt", b"c".to_vec()).unwrap();
        let whats = |files: &Files, force| {
            files.write(force).map(|plan| plan.iter().map(|(_, what)| *what).collect::<Vec<_>>())
        };
        assert_eq!(whats(&files, false).unwrap(), [What::New, What::New]);
        assert_eq!(whats(&files, false).unwrap(), [What::AsItWas, What::AsItWas]);
        fs::write(folder.path().join("new/c.txt"), "mine").unwrap();
        fs::remove_file(folder.path().join("new/a/b.txt")).unwrap();
        assert!(whats(&files, false).unwrap_err().message.ends_with("--force writes over it"));
        assert!(!folder.path().join("new/a/b.txt").exists(), "nothing was written");
        assert_eq!(whats(&files, true).unwrap(), [What::New, What::Over]);
        assert_eq!(fs::read_to_string(folder.path().join("new/c.txt")).unwrap(), "c");
    }

    #[test]
    fn one_path_has_one_content() {
        let mut files = Files::into(Path::new("somewhere"));
        files.add("_tone.jinja", b"kind".to_vec()).unwrap();
        files.add("support/../_tone.jinja", b"kind".to_vec()).unwrap();
        assert!(files.add("_tone.jinja", b"short".to_vec()).unwrap_err().message.contains("different files"));
    }

    #[test]
    #[cfg(unix)]
    fn a_link_among_the_folders_leads_nowhere_else() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("support")).unwrap();
        let mut files = Files::into(folder.path());
        files.add("support/triage.prompty", b"x".to_vec()).unwrap();
        assert!(files.write(true).unwrap_err().message.contains("is a link"));
        assert!(fs::read_dir(elsewhere.path()).unwrap().next().is_none());
    }
}
