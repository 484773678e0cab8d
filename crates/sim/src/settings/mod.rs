//! Everything that can be asked of a simulation, as data.

mod reading;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::batches::BatchSettings;
use crate::faults::FaultRule;
use crate::limits::Limits;
use crate::rules::AnswerRule;
pub use reading::SettingsError;
pub(crate) use reading::{share, time};

/// How a simulation behaves. The default answers everything at once, rightly and without faults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Feeds every deterministic decision; another seed gives other mistakes.
    pub seed: u64,
    /// What a request must carry as `Authorization: Bearer …` or `api-key`; of Azure's dialect as `api-key`, of Anthropic's
    /// as `x-api-key`. `None` lets everyone in.
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
    /// Above this number of requests at once, of any kind, the answer is 429.
    pub max_in_flight: Option<u64>,
    /// How much inference there is at once and in a minute.
    pub limits: Limits,
    /// Above this size of a request body the answer is 413.
    pub max_body_bytes: Option<usize>,
    /// Completions answered before all further ones hang until they are released.
    pub hold_after: Option<u64>,
    /// What goes wrong, in order; the first rule that fires wins.
    pub faults: Vec<FaultRule>,
    /// Whether every answer carries `x-ratelimit-*` headers that mean nothing. Those of `limits` come before them.
    pub rate_limit_headers: bool,
    /// The share of the prompt tokens of every answer that usage says were read from a cache, 0 to 1.
    pub cached_share: f64,
    /// How batches go on, and how large they may be.
    pub batches: BatchSettings,
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
            limits: Limits::default(),
            max_body_bytes: None,
            hold_after: None,
            faults: Vec::new(),
            rate_limit_headers: false,
            cached_share: 0.0,
            batches: BatchSettings::default(),
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
    /// Lines of a batch that failed stand in its output file.
    pub batch_errors_in_output: bool,
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
}
