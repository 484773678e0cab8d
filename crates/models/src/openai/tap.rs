//! The body of a streamed answer as it passes: how long it gets and how it ends.
//!
//! async-openai ends a stream in the same way whether the server said `[DONE]` or the connection was cut. The tap is where
//! the difference is seen.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use http::header;
use reqwest::{Body, Response};

use super::service::from_bytes;
use crate::wire::{Failure, LONGEST_ANSWER, too_long, whole};

const DONE: &[u8] = b"[DONE]";

/// How long the rest of a body, after its last event, is waited for, so that the connection can be used again.
const REST: Duration = Duration::from_millis(250);

tokio::task_local! {
    static TAP: Arc<Tap>;
}

/// What is seen of a body.
#[derive(Debug, Default)]
pub(super) struct Tap {
    end: OnceLock<Option<Failure>>,
}

impl Tap {
    /// The tap of the streamed call that this task makes.
    pub(super) fn of_this_task() -> Option<Arc<Self>> {
        TAP.try_with(Arc::clone).ok()
    }

    /// Runs the opening of a stream, whose body is then seen by this tap.
    pub(super) async fn on<F: Future>(self: &Arc<Self>, opening: F) -> F::Output {
        TAP.scope(Arc::clone(self), opening).await
    }

    /// How the body ended: none when it was read up to `[DONE]` and no further; else whether it failed.
    pub(super) fn end(&self) -> Option<&Option<Failure>> {
        self.end.get()
    }
}

/// The response with its body under watch. A server that ignores the wish for a stream answers with JSON, which is passed
/// on as a stream of one event.
pub(super) async fn watched(response: Response, tap: Arc<Tap>) -> Result<Response, Failure> {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        return Ok(from_bytes(one_event(&whole(response, LONGEST_ANSWER).await?)));
    }
    let body = Watched { body: Box::pin(response.bytes_stream()), tap, left: LONGEST_ANSWER, done: false };
    Ok(from_bytes(Body::wrap_stream(body)))
}

/// JSON as one event. Line ends stand only between its tokens, so they may be spaces.
fn one_event(json: &[u8]) -> Vec<u8> {
    let line = json.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte });
    b"data: ".iter().copied().chain(line).chain(*b"\n\ndata: [DONE]\n\n").collect()
}

type Pieces = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

struct Watched {
    body: Pieces,
    tap: Arc<Tap>,
    left: usize,
    /// Whether the last event has passed.
    done: bool,
}

impl Watched {
    fn end(&self, failure: Option<Failure>) -> Poll<Option<reqwest::Result<Bytes>>> {
        let _ = self.tap.end.set(failure);
        Poll::Ready(None)
    }
}

impl Stream for Watched {
    type Item = reqwest::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.body.poll_next_unpin(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => self.end(None),
            Poll::Ready(Some(Err(error))) => self.end(Some(error.into())),
            Poll::Ready(Some(Ok(piece))) => match self.left.checked_sub(piece.len()) {
                None => self.end(Some(too_long(LONGEST_ANSWER))),
                Some(left) => {
                    self.left = left;
                    self.done |= ends_with_done(&piece);
                    Poll::Ready(Some(Ok(piece)))
                }
            },
        }
    }
}

/// A body that is dropped before its end takes its connection with it. So where only the end is missing, it is read.
impl Drop for Watched {
    fn drop(&mut self) {
        if !self.done || self.tap.end.get().is_some() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let mut rest = std::mem::replace(&mut self.body, Box::pin(futures::stream::empty()));
            runtime.spawn(tokio::time::timeout(REST, async move { while let Some(Ok(_)) = rest.next().await {} }));
        }
    }
}

fn ends_with_done(piece: &[u8]) -> bool {
    piece.trim_ascii_end().ends_with(DONE)
}
