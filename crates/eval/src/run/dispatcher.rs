//! Numbers and stamps what happened, and hands it to the sinks.

use carat_core::{Event, EventKind, Sink, SinkError};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// The most events that are handed over at once: enough for a commit to pay, few enough to be told soon.
const BATCH: usize = 256;

pub(super) struct Dispatcher<'a> {
    next_seq: u64,
    began: Instant,
    sinks: Vec<&'a mut dyn Sink>,
}

impl<'a> Dispatcher<'a> {
    pub(super) fn new(next_seq: u64, sinks: Vec<&'a mut dyn Sink>) -> Self {
        Self { next_seq, began: Instant::now(), sinks }
    }

    /// Tells of everything that comes until nothing more can come. What piles up meanwhile is told together.
    pub(super) async fn tell_all(&mut self, mut happened: mpsc::Receiver<EventKind>) -> Result<(), SinkError> {
        let mut batch = Vec::with_capacity(BATCH);
        while happened.recv_many(&mut batch, BATCH).await > 0 {
            self.tell(std::mem::take(&mut batch)).await?;
        }
        Ok(())
    }

    pub(super) async fn tell(&mut self, kinds: Vec<EventKind>) -> Result<(), SinkError> {
        if kinds.is_empty() {
            return Ok(());
        }
        let elapsed_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let number = |kind| {
            let event = Event { seq: self.next_seq, elapsed_us, kind };
            self.next_seq += 1;
            event
        };
        let events: Vec<Event> = kinds.into_iter().map(number).collect();
        for sink in &mut self.sinks {
            sink.emit(&events).await?;
        }
        Ok(())
    }
}
