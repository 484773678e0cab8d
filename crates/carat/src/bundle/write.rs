//! Writing a bundle.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use carat_prompt::Digest;
use serde_json::value::RawValue;

use super::frame::Header;
use super::line::{Line, unfit};
use super::{Bundle, BundleError, Entry, FORMAT, Head, refuse_twins};
use crate::Prompt;

/// Writes a bundle to a file, in place of what was there: whoever reads the file meanwhile sees the one or the other, whole.
///
/// It tells the bundle's digest. The same versions make the same bytes, in whatever order they come.
///
/// # Errors
/// As [`Bundle::to_text`]; the file cannot be written.
pub fn write(path: &Path, bundle: &Bundle) -> Result<Digest, BundleError> {
    let (text, digest) = bundle.to_text()?;
    let unwritable =
        |error: io::Error| BundleError::Unwritable { file: path.display().to_string(), cause: error.to_string() };
    let temporary = beside(path).map_err(unwritable)?;
    let written = fill(&temporary, &text).and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        // What cannot be written may be there in part; that it cannot be taken away either is not what went wrong.
        drop(std::fs::remove_file(&temporary));
    }
    written.map(|()| digest).map_err(unwritable)
}

/// A name in the same folder, for only there a rename is one step. Hidden, and of this process alone.
fn beside(path: &Path) -> io::Result<PathBuf> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it names no file"))?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    Ok(path.with_file_name(format!(".{}.{}.{number}.tmp", name.to_string_lossy(), std::process::id())))
}

fn fill(path: &Path, text: &str) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

pub(super) fn to_text(bundle: &Bundle) -> Result<(String, Digest), BundleError> {
    let unfit = |what: String| BundleError::Unfit { what };
    if bundle.prompts.is_empty() {
        return Err(unfit("there is no prompt to put into it".to_owned()));
    }
    refuse_twins(bundle.prompts.iter().map(Head::of)).map_err(|twin| unfit(twin.0))?;
    let mut entries: Vec<&Entry> = bundle.prompts.iter().collect();
    entries.sort_unstable_by_key(|entry| (&entry.name, entry.version));
    let mut lines = String::new();
    for entry in &entries {
        lines.push_str(&line(entry).map_err(unfit)?);
        lines.push('\n');
    }
    let digest = Digest::of_bytes(lines.as_bytes());
    let header = Header { carat: "bundle".to_owned(), format: FORMAT, digest, prompts: entries.len() };
    let header = serde_json::to_string(&header).map_err(|error| unfit(error.to_string()))?;
    Ok((format!("{header}\n{lines}"), digest))
}

fn line(entry: &Entry) -> Result<String, String> {
    let Entry { name, version, digest, labels, package } = entry.clone();
    if let Some(why) = unfit(&name, version, &labels) {
        return Err(why);
    }
    let unreadable = |error: carat_prompt::PromptError| format!("{name}@{version} cannot be read: {error}");
    let prompt = Prompt::unpack(&name, Some(version), &package, None).map_err(unreadable)?;
    if prompt.digest() != digest {
        return Err(format!(
            "{name}@{version} should have the digest {digest}, and what is packed has {}",
            prompt.digest()
        ));
    }
    let front = front(&prompt, entry).map(RawValue::from_string).transpose().map_err(|error| error.to_string())?;
    let line = Line { name, version, digest, labels, package, front: front.as_deref() };
    serde_json::to_string(&line).map_err(|error| error.to_string())
}

/// The front matter as JSON, where the prompt that is read by it is the very same.
fn front(prompt: &Prompt, entry: &Entry) -> Option<String> {
    let json = carat_prompt::Prompt::front_json(&entry.name, &entry.package.text)?;
    let by_json = Prompt::unpack(&entry.name, Some(entry.version), &entry.package, Some(&json)).ok()?;
    is_same(prompt.inner(), by_json.inner()).then_some(json)
}

/// Whether both say the same, also where the digest does not look.
fn is_same(a: &carat_prompt::Prompt, b: &carat_prompt::Prompt) -> bool {
    let words = |prompt: &carat_prompt::Prompt| {
        let carat_prompt::Prompt { title, description, authors, tags, intended_model, .. } = prompt;
        (title.clone(), description.clone(), authors.clone(), tags.clone(), intended_model.clone())
    };
    a.digest() == b.digest()
        && words(a) == words(b)
        && (&a.inputs, &a.sample, &a.warnings) == (&b.inputs, &b.sample, &b.warnings)
}
