//! The controller of an account.

use std::time::Duration;

use carat_core::LimitHints;

use super::allowances::{Allowances, Taken};
use super::holding::{Hold, Holding, Why};
use super::level::{Level, Refused};
use super::outage::Outage;
use super::per_minute::PerMinute;
use carat_core::event::LimitCause;

use super::{Change, History};

/// A refusal that takes longer than this comes from a queue.
const AT_ONCE: Duration = Duration::from_secs(1);

/// What a person says of an account's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many calls may be in flight at first.
    pub start: usize,
    /// The fewest that may ever be; at least one.
    pub floor: usize,
    /// The most that may ever be; at least the floor. Where all three are the same, answers teach nothing of how many.
    pub ceiling: usize,
    /// The most requests in any minute.
    pub requests_per_minute: Option<u32>,
    /// The most tokens in any minute, of questions and answers.
    pub tokens_per_minute: Option<u64>,
}

impl Settings {
    /// Always so many calls; at least one.
    pub const fn fixed(calls: usize) -> Self {
        Self { start: calls, floor: calls, ceiling: calls, requests_per_minute: None, tokens_per_minute: None }
    }

    /// As many calls as the provider bears, beginning with `start`, and never more than `ceiling`.
    pub const fn adaptive(start: usize, ceiling: usize) -> Self {
        Self { start, floor: 1, ceiling, requests_per_minute: None, tokens_per_minute: None }
    }
}

/// How a call ended, as far as limits are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// With an answer, which used so many tokens if that is known.
    Answered {
        /// Of question and answer.
        tokens: Option<u64>,
    },
    /// Refused for limits (429).
    RateLimited {
        /// How long the provider asked to wait.
        retry_after: Option<Duration>,
    },
    /// A failure that may pass (5xx, a time-out, a broken connection): what was seen of the limit says nothing.
    Failed,
    /// For a reason that has nothing to do with limits, or nobody knows.
    Abandoned,
}

/// Whether a call may begin.
#[derive(Debug)]
pub enum Start {
    /// It has begun.
    Now(Ticket),
    /// Not before this time, and then it is to be asked again. Later than now.
    At(Duration),
    /// When a call has ended, it is to be asked again.
    WhenOneEnds,
}

/// A call that has begun. It is to be brought back with [`Controller::end`].
#[derive(Debug)]
#[must_use = "a call that began is to be ended"]
pub struct Ticket {
    began: Duration,
    /// The how-manieth call of the account, from 1.
    number: u64,
    /// How many calls were in flight with it.
    among: usize,
    /// How many tokens it was expected to use.
    tokens: u64,
    taken: Taken,
}

/// Decides how many calls of an account may be in flight, and when the next may begin. Times are since some start of the
/// caller's, and never go back.
#[derive(Debug)]
pub struct Controller {
    fixed: bool,
    level: Level,
    outage: Outage,
    allowances: Allowances,
    requests: Option<PerMinute>,
    tokens: Option<PerMinute>,
    in_flight: usize,
    holding: Holding,
    history: History,
}

impl Controller {
    /// A controller before the first call.
    pub fn new(settings: &Settings) -> Self {
        let level = Level::new(settings);
        Self {
            fixed: settings.start == settings.floor && settings.floor == settings.ceiling,
            history: History { peak_limit: level.limit(), ..History::default() },
            level,
            outage: Outage::default(),
            allowances: Allowances::default(),
            requests: settings.requests_per_minute.map(|most| PerMinute::new(most.into())),
            tokens: settings.tokens_per_minute.map(PerMinute::new),
            in_flight: 0,
            holding: Holding::default(),
        }
    }

    /// How many calls may be in flight. More may be just after a cut, which breaks nothing off, and fewer while what the limit
    /// was raised by, or a refusal took, is opened bit by bit.
    pub const fn limit(&self) -> usize {
        self.level.limit()
    }

    /// How many calls are in flight.
    pub const fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// What the next call waits for, where it is not a place.
    pub fn held(&self) -> Option<Hold> {
        self.holding.now()
    }

    /// Nobody waits to begin a call any more.
    pub fn nobody_waits(&mut self) {
        self.holding.end();
    }

