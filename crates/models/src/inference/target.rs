//! Which model of which server, and how it is asked.

use carat_core::Digest;
use carat_core::spec::{Api, ModelSpec, Tensors};
use serde_json::json;

use crate::setup::Problem;
use crate::wire::{Address, Door};

const NO_API: Problem = Problem::Missing {
    key: "api",
    provider: "oip",
    example: "`api: infer` for tensors, as the protocol has them, or `api: generate` for Triton's extension for texts",
};

/// What decides the answers of a model behind the Open Inference Protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// What the provider calls it.
    pub(super) model: String,
    /// Which version of it; the server's choice where there is none.
    version: Option<String>,
    pub(crate) address: Address,
    pub(super) verb: Verb,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verb {
    /// An inference, with these names of tensors.
    Infer(Tensors),
    /// A text.
    Generate,
}

impl Target {
    /// Takes the settings of the model with this name in the project.
    pub(crate) fn of(name: &str, spec: &ModelSpec) -> Result<Self, Problem> {
        let tensors = spec.tensors.clone();
        let verb = match spec.api {
            Api::Infer => Verb::Infer(tensors.unwrap_or_default()),
            Api::Generate if tensors.is_some() => return Err(Problem::NoTensors),
            Api::Generate => Verb::Generate,
            Api::Chat => return Err(NO_API),
            Api::Responses | Api::Embeddings => {
                return Err(Problem::NoSuchApi { provider: spec.provider, api: spec.api, known: "infer and generate" });
            }
        };
        let address = Address::of(spec)?;
        if let Some(before) = address.before("/v2") {
            return Err(Problem::BadBaseUrl(format!(
                "`base_url` is what stands before `/v2`; write `{before}`, and the model as `model`"
            )));
        }
        let model = spec.model.clone().unwrap_or_else(|| name.to_owned());
        Ok(Self { model, version: spec.model_version.clone(), address, verb })
    }

    /// The name of all of it.
    pub(crate) fn digest(&self) -> Digest {
        let (api, tensors) = match &self.verb {
            Verb::Infer(tensors) => (Api::Infer, Some(tensors)),
            Verb::Generate => (Api::Generate, None),
        };
        Digest::of_json(&json!({
            "provider": "oip", "model": self.model, "model_version": self.version, "base_url": self.address.normalised(),
            "api": api, "tensors": tensors,
        }))
    }

    /// The door to the model.
    pub(super) fn behind(&self, door: Door) -> Door {
        let door = door.below(["v2", "models", &self.model]);
        match &self.version {
            Some(version) => door.below(["versions", version]),
            None => door,
        }
    }
}

impl Verb {
    pub(super) const fn path(&self) -> &'static str {
        match self {
            Self::Infer(_) => "/infer",
            Self::Generate => "/generate",
        }
    }
}
