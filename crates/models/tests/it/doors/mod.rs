//! The doors to models, each against the simulated server, which speaks to each in its own way.

mod anthropic;
mod azure;
mod inference;
mod routes;
mod shared;

use std::sync::Arc;

use carat_core::{Completion, Model, ModelError, Request};
use carat_sim::{FaultKind, FaultRule, ModelSettings, Running, Settings, Simulation};
use serde_json::{Value, json};

use crate::asking::{ask, ask_request, model};

/// What the simulated server answers to `hello`.
const ANSWER: &str = "a somewhat longer answer about billing";

/// The name of the model at its provider.
const MODEL: &str = "m-1";

/// All doors that there are, besides OpenAI's own.
const DOORS: [Door; 6] = [Door::Prefixed, Door::Azure, Door::AzureV1, Door::Anthropic, Door::Infer, Door::Generate];

/// A way in which a model is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// OpenAI's routes behind a prefix, as KServe has them.
    Prefixed,
    /// A deployment.
    Azure,
    /// Azure's route without versions.
    AzureV1,
    Anthropic,
    Infer,
    Generate,
}

impl Door {
    fn spec(self, server: &Running) -> Value {
        let at = |path: &str| format!("http://{}{path}", server.address());
        let mut spec = match self {
            Self::Prefixed => json!({"provider": "openai", "base_url": at("/openai/v1")}),
            Self::Azure => json!({"provider": "azure", "base_url": at(""), "api_version": "2024-10-21"}),
            Self::AzureV1 => json!({"provider": "azure", "base_url": at("/openai/v1")}),
            Self::Anthropic => json!({"provider": "anthropic", "base_url": at("/v1")}),
            Self::Infer => json!({"provider": "oip", "base_url": at(""), "api": "infer"}),
            Self::Generate => json!({"provider": "oip", "base_url": at("/serving"), "api": "generate"}),
        };
        spec["model"] = json!(MODEL);
        spec["api_key_env"] = json!("MY_KEY");
        spec["timeout"] = json!("2s");
        spec
    }

    fn model(self, server: &Running) -> Arc<dyn Model> {
        model(self.spec(server))
    }

    fn streamed(self, server: &Running) -> Arc<dyn Model> {
        model(with(self.spec(server), "stream", true))
    }

    /// Whether answers come piece by piece where that is wanted.
    fn streams(self) -> bool {
        !matches!(self, Self::Infer | Self::Generate)
    }

    async fn ask(self, server: &Running) -> Result<Completion, ModelError> {
        ask(&*self.model(server)).await
    }

    async fn ask_with(self, server: &Running, request: &Request) -> Result<Completion, ModelError> {
        ask_request(&*self.model(server), request).await
    }
}

fn with(mut spec: Value, name: &str, value: impl Into<Value>) -> Value {
    spec[name] = value.into();
    spec
}

/// A server that wants the key which the tests have, and knows one model.
async fn simulated(settings: Settings) -> Running {
    let answers = [("hello".to_owned(), ANSWER.to_owned())].into();
    let models = [(MODEL.to_owned(), ModelSettings::default())].into();
    let key = settings.key.or_else(|| Some(crate::asking::KEY.into()));
    let settings = Settings { answers, models, strict_models: true, key, ..settings };
    Simulation::new(settings).start("127.0.0.1:0").await.unwrap()
}

async fn with_fault(fault: FaultKind) -> Running {
    simulated(Settings { faults: vec![FaultRule::always(fault)], ..Settings::default() }).await
}
