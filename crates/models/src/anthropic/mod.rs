//! Anthropic's messages API: `POST {base_url}/messages`, whole or streamed.
//!
//! The calls are made over the same transport as OpenAI's. What is sent and heard are this module's own types: the libraries
//! for this API each bring an HTTP client of their own, with retries in it, and lose the status of what they cannot read.

mod answer;
mod blocks;
mod body;
mod pictures;
mod settings;
mod stream;
mod target;
#[cfg(test)]
mod tests;
mod usage;

use std::time::{Duration, Instant};

use async_trait::async_trait;
use carat_core::spec::ModelSpec;
use carat_core::{Account, Call, Completion, LimitHints, Model, ModelError, ModelId, Request};

use crate::setup::Problem;
use crate::tokens;
use crate::wire::{Answered, Dialect, Failure, Line, Way};
use body::MessagesBody;
pub(crate) use target::Target;

const PATH: &str = "/messages";

/// A model behind Anthropic's API.
pub(crate) struct Anthropic {
    line: Line,
    /// What the provider calls it.
    model: String,
    stream: bool,
}

impl Anthropic {
    /// Checks what is left to check of the settings of a model and makes its client. Nothing is sent.
    pub(crate) fn new(
        id: ModelId,
        Target { model, address }: Target,
        spec: &ModelSpec,
        timeout: Duration,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let way = Way::to(Dialect::Anthropic, &address, spec, env)?;
        let line = Line::new(id, &model, way, PATH, timeout, env)?;
        Ok(Self { line, model, stream: spec.stream })
    }

    async fn attempt(&self, request: &Request) -> Result<Completion, Failure> {
        let body = MessagesBody::new(&self.model, request, self.stream)?;
        if !self.stream {
            return answer::read(&self.line.post(PATH, &body).await?, &self.model);
        }
        let started = Instant::now();
        match self.line.post_for_events(PATH, &body).await? {
            Answered::Whole(answer) => answer::read(&answer, &self.model),
            Answered::Events(events) => stream::read(events, started, &self.model).await,
        }
    }
}

#[async_trait]
impl Model for Anthropic {
    fn id(&self) -> &ModelId {
        self.line.id()
    }

    fn input_tokens(&self, request: &Request) -> u64 {
        tokens::count_request(&self.model, request).tokens
    }

    fn account(&self) -> Option<&Account> {
        Some(self.line.account())
    }

    fn limits(&self) -> Option<LimitHints> {
        self.line.limits()
    }

    async fn complete(&self, call: Call<'_>) -> Result<Completion, ModelError> {
        self.line.settle(self.attempt(call.request)).await
    }
}
