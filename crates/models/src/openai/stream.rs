//! Answers that come piece by piece.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_openai::types::stream::StreamResponse;
use carat_core::Completion;
use futures::StreamExt as _;

use super::tap::Tap;
use super::{chat_answer, responses_answer};
use crate::wire::{Failure, timed};

/// How long the end of a stream is waited for after its last event, so that the connection can be used again.
const END: Duration = Duration::from_millis(250);

/// Puts a chat answer together. `started` is when the request was sent.
pub(super) async fn chat(
    mut events: StreamResponse<chat_answer::ChatAnswer>,
    tap: &Arc<Tap>,
    started: Instant,
    asked: &str,
) -> Result<Completion, Failure> {
    let mut heard = chat_answer::Heard::default();
    while let Some(event) = events.next().await {
        heard.take(event?)?;
    }
    is_whole(tap, heard.has_ended(), heard.letters())?;
    let first_token = heard.first_token();
    heard.completion(asked).map(|completion| timed(completion, first_token, started))
}

/// Puts an answer of the responses API together. Its last event is one that says so, and the connection may stay open.
pub(super) async fn responses(
    mut events: StreamResponse<responses_answer::ResponsesEvent>,
    tap: &Arc<Tap>,
    started: Instant,
    asked: &str,
) -> Result<Completion, Failure> {
    let mut heard = responses_answer::Heard::default();
    while let Some(event) = events.next().await {
        heard.take(event?)?;
        if heard.has_ended() {
            let _ = tokio::time::timeout(END, events.next()).await;
            break;
        }
    }
    is_whole(tap, heard.has_ended(), heard.letters())?;
    let first_token = heard.first_token();
    heard.completion(asked).map(|completion| timed(completion, first_token, started))
}

/// A stream is whole when the server said why the answer ends, or that the stream does. Otherwise it broke off, even if the
/// connection ended in good order.
fn is_whole(tap: &Tap, has_ended: bool, letters: usize) -> Result<(), Failure> {
    match tap.end() {
        None => Ok(()),
        Some(_) if has_ended => Ok(()),
        Some(Some(failure)) => Err(failure.clone()),
        Some(None) => Err(Failure::Unreadable(format!(
            "the stream broke off after {letters} characters, without a word of an end"
        ))),
    }
}
