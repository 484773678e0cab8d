//! How long a model is waited for that does not answer.

use std::time::Duration;

use carat_core::{Completion, Digest, ModelError, ModelErrorKind};
use tokio::time::Instant;

/// A server that has never answered is given up after so many attempts in a row to which nothing came, or nothing of sense.
/// Cases would tell as much only after all their attempts, which takes hours where each one waits for its time-out.
const SILENT_IN_A_ROW: u32 = 16;
/// But not before so long has passed: one that is being started refuses connections at once.
const SILENT_FOR: Duration = Duration::from_secs(10);
/// Fewer refusals than this in a row, of a model that has answered, concern the calls that were refused.
const REFUSED_IN_A_ROW: u32 = 16;

/// What a model's calls have come to, as far as it says whether to ask on.
#[derive(Debug, Default)]
pub(super) struct Patience {
    answers: u64,
    refused: Row,
    /// The question that was refused first in this row of refusals, and whether another one has been since.
    first_refused: Option<Digest>,
    others_refused: bool,
    silent: Row,
}

/// Calls that ended alike, one after the other.
#[derive(Debug, Default, Clone, Copy)]
struct Row {
    calls: u32,
    since: Option<Instant>,
}

impl Row {
    fn add(&mut self, since: Instant) {
        self.calls = self.calls.saturating_add(1);
        self.since.get_or_insert(since);
    }

    fn lasts(&self, now: Instant) -> Option<Duration> {
        self.since.map(|since| now.saturating_duration_since(since))
    }
}

impl Patience {
    /// Hears how a question ended that took so long.
    pub(super) fn hear(
        &mut self,
        now: Instant,
        question: Digest,
        result: &Result<Completion, ModelError>,
        took: Duration,
    ) {
        let kind = match result {
            Ok(_) => {
                *self = Self { answers: self.answers + 1, ..Self::default() };
                return;
            }
            Err(error) => error.kind,
        };
        match kind {
            ModelErrorKind::RateLimited => {
                self.refused.add(now);
                self.others_refused |= *self.first_refused.get_or_insert(question) != question;
                self.silent = Row::default();
            }
            kind if kind.is_transient() => self.silent.add(now.checked_sub(took).unwrap_or(now)),
            // Somebody is there.
            _ => self.silent = Row::default(),
        }
    }

    /// How many calls have been answered.
    pub(super) const fn answers(&self) -> u64 {
        self.answers
    }

    /// Whether the model refuses whatever it is asked, as far as is known: one question that is refused alone may be at fault
    /// itself, for some providers refuse what is too long for their limits in the same way.
    pub(super) const fn refuses_everything(&self) -> bool {
        self.refused.calls > 0 && (self.answers == 0 || self.others_refused)
    }

    /// Whether the model answers, but for some calls that it refuses.
    pub(super) const fn is_answering(&self) -> bool {
        self.answers > 0 && self.refused.calls < REFUSED_IN_A_ROW
    }

    /// The error to end with, where nobody would wait for more: every call has been refused for all the time that a case
    /// has, or nothing was ever answered.
    pub(super) fn end(&self, now: Instant, error: &ModelError, total_timeout: Duration) -> Option<ModelError> {
        let said = &error.message;
        let is_refused = error.kind == ModelErrorKind::RateLimited;
        let why = if is_refused && self.refused.lasts(now)? >= total_timeout {
            format!("{said}; every call has been refused for {total_timeout:?} (total_timeout in carat.yaml)")
        } else if !is_refused && self.is_dead(now) {
            format!("{said}; none of the first {} calls was answered", self.silent.calls)
        } else {
            return None;
        };
        Some(ModelError { message: why, ..error.clone() })
    }

    /// Whether nothing was ever answered, and nobody would wait for more.
    pub(super) fn is_dead(&self, now: Instant) -> bool {
        let lasts = self.silent.lasts(now).unwrap_or_default();
        self.answers == 0 && self.silent.calls >= SILENT_IN_A_ROW && lasts >= SILENT_FOR
    }
}
