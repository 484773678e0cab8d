//! Which model of which server.

use carat_core::Digest;
use carat_core::spec::{ModelSpec, Provider};
use serde_json::json;

use crate::setup::Problem;
use crate::wire::Address;

/// What decides the answers of a model behind Anthropic's API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// What the provider calls it.
    pub(super) model: String,
    pub(crate) address: Address,
}

impl Target {
    /// Takes the settings of the model with this name in the project.
    pub(crate) fn of(name: &str, spec: &ModelSpec) -> Result<Self, Problem> {
        let address = Address::of(spec)?;
        if address.is_of(Provider::Anthropic) && address.base().ends_with(address.host()) {
            let base = address.base();
            let problem = format!("`base_url` lacks the version of the API; write `{base}/v1`, or leave it out");
            return Err(Problem::BadBaseUrl(problem));
        }
        Ok(Self { model: spec.model.clone().unwrap_or_else(|| name.to_owned()), address })
    }

    /// The name of all of it.
    pub(crate) fn digest(&self) -> Digest {
        let address = self.address.normalised();
        Digest::of_json(&json!({"provider": "anthropic", "model": self.model, "base_url": address}))
    }
}
