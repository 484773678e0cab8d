//! What can be asked of batches.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::stage::Stage;
use crate::settings::{SettingsError, share, time};

/// How batches go on, and how large they may be. A batch keeps the settings that it was made under.
///
/// By default a batch is done as soon as it is made. A batch goes on when it is looked at: on every request for it or for
/// the list. What goes wrong with single lines is said by fault rules for the endpoint `batch_lines`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BatchSettings {
    /// Whether batches go on only when they are told to, by `POST /_sim/batches/advance` or
    /// [`Running::advance_batches`](crate::Running::advance_batches). Half of the lines are then answered while a batch is
    /// `in_progress`.
    pub manual: bool,
    /// How long a batch is `validating`.
    pub validating_ms: f64,
    /// How long a batch is `in_progress`; its lines are answered evenly over that time.
    pub in_progress_ms: f64,
    /// How long a batch is `finalizing` or `cancelling`.
    pub finalizing_ms: f64,
    /// Batches end as `expired` when this share of their lines is answered, 0 to 1; the others stand in the error file
    /// with the code `batch_expired`.
    pub expire_after: Option<f64>,
    /// Whether the lines of the output stand in another order than those of the input.
    pub shuffled: bool,
    /// A batch of more lines fails.
    pub max_lines: usize,
    /// A batch with a larger file fails.
    pub max_bytes: usize,
    /// A batch of more tokens, at four bytes of its file to a token, fails with the code `token_limit_exceeded`, as one
    /// does that does not fit into the queue.
    pub max_tokens: Option<u64>,
}

impl Default for BatchSettings {
    /// The sizes are OpenAI's.
    fn default() -> Self {
        Self {
            manual: false,
            validating_ms: 0.0,
            in_progress_ms: 0.0,
            finalizing_ms: 0.0,
            expire_after: None,
            shuffled: false,
            max_lines: 50_000,
            max_bytes: 200 << 20,
            max_tokens: None,
        }
    }
}

impl BatchSettings {
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        time("validating_ms", self.validating_ms)?;
        time("in_progress_ms", self.in_progress_ms)?;
        time("finalizing_ms", self.finalizing_ms)?;
        share("expire_after", self.expire_after.unwrap_or(1.0))
    }

    /// How long a batch stays at a stage; `None` for one that nothing follows.
    pub(super) fn lasts(&self, stage: Stage) -> Option<Duration> {
        let milliseconds = match stage {
            Stage::Validating => self.validating_ms,
            Stage::InProgress => self.in_progress_ms,
            Stage::Finalizing | Stage::Cancelling => self.finalizing_ms,
            Stage::Completed | Stage::Failed | Stage::Expired | Stage::Cancelled => return None,
        };
        Some(Duration::from_secs_f64(milliseconds / 1_000.0))
    }

    /// The lines of a batch that are answered before it ends.
    pub(super) fn answered_of(&self, lines: usize) -> usize {
        part(lines, self.expire_after.unwrap_or(1.0))
    }
}

/// A share of so many lines, rounded down.
pub(super) fn part(lines: usize, share: f64) -> usize {
    (lines as f64 * share.clamp(0.0, 1.0)) as usize
}
