//! The port to whatever answers.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Completion, Digest, Request, Row, Usage};

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

/// A question that was asked, or is to be: what an answer is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Question {
    /// Whom: the digest of the model's settings.
    pub model: Digest,
    /// On which way, where its settings have more to it: see [`ModelSpec::route`](crate::spec::ModelSpec::route).
    pub route: Option<Digest>,
    /// What: the digest of the request.
    pub request: Digest,
    /// The how-manieth time, from 0: repeats of a case are answers of their own.
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

    /// How many tokens a request has, as well as can be told without asking; 0 for what does not count in tokens.
    fn input_tokens(&self, _request: &Request) -> u64 {
        0
    }

    /// Whose limits bind it. Models of one account share one controller of concurrency, whatever they are called. None where
    /// nobody limits it but this machine.
    fn account(&self) -> Option<&Account> {
        None
    }

    /// What the provider last said of the limits of the account; none where it says nothing.
    fn limits(&self) -> Option<LimitHints> {
        None
    }
}

/// An account with a provider: a server and a key, or a server that asks for none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// What people call it: the host.
    pub name: Arc<str>,
    /// Which one: the same for the same server and key. It is compared within a process, and never kept or shown, because a
    /// key decides it.
    pub id: u64,
}

/// What a provider says of what is left of an account's limits, in the headers of an answer. What it does not say is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LimitHints {
    /// Which answer said so: a number that grows with each, so that nothing is taken to heart twice.
    pub number: u64,
    /// How many requests are left (`x-ratelimit-remaining-requests`).
    pub requests: Option<Left>,
    /// How many tokens are left (`x-ratelimit-remaining-tokens`).
    pub tokens: Option<Left>,
}

/// What is left, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// How many.
    pub remaining: u64,
    /// How long until there is the whole of it again, in milliseconds from the answer on.
    pub reset_ms: u64,
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
    /// What the attempt is taken to have used at most, where it may stand on the bill though nothing came of it and the run
    /// has a budget to charge; none for all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supposed: Option<Box<Usage>>,
}

impl ModelError {
    /// An error of a kind, with its message.
    pub fn new(kind: ModelErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), status: None, retry_after_ms: None, supposed: None }
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

    /// Whether an attempt that failed so may stand on the bill: it may have been answered, without the answer reaching us.
    pub const fn may_be_billed(self) -> bool {
        match self {
            Self::Timeout | Self::Malformed => true,
            Self::Authentication
            | Self::NotFound
            | Self::BadRequest
            | Self::RateLimited
            | Self::Server
            | Self::Connection
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
