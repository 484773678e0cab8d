//! The transport as async-openai uses it.
//!
//! async-openai reads errors in the one shape that OpenAI documents, and loses the status of all others. So everything
//! that is not a success is read below it, by a tower service that it is given.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_openai::middleware::HttpRequestFactory;
use reqwest::{Body, Response};
use tower::Service;

use super::tap::{self, Tap};
use crate::wire::{Failure, LONGEST_ANSWER, Transport, whole};

impl Service<HttpRequestFactory> for Transport {
    type Response = Response;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequestFactory) -> Self::Future {
        Box::pin(answer(self.clone(), request, Tap::of_this_task()))
    }
}

async fn answer(transport: Transport, request: HttpRequestFactory, tap: Option<Arc<Tap>>) -> Result<Response, Failure> {
    let response = transport.send(request.build().await?).await?;
    match tap {
        Some(tap) => tap::watched(response, tap).await,
        None => Ok(from_bytes(whole(response, LONGEST_ANSWER).await?)),
    }
}

/// A response with this body and nothing else, which is all that async-openai looks at.
pub(super) fn from_bytes(body: impl Into<Body>) -> Response {
    http::Response::new(body.into()).into()
}
