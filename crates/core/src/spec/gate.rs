//! What must hold of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One condition on one metric, for every variant of a run. It fails closed: over no data, over a baseline that is gone, it
/// does not hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// It must not be worse than this one's by more than `margin`: `baseline` (the run or file of `--baseline`), or a prompt
    /// or variant of the same run. Non-inferiority on the same rows: the whole interval of the difference lies above
    /// -`margin`. That nothing significant was found does not suffice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_worse_than: Option<String>,
    /// It must be better than this one's, by more than `margin` where there is one: the whole interval of the difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better_than: Option<String>,
    /// The largest loss that does not matter (for `no_worse_than`; needed), or the least gain that does (for `better_than`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub margin: Option<f64>,
    /// How sure the intervals of a comparison are, two-sided: at 0.95, one in forty changes that lose exactly the margin
    /// pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.5, max = 0.999))]
    pub confidence: Option<f64>,
    /// The smallest difference from the baseline that the data could have shown four times in five must be at most this: a
    /// gate on the gate, for data that is too small to see what matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub detectable_at_most: Option<f64>,
    /// On each slice by this, rather than on all rows: `tags`, `split`, `metadata.FIELD`, `input.FIELD`; one value of it as
    /// `metadata.language=de`. The spec lists it under `slices`; slices with fewer rows than their minimum are not held against,
    /// and where none has enough the gate does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// What happens when it does not hold.
    #[serde(default, skip_serializing_if = "GateMode::is_block")]
    pub mode: GateMode,
}

/// What happens when a gate does not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GateMode {
    /// The exit code is 1.
    #[default]
    Block,
    /// It is told, and nothing else.
    Warn,
}

impl GateMode {
    /// The word in specs and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Warn => "warn",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    const fn is_block(&self) -> bool {
        matches!(self, Self::Block)
    }
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

impl Bound {
    /// The number; milliseconds of a length of time, as latencies are measured.
    pub fn number(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Span(span) => span.0.as_secs_f64() * 1000.0,
        }
    }
}
