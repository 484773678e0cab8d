//! The shape of what is told of a provider's limits.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many calls to an account of a provider might be in flight, and how that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LimitReport {
    /// What people call the account: the host.
    pub account: String,
    /// How many at first.
    pub first: u32,
    /// The fewest.
    pub lowest: u32,
    /// The most.
    pub highest: u32,
    /// How many at the end.
    pub last: u32,
    /// How many times the provider refused calls, so that the limit was cut; one episode of refusals is one.
    pub cuts: u64,
    /// How many times it changed.
    pub changed: u64,
    /// The changes in their order; of many the first and the last.
    pub history: Vec<LimitStep>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LimitStep {
    /// Milliseconds since the run began, or went on.
    pub at_ms: u64,
    /// How many calls might be in flight from then on.
    pub limit: u32,
    /// Why: `slow start`, `recovery`, `growth`, `rate limited`, `corrected`.
    pub because: String,
}
