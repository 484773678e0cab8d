//! Datasets as files: what is read, what is refused and in which words.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod checks;
mod differences;
mod finding_files;
mod formats;
mod parquet_files;
mod properties;
mod refusals;
mod selections;

use std::path::PathBuf;

use carat_core::{DataError, Row, Rows};
use carat_registry::dataset::Dataset;
use tempfile::TempDir;

/// A folder with files in it that is gone afterwards.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn of(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        for (name, text) in files {
            folder.put(name, text);
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn dataset(&self, name: &str) -> Dataset {
        Dataset::open(&self.path(name), name).unwrap()
    }

    /// All rows of a file, or why there is none.
    fn read(&self, name: &str) -> Result<Vec<Row>, DataError> {
        Dataset::open(&self.path(name), name)?.open()?.collect()
    }
}

/// All rows of a file with this name and text.
fn read(name: &str, bytes: impl AsRef<[u8]>) -> Result<Vec<Row>, DataError> {
    let folder = Folder::new();
    folder.put(name, bytes);
    folder.read(name)
}

/// The words in which such a file is refused.
fn refusal(name: &str, bytes: impl AsRef<[u8]>) -> String {
    read(name, bytes).unwrap_err().to_string()
}
