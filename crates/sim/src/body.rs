//! A response body that is played step by step: bytes, pauses, and a break.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::call::Call;
use crate::connection::Connection;

/// One thing a body does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send(Bytes),
    Wait(Duration),
    /// Hands the bytes so far to the network before going on; a break would throw them away.
    Flush,
    /// Breaks the connection.
    Break,
}

/// Why a connection ends without a proper answer.
#[derive(Debug, thiserror::Error)]
#[error("the simulated server broke the connection")]
pub(crate) struct Broken;

/// Steps to play, with the call that they answer.
#[derive(Debug)]
pub(crate) struct ScriptedBody {
    steps: VecDeque<Step>,
    /// Bytes still to come of the announced length; `None` for a chunked body.
    announced: Option<u64>,
    waiting: Option<Pin<Box<Sleep>>>,
    call: Option<Call>,
    closes: Option<Arc<Connection>>,
}

impl ScriptedBody {
    /// A body of known length in one piece.
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self::steps([Step::Send(bytes)], Some(length))
    }

    pub(crate) fn steps(steps: impl IntoIterator<Item = Step>, announced: Option<u64>) -> Self {
        Self { steps: steps.into_iter().collect(), announced, waiting: None, call: None, closes: None }
    }

    /// Counts the call as over when the last step was taken.
    pub(crate) fn answering(mut self, call: Call) -> Self {
        self.call = Some(call);
        self
    }

    /// Closes the connection after the body. Said only once the head is written, which announces keep-alive.
    pub(crate) fn closing(mut self, connection: Option<Arc<Connection>>) -> Self {
        self.closes = connection;
        self
    }

    /// Takes the next step; `None` when there is none.
    fn step(&mut self, step: Option<Step>, context: &Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        match step {
            None => Poll::Ready(None),
            Some(Step::Send(bytes)) => {
                self.announced = self.announced.map(|left| left.saturating_sub(bytes.len() as u64));
                Poll::Ready(Some(Ok(bytes)))
            }
            Some(Step::Wait(pause)) => {
                self.waiting = Some(Box::pin(tokio::time::sleep(pause)));
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Step::Flush) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Step::Break) => Poll::Ready(Some(Err(Broken))),
        }
    }

    /// The client may count on the counters once it has the last byte, so they change before it is written.
    fn settle(&mut self) {
        if let Some(call) = self.call.take() {
            call.finish();
        }
    }
}

impl Body for ScriptedBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Some(connection) = self.closes.take() {
            connection.close();
        }
        if let Some(waiting) = &mut self.waiting {
            ready!(waiting.as_mut().poll(context));
            self.waiting = None;
        }
        let step = self.steps.pop_front();
        let taken = ready!(self.step(step, context));
        if self.steps.is_empty() {
            self.settle();
        }
        Poll::Ready(taken.map(|step| step.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.announced.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
