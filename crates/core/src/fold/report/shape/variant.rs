//! The shape of what one variant came to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CostReport, LatencyReport, Metric, TokensReport};

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
    /// Answers that were given before, to the same question, and were taken from the record; absent where there is none.
    #[serde(default, skip_serializing_if = "crate::absent::is_default")]
    pub cached: u64,
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
    /// The number of the version of its settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The digest of what answers.
    pub digest: String,
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
