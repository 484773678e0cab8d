//! Bundles: saved versions of prompts in one file, for applications.
//!
//! A bundle is text. Its first line says what it is and what has to stand behind it; every other line is one version of a
//! prompt with all that it needs:
//!
//! ```text
//! {"carat":"bundle","format":1,"digest":"sha256:…","prompts":2}
//! {"name":"support/triage","version":6,"digest":"sha256:…","labels":[],"package":{…},"front":{…}}
//! {"name":"support/triage","version":7,"digest":"sha256:…","labels":["latest","production"],"package":{…},"front":{…}}
//! ```
//!
//! The digest of the first line is the SHA-256 of all bytes behind that line. `front` is what the front matter of the
//! package's text comes to, as JSON, which is read in a fraction of the time; it may be left out. The same versions make the
//! same bytes.

mod error;
mod frame;
mod line;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use carat_prompt::{Digest, Package};

pub use error::BundleError;
pub use write::write;

pub(crate) use frame::{FileKind, Frame, kind_of_file};
pub(crate) use line::{Ready, ready};

/// The number of the format that is written, and the highest that is read.
pub const FORMAT: u32 = 1;

/// What a bundle holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bundle {
    /// The versions. Each name has each number once, and each label once.
    pub prompts: Vec<Entry>,
}

/// A version of a prompt in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the project: `support/triage`.
    pub name: String,
    /// Its number, from 1.
    pub version: u32,
    /// The name of its content: what [`carat_prompt::Prompt::digest`] says of the packed prompt.
    pub digest: Digest,
    /// The labels that point to it, and `latest` where it is the newest version of its name.
    pub labels: BTreeSet<String>,
    /// The prompt with all that it needs.
    pub package: Package,
}

impl Bundle {
    /// Reads a bundle from a file, and every prompt in it.
    ///
    /// # Errors
    /// The file cannot be read, is no bundle, is not as it was written, or holds a prompt that cannot be read or has
    /// another digest than its line says.
    pub fn read(path: &Path) -> Result<Self, BundleError> {
        let file = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|error| BundleError::Unreadable { file: file.clone(), cause: error.to_string() })?;
        Self::parse(&bytes, &file)
    }

    /// As [`Bundle::read`], from the bytes of a file that is called `file`.
    ///
    /// # Errors
    /// As [`Bundle::read`].
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, BundleError> {
        let frame = Frame::open(bytes, file)?;
        let prompts = line::each(&frame, line::entry)?;
        refuse_twins(prompts.iter().map(Head::of)).map_err(|twin| twin.in_bundle(file))?;
        Ok(Self { prompts })
    }

    /// The bytes of a bundle, and its digest: the one in its first line.
    ///
    /// # Errors
    /// There is no prompt; a name, a label or a number cannot be one, or is there twice; a package holds no prompt with that
    /// digest.
    pub fn to_text(&self) -> Result<(String, Digest), BundleError> {
        write::to_text(self)
    }
}

/// What must be there once.
pub(crate) struct Head<'a> {
    name: &'a str,
    version: u32,
    labels: &'a BTreeSet<String>,
}

impl<'a> Head<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self { name: &entry.name, version: entry.version, labels: &entry.labels }
    }

    pub(crate) fn of_ready(ready: &'a Ready) -> Self {
        Self { name: ready.prompt.name(), version: ready.prompt.version().unwrap_or(0), labels: &ready.labels }
    }
}

/// What is there twice.
pub(crate) struct Twin(String);

impl Twin {
    pub(crate) fn in_bundle(self, file: &str) -> BundleError {
        BundleError::Nonsense { file: file.to_owned(), what: self.0 }
    }
}

/// Refuses a number or a label that a name has twice.
pub(crate) fn refuse_twins<'a>(heads: impl Iterator<Item = Head<'a>>) -> Result<(), Twin> {
    let mut versions = BTreeSet::new();
    let mut labels = BTreeMap::new();
    for Head { name, version, labels: of_version } in heads {
        if !versions.insert((name, version)) {
            return Err(Twin(format!("{name}@{version} stands in it twice")));
        }
        for label in of_version {
            if let Some(other) = labels.insert((name, label.as_str()), version) {
                return Err(Twin(format!(
                    "the label `{label}` of {name} points to version {other} and to version {version}"
                )));
            }
        }
    }
    Ok(())
}
