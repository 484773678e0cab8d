//! Where a report goes, and how it gets there without harm to what is there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::kept;

/// So many links in a row are a circle.
const LINKS: usize = 40;

/// Where a report goes. Two names of one file are one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// To stdout, under whatever name.
    Stdout,
    /// Straight into what is there and is no ordinary file: a FIFO, a device, a descriptor that a shell has opened.
    Through(PathBuf),
    /// Into an ordinary file, which it replaces or which is not there yet. No link.
    File(PathBuf),
}

impl Place {
    /// The place that a person means: links are followed, for the link is to stay and its target is to change.
    pub(crate) fn of(file: &Path) -> io::Result<Self> {
        if file == Path::new("-") {
            return Ok(Self::Stdout);
        }
        let mut at = file.to_owned();
        for _ in 0..LINKS {
            let (folder, here) = resolved(&at)?;
            if is_of_descriptors(&folder) {
                return Ok(if is_stdout(&folder, &here) { Self::Stdout } else { Self::Through(here) });
            }
            match fs::symlink_metadata(&here) {
                Ok(found) if found.is_symlink() => {
                    kept::refuse(&at)?;
                    at = folder.join(fs::read_link(&here)?);
                }
                Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
                Ok(found) if !found.is_file() => return Ok(Self::Through(here)),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(_) | Err(_) => {
                    kept::refuse(&at)?;
                    kept::refuse(&here)?;
                    return Ok(Self::File(here));
                }
            }
        }
        Err(io::Error::other("its links go round in a circle"))
    }

    /// Finds out whether it can be written, and leaves nothing behind. A FIFO is not opened: that would wait for its reader.
    pub(crate) fn try_out(&self) -> io::Result<()> {
        match self {
            Self::Stdout => Ok(()),
            Self::Through(path) => fs::metadata(path).map(drop),
            Self::File(path) => Draft::beside(path).map(drop),
        }
    }

    /// Opens it. What is written to a draft counts when the draft is kept.
    pub(crate) fn open(&self) -> io::Result<(Box<dyn Write + Send>, Option<Draft>)> {
        match self {
            Self::Stdout => Ok((Box::new(io::stdout()), None)),
            // Behind a descriptor may be a file that somebody else writes as well: nothing of it is cut off.
            Self::Through(path) => Ok((Box::new(File::options().append(true).open(path)?), None)),
            Self::File(path) => {
                let (draft, out) = Draft::beside(path)?;
                Ok((Box::new(out), Some(draft)))
            }
        }
    }
}

/// The folder without links, and the file in it.
fn resolved(file: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let is_folder = file.as_os_str().as_encoded_bytes().ends_with(b"/");
    let Some(name) = file.file_name().filter(|_| !is_folder) else { return Err(io::ErrorKind::IsADirectory.into()) };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize()?;
    let here = folder.join(name);
    Ok((folder, here))
}

/// Whether its entries are what a process has open. They look like links to files, but only opening them leads there.
fn is_of_descriptors(folder: &Path) -> bool {
    folder.starts_with("/dev/fd") || folder.starts_with("/proc") && folder.ends_with("fd")
}

fn is_stdout(folder: &Path, here: &Path) -> bool {
    let is_own = folder.starts_with("/dev/fd") || fs::canonicalize("/proc/self/fd").is_ok_and(|own| own == folder);
    is_own && here.ends_with("1")
}

/// A file in progress, beside the one whose name it gets when it is complete; else it goes away.
#[derive(Debug)]
pub(crate) struct Draft {
    at: PathBuf,
    file: PathBuf,
}

impl Draft {
    /// Begins one under a name that nobody else has: that of the file, with the number of this process.
    pub(crate) fn beside(file: &Path) -> io::Result<(Self, File)> {
        let mut count = 0;
        loop {
            let mut name = file.file_name().unwrap_or_default().to_owned();
            name.push(match count {
                0 => format!(".{}.part", std::process::id()),
                _ => format!(".{}-{count}.part", std::process::id()),
            });
            let at = file.with_file_name(name);
            match File::create_new(&at) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && count < 100 => count += 1,
                Err(error) => return Err(error),
                Ok(out) => return Ok((Self { at, file: file.to_owned() }, out)),
            }
        }
    }

    /// It is complete.
    pub(crate) fn keep(self) -> io::Result<()> {
        fs::rename(&self.at, &self.file)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Where it has got its name there is nothing left.
        let _ = fs::remove_file(&self.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_of_one_file_are_one_place() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| Place::of(&folder.path().join(name)).unwrap();
        fs::create_dir(folder.path().join("t")).unwrap();
        assert_eq!(at("t/same"), at("t/../t/./same"));
        assert_ne!(at("t/same"), at("same"));
        for name in ["t", "t/", "t/new/", "t/..", "."] {
            let refused = Place::of(&folder.path().join(name)).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::IsADirectory, "{name}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn links_are_followed_and_stay() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        symlink("second", root.join("first")).unwrap();
        symlink("target.csv", root.join("second")).unwrap();
        symlink("circle", root.join("circle")).unwrap();
        assert_eq!(Place::of(&root.join("first")).unwrap(), Place::File(root.join("target.csv")));
        assert!(Place::of(&root.join("circle")).is_err());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_descriptor_and_a_device_are_written_to_and_not_replaced() {
        for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            assert_eq!(Place::of(Path::new(name)).unwrap(), Place::Stdout, "{name}");
        }
        for name in ["/dev/null", "/dev/stderr", "/dev/fd/63"] {
            assert!(matches!(Place::of(Path::new(name)).unwrap(), Place::Through(_)), "{name}");
        }
    }

    #[test]
    fn a_draft_takes_nobodys_name_and_goes_away_unless_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        let taken = folder.path().join(format!("a.csv.{}.part", std::process::id()));
        fs::write(&taken, "mine").unwrap();
        drop(Draft::beside(&file).unwrap());
        let (draft, mut out) = Draft::beside(&file).unwrap();
        out.write_all(b"all").unwrap();
        draft.keep().unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "all");
        assert_eq!(fs::read_to_string(&taken).unwrap(), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
