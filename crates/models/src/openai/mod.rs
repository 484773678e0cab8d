//! Any server that speaks OpenAI's API: chat completions or responses, streamed or not, and embeddings.
//!
//! async-openai makes the calls; the types of what is sent and heard are this module's own, because they need only what is
//! used, and servers leave out the rest. See `http` for what is done below async-openai.

mod address;
#[cfg(test)]
mod asked;
mod chat;
mod chat_answer;
mod door;
mod embeddings;
mod embeddings_answer;
mod error;
mod failure;
mod headers;
mod http;
mod picture;
mod refusal;
mod responses;
mod responses_answer;
mod retry_after;
mod sendable;
mod server;
mod stream;
mod tap;
mod target;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_openai::Client;
use async_trait::async_trait;
use carat_core::spec::{Api, ModelSpec, Provider};
use carat_core::{Call, Completion, Model, ModelError, ModelId, Request};

use crate::Secret;
use crate::setup::Problem;
use address::Address;
use chat::ChatBody;
use chat_answer::ChatAnswer;
use door::Door;
use embeddings::EmbeddingsBody;
use embeddings_answer::EmbeddingsAnswer;
use error::Teller;
use failure::Failure;
use http::{Recipe, Transport};
use responses::ResponsesBody;
use responses_answer::ResponsesAnswer;
pub use server::{Reply, Server};
use tap::Tap;
pub(crate) use target::Target;

/// The variable that holds the key of OpenAI itself, where the project names none.
const OWN_KEY: &str = "OPENAI_API_KEY";

/// A model behind OpenAI's API.
pub(crate) struct OpenAi {
    id: ModelId,
    /// What the provider calls it.
    model: String,
    client: Client<Door>,
    api: Api,
    stream: bool,
    is_own: bool,
    timeout: Duration,
    teller: Teller,
}

impl OpenAi {
    /// Checks what is left to check of the settings of a model and makes its client. Nothing is sent.
    pub(crate) fn new(
        id: ModelId,
        Target { model, address, api }: Target,
        spec: &ModelSpec,
        timeout: Duration,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let Way { door, key_variable, secrets } = Way::to(&address, spec, env)?;
        let transport = Recipe::new(env).and_then(Transport::new).map_err(Problem::NoClient)?;
        let teller = Teller {
            url: door.shown_url(path(api)),
            base: address.base().to_owned(),
            model: model.clone(),
            key_variable,
            secrets,
        };
        Ok(Self {
            id,
            model,
            client: Client::build(transport.client(), door).with_http_service(transport),
            api,
            stream: spec.stream,
            is_own: address.is_own(),
            timeout,
            teller,
        })
    }

    async fn attempt(&self, request: &Request) -> Result<Completion, Failure> {
        match self.api {
            Api::Chat => self.chat(request).await,
            Api::Responses => self.responses(request).await,
            Api::Embeddings => self.embeddings(request).await,
        }
    }

    async fn chat(&self, request: &Request) -> Result<Completion, Failure> {
        let body = ChatBody { model: &self.model, request, stream: self.stream, is_own: self.is_own };
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
        &self.id
    }

    async fn complete(&self, call: Call<'_>) -> Result<Completion, ModelError> {
        match tokio::time::timeout(self.timeout, self.attempt(call.request)).await {
            Ok(answer) => answer.map_err(|failure| self.teller.error(&failure)),
            Err(_) => Err(self.teller.too_late(self.timeout)),
        }
    }
}

const fn path(api: Api) -> &'static str {
    match api {
        Api::Chat => "/chat/completions",
        Api::Responses => "/responses",
        Api::Embeddings => "/embeddings",
    }
}

/// The way to a server: what is sent along with every call, and what must not be shown.
struct Way {
    door: Door,
    /// The variable that the key came from; none when no key is sent.
    key_variable: Option<String>,
    secrets: Vec<Secret>,
}

impl Way {
    fn to(address: &Address, spec: &ModelSpec, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Problem> {
        let key = key(spec, address, env)?;
        let (extra, mut secrets) = headers::read(&spec.headers, env)?;
        let door = Door::new(address.clone(), key.as_ref().map(|(_, key)| key), spec.organization.as_deref(), extra)?;
        let (key_variable, key) = key.unzip();
        secrets.extend(key);
        Ok(Self { door, key_variable, secrets })
    }
}

/// The variable that the key of a model is taken from, whether it is set or not: `api_key_env`, and the usual one where the
/// address is OpenAI's own. None where no key is sent.
pub fn key_variable(spec: &ModelSpec) -> Option<&str> {
    match spec.provider {
        Provider::Openai => match Address::of(spec) {
            Ok(address) => variable(spec, &address),
            Err(_) => spec.api_key_env.as_deref(),
        },
        Provider::Baseline | Provider::Recorded | Provider::Command => None,
    }
}

/// The key of OpenAI itself is never sent to anybody else, unless the project says so.
fn variable<'a>(spec: &'a ModelSpec, address: &Address) -> Option<&'a str> {
    spec.api_key_env.as_deref().or_else(|| address.is_own().then_some(OWN_KEY))
}

/// The key and the variable that it came from.
fn key(
    spec: &ModelSpec,
    address: &Address,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<(String, Secret)>, Problem> {
    let Some(variable) = variable(spec, address) else { return Ok(None) };
    let key = env(variable).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
    match key {
        Some(key) => Ok(Some((variable.to_owned(), Secret::new(key)))),
        None => Err(Problem::missing_key(variable)),
    }
}
