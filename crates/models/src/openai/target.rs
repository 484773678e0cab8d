//! Which model of which server.

use carat_core::Digest;
use carat_core::spec::{Api, ModelSpec};
use serde_json::json;

use super::address::Address;
use crate::setup::Problem;

/// What decides the answers of a model behind OpenAI's API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// What the provider calls it.
    pub(super) model: String,
    pub(super) address: Address,
    pub(super) api: Api,
}

impl Target {
    /// Takes the settings of the model with this name in the project.
    pub(crate) fn of(name: &str, spec: &ModelSpec) -> Result<Self, Problem> {
        let address = Address::of(spec).map_err(Problem::BadBaseUrl)?;
        Ok(Self { model: spec.model.clone().unwrap_or_else(|| name.to_owned()), address, api: spec.api })
    }

    /// The name of all of it.
    pub(crate) fn digest(&self) -> Digest {
        let address = self.address.normalised();
        Digest::of_json(&json!({"provider": "openai", "model": self.model, "base_url": address, "api": self.api}))
    }
}
