//! Which model of which server.

use carat_core::Digest;
use carat_core::spec::{Api, ModelSpec, Provider};
use serde::Serialize;
use serde_json::json;

use crate::setup::Problem;
use crate::wire::{Address, Dialect, Door};

/// What decides the answers of a model behind OpenAI's API, also as Azure has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// What the provider calls it: at Azure, the name of a deployment.
    pub(super) model: String,
    pub(crate) address: Address,
    pub(super) interface: Interface,
    route: Route,
}

/// Which of OpenAI's interfaces is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Interface {
    Chat,
    Responses,
    Embeddings,
}

/// How calls get to a model.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Route {
    /// The body names it.
    Plain,
    /// The same, with Azure.
    Azure,
    /// The path names it, and the query a version of the interface.
    Deployment { version: String },
}

const NO_VERSION: Problem = Problem::Missing {
    key: "api_version",
    provider: "azure",
    example: "`api_version: 2024-10-21`, or the route without versions, whose `base_url` ends in `/openai/v1`",
};

impl Target {
    /// Takes the settings of the model with this name in the project.
    pub(crate) fn of(name: &str, spec: &ModelSpec) -> Result<Self, Problem> {
        let address = Address::of(spec)?;
        let route = match spec.provider {
            Provider::Azure => Route::at_azure(&address, spec)?,
            _ => Route::Plain,
        };
        let model = spec.model.clone().unwrap_or_else(|| name.to_owned());
        Ok(Self { model, address, interface: Interface::of(spec)?, route })
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        match self.route {
            Route::Plain => Dialect::OpenAi,
            Route::Azure | Route::Deployment { .. } => Dialect::Azure,
        }
    }

    /// The door to the model.
    pub(super) fn behind(&self, door: Door) -> Door {
        match &self.route {
            Route::Plain | Route::Azure => door,
            Route::Deployment { version } => {
                door.below(["openai", "deployments", &self.model]).asking("api-version", version)
            }
        }
    }

    /// The door behind which there is a list of models.
    pub(crate) fn lists(&self, door: Door) -> Door {
        match &self.route {
            Route::Plain | Route::Azure => door,
            Route::Deployment { version } => door.below(["openai"]).asking("api-version", version),
        }
    }

    /// The name of all of it.
    pub(crate) fn digest(&self) -> Digest {
        let provider = match self.dialect() {
            Dialect::Azure => Provider::Azure,
            _ => Provider::Openai,
        };
        let address = self.address.normalised();
        let mut deciding =
            json!({"provider": provider, "model": self.model, "base_url": address, "api": self.interface});
        if let Route::Deployment { version } = &self.route {
            deciding["api_version"] = json!(version);
        }
        Digest::of_json(&deciding)
    }
}

impl Interface {
    fn of(spec: &ModelSpec) -> Result<Self, Problem> {
        match spec.api {
            Api::Chat => Ok(Self::Chat),
            Api::Responses => Ok(Self::Responses),
            Api::Embeddings => Ok(Self::Embeddings),
            Api::Infer | Api::Generate => Err(Problem::NoSuchApi {
                provider: spec.provider,
                api: spec.api,
                known: "chat, responses and embeddings",
            }),
        }
    }

    /// What stands behind the base address of a call.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Chat => "/chat/completions",
            Self::Responses => "/responses",
            Self::Embeddings => "/embeddings",
        }
    }
}

impl Route {
    fn at_azure(address: &Address, spec: &ModelSpec) -> Result<Self, Problem> {
        match &spec.api_version {
            None if address.base().ends_with("/openai/v1") => Ok(Self::Azure),
            None => Err(NO_VERSION),
            Some(version) => match address.before("/openai") {
                Some(before) => Err(Problem::BadBaseUrl(format!(
                    "with `api_version`, `base_url` is what stands before `/openai`; write `{before}`, and the deployment as \
                     `model`"
                ))),
                None if spec.api == Api::Responses => Err(Problem::ResponsesOfDeployment),
                None => Ok(Self::Deployment { version: version.clone() }),
            },
        }
    }
}
