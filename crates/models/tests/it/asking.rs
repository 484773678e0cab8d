//! How the tests make models and ask them.

use std::path::Path;
use std::sync::Arc;

use carat_core::spec::ModelSpec;
use carat_core::{Call, Completion, Message, Model, ModelError, Parameters, Request, Role, Row};
use carat_models::{AnswerSource, ModelSetupError, Surroundings, build};
use serde_json::{Value, json};

/// The key that every variable holds.
pub(crate) const KEY: &str = "sk-test-1234567890";

pub(crate) fn env(name: &str) -> Option<String> {
    name.ends_with("_KEY").then(|| format!("{KEY}\n"))
}

pub(crate) fn spec(spec: Value) -> ModelSpec {
    serde_json::from_value(spec).unwrap()
}

pub(crate) fn try_model(written: Value) -> Result<Arc<dyn Model>, ModelSetupError> {
    build("m", &spec(written), &Surroundings { env: &env, folder: Path::new("."), recorded: None })
}

pub(crate) fn model(written: Value) -> Arc<dyn Model> {
    try_model(written).unwrap()
}

pub(crate) fn model_in(folder: &Path, written: Value) -> Arc<dyn Model> {
    build("m", &spec(written), &Surroundings { env: &env, folder, recorded: None }).unwrap()
}

pub(crate) fn recorded(written: Value, source: Arc<dyn AnswerSource>) -> Arc<dyn Model> {
    build("m", &spec(written), &Surroundings { env: &env, folder: Path::new("."), recorded: Some(source) }).unwrap()
}

pub(crate) fn request(turns: &[(Role, &str)]) -> Request {
    let messages = turns.iter().map(|(role, text)| Message::text(*role, *text)).collect();
    Request { messages, tools: Vec::new(), response_format: None, parameters: Parameters::default() }
}

pub(crate) async fn ask_request(model: &dyn Model, request: &Request) -> Result<Completion, ModelError> {
    let row: Row = serde_json::from_value(json!({
        "id": "r1", "input": {"body": "hi", "deep": {"x": 1}}, "expected": "billing", "metadata": {"old": "technical"}
    }))
    .unwrap();
    let call = Call { request, request_digest: request.digest(), row: &row, prompt: "support/triage", trial: 0 };
    model.complete(call).await
}

pub(crate) async fn ask(model: &dyn Model) -> Result<Completion, ModelError> {
    ask_request(model, &request(&[(Role::User, "hello")])).await
}
