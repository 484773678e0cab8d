//! The audit log: every change of versions, labels, promotions and approvals, and every deletion, each entry chained to the
//! one before it.
//!
//! An entry's hash is SHA-256 over the canonical JSON (RFC 8785) of the entry without its `hash`, `prev` included, so that
//! twenty lines in any language can check a log. What a chain cannot show by itself is that its end is missing; an
//! [`Anchor`] that is kept elsewhere (in git, among artefacts) can.

mod anchor;
mod chain;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Digest;
use crate::version::{Actor, Kind};

pub use anchor::{Anchor, BadAnchor};
pub use chain::{Broken, Chain, Deed, GENESIS};

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its number, from 1 without gaps.
    pub seq: u64,
    /// When: RFC 3339 in UTC.
    pub at: String,
    /// Who, as claimed.
    pub by: Actor,
    /// What was done.
    pub action: Action,
    /// To what kind of thing; none where it is no version (a run).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// To what: `support/triage`, the id of a run.
    pub subject: String,
    /// What changed, by what is needed to know it again: versions as `number` and `digest`, labels, ids, reasons. Text, whole
    /// numbers, and objects and lists of them; no fractions, so that every language writes the same canonical JSON.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
    /// The version of carat that did it.
    pub tool: String,
    /// The hash of the entry before; zeros for the first.
    pub prev: Digest,
    /// The hash of this entry.
    pub hash: Digest,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A content got a number.
    VersionSaved,
    /// What a version consists of was kept, after the version had got its number.
    ContentKept,
    /// A label that has no policy was moved.
    LabelMoved,
    /// A promotion was proposed.
    PromotionProposed,
    /// Somebody approved of a promotion.
    PromotionApproved,
    /// Somebody said no to a promotion.
    PromotionRejected,
    /// A promotion moved its label, everything that the policy asks for being there.
    PromotionApplied,
    /// A promotion moved its label although something was not there.
    EmergencyApplied,
    /// A label was moved back to where it had pointed before a promotion.
    RolledBack,
    /// A promotion was taken back.
    PromotionWithdrawn,
    /// A run was deleted.
    RunDeleted,
    /// A run that was recorded elsewhere was taken in.
    RunImported,
}

impl Action {
    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VersionSaved => "version_saved",
            Self::ContentKept => "content_kept",
            Self::LabelMoved => "label_moved",
            Self::PromotionProposed => "promotion_proposed",
            Self::PromotionApproved => "promotion_approved",
            Self::PromotionRejected => "promotion_rejected",
            Self::PromotionApplied => "promotion_applied",
            Self::EmergencyApplied => "emergency_applied",
            Self::RolledBack => "rolled_back",
            Self::PromotionWithdrawn => "promotion_withdrawn",
            Self::RunDeleted => "run_deleted",
            Self::RunImported => "run_imported",
        }
    }
}
