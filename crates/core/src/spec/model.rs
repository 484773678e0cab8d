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
    /// Which version of the model, for `oip`; the server's choice where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_version: Option<String>,
    /// Where the API is, path prefix included; OpenAI's or Anthropic's own where this is left out. For `azure` the resource,
    /// or, without `api_version`, what ends in `/openai/v1`; for `oip` what stands before `/v2`.
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
    /// Which version of Azure's API, such as `2024-10-21`, on routes that name the deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// What the tensors of `api: infer` are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tensors: Option<Tensors>,
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
    /// Deployments of Azure OpenAI.
    Azure,
    /// Any endpoint that speaks Anthropic's messages API.
    Anthropic,
    /// Any endpoint that speaks version 2 of the Open Inference Protocol, or Triton's extension of it for texts.
    Oip,
    /// An offline baseline that needs no key.
    Baseline,
    /// Answers that exist already.
    Recorded,
    /// A program: JSON request in, JSON answer out.
    Command,
}

impl ModelSpec {
    /// The way to the model, as far as it is not in the digest of its id: extra headers, as they are written, and the
    /// organisation. Gateways choose by them who answers. None where there is nothing of the kind.
    pub fn route(&self) -> Option<Digest> {
        let is_plain = self.headers.is_empty() && self.organization.is_none();
        (!is_plain).then(|| Digest::of_json(&(&self.headers, &self.organization)))
    }

    /// The name of a version of these settings: of the model that is made of them, by the digest of its id, and of the
    /// parameters that go along with every question. Prices, limits and time-outs decide no answer, and make no version.
    pub fn settings_digest(&self, model: Digest) -> Digest {
        if self.parameters.is_empty() { model } else { Digest::of_json(&(model, &self.parameters)) }
    }
}

impl Provider {
    /// All of them, as `carat doctor` tells them.
    pub const ALL: [Self; 7] =
        [Self::Openai, Self::Azure, Self::Anthropic, Self::Oip, Self::Baseline, Self::Recorded, Self::Command];

    /// Whether a server answers, rather than this machine: somebody else counts its calls.
    pub const fn is_served(self) -> bool {
        match self {
            Self::Openai | Self::Azure | Self::Anthropic | Self::Oip => true,
            Self::Baseline | Self::Recorded | Self::Command => false,
        }
    }

    /// The word in `carat.yaml`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Azure => "azure",
            Self::Anthropic => "anthropic",
            Self::Oip => "oip",
            Self::Baseline => "baseline",
            Self::Recorded => "recorded",
            Self::Command => "command",
        }
    }

    /// Where the provider's own API is; none for those that are wherever somebody runs them.
    pub const fn own_address(self) -> Option<&'static str> {
        match self {
            Self::Openai => Some("https://api.openai.com/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Azure | Self::Oip | Self::Baseline | Self::Recorded | Self::Command => None,
        }
    }
}

/// What the hosts of resources at Azure end with.
const AZURE_HOSTS: [&str; 3] = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"];

impl Provider {
    /// Whose own host this is, in lower case and without a port; none for a server that only speaks alike.
    pub fn of_host(host: &str) -> Option<Self> {
        match host {
            "api.openai.com" => Some(Self::Openai),
            "api.anthropic.com" => Some(Self::Anthropic),
            _ => AZURE_HOSTS.iter().any(|end| host.ends_with(end)).then_some(Self::Azure),
        }
    }
}

/// Which of a provider's APIs: OpenAI's, or, for `oip`, which of the protocol's verbs.
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
    /// `/v2/models/NAME/infer`: a text in a tensor, answered by one.
    Infer,
    /// `/v2/models/NAME/generate`: a text, answered by one.
    Generate,
}

impl Api {
    /// The word in `carat.yaml`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Embeddings => "embeddings",
            Self::Infer => "infer",
            Self::Generate => "generate",
        }
    }
}

/// What the tensors of an inference are called, which every model decides for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tensors {
    /// The input that the prompt is put into; `text_input` where this is left out.
    #[serde(default)]
    pub input: Option<String>,
    /// The output that the answer is read from; the first that holds texts where this is left out.
    #[serde(default)]
    pub output: Option<String>,
}

/// How much at a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The most calls in flight; `--concurrency` wins. Where neither says, a server is asked 16 questions at a time at first
    /// and up to 64 while it answers them all, and what answers here 16.
    #[serde(default)]
    #[schemars(range(min = 1, max = 4096))]
    pub concurrency: Option<usize>,
    /// The most requests a minute to the provider's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub requests_per_minute: Option<u32>,
    /// The most tokens a minute, of requests and answers, to the provider's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub tokens_per_minute: Option<u64>,
}
