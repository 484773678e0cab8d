//! The first line of a bundle, and whether what stands behind it is what was written.

use carat_prompt::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BundleError, FORMAT};

/// What an exported run begins with. It has the same ending.
const RUN: &[u8] = b"carat archive ";

/// What every SQLite file begins with.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// `bundle`
    pub(super) carat: String,
    pub(super) format: u32,
    /// Of all bytes behind the first line.
    pub(super) digest: Digest,
    /// How many lines follow.
    pub(super) prompts: usize,
}

/// A bundle whose bytes are those that were written.
pub(crate) struct Frame<'a> {
    pub(crate) file: &'a str,
    /// The digest in the first line: the name of the bundle.
    pub(crate) digest: Digest,
    /// The lines behind the first, without their line feeds.
    pub(crate) lines: Vec<&'a str>,
}

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Bundle,
    Run,
    Store,
    Other,
}

pub(crate) fn kind_of_file(bytes: &[u8]) -> FileKind {
    match bytes {
        _ if bytes.starts_with(RUN) => FileKind::Run,
        _ if bytes.starts_with(SQLITE) => FileKind::Store,
        [b'{', ..] => FileKind::Bundle,
        _ => FileKind::Other,
    }
}

impl<'a> Frame<'a> {
    pub(crate) fn open(bytes: &'a [u8], file: &'a str) -> Result<Self, BundleError> {
        match kind_of_file(bytes) {
            FileKind::Bundle => {}
            FileKind::Run => return Err(BundleError::ARun { file: file.to_owned() }),
            FileKind::Store | FileKind::Other => return Err(BundleError::NotABundle { file: file.to_owned() }),
        }
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (first, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        let header = header(first, file)?;
        if Digest::of_bytes(rest) != header.digest {
            return Err(damage(rest, header.prompts, file));
        }
        let changed = |_| BundleError::Changed { file: file.to_owned() };
        let lines: Vec<&str> = std::str::from_utf8(rest).map_err(changed)?.lines().collect();
        match lines.len() {
            0 => Err(BundleError::Nonsense { file: file.to_owned(), what: "it holds no prompt".to_owned() }),
            there if there == header.prompts => Ok(Self { file, digest: header.digest, lines }),
            there => {
                let why = format!("it promises {} prompts, and {there} lines follow", header.prompts);
                Err(BundleError::Header { file: file.to_owned(), why })
            }
        }
    }
}

fn header(line: &[u8], file: &str) -> Result<Header, BundleError> {
    let not_a_bundle = || BundleError::NotABundle { file: file.to_owned() };
    let value: Value = serde_json::from_slice(line).map_err(|_| not_a_bundle())?;
    if value.get("carat").and_then(Value::as_str) != Some("bundle") {
        return Err(not_a_bundle());
    }
    // Before anything else: what a later format has besides is nothing to complain about.
    if let Some(format) = value.get("format").and_then(Value::as_u64).filter(|format| *format > u64::from(FORMAT)) {
        return Err(BundleError::Newer { file: file.to_owned(), format });
    }
    let wrong = |why: String| BundleError::Header { file: file.to_owned(), why };
    let header: Header = serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?;
    if header.format == FORMAT { Ok(header) } else { Err(wrong(format!("there is no format {}", header.format))) }
}

/// What has happened to bytes that do not agree with their checksum.
fn damage(rest: &[u8], promised: usize, file: &str) -> BundleError {
    let there = rest.iter().filter(|byte| **byte == b'\n').count();
    if there < promised {
        return BundleError::CutShort { file: file.to_owned(), there, promised };
    }
    BundleError::Changed { file: file.to_owned() }
}
