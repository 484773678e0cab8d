//! Whether files have changed, by what the file system says of them.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file that was written so lately may be written once more without its time moving on: file systems count in steps, the
/// coarsest of them of two seconds.
const STEP: Duration = Duration::from_secs(2);

/// What was seen of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    files: Vec<(PathBuf, Option<Seen>)>,
    /// Whether every time is old enough to tell the next change from this one.
    is_settled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    modified: Option<SystemTime>,
    length: u64,
    /// Which file it is, where there are such numbers: one that was put in place of another has another one.
    identity: (u64, u64),
}

impl Look {
    /// Looks at files; links are followed.
    pub(super) fn at(paths: impl Iterator<Item = PathBuf>) -> Self {
        let files: Vec<(PathBuf, Option<Seen>)> = paths.map(|path| (path.clone(), Seen::of(&path))).collect();
        let now = SystemTime::now();
        let is_old = |seen: &Seen| {
            let age = seen.modified.and_then(|modified| now.duration_since(modified).ok());
            age.is_some_and(|age| age > STEP)
        };
        let is_settled = files.iter().all(|(_, seen)| seen.as_ref().is_none_or(is_old));
        Self { files, is_settled }
    }

    /// Whether something may have changed between an earlier look and this one.
    pub(super) fn may_differ(&self, earlier: &Self) -> bool {
        !earlier.is_settled || self.files != earlier.files
    }
}

impl Seen {
    fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        Some(Self { modified: found.modified().ok(), length: found.len(), identity: identity(&found) })
    }
}

#[cfg(unix)]
fn identity(found: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (found.dev(), found.ino())
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    fn look(path: &Path) -> Look {
        Look::at(std::iter::once(path.to_owned()))
    }

    fn set_age(path: &Path, seconds: u64) {
        let then = SystemTime::now() - Duration::from_secs(seconds);
        File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
    }

    #[test]
    fn a_file_that_rests_does_not_differ_and_one_that_was_just_written_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "1").unwrap();
        assert!(look(&path).may_differ(&look(&path)), "it may have been written twice within one step of the clock");
        set_age(&path, 60);
        assert!(!look(&path).may_differ(&look(&path)));
    }

    #[test]
    fn a_file_that_is_longer_or_newer_or_another_or_gone_differs() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a"), folder.path().join("b"));
        let fresh = || {
            fs::write(&path, "1").unwrap();
            set_age(&path, 60);
            look(&path)
        };
        let before = fresh();
        fs::write(&path, "12").unwrap();
        set_age(&path, 60);
        assert!(look(&path).may_differ(&before));

        let before = fresh();
        set_age(&path, 30);
        assert!(look(&path).may_differ(&before));

        let before = fresh();
        fs::write(&other, "2").unwrap();
        File::options()
            .write(true)
            .open(&other)
            .unwrap()
            .set_modified(fs::metadata(&path).unwrap().modified().unwrap())
            .unwrap();
        fs::rename(&other, &path).unwrap();
        assert_eq!(look(&path).may_differ(&before), cfg!(unix));

        fs::remove_file(&path).unwrap();
        assert!(look(&path).may_differ(&before));
        assert!(!look(&path).may_differ(&look(&path)));
    }
}
