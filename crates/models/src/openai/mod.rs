//! Any server that speaks OpenAI's API: chat completions or responses, streamed or not, and embeddings; at Azure, too.
//!
//! async-openai makes the calls; the types of what is sent and heard are this module's own, because they need only what is
//! used, and servers leave out the rest. See `service` for what is done below async-openai.

mod chat;
mod chat_answer;
mod door;
mod embeddings;
mod embeddings_answer;
mod failure;
mod picture;
mod responses;
mod responses_answer;
mod service;
mod stream;
mod tap;
mod target;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_openai::Client;
use async_trait::async_trait;
use carat_core::spec::{ModelSpec, Provider};
use carat_core::{Account, Call, Completion, LimitHints, Model, ModelError, ModelId, Request};

use crate::setup::Problem;
use crate::tokens;
use crate::wire::{Dialect, Door, Failure, Line, Way, sendable};
use chat::ChatBody;
use chat_answer::ChatAnswer;
use embeddings::EmbeddingsBody;
use embeddings_answer::EmbeddingsAnswer;
use responses::ResponsesBody;
use responses_answer::ResponsesAnswer;
use tap::Tap;
use target::Interface;
pub(crate) use target::Target;

/// A model behind OpenAI's API.
pub(crate) struct OpenAi {
    line: Line,
    /// What the provider calls it.
    model: String,
    client: Client<Door>,
    interface: Interface,
    stream: bool,
    /// Whether it knows the limit of output tokens by its newest name alone.
    is_newest: bool,
}

impl OpenAi {
    /// Checks what is left to check of the settings of a model and makes its client. Nothing is sent.
    pub(crate) fn new(
        id: ModelId,
        target: Target,
        spec: &ModelSpec,
        timeout: Duration,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let dialect = target.dialect();
        let way = Way::to(dialect, &target.address, spec, env)?.on(|door| target.behind(door));
        let line = Line::new(id, &target.model, way, target.interface.path(), timeout, env)?;
        let transport = line.transport().clone();
        let client = Client::build(transport.client(), line.door().clone()).with_http_service(transport);
        let is_newest = target.address.is_of(Provider::Openai) || dialect == Dialect::Azure;
        Ok(Self { line, model: target.model, client, interface: target.interface, stream: spec.stream, is_newest })
    }

    async fn attempt(&self, request: &Request) -> Result<Completion, Failure> {
        match self.interface {
            Interface::Chat => self.chat(request).await,
            Interface::Responses => self.responses(request).await,
            Interface::Embeddings => self.embeddings(request).await,
        }
    }

    async fn chat(&self, request: &Request) -> Result<Completion, Failure> {
        let body = ChatBody { model: &self.model, request, stream: self.stream, is_newest: self.is_newest };
        sendable::check(request, |name| body.has_already(name))?;
        if self.stream {
            let (tap, started) = (Arc::new(Tap::default()), Instant::now());
            let events = tap.on(self.client.chat().create_stream_byot(body)).await?;
            stream::chat(events, &tap, started, &self.model).await
        } else {
            let mut heard = chat_answer::Heard::default();
            heard.take(self.client.chat().create_byot::<_, ChatAnswer>(body).await?)?;
            heard.completion(&self.model)
        }
    }

    async fn responses(&self, request: &Request) -> Result<Completion, Failure> {
        let body = ResponsesBody { model: &self.model, request, stream: self.stream };
        sendable::check(request, |name| body.has_already(name))?;
        if self.stream {
            let (tap, started) = (Arc::new(Tap::default()), Instant::now());
            let events = tap.on(self.client.responses().create_stream_byot(body)).await?;
            stream::responses(events, &tap, started, &self.model).await
        } else {
            let answer: ResponsesAnswer = self.client.responses().create_byot(body).await?;
            answer.completion(&self.model)
        }
    }

    async fn embeddings(&self, request: &Request) -> Result<Completion, Failure> {
        let body = EmbeddingsBody::new(&self.model, request)?;
        sendable::check(request, EmbeddingsBody::has_already)?;
        let answer: EmbeddingsAnswer = self.client.embeddings().create_byot(body).await?;
        answer.completion(&self.model)
    }
}

#[async_trait]
impl Model for OpenAi {
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
        let attempt = self.attempt(call.request);
        match self.interface {
            Interface::Chat | Interface::Responses => self.line.settle(attempt).await,
            Interface::Embeddings => self.line.settle_bare(attempt).await,
        }
    }
}
