//! The shape of the report: documented and versioned.

mod limit;
mod metric;
mod variant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::Comparison;
use crate::spec::GateMode;

pub use limit::{LimitReport, LimitStep};
pub use metric::Metric;
pub use variant::{ClassReport, Flicker, ModelReport, PromptReport, RepeatsReport, SliceReport, VariantReport};

/// What a run came to (`carat eval --json`, `carat run show --json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this shape.
    pub format: u32,
    /// Which run.
    pub run: RunReport,
    /// Which golden data.
    pub dataset: DatasetReport,
    /// In which clusters the rows are, where the spec says that they hang together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<ClustersReport>,
    /// Prompts × models, in the order of the spec.
    pub variants: Vec<VariantReport>,
    /// The models that judged, and what that took.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judges: Vec<JudgeReport>,
    /// How many calls might be in flight, for the providers' accounts where that changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitReport>,
    /// Variants set side by side, row by row: with the baseline where there is one, else with the first variant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<Comparison>,
    /// Whether what had to hold did.
    pub gates: Vec<GateReport>,
}

/// Which run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunReport {
    /// Its id; ids sort by time.
    pub id: String,
    /// The eval's name.
    pub eval: String,
    /// The name that a person gave it.
    pub name: Option<String>,
    /// When it started: RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended last; none when it was killed or is running.
    pub finished_at: Option<String>,
    /// `finished`, `interrupted`, `failed`, or `unfinished` when it was killed or is running.
    pub status: String,
    /// Cases of the plan.
    pub cases: u64,
    /// Cases that have ended.
    pub samples: u64,
    /// Of these, how many were there before the last resume.
    pub resumed: u64,
    /// Of these, how many were answered from the record; absent where none was.
    #[serde(default, skip_serializing_if = "crate::absent::is_default")]
    pub cached: u64,
    /// Who ran it, as claimed; absent for runs from before that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The git commit of the project, with `+` behind it where files differed from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The version of carat that ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}

/// Which golden data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatasetReport {
    /// Its name.
    pub name: String,
    /// The number of its version.
    pub version: Option<u32>,
    /// The digest of the rows that were selected.
    pub digest: String,
    /// How many rows were selected.
    pub rows: u64,
}

/// Rows that hang together: all intervals but those of latencies are over clusters, and so are comparisons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClustersReport {
    /// The field by whose value rows hang together.
    pub by: String,
    /// How many clusters the rows are in that have been measured.
    pub clusters: u64,
    /// How many of them are a row that has nothing in the field, and is a cluster of its own.
    pub alone: u64,
    /// How many clusters of equal size would say as much: (Σ size)²/Σ size², as Kish 1965 has it for weights. One large
    /// cluster beside many small ones is little more than one.
    pub effective: f64,
    /// What so few clusters cannot show; absent where there are enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caution: Option<String>,
}

/// A model that judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JudgeReport {
    /// Its name in the project.
    pub model: String,
    /// The digest of its settings.
    pub digest: String,
    /// Answers of it that were used.
    pub answers: u64,
    /// Of these, the ones that came from the record and cost nothing.
    pub cached: u64,
    /// Attempts that were followed by another one.
    pub retries: u64,
    /// Tokens of the answers that were paid for.
    pub tokens: TokensReport,
    /// Money, for the answers that were paid for.
    pub cost: CostReport,
}

/// Tokens of the answers whose usage is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TokensReport {
    /// Of the requests; null when no answer's usage is known.
    pub input: Option<u64>,
    /// Of the answers; null when no answer's usage is known.
    pub output: Option<u64>,
    /// Answers whose usage is not known.
    pub unknown: u64,
}

/// Money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostReport {
    /// US dollars; null when the price, or the usage of any answer, is not known.
    pub usd: Option<f64>,
    /// What of it was paid in this run; absent where no answer came from the record, so that it is all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_usd: Option<f64>,
}

/// Time of the answers, in milliseconds; null without answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatencyReport {
    /// Half of them were quicker.
    pub p50_ms: Option<f64>,
    /// 95 of 100 were quicker.
    pub p95_ms: Option<f64>,
}

/// Whether something held that had to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// The metric.
    pub metric: String,
    /// The variant.
    pub variant: String,
    /// The part of the data, where it is not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// Whether it held. A gate over nothing does not hold.
    pub holds: bool,
    /// What happens when it does not: `block` or `warn`.
    pub mode: GateMode,
    /// What was compared, on how many, and why it holds or not.
    pub because: String,
}
