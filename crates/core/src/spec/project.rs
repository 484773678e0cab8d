//! `carat.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::version::Label;

use super::{Age, ModelSpec, PolicySpec};

/// The project: its models and where it keeps what it knows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectSpec {
    /// The project's name.
    #[serde(default)]
    pub project: Option<String>,
    /// Where runs are kept: a file beside this one. `--store`, then `CARAT_STORE`, win.
    #[serde(default)]
    pub store: Option<String>,
    /// The models, by the name that is used everywhere.
    #[serde(default)]
    pub models: BTreeMap<String, ModelSpec>,
    /// Who answers for what: globs over `prompts/NAME`, `datasets/NAME`, `evals/NAME` and `models/NAME`, or the folders that
    /// names begin with. The longest that matches counts.
    #[serde(default)]
    pub owners: BTreeMap<String, String>,
    /// What each label asks of a version. A label that stands here moves only by promotion.
    #[serde(default)]
    pub policy: BTreeMap<Label, PolicySpec>,
    /// The file with the dates on which models are shut down, beside this one; `lifecycles.yaml` where it is left out.
    #[serde(default)]
    pub lifecycles: Option<String>,
    /// The file with what models cost, beside this one; `prices.yaml` where it is left out and there is one. What it does not
    /// say is looked up in the built-in table.
    #[serde(default)]
    pub prices: Option<String>,
    /// Which answers may be used that were given before.
    #[serde(default)]
    pub cache: CacheSpec,
}

/// Which answers may be used that were given before, to the same question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheSpec {
    /// How long ago the run may have begun in which an answer was given: `30d`, `12h`. Any, where it is left out. The flag
    /// `--cache-age` wins.
    #[serde(default)]
    pub max_age: Option<Age>,
}
