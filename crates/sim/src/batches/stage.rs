//! What a batch goes through.

use serde::Serialize;

/// Where a batch stands, as OpenAI calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    Validating,
    InProgress,
    Finalizing,
    Completed,
    Failed,
    Expired,
    Cancelling,
    Cancelled,
}

impl Stage {
    /// The fields that tell when a stage was entered, in the order in which a batch shows them.
    pub(super) const STAMPS: [&'static str; 8] = [
        "created_at",
        "in_progress_at",
        "finalizing_at",
        "completed_at",
        "failed_at",
        "expired_at",
        "cancelling_at",
        "cancelled_at",
    ];

    /// The place of its stamp.
    pub(super) fn place(self) -> usize {
        self as usize
    }

    /// Whether nothing follows.
    pub(super) fn is_last(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Expired | Self::Cancelled)
    }
}
