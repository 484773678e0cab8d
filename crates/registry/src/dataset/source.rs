//! A file that rows come from, and what is said when they do not.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carat_core::DataError;
use carat_core::nearest::did_you_mean;

use super::Located;

/// What comes of one attempt at a row.
pub(super) type Reading = Result<Located, Fault>;

/// A row that cannot be read.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) error: DataError,
    /// Whether the rows after it cannot be read either.
    pub(super) fatal: bool,
}

impl From<DataError> for Fault {
    /// A fault of one row.
    fn from(error: DataError) -> Self {
        Self { error, fatal: false }
    }
}

/// A file, and what people call it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) shown: Arc<str>,
}

impl Source {
    pub(super) fn error(&self, line: impl Into<Option<u64>>, message: impl Into<String>) -> DataError {
        DataError { file: self.shown.to_string(), line: line.into(), message: message.into() }
    }

    pub(super) fn fatal(&self, line: impl Into<Option<u64>>, message: impl Into<String>) -> Fault {
        Fault { error: self.error(line, message), fatal: true }
    }

    pub(super) fn file(&self) -> Result<File, DataError> {
        File::open(&self.path).map_err(|error| self.unreadable(&error))
    }

    /// Why the file cannot be had, and what to do.
    pub(super) fn unreadable(&self, error: &io::Error) -> DataError {
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!("there is no such file{}", neighbour(&self.path)),
            io::ErrorKind::PermissionDenied => {
                format!("may not be read: {error}; look at its rights with `ls -l {}`", self.shown)
            }
            _ => format!("cannot be read: {error}"),
        };
        self.error(None, message)
    }

    /// The file's last name, for commands that people can copy.
    pub(super) fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or(&self.shown)
    }
}

/// The tail of an error: the file of the same folder that was probably meant.
fn neighbour(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return String::new() };
    let Ok(entries) = std::fs::read_dir(folder) else { return "; nor is there its folder".to_owned() };
    let names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    did_you_mean(name, names.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_may_not_be_read_is_told_so() {
        let source = Source { path: "/data/t.csv".into(), shown: "data/t.csv".into() };
        insta::assert_snapshot!(
            source.unreadable(&io::ErrorKind::PermissionDenied.into()),
            @"data/t.csv: may not be read: permission denied; look at its rights with `ls -l data/t.csv`"
        );
    }
}
