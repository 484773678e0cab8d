//! Settings read from files and checked.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Latency, Settings};

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{path}, line {line}: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where in the file, from 1.
        line: usize,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// A share is below 0 or above 1, or a time is negative.
    #[error("`{name}` is {value}, which is out of range")]
    Range {
        /// Which setting.
        name: &'static str,
        /// What it was set to.
        value: f64,
    },
}

impl Settings {
    /// Reads settings from a JSON file; `answers_file` in it is relative to that file.
    ///
    /// # Errors
    /// When the file cannot be read or is no settings.
    pub fn from_file(path: &Path) -> Result<Self, SettingsError> {
        let text = read(path)?;
        let mut settings: Self = serde_json::from_str(&text).map_err(|source| {
            let (path, line) = (path.to_owned(), source.line());
            SettingsError::Parse { path, line, source }
        })?;
        if let (Some(file), Some(folder)) = (&mut settings.answers_file, path.parent()) {
            *file = folder.join(&*file);
        }
        Ok(settings)
    }

    /// Reads the answers file into `answers` and checks that every number is in range.
    pub(crate) fn complete(mut self) -> Result<Self, SettingsError> {
        if let Some(path) = self.answers_file.take() {
            self.answers.extend(read_answers(&path)?);
        }
        self.check()?;
        Ok(self)
    }

    fn check(&self) -> Result<(), SettingsError> {
        share("accuracy", self.accuracy)?;
        share("flicker", self.flicker)?;
        share("cached_share", self.cached_share)?;
        time("slow_body_ms_per_chunk", self.slow_body_ms_per_chunk)?;
        self.batches.check()?;
        self.latency.check()?;
        for model in self.models.values() {
            share("accuracy", model.accuracy.unwrap_or(1.0))?;
            model.latency.unwrap_or_default().check()?;
        }
        for rule in &self.faults {
            share("rate", rule.rate.unwrap_or(1.0))?;
        }
        for otherwise in self.rules.iter().filter_map(|rule| rule.otherwise.as_ref()) {
            share("otherwise.share", otherwise.share)?;
        }
        Ok(())
    }
}

impl Latency {
    fn check(&self) -> Result<(), SettingsError> {
        time("p50_ms", self.p50_ms)?;
        time("p95_ms", self.p95_ms.unwrap_or(0.0))
    }
}

pub(crate) fn share(name: &'static str, value: f64) -> Result<(), SettingsError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(SettingsError::Range { name, value })
}

/// A day is more than any test waits, and keeps the arithmetic of durations from overflowing.
pub(crate) fn time(name: &'static str, value: f64) -> Result<(), SettingsError> {
    if (0.0..=86_400_000.0).contains(&value) {
        return Ok(());
    }
    Err(SettingsError::Range { name, value })
}

fn read(path: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path).map_err(|source| {
        let path = path.to_owned();
        SettingsError::Read { path, source }
    })
}

#[derive(Deserialize)]
struct AnswerLine {
    #[serde(alias = "input", alias = "prompt")]
    question: String,
    #[serde(alias = "expected", alias = "output", alias = "target")]
    answer: String,
}

fn read_answers(path: &Path) -> Result<Vec<(String, String)>, SettingsError> {
    let text = read(path)?;
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(place, line)| {
            let parsed: AnswerLine = serde_json::from_str(line).map_err(|source| SettingsError::Parse {
                path: path.to_owned(),
                line: place + 1,
                source,
            })?;
            Ok((parsed.question, parsed.answer))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accuracy_above_one_is_refused() {
        let settings = Settings { accuracy: 80.0, ..Settings::default() };
        let error = settings.complete().unwrap_err();
        assert_eq!(error.to_string(), "`accuracy` is 80, which is out of range");
    }

    #[test]
    fn an_answers_file_stands_beside_its_settings() {
        let folder = tempfile::tempdir().unwrap();
        let line = "{\"question\": \"2+2\", \"answer\": \"4\"}\n\n{\"input\": \"1+1\", \"target\": \"2\"}\n";
        std::fs::write(folder.path().join("a.jsonl"), line).unwrap();
        let file = folder.path().join("settings.json");
        std::fs::write(&file, r#"{"answers_file": "a.jsonl"}"#).unwrap();
        let settings = Settings::from_file(&file).unwrap().complete().unwrap();
        assert_eq!(settings.answers["2+2"], "4");
        assert_eq!(settings.answers["1+1"], "2");
    }

    #[test]
    fn a_broken_line_of_answers_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        std::fs::write(&file, "{\"question\": \"a\", \"answer\": \"b\"}\n{}\n").unwrap();
        let error = read_answers(&file).unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
