//! The port to whatever answers.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Completion, Digest, Request, Row};

/// Which model: its name in the project, and the digest of the settings that decide its answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelId {
    /// The name in `carat.yaml`.
    pub name: Arc<str>,
    /// Provider, provider's name of the model, address and API; not keys, time-outs or limits. What goes along with each
    /// request, such as the temperature, is in the request's digest.
    pub digest: Digest,
}

/// One question to a model, with the case that it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The question.
    pub request: &'a Request,
    /// Its name, computed once.
    pub request_digest: Digest,
    /// The row that it was rendered from; recorded answers are found by it.
    pub row: &'a Row,
    /// Which prompt it was rendered from, by name.
    pub prompt: &'a str,
    /// Which repeat, from 0.
    pub trial: u32,
}

/// Something that answers.
#[async_trait]
pub trait Model: Send + Sync {
    /// Which model it is.
    fn id(&self) -> &ModelId;

    /// Makes one attempt at an answer. Whether there is another one is the caller's to decide: a model never waits and
    /// tries again by itself, so that nobody holds a slot while waiting.
    ///
    /// # Errors
    /// Why there is no answer. A failing model is a result of a run, not a failure of the program.
    async fn complete(&self, call: Call<'_>) -> Result<Completion, ModelError>;
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(deny_unknown_fields)]
#[error("{message}")]
pub struct ModelError {
    /// What kind of failure.
    pub kind: ModelErrorKind,
    /// What happened, for a person, without secrets.
    pub message: String,
    /// The HTTP status, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long the server asked to wait, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl ModelError {
    /// An error of a kind, with its message.
    pub fn new(kind: ModelErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), status: None, retry_after_ms: None }
    }
}

/// What kind of failure, as far as a person or a retry cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelErrorKind {
    /// The key is missing, wrong or may not do this (401, 403).
    Authentication,
    /// There is no such model or address (404).
    NotFound,
    /// The server refuses this very request (400, 413, 422).
    BadRequest,
    /// Too many calls (429).
    RateLimited,
    /// The server is overloaded or broken (5xx).
    Server,
    /// Nothing answers at that address, or the connection broke.
    Connection,
    /// No answer in time.
    Timeout,
    /// An answer that cannot be read.
    Malformed,
    /// A baseline that needs examples found none in the prompt.
    NoExamples,
    /// A recorded model has no answer for this row.
    NotRecorded,
    /// A program ended with an error or wrote something else than an answer.
    Program,
}

impl ModelErrorKind {
    /// Whether another attempt may succeed.
    pub const fn is_transient(self) -> bool {
        match self {
            Self::RateLimited | Self::Server | Self::Connection | Self::Timeout | Self::Malformed => true,
            Self::Authentication
            | Self::NotFound
            | Self::BadRequest
            | Self::NoExamples
            | Self::NotRecorded
            | Self::Program => false,
        }
    }

    /// Whether every other call of the same model is bound to fail in the same way.
    pub const fn condemns_the_model(self) -> bool {
        matches!(self, Self::Authentication | Self::NotFound)
    }

    /// The word in tables and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::NotFound => "not-found",
            Self::BadRequest => "bad-request",
            Self::RateLimited => "rate-limited",
            Self::Server => "server",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::Malformed => "malformed",
            Self::NoExamples => "no-examples",
            Self::NotRecorded => "not-recorded",
            Self::Program => "program",
        }
    }
}
