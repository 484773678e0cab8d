//! The queue for an account's calls.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carat_core::LimitHints;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::{Change, Controller, History, Hold, How, Settings, Start, Ticket};

/// The slots of one account, shared by all that ask on it. Whoever comes first is served first.
#[derive(Debug)]
pub struct Slots {
    controller: Mutex<Controller>,
    /// Held by whoever is first in the queue, and by nobody else: one alone waits for a slot, the others for their turn.
    turn: tokio::sync::Mutex<()>,
    /// Told when a call has ended.
    ended: Notify,
    began: Instant,
}

impl Slots {
    /// Slots that adapt to what the provider bears.
    pub fn new(settings: &Settings) -> Self {
        Self {
            controller: Mutex::new(Controller::new(settings)),
            turn: tokio::sync::Mutex::new(()),
            ended: Notify::new(),
            began: Instant::now(),
        }
    }

    /// Always so many slots; at least one.
    pub fn fixed(calls: usize) -> Self {
        Self::new(&Settings::fixed(calls))
    }

    /// Waits for a slot for a call that is expected to use so many tokens; 0 where that is not known. Dropping the future
    /// gives the place in the queue up, and nothing else.
    pub async fn acquire(&self, tokens: u64) -> Slot<'_> {
        let _turn = self.turn.lock().await;
        loop {
            // Who has just become first asks before waiting, so that a call's end that nobody waited for is not missed.
            let start = self.controller().begin(self.began.elapsed(), tokens);
            match start {
                Start::Now(ticket) => return Slot { slots: self, ticket: Some(ticket) },
                Start::WhenOneEnds => self.ended.notified().await,
                Start::At(at) => {
                    let waiter = Waiter { slots: self, goes_away: true };
                    tokio::select! {
                        biased;
                        () = sleep_until(self.began + at) => {}
                        () = self.ended.notified() => {}
                    }
                    waiter.asks_again();
                }
            }
        }
    }

    /// How many calls may be in flight, as [`Controller::limit`] has it.
    pub fn limit(&self) -> usize {
        self.controller().limit()
    }

    /// How many calls are in flight.
    pub fn in_flight(&self) -> usize {
        self.controller().in_flight()
    }

    /// What calls wait for, where it is not a place, and what the time is.
    pub fn held(&self) -> Option<(Duration, Hold)> {
        self.controller().held().map(|hold| (self.began.elapsed(), hold))
    }

    /// What has happened so far.
    pub fn history(&self) -> History {
        self.controller().history().clone()
    }

    fn end(&self, ticket: Ticket, how: How, hints: Option<LimitHints>) -> Option<Change> {
        let change = self.controller().end(self.began.elapsed(), ticket, how, hints);
        self.ended.notify_one();
        change
    }

    fn controller(&self) -> MutexGuard<'_, Controller> {
        self.controller.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever waits for a time to come; may go away meanwhile.
struct Waiter<'a> {
    slots: &'a Slots,
    goes_away: bool,
}

impl Waiter<'_> {
    fn asks_again(mut self) {
        self.goes_away = false;
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        if self.goes_away {
            self.slots.controller().nobody_waits();
        }
    }
}

/// A call in flight. Dropped without a word it counts as [`How::Abandoned`].
#[derive(Debug)]
#[must_use = "a slot is held for as long as it lives"]
pub struct Slot<'a> {
    slots: &'a Slots,
    ticket: Option<Ticket>,
}

impl Slot<'_> {
    /// Gives the slot back, with how the call ended and what the provider said of its limits, if it did. Gives the change of
    /// the limit, if that made one.
    pub fn end(mut self, how: How, hints: Option<LimitHints>) -> Option<Change> {
        let ticket = self.ticket.take()?;
        self.slots.end(ticket, how, hints)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.slots.end(ticket, How::Abandoned, None);
        }
    }
}