    /// What has happened so far.
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// Whether a call may begin that is expected to use so many tokens (none where that is not known), and its beginning.
    pub fn begin(&mut self, now: Duration, tokens: u64) -> Start {
        match self.ready(now, tokens) {
            None => return Start::WhenOneEnds,
            Some((ready, why)) if ready > now => {
                why.into_iter().for_each(|why| self.holding.wait(now, ready, why));
                return Start::At(ready);
            }
            Some(_) => self.holding.begun(),
        }
        self.in_flight += 1;
        self.history.started += 1;
        self.history.peak_in_flight = self.history.peak_in_flight.max(self.in_flight);
        self.level.begun(now, self.in_flight);
        self.outage.begun(now);
        self.requests.iter_mut().for_each(|requests| requests.take(now, 1));
        self.tokens.iter_mut().for_each(|most| most.take(now, tokens));
        let taken = self.allowances.take(now, tokens);
        Start::Now(Ticket { began: now, number: self.history.started, among: self.in_flight, tokens, taken })
    }

    /// When the next call may begin, and what holds it back until then if that is not a place; none until one has ended.
    fn ready(&self, now: Duration, tokens: u64) -> Option<(Duration, Option<Why>)> {
        let place = match self.outage.ready() {
            // In an outage it is pauses that hold calls back.
            Some(pause) => (pause, (self.in_flight < self.level.limit()).then_some(Some(Why::RefusesAll))?),
            None => (self.level.ready(self.in_flight)?, None),
        };
        let requests = self.requests.iter().map(|most| (most.ready(), Some(Why::RequestsPerMinute(most.most()))));
        let tokens_a_minute = self.tokens.iter().map(|most| (most.ready(), Some(Why::TokensPerMinute(most.most()))));
        let left = (self.allowances.ready(now, tokens), Some(Why::NothingLeft));
        [place, left].into_iter().chain(requests).chain(tokens_a_minute).max_by_key(|(ready, _)| *ready)
    }

    /// A call has ended, with what the provider said of its limits, if it did. Gives the change of the limit, if there was one.
    pub fn end(&mut self, now: Duration, ticket: Ticket, how: How, hints: Option<LimitHints>) -> Option<Change> {
        let in_flight = self.in_flight;
        self.in_flight = in_flight.saturating_sub(1);
        match how {
            How::Answered { .. } => self.allowances.answered(now, ticket.taken),
            How::RateLimited { retry_after } => {
                self.outage.refused(now, ticket.number, self.history.started, retry_after);
                self.allowances.refused(now, ticket.taken, self.outage.is_on());
            }
            How::Failed | How::Abandoned => {}
        }
        if let Some(hints) = hints {
            self.allowances.hear(now, hints, ticket.number, ticket.taken.spent, self.history.started);
        }
        let from = self.level.limit();
        let why = match how {
            How::Answered { tokens } => {
                self.history.answered += 1;
                if let (Some(most), Some(used)) = (&mut self.tokens, tokens) {
                    most.correct(ticket.tokens, used);
                }
                self.answered(now, &ticket)
            }
            How::RateLimited { .. } => {
                self.history.refused += 1;
                self.refused(now, &ticket, in_flight)
            }
            How::Failed => {
                self.history.failed += 1;
                self.level.failed(self.in_flight);
                None
            }
            How::Abandoned => None,
        };
        let change = Change { at: now, from, to: self.level.limit(), why: why? };
        self.history.keep(change);
        Some(change)
    }

    fn answered(&mut self, now: Duration, ticket: &Ticket) -> Option<LimitCause> {
        let is_outage_over = self.outage.answered(ticket.number);
        if self.fixed {
            return None;
        }
        if is_outage_over {
            self.level.outage_ended(self.in_flight + 1);
        }
        self.level.answered(ticket.number, now.saturating_sub(ticket.began), self.in_flight)
    }

    fn refused(&mut self, now: Duration, ticket: &Ticket, in_flight: usize) -> Option<LimitCause> {
        if self.fixed {
            return None;
        }
        let (begun, outage) = (self.history.started, self.outage.is_on());
        // What was in flight when a call began says what was too much only where the refusal came at once.
        let at_once = now.saturating_sub(ticket.began) <= AT_ONCE;
        let among = if at_once { ticket.among } else { in_flight };
        self.level.refused(&Refused { now, number: ticket.number, among, in_flight, begun, outage })
    }
}
