//! A model of `carat.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Price, Span};
use crate::Digest;

/// Something that answers, and how to reach it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// Which kind of door.
    pub provider: Provider,
    /// What the provider calls the model; the name in the project where this is left out. For `baseline`: `nearest` or
    /// `echo`.
    #[serde(default)]
    pub model: Option<String>,
    /// Where the API is, path prefix included; OpenAI's own where this is left out.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The name of the environment variable that holds the key. Never the key.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// The organisation that is billed.
    #[serde(default)]
    pub organization: Option<String>,
    /// Which of the provider's APIs.
    #[serde(default)]
    pub api: Api,
    /// Whether answers are streamed; the time to the first token is then known.
    #[serde(default)]
    pub stream: bool,
    /// Extra headers. `${NAME}` in a value is taken from the environment.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Temperature and the like, for every call; a prompt's and a spec's win.
    #[serde(default)]
    pub parameters: BTreeMap<String, Value>,
    /// How much at a time.
    #[serde(default)]
    pub limits: Limits,
    /// How long one attempt may take; 60s where this is left out (10s for `command`).
    #[serde(default)]
    pub timeout: Option<Span>,
    /// How long a case may take with all its attempts and waits; 10m where this is left out.
    #[serde(default)]
    pub total_timeout: Option<Span>,
    /// How often a failed attempt is repeated; 4 where this is left out.
    #[serde(default)]
    pub retries: Option<u32>,
    /// What it costs; unknown where this is left out.
    #[serde(default)]
    pub price: Option<Price>,
    /// For `recorded`: a file of answers by row (`{"id": …, "output": …}`), or `run:RUN` or `run:RUN:VARIANT`.
    #[serde(default)]
    pub from: Option<String>,
    /// For `recorded`: which column or field of the file holds the answer; `output` where this is left out. Without `from`,
    /// a field of the golden row itself: `input.…`, `metadata.…` or `expected`.
    #[serde(default)]
    pub column: Option<String>,
    /// For `command`: the program and its arguments.
    #[serde(default)]
    pub command: Vec<String>,
}

/// Which kind of door a model is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Any endpoint that speaks OpenAI's API.
    Openai,
    /// An offline baseline that needs no key.
    Baseline,
    /// Answers that exist already.
    Recorded,
    /// A program: JSON request in, JSON answer out.
    Command,
}

impl ModelSpec {
    /// The name of a version of these settings: of the model that is made of them, by the digest of its id, and of the
    /// parameters that go along with every question. Prices, limits and time-outs decide no answer, and make no version.
    pub fn settings_digest(&self, model: Digest) -> Digest {
        if self.parameters.is_empty() { model } else { Digest::of_json(&(model, &self.parameters)) }
    }
}

impl Provider {
    /// The word in `carat.yaml`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Baseline => "baseline",
            Self::Recorded => "recorded",
            Self::Command => "command",
        }
    }
}

/// Which of OpenAI's APIs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `/chat/completions`
    #[default]
    Chat,
    /// `/responses`
    Responses,
    /// `/embeddings`: the answer to one text is its vector, a JSON array of numbers. For scorers of the kind
    /// `embedding`.
    Embeddings,
}

/// How much at a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The most calls in flight; `--concurrency` wins; 16 where neither says.
    #[serde(default)]
    #[schemars(range(min = 1, max = 4096))]
    pub concurrency: Option<usize>,
}
