//! What a new project writes: decided first, as a whole; then done. Nothing that is there is written over.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::fault::Fault;

use super::template::Template;

/// Where a file is written before it gets its name, so that it is there as a whole or not at all.
const DRAFT: &str = ".carat/init.draft";

/// The files of a new project.
pub(super) struct Plan {
    root: PathBuf,
    pub(super) files: Vec<File>,
}

/// A file, and what becomes of it.
pub(super) struct File {
    /// Its path in the project.
    pub(super) path: String,
    pub(super) what: What,
    text: String,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// It is not there yet.
    New,
    /// It is there, and gets some lines more.
    Longer,
    /// It is there with this very content.
    Unchanged,
    /// Something else is there, and stays.
    Kept,
}

impl What {
    /// The word in JSON.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Longer => "longer",
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
        }
    }
}

impl Plan {
    /// What to write into this folder, which need not be there.
    ///
    /// # Errors
    /// Something that is there cannot be looked at.
    pub(super) fn new(root: &Path, templates: &[Template]) -> Result<Self, Fault> {
        let files = templates.iter().map(|template| {
            let path = root.join(template.path);
            let decided = if template.are_lines { lines(&path, &template.text) } else { whole(&path, &template.text) };
            let (what, text) = decided.map_err(|error| Fault::mendable(format!("{}: {error}", path.display())))?;
            Ok(File { path: template.path.to_owned(), what, text })
        });
        Ok(Self { root: root.to_owned(), files: files.collect::<Result<_, Fault>>()? })
    }

    /// Writes the files, in their order.
    ///
    /// # Errors
    /// The disk does not take them. What has been written stays, and doing it again goes on from there.
    pub(super) fn carry_out(&self) -> Result<(), Fault> {
        for file in &self.files {
            let path = self.root.join(&file.path);
            self.write(&path, file)
                .map_err(|error| Fault::world(format!("cannot write {}: {error}", path.display())))?;
        }
        // Only if nothing else is in it.
        let _ = fs::remove_dir(self.root.join(".carat"));
        Ok(())
    }

    fn write(&self, path: &Path, file: &File) -> io::Result<()> {
        match file.what {
            What::Unchanged | What::Kept => Ok(()),
            What::Longer => OpenOptions::new().append(true).open(path)?.write_all(file.text.as_bytes()),
            What::New => self.create(path, &file.text),
        }
    }

    /// Writes a file that must not be there, in one step.
    fn create(&self, path: &Path, text: &str) -> io::Result<()> {
        let draft = self.root.join(DRAFT);
        for folder in [path.parent(), draft.parent()].into_iter().flatten() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&draft, text)?;
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft)?;
        match linked {
            // Not every file system has links.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
            }
            linked => linked,
        }
    }
}

/// What becomes of a file that has to have this content.
fn whole(path: &Path, text: &str) -> io::Result<(What, String)> {
    let what = match fs::read(path) {
        Ok(there) if there == text.as_bytes() => What::Unchanged,
        Ok(_) => What::Kept,
        // A link to nowhere, or a folder, is something that is there.
        Err(_) if path.symlink_metadata().is_ok() => What::Kept,
        Err(error) if error.kind() == io::ErrorKind::NotFound => What::New,
        Err(error) => return Err(error),
    };
    Ok((what, text.to_owned()))
}

/// What becomes of a file that has to have these lines, among others.
fn lines(path: &Path, lines: &str) -> io::Result<(What, String)> {
    let there = match fs::read(path) {
        Ok(there) => String::from_utf8_lossy(&there).into_owned(),
        Err(_) => return whole(path, lines),
    };
    // `/.carat`, `.carat` and `.carat/` keep the same folder out.
    let bare = |line: &str| line.trim().trim_matches('/').to_owned();
    let is_there = |line: &str| there.lines().any(|other| bare(other) == bare(line));
    let missing: String = lines.lines().filter(|line| !is_there(line)).map(|line| format!("{line}\n")).collect();
    if missing.is_empty() {
        return Ok((What::Unchanged, missing));
    }
    let gap = if there.is_empty() || there.ends_with('\n') { "" } else { "\n" };
    Ok((What::Longer, format!("{gap}{missing}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(root: &Path) -> Plan {
        let file = |path, text: &str| Template { path, text: text.to_owned(), are_lines: false };
        let ignored = Template { path: ".gitignore", text: ".carat/\n".to_owned(), are_lines: true };
        Plan::new(root, &[file("a/b.txt", "b"), ignored, file("z", "z")]).unwrap()
    }

    fn what(plan: &Plan) -> Vec<What> {
        plan.files.iter().map(|file| file.what).collect()
    }

    #[test]
    fn what_was_interrupted_is_finished_by_doing_it_again() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a")).unwrap();
        fs::create_dir_all(folder.path().join(".carat")).unwrap();
        fs::write(folder.path().join("a/b.txt"), "b").unwrap();
        fs::write(folder.path().join(DRAFT), "half of som").unwrap();
        let again = plan(folder.path());
        assert_eq!(what(&again), [What::Unchanged, What::New, What::New]);
        again.carry_out().unwrap();
        assert_eq!(what(&plan(folder.path())), [What::Unchanged; 3]);
        assert!(!folder.path().join(".carat").exists(), "nothing is left behind");
    }

    #[test]
    fn what_came_in_between_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let decided = plan(folder.path());
        fs::write(folder.path().join("z"), "somebody else's").unwrap();
        let error = decided.carry_out().unwrap_err();
        assert!(error.message.contains("cannot write"), "{error:?}");
        assert_eq!(fs::read_to_string(folder.path().join("z")).unwrap(), "somebody else's");
    }

    #[test]
    fn lines_are_added_to_what_is_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".gitignore");
        for (there, added) in [("target", "\n.carat/\n"), ("target\n", ".carat/\n"), ("", ".carat/\n")] {
            fs::write(&path, there).unwrap();
            assert_eq!(lines(&path, ".carat/\n").unwrap(), (What::Longer, added.to_owned()), "{there:?}");
        }
        for there in [".carat/\n", "a\r\n.carat/\r\n", "/.carat", ".carat"] {
            fs::write(&path, there).unwrap();
            assert_eq!(lines(&path, ".carat/\n").unwrap().0, What::Unchanged, "{there:?}");
        }
    }
}
