//! `carat.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ModelSpec;

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
}
