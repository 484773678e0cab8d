//! What a server says of itself. Nothing is asked of a model, so nothing is paid for.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use carat_core::spec::ModelSpec;
use carat_core::{ModelError, ModelErrorKind};
use reqwest::Client;

use super::address::Address;
use super::dialect::Dialect;
use super::door::Door;
use super::failure::{Failure, Refusal, Told};
use super::http::{Recipe, whole};
use super::way::Way;
use crate::identity::Identity;
use crate::secret::Secrets;
use crate::setup::{ModelSetupError, Problem, Surroundings};
use crate::shown::shown;

/// The most that is read of a reply, in bytes: lists of thousands of models take less than one million.
const LONGEST: usize = 8 << 20;

/// The server behind a model, to be asked for what costs nothing, such as its list of models.
pub struct Server {
    client: Client,
    door: Door,
    secrets: Secrets,
}

/// What a server said, whatever it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, of at most 8 MB, without the key. It is untrusted.
    pub body: Bytes,
}

impl Server {
    /// Finds the server of the model with this name in the project. Nothing is sent.
    ///
    /// # Errors
    /// What is wrong with the settings, and what to do, as [`build`](crate::build) says it; or the model has no server.
    pub fn of(name: &str, spec: &ModelSpec, surroundings: &Surroundings<'_>) -> Result<Self, ModelSetupError> {
        let made = Identity::of(name, spec, surroundings.recorded.as_ref()).and_then(|identity| match identity {
            Identity::OpenAi(target) => Self::at(target.dialect(), &target.address, spec, surroundings)
                .map(|server| server.on(|door| target.lists(door))),
            Identity::Anthropic(target) => Self::at(Dialect::Anthropic, &target.address, spec, surroundings),
            Identity::Inference(target) => Self::at(Dialect::Inference, &target.address, spec, surroundings),
            Identity::Baseline(_) | Identity::Recorded(_) | Identity::Command(_) => {
                Err(Problem::NoServer { provider: spec.provider.as_str() })
            }
        });
        made.map_err(|problem| ModelSetupError { model: name.to_owned(), problem })
    }

    fn at(
        dialect: Dialect,
        address: &Address,
        spec: &ModelSpec,
        surroundings: &Surroundings<'_>,
    ) -> Result<Self, Problem> {
        let Way { door, secrets, .. } = Way::to(dialect, address, spec, surroundings.env)?;
        let recipe = Recipe::new(surroundings.env).map_err(Problem::NoClient)?;
        // Nothing is asked twice in a row, so no connection is kept.
        let client = recipe.client(0).map_err(|error| Problem::NoClient(error.without_url().to_string()))?;
        Ok(Self { client, door, secrets })
    }

    fn on(self, further: impl FnOnce(Door) -> Door) -> Self {
        Self { door: further(self.door), ..self }
    }

    /// Asks once for what is at `path` below the address, `/models` for instance. Whatever the status is, it is a reply: a
    /// redirect is not followed, so that the key goes, in its header, to this server and to no other.
    ///
    /// # Errors
    /// There is no reply: the kind is `Connection` where nothing answers or the connection breaks, `Timeout` where there is
    /// no whole reply within `patience`, and `Malformed` where what comes is no HTTP, breaks off or is longer than 8 MB. The
    /// message says why, without the address.
    pub async fn get(&self, path: &str, patience: Duration) -> Result<Reply, ModelError> {
        match tokio::time::timeout(patience, self.ask(path)).await {
            Ok(reply) => reply.map_err(|failure| self.error(&failure)),
            Err(_) => {
                let message = format!("no answer within {} s", patience.as_secs_f64());
                Err(ModelError::new(ModelErrorKind::Timeout, message))
            }
        }
    }

    async fn ask(&self, path: &str) -> Result<Reply, Failure> {
        let response = self.client.get(self.door.full_url(path)?).headers(self.door.headers().clone()).send().await?;
        let status = response.status().as_u16();
        let body = whole(response, LONGEST).await?;
        let covered = match self.secrets.covered(&body) {
            Cow::Borrowed(_) => None,
            Cow::Owned(covered) => Some(Bytes::from(covered)),
        };
        Ok(Reply { status, body: covered.unwrap_or(body) })
    }

    fn error(&self, failure: &Failure) -> ModelError {
        let (kind, what, cause) = match failure {
            Failure::Unsendable(cause) => (ModelErrorKind::BadRequest, "not sent", cause),
            Failure::Unreachable(cause) => (ModelErrorKind::Connection, "no connection", cause),
            Failure::Broken(cause) => (ModelErrorKind::Connection, "the connection broke", cause),
            Failure::Unreadable(cause) => (ModelErrorKind::Malformed, "the answer cannot be read", cause),
            // Not here, where each status is a reply.
            Failure::Refused(Refusal { words, .. }) | Failure::Told(Told { words, .. }) => {
                (ModelErrorKind::Server, "the server refuses", words)
            }
        };
        ModelError::new(kind, format!("{what}: {}", shown(cause, self.secrets.all())))
    }
}
