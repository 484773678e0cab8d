//! Everything that can be asked of a simulation, as data.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::faults::FaultRule;
use crate::rules::AnswerRule;

/// How a simulation behaves. The default answers everything at once, rightly and without faults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Feeds every deterministic decision; another seed gives other mistakes.
    pub seed: u64,
    /// What a request must carry as `Authorization: Bearer …` or `api-key`; `None` lets everyone in.
    pub key: Option<Key>,
    /// The share of questions answered rightly, 0 to 1.
    pub accuracy: f64,
    /// Right answers by question.
    pub answers: BTreeMap<String, String>,
    /// A JSONL file of `{"question": …, "answer": …}`, added to `answers` when the simulation starts.
    pub answers_file: Option<PathBuf>,
    /// What is said to requests because of what stands in them, such as the verdicts of a judge. The first rule that is
    /// about a request counts; then `reply` of its model; then `answers`. Such answers are never wrong.
    pub rules: Vec<AnswerRule>,
    /// What a wrong answer is taken from; when empty, the right answers to other questions.
    pub wrong: Vec<String>,
    /// The share of repeats that differ from the first answer, as greedy decoding under load does.
    pub flicker: f64,
    /// How long a completion takes before its first byte.
    pub latency: Latency,
    /// A pause before every chunk of a body.
    pub slow_body_ms_per_chunk: f64,
    /// What single models do differently; also the names that `GET models` lists.
    pub models: BTreeMap<String, ModelSettings>,
    /// Whether a model that is not in `models` is answered with 404.
    pub strict_models: bool,
    /// Above this number of requests at once the answer is 429.
    pub max_in_flight: Option<u64>,
    /// Above this size of a request body the answer is 413.
    pub max_body_bytes: Option<usize>,
    /// Completions answered before all further ones hang until they are released.
    pub hold_after: Option<u64>,
    /// What goes wrong, in order; the first rule that fires wins.
    pub faults: Vec<FaultRule>,
    /// Whether every answer carries `x-ratelimit-*` headers.
    pub rate_limit_headers: bool,
    /// Whether a tool is called when the request leaves the choice to the model.
    pub eager_tools: bool,
    /// The length of a vector when the request names none.
    pub embedding_dimensions: usize,
    /// Where the server differs from the specification all the time.
    pub quirks: Quirks,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            key: None,
            accuracy: 1.0,
            answers: BTreeMap::new(),
            answers_file: None,
            rules: Vec::new(),
            wrong: Vec::new(),
            flicker: 0.0,
            latency: Latency::default(),
            slow_body_ms_per_chunk: 0.0,
            models: BTreeMap::new(),
            strict_models: false,
            max_in_flight: None,
            max_body_bytes: None,
            hold_after: None,
            faults: Vec::new(),
            rate_limit_headers: false,
            eager_tools: false,
            embedding_dimensions: 256,
            quirks: Quirks::default(),
        }
    }
}

/// How long a completion takes: always `p50_ms`, or lognormal when `p95_ms` is given. Zero never sleeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Latency {
    /// Half of the completions take less.
    pub p50_ms: f64,
    /// 95 of 100 completions take less.
    pub p95_ms: Option<f64>,
}

/// What one model does differently from [`Settings`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelSettings {
    /// In place of [`Settings::accuracy`].
    pub accuracy: Option<f64>,
    /// In place of [`Settings::latency`].
    pub latency: Option<Latency>,
    /// What this model says to everything that no rule is about, such as a verdict for a judge.
    pub reply: Option<String>,
}

/// Lasting differences from the specification, each seen on a real server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// A request that is no JSON is answered with 500 instead of 400.
    pub malformed_request_is_500: bool,
    /// A request that holds an image is answered with 500.
    pub images_are_500: bool,
    /// `response.body` in a batch's output is a string that holds JSON.
    pub batch_body_as_text: bool,
    /// A batch request with `output_expires_after: null` is answered with 422.
    pub refuse_null_expiry: bool,
}

/// An API key, which no debug output shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    pub(crate) fn opens(&self, offered: &str) -> bool {
        self.0 == offered
    }
}

impl From<&str> for Key {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(…)")
    }
}

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
        time("slow_body_ms_per_chunk", self.slow_body_ms_per_chunk)?;
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

fn share(name: &'static str, value: f64) -> Result<(), SettingsError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(SettingsError::Range { name, value })
}

/// A day is more than any test waits, and keeps the arithmetic of durations from overflowing.
fn time(name: &'static str, value: f64) -> Result<(), SettingsError> {
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
    fn a_key_is_never_shown() {
        let settings = Settings { key: Some(Key::from("sk-secret")), ..Settings::default() };
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(serde_json::from_str::<Settings>(r#"{"acuracy": 1}"#).is_err());
    }

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
