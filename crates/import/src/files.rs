//! The files of a source, and how they are read.

use std::collections::BTreeMap;
use std::fmt;

use carat_core::yaml::{self, YamlError};
use serde_json::Value;

use crate::unread::CORRECT;
pub(crate) use crate::unread::Unread;

/// The files of a source, by paths relative to its folder, with `/` between the steps.
///
/// A path may lead out of the folder (`../shared/prompt.txt`) or be absolute, for a source may be anybody's and say anything:
/// what lies outside of the folder is [`Unread::Outside`].
pub trait Files {
    /// The text of a file.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn text(&self, path: &str) -> Result<String, Unread>;

    /// The paths of the files in a folder and in all folders below it, sorted; nothing where there is no such folder. The
    /// empty path is the folder of the source.
    fn below(&self, folder: &str) -> Vec<String>;
}

/// Files that are held in memory: for tests, and for sources that are no files.
#[derive(Debug, Clone, Default)]
pub struct InMemory(pub BTreeMap<String, String>);

impl Files for InMemory {
    fn text(&self, path: &str) -> Result<String, Unread> {
        let why = if is_outside(path) { Unread::Outside } else { Unread::Missing };
        self.0.get(path).cloned().ok_or(why)
    }

    fn below(&self, folder: &str) -> Vec<String> {
        let inside =
            |path: &&String| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.0.keys().filter(inside).cloned().collect()
    }
}

/// Whether a path that has been followed leads out of the folder of the source.
fn is_outside(path: &str) -> bool {
    path.starts_with('/') || path == ".." || path.starts_with("../")
}

/// A source cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ImportError {
    /// The file, as the person knows it.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<u64>,
    /// What is wrong, and what to do.
    pub message: String,
    /// What to do where the file is one of several, and the others are read.
    pub advice: &'static str,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl ImportError {
    pub(crate) fn new(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, message: message.into(), advice: CORRECT }
    }
}

impl From<YamlError> for ImportError {
    fn from(error: YamlError) -> Self {
        Self { file: error.file, line: Some(error.line), message: error.message, advice: CORRECT }
    }
}

/// How deep a document may be nested. Nobody writes one deeper, and what walks a document need not fear for its stack.
const DEEPEST: usize = 100;

/// Reads a YAML or JSON file. An empty one is null.
///
/// # Errors
/// The file cannot be had, is not YAML, or is nested too deeply.
pub(crate) fn document(files: &dyn Files, path: &str) -> Result<Value, ImportError> {
    let text = files
        .text(path)
        .map_err(|why| ImportError { advice: why.advice(), ..ImportError::new(path, why.to_string()) })?;
    parse(&text, path)
}

/// Reads a YAML or JSON text.
pub(crate) fn parse(text: &str, path: &str) -> Result<Value, ImportError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let value = match ending(path) {
        "json" => serde_json::from_str(text).map_err(|error| not_json(path, error.line(), &error))?,
        _ => yaml::read(text, path)?,
    };
    shallow(value, path)
}

/// Reads a file with one JSON value a line; each with its line, from 1. Blank lines are nothing.
pub(crate) fn lines(text: &str, path: &str) -> Result<Vec<(usize, Value)>, ImportError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| match serde_json::from_str(line) {
            Ok(value) => Ok((at + 1, shallow(value, path)?)),
            Err(error) => Err(not_json(path, at + 1, &error)),
        })
        .collect()
}

fn not_json(path: &str, line: usize, error: &serde_json::Error) -> ImportError {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let message = format!("this is not JSON: {message}");
    ImportError { file: path.to_owned(), line: Some(line as u64), message, advice: CORRECT }
}

