//! The shape of the report: documented and versioned.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::Comparison;
use crate::spec::GateMode;
use crate::stats::{CONFIDENCE, Estimate};

/// What a run came to (`carat eval --json`, `carat run show --json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this shape.
    pub format: u32,
    /// Which run.
    pub run: RunReport,
    /// Which golden data.
    pub dataset: DatasetReport,
    /// Prompts × models, in the order of the spec.
    pub variants: Vec<VariantReport>,
    /// The models that judged, and what that took.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judges: Vec<JudgeReport>,
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

/// One prompt × one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariantReport {
    /// What people call it.
    pub variant: String,
    /// Which prompt version.
    pub prompt: PromptReport,
    /// Which model.
    pub model: ModelReport,
    /// Cases that have ended.
    pub samples: u64,
    /// Of these, the ones without an answer.
    pub errors: u64,
    /// Of these, the ones that some scorer had nothing to say about.
    pub unscored: u64,
    /// What went wrong, by kind; answers with a flaw included.
    pub failures: BTreeMap<String, u64>,
    /// Attempts that were followed by another one.
    pub retries: u64,
    /// Everything measured, by `SCORER.AGGREGATE` and the names that every run has.
    pub metrics: BTreeMap<String, Metric>,
    /// Confusion by scorer over classes: expected class → answered class (`null` as `(none)`) → count.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub confusion: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
    /// Precision, recall and F1 by scorer over classes, in the order of the spec.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<String, Vec<ClassReport>>,
    /// Which categories judges named how often, by scorer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<String, BTreeMap<String, u64>>,
    /// Why scorers had nothing to say, by scorer and kind of reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unscored_because: BTreeMap<String, BTreeMap<String, u64>>,
    /// What repeats of the same case say, by scorer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub repeats: BTreeMap<String, RepeatsReport>,
    /// The parts of the data that the spec asks for, from their minimum of rows on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<SliceReport>,
    /// Slices with fewer rows than their minimum, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub small_slices: Vec<String>,
    /// Tokens.
    pub tokens: TokensReport,
    /// Money.
    pub cost: CostReport,
    /// Time.
    pub latency: LatencyReport,
}

/// Which prompt version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromptReport {
    /// Its name.
    pub name: String,
    /// The number of its version.
    pub version: Option<u32>,
    /// The digest of all that reaches the model.
    pub digest: String,
}

/// Which model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelReport {
    /// Its name in the project.
    pub name: String,
    /// The digest of its settings.
    pub digest: String,
}

/// A number with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// The best guess.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// How many values it is taken over; rows, where cases are repeated.
    pub n: u64,
    /// How the interval was made: `wilson`, `t`, `delta`, `order-statistics`, `asymptotic`, or `none` for a plain count or sum. With
    /// repeats all are over rows, so that repeats of a row do not pass for independent ones.
    pub interval: String,
    /// The share of such intervals that hold the true value.
    pub confidence: f64,
}

/// One class of a scorer over classes. What is not defined is null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassReport {
    /// The class.
    pub class: String,
    /// How often it was expected.
    pub expected: u64,
    /// How often it was answered.
    pub answered: u64,
    /// Of the answers that named it, the right ones.
    pub precision: Option<f64>,
    /// Of the rows that expected it, the right ones.
    pub recall: Option<f64>,
    /// The harmonic mean of both.
    pub f1: Option<f64>,
}

/// What repeats of the same cases say. Rows with fewer judged repeats than `k` do not count for `pass@k` and `pass^k`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RepeatsReport {
    /// Rows with at least one score.
    pub rows: u64,
    /// The mean over rows of the standard deviation of a row's repeats; null where no row has two.
    pub spread: Option<f64>,
    /// Rows some of whose repeats pass and some of which fail.
    pub flickering: u64,
    /// The first of them, in the order of their ids.
    pub flickering_rows: Vec<Flicker>,
}

/// A row whose repeats do not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Flicker {
    /// Which row.
    pub row: String,
    /// How many repeats passed.
    pub passed: u32,
    /// Of how many.
    pub judged: u32,
}

/// A part of the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SliceReport {
    /// Which: `metadata.language=de`.
    pub slice: String,
    /// Cases of it that have ended.
    pub samples: u64,
    /// What was measured on them, by the names of the whole.
    pub metrics: BTreeMap<String, Metric>,
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

impl Metric {
    pub(super) fn new(estimate: Estimate, n: u64, interval: &str) -> Self {
        let Estimate { value, low, high } = estimate;
        Self { value, low, high, n, interval: interval.to_owned(), confidence: CONFIDENCE }
    }

    pub(super) fn plain(value: f64, n: u64) -> Self {
        Self::new(Estimate { value, low: value, high: value }, n, "none")
    }
}
