//! What must hold of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One condition on one metric, for every variant of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateSpec {
    /// `SCORER.AGGREGATE` (`queue.accuracy`), or `errors.share`, `unscored.share`, `latency.p50|p95|p99`,
    /// `tokens.input|output|total`, `cost.total|per_sample`.
    pub metric: String,
    /// The metric must be at least this: the lower end of its interval where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Bound>,
    /// The metric must be at most this: the upper end of its interval where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Bound>,
}

/// A number, or a length of time such as `2s`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Bound {
    /// A plain number.
    Number(f64),
    /// A length of time, for latencies.
    Span(super::Span),
}
