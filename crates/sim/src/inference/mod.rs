//! The Open Inference Protocol, version 2, with the generate extension of Triton: `GET …/v2/health/ready`, `GET
//! …/v2/models/{model}`, `POST …/v2/models/{model}/infer` and `…/generate`, each also with `/versions/{version}`.
//!
//! A model takes one prompt a request, as `BYTES`, and answers it as chat answers a single user message. There are no
//! streams, and no tokens are told.

mod request;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::completion::{self, Answer, Wording};
use crate::dispatch::unknown;
use crate::endpoint::{InferencePath, Verb};
use crate::models::answer;
use crate::refusal::Refusal;
use crate::visit::{Outcome, Visit};
use request::{GenerateRequest, InferRequest, OUTPUT};

pub(crate) async fn handle(visit: Visit, path: &InferencePath<'_>, method: &Method) -> Outcome {
    let named = Named { version: path.version.unwrap_or("1").to_owned() };
    match (path.verb, method) {
        (Verb::Infer, &Method::POST) => infer(visit, path, named).await,
        (Verb::Generate, &Method::POST) => generate(visit, path, named).await,
        (Verb::Describe, &Method::GET) => {
            let tensor = |name: &str| json!([{"name": name, "datatype": "BYTES", "shape": [1]}]);
            let described = json!({"name": path.model, "versions": [named.version], "platform": "simulation",
                "inputs": tensor("text_input"), "outputs": tensor(OUTPUT)});
            show(visit, &path.model, &described).await
        }
        (Verb::Ready, &Method::GET) => show(visit, &path.model, &json!({"name": path.model, "ready": true})).await,
        _ => Err(unknown(&visit.head).into()),
    }
}

/// Whether the server is `live` or `ready`, which it always is.
pub(crate) async fn health(visit: Visit, what: &str) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    Ok(answer(visit, &json!({what: true}), &fate))
}

async fn show(visit: Visit, model: &str, shown: &Value) -> Outcome {
    let fate = visit.fate(model, "", false);
    fate.befall().await?;
    if !visit.scene.knows(model) {
        return Err(Refusal::unknown_model(model).into());
    }
    Ok(answer(visit, shown, &fate))
}

async fn infer(visit: Visit, path: &InferencePath<'_>, named: Named) -> Outcome {
    let body = visit.body.clone();
    let request: InferRequest<'_> = visit.parse(&body)?;
    let id = request.id().map_or_else(|| format!("infer-{:024x}", visit.world.number()), str::to_owned);
    let wording = InferWording { id, output: request.output().to_owned(), named };
    let ask = request.ask(&path.model)?;
    completion::serve(visit, &ask, &wording).await
}

async fn generate(visit: Visit, path: &InferencePath<'_>, named: Named) -> Outcome {
    let body = visit.body.clone();
    let request: GenerateRequest<'_> = visit.parse(&body)?;
    let ask = request.ask(&path.model)?;
    completion::serve(visit, &ask, &GenerateWording { named }).await
}

/// What of the path an answer repeats besides the model.
struct Named {
    version: String,
}

impl Named {
    /// The body of an answer: the names, and what else there is.
    fn body(&self, answer: &Answer<'_>, rest: Value) -> Vec<u8> {
        let mut body = json!({"model_name": answer.model});
        if !answer.lacks_fields() {
            body["model_version"] = json!(self.version);
        }
        if let (Some(fields), Value::Object(rest)) = (body.as_object_mut(), rest) {
            fields.extend(rest);
        }
        body.to_string().into_bytes()
    }
}

fn text<'a>(answer: &'a Answer<'_>) -> Option<&'a str> {
    answer.choices.first()?.text.as_deref()
}

struct InferWording {
    id: String,
    output: String,
    named: Named,
}

impl Wording for InferWording {
    const ERROR_EVENT: &'static str = "";

    fn whole(&self, answer: &Answer<'_>) -> Vec<u8> {
        let output = match answer.lacks_fields() {
            true => json!({"name": self.output, "data": [text(answer)]}),
            false => json!({"name": self.output, "datatype": "BYTES", "shape": [1], "data": [text(answer)]}),
        };
        self.named.body(answer, json!({"id": self.id, "outputs": [output]}))
    }

    fn events(&self, _: &Answer<'_>) -> Vec<Bytes> {
        Vec::new()
    }
}

struct GenerateWording {
    named: Named,
}

impl Wording for GenerateWording {
    const ERROR_EVENT: &'static str = "";

    fn whole(&self, answer: &Answer<'_>) -> Vec<u8> {
        self.named.body(answer, json!({"text_output": text(answer)}))
    }

    fn events(&self, _: &Answer<'_>) -> Vec<Bytes> {
        Vec::new()
    }
}
