//! `evals/*.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{GateSpec, ScorerSpec};

/// An eval: prompts × models × rows, and what their answers are measured with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvalSpec {
    /// The question that this eval answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The prompts, by reference: `support/triage` is `prompts/support/triage.prompty`.
    #[schemars(length(min = 1))]
    pub prompts: Vec<String>,
    /// The models, by their names in `carat.yaml`.
    #[schemars(length(min = 1))]
    pub models: Vec<String>,
    /// The golden data: `tickets` is `datasets/tickets.*`; or a path.
    pub dataset: String,
    /// Only the rows of this split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Only the rows that have all of these tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How often each case is repeated; repeats are samples of one case.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub trials: u32,
    /// The prompt's variables, each as a template over `input`, `metadata`, `tags` and `id`; the fields of `input` by name
    /// where this is left out. A value that is nothing but one `{{ … }}` keeps its type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// Temperature and the like, over those of prompts and models.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
    /// What answers are measured with.
    #[schemars(length(min = 1))]
    pub scorers: Vec<ScorerSpec>,
    /// What must hold; exit code 1 where it does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateSpec>,
}

const fn one() -> u32 {
    1
}
