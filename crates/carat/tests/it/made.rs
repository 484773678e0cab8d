//! Bundles and folders for tests.

use std::path::{Path, PathBuf};

use carat::bundle::{self, Bundle, Entry};
use carat::{Digest, Package, Prompts};
use serde_json::json;
use tempfile::TempDir;

pub(crate) const TRIAGE: &str = "---
name: Ticket triage
model: { id: gpt-5-mini, options: { temperature: 0 } }
inputs:
  subject: { kind: string, default: \"\" }
  body: { kind: string }
---
system:
Answer with one word.

user:
{{ subject }}
{{ body }}
";

pub(crate) fn package(text: &str) -> Package {
    let file = "prompts/support/triage.prompty".to_owned();
    Package { file, text: text.to_owned(), includes: Default::default(), pictures: Default::default() }
}

pub(crate) fn packed(name: &str, version: u32, labels: &[&str], package: Package) -> Entry {
    let digest = package.prompt(name).unwrap().digest();
    let labels = labels.iter().map(|label| (*label).to_owned()).collect();
    Entry { name: name.to_owned(), version, digest, labels, package }
}

pub(crate) fn entry(name: &str, version: u32, labels: &[&str], text: &str) -> Entry {
    packed(name, version, labels, package(text))
}

/// A prompt that says one thing.
pub(crate) fn saying(name: &str, version: u32, labels: &[&str], says: &str) -> Entry {
    entry(name, version, labels, &format!("user:\n{says}"))
}

pub(crate) fn write(path: &Path, prompts: Vec<Entry>) -> Digest {
    bundle::write(path, &Bundle { prompts }).unwrap()
}

pub(crate) fn text_of(prompts: Vec<Entry>) -> String {
    Bundle { prompts }.to_text().unwrap().0
}

/// A folder of its own with a place for a bundle.
pub(crate) fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.carat");
    (folder, path)
}

/// Prompts that look for changes only when they are told to.
pub(crate) fn still(path: &Path) -> Prompts {
    Prompts::options().without_watching().open(path).unwrap()
}

/// A bundle of these lines, with the first line that belongs to them.
pub(crate) fn signed(lines: &[String]) -> String {
    let rest: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    let digest = Digest::of_bytes(rest.as_bytes());
    let first = json!({"carat": "bundle", "format": 1, "digest": digest, "prompts": lines.len()});
    format!("{first}\n{rest}")
}

/// What a prompt without variables says.
pub(crate) fn says(prompts: &Prompts, reference: &str) -> String {
    prompts.get(reference).unwrap().render(&()).unwrap().messages()[0].joined_text().into_owned()
}
