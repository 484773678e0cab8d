//! The lines of a bundle: a version of a prompt each.

use std::collections::BTreeSet;

use carat_prompt::{Digest, Package};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{BundleError, Entry, Frame};
use crate::Prompt;
use crate::reference::refuse_label;

/// A line as written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'a> {
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) digest: Digest,
    #[serde(default)]
    pub(super) labels: BTreeSet<String>,
    pub(super) package: Package,
    /// What the front matter of the package's text comes to: YAML takes more time than all the rest together.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) front: Option<&'a RawValue>,
}

/// A version that is ready to be rendered, and the labels that point to it.
pub(crate) struct Ready {
    pub(crate) prompt: Prompt,
    pub(crate) labels: BTreeSet<String>,
}

/// The prompts of a bundle, in the order of its lines.
pub(crate) fn ready(frame: &Frame<'_>) -> Result<Vec<Ready>, BundleError> {
    each(frame, |text, number, file| {
        let line = read(text, number, file)?;
        let prompt = unpack(&line, line.front.map(RawValue::get), number, file)?;
        Ok(Ready { prompt, labels: line.labels })
    })
}

/// What a line holds. Its front matter is read from the package's text, whatever `front` says.
pub(super) fn entry(text: &str, number: usize, file: &str) -> Result<Entry, BundleError> {
    let line = read(text, number, file)?;
    unpack(&line, None, number, file)?;
    let Line { name, version, digest, labels, package, front: _ } = line;
    Ok(Entry { name, version, digest, labels, package })
}

/// Reads every line; the first that is wrong is told. On one thread: several are no faster, for most of the work is asking
/// for memory.
pub(super) fn each<T>(
    frame: &Frame<'_>,
    read: impl Fn(&str, usize, &str) -> Result<T, BundleError>,
) -> Result<Vec<T>, BundleError> {
    // The first line has no prompt, so that the lines of prompts begin with number 2.
    frame.lines.iter().zip(2..).map(|(line, number)| read(line, number, frame.file)).collect()
}

fn read<'a>(text: &'a str, number: usize, file: &str) -> Result<Line<'a>, BundleError> {
    let wrong = |why: String| BundleError::Line { file: file.to_owned(), line: number, why };
    let line: Line<'_> = serde_json::from_str(text).map_err(|error| wrong(in_words(&error)))?;
    match unfit(&line.name, line.version, &line.labels) {
        Some(why) => Err(wrong(why)),
        None => Ok(line),
    }
}

/// Why these cannot be a version's.
pub(super) fn unfit(name: &str, version: u32, labels: &BTreeSet<String>) -> Option<String> {
    if let Some(why) = carat_prompt::names::unfit(name) {
        return Some(format!("`{}` cannot be the name of a prompt: {why}", name.escape_debug()));
    }
    if version == 0 {
        return Some(format!("{name}: versions are numbered from 1"));
    }
    let bad = labels.iter().find_map(|label| refuse_label(label).map(|why| (label, why)));
    bad.map(|(label, why)| format!("{name}@{version}: `{}` cannot be a label: {why}", label.escape_debug()))
}

fn unpack(line: &Line<'_>, front: Option<&str>, number: usize, file: &str) -> Result<Prompt, BundleError> {
    let shown = || format!("{}@{}", line.name, line.version);
    let prompt = Prompt::unpack(&line.name, Some(line.version), &line.package, front).map_err(|error| {
        let why = format!("{} cannot be read: {error}", shown());
        BundleError::Line { file: file.to_owned(), line: number, why }
    })?;
    let (said, found) = (line.digest, prompt.digest());
    if said == found {
        return Ok(prompt);
    }
    Err(BundleError::Digest { file: file.to_owned(), line: number, prompt: shown(), said, found })
}

/// The reader ends its messages with a place within the line, and tells the names that it knows.
fn in_words(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let said = message.rsplit_once(" at line ").map_or(message.as_str(), |(said, _)| said);
    let mut names = said.split('`').skip(1).step_by(2);
    match names.next() {
        Some(unknown) if said.starts_with("unknown field") => {
            format!("{said}{}", carat_prompt::nearest::did_you_mean(unknown, names))
        }
        _ => said.to_owned(),
    }
}
