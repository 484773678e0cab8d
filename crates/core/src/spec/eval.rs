//! `evals/*.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ClusterSpec, GateMode, GateSpec, ScorerSpec, SliceSpec};

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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scorers: Vec<ScorerSpec>,
    /// OpenAI's grader objects (`string_check`, `text_similarity`, `score_model`, `label_model`, `multi`), inline or as the
    /// path of a JSON file beside the spec, read as scorers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub graders: Vec<Value>,
    /// The parts of the data that are reported and compared by themselves: `tags`, `split`, `metadata.FIELD`,
    /// `input.FIELD`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<SliceSpec>,
    /// The field by whose value rows hang together, because they share a document, a customer or a conversation:
    /// `metadata.FIELD`, `input.FIELD` or `split`. Intervals and comparisons are then over clusters rather than over rows. A
    /// row without the field is a cluster of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterSpec>,
    /// What must hold; exit code 1 where it does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateSpec>,
}

const fn one() -> u32 {
    1
}

/// What the command line replaces in a spec, and which part of the rows it selects. A run remembers it, so that going on
/// needs no flags again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Prompts instead of the spec's; none for the spec's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<String>,
    /// Models instead of the spec's; none for the spec's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Repeats instead of the spec's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trials: Option<u32>,
    /// Tags that a row must have besides the spec's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Globs, one of which a row's id must match; none for all rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// The most rows, from the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Parameters over the spec's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
    /// Gates besides the spec's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateSpec>,
    /// Whether the run is to become the first baseline, so that nothing is held against one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_first: bool,
    /// What a missed gate does, instead of what each of them says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate_mode: Option<GateMode>,
}

impl EvalSpec {
    /// The spec with what the command line replaces. Rows are selected elsewhere, but for the tags, which add up.
    #[must_use]
    pub fn with(mut self, overrides: &Overrides) -> Self {
        if !overrides.prompts.is_empty() {
            self.prompts.clone_from(&overrides.prompts);
        }
        if !overrides.models.is_empty() {
            self.models.clone_from(&overrides.models);
        }
        self.trials = overrides.trials.unwrap_or(self.trials);
        self.tags.extend(overrides.tags.iter().cloned());
        self.parameters.extend(overrides.parameters.clone());
        self.gates.extend(overrides.gates.iter().cloned());
        if let Some(mode) = overrides.gate_mode {
            self.gates.iter_mut().for_each(|gate| gate.mode = mode);
        }
        self
    }
}
