//! The shape of a comparison: documented and versioned with the report.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The right side compared with the left one. Every difference is right minus left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// What it is compared with.
    pub left: SideReport,
    /// What is compared.
    pub right: SideReport,
    /// Which rows could be set side by side.
    pub rows: RowsReport,
    /// The field by whose value rows hang together; absent where they are taken as independent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clustered_by: Option<String>,
    /// Everything that both sides measure.
    pub metrics: Vec<MetricComparison>,
    /// The parts of the data that the spec asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<SliceComparison>,
    /// What could not be compared, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_compared: Vec<NotCompared>,
    /// Over how many tests the p-values of `metrics` were corrected: all that the report shows, but for `cost.per_sample`,
    /// which is corrected by itself and makes nothing else harder to show, and for errors and unscored answers where there
    /// are none.
    pub family: u64,
}

/// One side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SideReport {
    /// The run's id, or the file's name.
    pub run: String,
    /// What people call the variant.
    pub variant: String,
    /// The digest of the prompt.
    pub prompt: String,
    /// The digest of the model's settings.
    pub model: String,
}

/// Which rows could be set side by side. Lists name the first rows, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowsReport {
    /// Rows that both sides have, with the same content.
    pub paired: u64,
    /// Of these, the ones whose answer is one and the same on both sides, because one side took it from the record: between
    /// them there is nothing to see. Absent where there is none.
    #[serde(default, skip_serializing_if = "crate::absent::is_default")]
    pub shared: u64,
    /// Rows that only the left side has.
    pub left_only: u64,
    /// Rows that only the right side has.
    pub right_only: u64,
    /// Rows that both sides have, with other content: set apart, and part of no number.
    pub changed: u64,
    /// The first rows that only the left side has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_only_rows: Vec<String>,
    /// The first rows that only the right side has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right_only_rows: Vec<String>,
    /// The first rows with other content.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed_rows: Vec<String>,
}

/// One metric on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricComparison {
    /// The metric.
    pub metric: String,
    /// Whether more of it is better.
    pub higher_is_better: bool,
    /// The left side's value on the pairs.
    pub left: f64,
    /// The right side's value on the pairs.
    pub right: f64,
    /// Rows with a value on both sides.
    pub pairs: u64,
    /// In how many clusters they are, where rows hang together. Interval, test, bootstrap and what is detectable are over
    /// clusters then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<u64>,
    /// Rows with a value on the left side and none on the right. They are part of no number here; gates count them as
    /// lost.
    #[serde(default)]
    pub lost: u64,
    /// Right minus left.
    pub delta: f64,
    /// The lower end of the interval of the difference.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How the interval was made: `tango` (Tango 1998, for paired verdicts), `t`, `delta` (linearised, for metrics that are
    /// no means), or `score` where no row differs. Over clusters: `clustered-t` (verdicts, too, and never shorter than
    /// Tango's), `clustered-delta`, or `clustered-score` where no cluster differs.
    pub interval: String,
    /// The share of such intervals that hold the true difference.
    pub confidence: f64,
    /// The two-sided p-value; null where there is nothing to test.
    pub p: Option<f64>,
    /// The test: `mcnemar` (exact), `sign-flip` (permutation, for few pairs), `t`; over clusters `clustered-sign-flip` (for
    /// verdicts, and for few clusters) or `clustered-t`.
    pub test: String,
    /// The p-value corrected for everything that the report compares; that of `cost.per_sample` for costs alone.
    pub adjusted_p: Option<f64>,
    /// Rows on which the right side is better.
    pub wins: u64,
    /// Rows on which it is worse.
    pub losses: u64,
    /// Rows on which both are alike.
    pub ties: u64,
    /// The rows that pass on one side and not on the other; absent for metrics of scorers without verdicts, and for costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flipped: Option<FlippedRows>,
    /// The smallest true difference that so many pairs show four times in five; null where none can be shown.
    pub detectable: Option<f64>,
    /// A second opinion on the interval, from drawing the pairs again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<BootstrapReport>,
    /// What that allows to say.
    pub finding: Finding,
    /// The same in words. Where less is better, the signs in it are those of the gain: + is better.
    pub sentence: String,
}

/// Rows that flipped: that pass on one side and fail on the other, or, with repeats, pass more often on one. For
/// `errors.share` and `unscored.share` a row passes that has an answer, or a score.
///
/// Lists name the first hundred rows (ten on a slice), those first whose passes, and then whose values, changed most, and
/// equals in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FlippedRows {
    /// Rows that passed on the left side and fail on the right one.
    pub to_fail: u64,
    /// Rows that failed on the left side and pass on the right one.
    pub to_pass: u64,
    /// The first that passed and fail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_fail_rows: Vec<String>,
    /// The first that failed and pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_pass_rows: Vec<String>,
}

/// A percentile bootstrap over pairs, or over clusters of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BootstrapReport {
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How often the pairs were drawn.
    pub resamples: u32,
    /// Where the random numbers began: the same seed gives the same interval.
    pub seed: u64,
}

/// What a comparison allows to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The right side is better: the interval and the corrected p-value agree.
    Better,
    /// The right side is worse.
    Worse,
    /// No difference was shown. That is not to say that there is none.
    NotShown,
}

/// A part of the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SliceComparison {
    /// Which: `metadata.language=de`.
    pub slice: String,
    /// One metric on it; the p-value is corrected over all slices and metrics (Benjamini and Hochberg).
    #[serde(flatten)]
    pub comparison: MetricComparison,
}

/// What could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotCompared {
    /// The metric.
    pub metric: String,
    /// Why.
    pub because: String,
}
