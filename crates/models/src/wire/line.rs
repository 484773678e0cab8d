//! A line to a server: what all calls of one model have in common, whatever is spoken.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use carat_core::{Account, Completion, LimitHints, ModelError, ModelId};
use http::{HeaderValue, header};
use reqwest::{Method, Request, Response};
use serde::Serialize;

use super::account::account;
use super::door::Door;
use super::error::Teller;
use super::events::Events;
use super::failure::Failure;
use super::http::{LONGEST_ANSWER, Recipe, Transport, whole};
use super::way::Way;
use crate::setup::Problem;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A model's way to its server, ready to be used.
pub(crate) struct Line {
    id: ModelId,
    account: Account,
    door: Door,
    transport: Transport,
    timeout: Duration,
    teller: Teller,
}

/// An answer with a status that is a success.
pub(crate) enum Answered {
    /// In one piece.
    Whole(Bytes),
    /// Piece by piece.
    Events(Events),
}

impl Line {
    /// Makes a line for the calls to what is at `path` behind the door. Nothing is sent.
    ///
    /// # Errors
    /// There is no HTTP client to be had.
    pub(crate) fn new(
        id: ModelId,
        model: &str,
        Way { dialect, address, door, key_variable, secrets }: Way,
        path: &str,
        timeout: Duration,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let transport = Recipe::new(env).and_then(Transport::new).map_err(Problem::NoClient)?;
        let account = account(&address, key_variable.as_deref(), &secrets);
        let teller = Teller {
            url: door.url(path),
            base: address.base().to_owned(),
            model: model.to_owned(),
            key_variable,
            secrets,
            speaks: dialect.as_str(),
        };
        Ok(Self { id, account, door, transport, timeout, teller })
    }

    pub(crate) const fn id(&self) -> &ModelId {
        &self.id
    }

    pub(crate) const fn account(&self) -> &Account {
        &self.account
    }

    /// What the last answer said of the account's limits.
    pub(crate) fn limits(&self) -> Option<LimitHints> {
        self.transport.limits()
    }

    pub(crate) const fn door(&self) -> &Door {
        &self.door
    }

    pub(crate) const fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Sends a body and reads the whole answer.
    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Result<Bytes, Failure> {
        whole(self.send(path, body).await?, LONGEST_ANSWER).await
    }

    /// Sends a body and takes the answer as it comes. A server that ignores the wish for a stream answers in one piece.
    pub(crate) async fn post_for_events(&self, path: &str, body: &impl Serialize) -> Result<Answered, Failure> {
        let response = self.send(path, body).await?;
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("application/json")) {
            return whole(response, LONGEST_ANSWER).await.map(Answered::Whole);
        }
        Ok(Answered::Events(Events::of(response)))
    }

    /// What came of an attempt, for which there is so much time; without the secrets that the server may have repeated.
    pub(crate) async fn settle(
        &self,
        attempt: impl Future<Output = Result<Completion, Failure>>,
    ) -> Result<Completion, ModelError> {
        self.settle_bare(attempt).await.map(|answer| self.teller.secrets.cover(answer))
    }

    /// The same of an answer in which no secret can be, such as numbers.
    pub(crate) async fn settle_bare(
        &self,
        attempt: impl Future<Output = Result<Completion, Failure>>,
    ) -> Result<Completion, ModelError> {
        match tokio::time::timeout(self.timeout, attempt).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(failure)) => Err(self.teller.error(&failure)),
            Err(_) => Err(self.teller.too_late(self.timeout)),
        }
    }

    async fn send(&self, path: &str, body: &impl Serialize) -> Result<Response, Failure> {
        let mut request = Request::new(Method::POST, self.door.full_url(path)?);
        let written = serde_json::to_vec(body).map_err(|error| Failure::Unsendable(error.to_string()))?;
        *request.body_mut() = Some(written.into());
        request.headers_mut().clone_from(self.door.headers());
        request.headers_mut().insert(header::CONTENT_TYPE, JSON);
        self.transport.send(request).await
    }
}
