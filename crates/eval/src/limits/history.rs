//! What became of an account's limit.

use std::collections::VecDeque;
use std::time::Duration;

use carat_core::event::LimitCause;
use serde::{Deserialize, Serialize};

/// So many changes are kept from the start, and as many from the end.
const KEPT: usize = 200;

/// The limit was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// When, since the start.
    #[serde(rename = "at_ms", with = "millis")]
    pub at: Duration,
    /// How many calls might be in flight before.
    pub from: usize,
    /// How many from now on.
    pub to: usize,
    /// What made it change.
    pub why: LimitCause,
}

/// What became of an account's limit, and of its calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The changes in their order: the first 200, and the last 200.
    pub changes: VecDeque<Change>,
    /// How many changes are left out between those.
    pub left_out: u64,
    /// How many calls began.
    pub started: u64,
    /// How many of them were answered.
    pub answered: u64,
    /// How many were refused for limits (429).
    pub refused: u64,
    /// How many failed for other reasons that may pass.
    pub failed: u64,
    /// How often the limit was cut: once an episode of refusals.
    pub cuts: u64,
    /// The highest that the limit was.
    pub peak_limit: usize,
    /// The most calls that were in flight at a time.
    pub peak_in_flight: usize,
}

impl History {
    pub(super) fn keep(&mut self, change: Change) {
        if self.changes.len() == 2 * KEPT {
            self.changes.remove(KEPT);
            self.left_out += 1;
        }
        self.changes.push_back(change);
        self.cuts += u64::from(change.why == LimitCause::RateLimited);
        self.peak_limit = self.peak_limit.max(change.to);
    }
}

/// Times as whole milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}