fn shallow(value: Value, path: &str) -> Result<Value, ImportError> {
    if is_deeper(&value, DEEPEST) {
        return Err(ImportError::new(path, format!("it is nested more than {DEEPEST} levels deep")));
    }
    Ok(value)
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    match (value, levels.checked_sub(1)) {
        (Value::Array(_) | Value::Object(_), None) => true,
        (Value::Array(list), Some(levels)) => list.iter().any(|inner| is_deeper(inner, levels)),
        (Value::Object(map), Some(levels)) => map.values().any(|inner| is_deeper(inner, levels)),
        _ => false,
    }
}

/// The ending of a path, in lower case where it is ASCII already; empty where there is none.
pub(crate) fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// The name of a file without its folder and ending.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The folder of a path; empty where it has none.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path as written in a file of `folder`, as a path of the source: `.` and `..` are followed.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let base = if path.starts_with('/') { "" } else { folder };
    let mut steps: Vec<&str> = Vec::new();
    for step in base.split('/').chain(path.split('/')) {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    let joined = steps.join("/");
    if path.starts_with('/') || base.starts_with('/') { format!("/{joined}") } else { joined }
}

/// The files that a path with wildcards means, sorted; the path itself where it has none. `*` and `?` stay within a step,
/// `**` goes through folders, `{a,b}` is one of several. A path into a folder outside of the source stays as it is, so that
/// whoever reads it is told so.
pub(crate) fn matching(files: &dyn Files, pattern: &str) -> Vec<String> {
    if !pattern.contains(['*', '?', '{', '[']) {
        return vec![pattern.to_owned()];
    }
    let fixed: Vec<&str> = pattern.split('/').take_while(|step| !step.contains(['*', '?', '{', '['])).collect();
    let Ok(glob) = globset::GlobBuilder::new(pattern).literal_separator(true).build() else { return Vec::new() };
    let matcher = glob.compile_matcher();
    let folder = fixed.join("/");
    if !folder.is_empty() && files.text(&folder) == Err(Unread::Outside) {
        return vec![pattern.to_owned()];
    }
    files.below(&folder).into_iter().filter(|path| matcher.is_match(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> InMemory {
        InMemory(paths.iter().map(|path| ((*path).to_owned(), String::new())).collect())
    }

    #[test]
    fn paths_are_followed() {
        assert_eq!(join("a/b", "../c.txt"), "a/c.txt");
        assert_eq!(join("", "./prompts//x.txt"), "prompts/x.txt");
        assert_eq!(join("a", "../../x"), "../x");
        assert_eq!(join("a", "/etc/x"), "/etc/x");
    }

    #[test]
    fn wildcards_stay_within_a_step() {
        let files = files(&["prompts/a.txt", "prompts/b.md", "prompts/deep/c.txt", "d.txt"]);
        assert_eq!(matching(&files, "prompts/*.txt"), ["prompts/a.txt"]);
        assert_eq!(matching(&files, "prompts/**/*.txt"), ["prompts/a.txt", "prompts/deep/c.txt"]);
        assert_eq!(matching(&files, "prompts/*.{txt,md}"), ["prompts/a.txt", "prompts/b.md"]);
        assert_eq!(matching(&files, "there/is/none.txt"), ["there/is/none.txt"]);
        assert!(matching(&files, "there/is/*.txt").is_empty());
        assert_eq!(matching(&files, "/etc/*.txt"), ["/etc/*.txt"]);
        assert_eq!(matching(&files, "../*.txt"), ["../*.txt"]);
    }

    #[test]
    fn a_document_that_is_too_deep_is_refused() {
        let deep = format!("{}{}", "[".repeat(101), "]".repeat(101));
        assert!(parse(&deep, "a.json").unwrap_err().message.contains("100 levels"));
        assert!(parse("[[1]]", "a.json").is_ok());
    }

    #[test]
    fn what_is_no_json_is_told_with_its_line() {
        let error = lines("{\"a\": 1}\n\n{a: 1}\n", "x.jsonl").unwrap_err();
        assert_eq!(error.to_string(), "x.jsonl:3: this is not JSON: key must be a string");
    }
}
