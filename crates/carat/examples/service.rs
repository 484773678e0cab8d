//! A service that sorts tickets, and takes up a new version of its prompt without a restart: replace the bundle and ask
//! again.
//!
//!     export OPENAI_BASE_URL=http://localhost:11434/v1
//!     cargo run -p carat --example service --features async-openai -- prompts.carat qwen2.5:7b
//!     curl localhost:3000/triage -H 'content-type: application/json' -d '{"body": "I was charged twice."}'
//!     curl localhost:3000/health

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it does")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use carat::Prompts;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const TRIAGE: &str = "support/triage@production";

/// What every request gets to see. All of it is cheap to clone.
#[derive(Clone)]
struct Service {
    prompts: Prompts,
    client: Arc<Client<OpenAIConfig>>,
    /// The model to ask; where there is none, the one that the prompt names.
    model: Option<Arc<str>>,
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Ticket {
    /// One that is not given is left to the prompt's default.
    subject: Option<String>,
    body: String,
}

/// Serves until the listener fails.
pub async fn run(
    base_url: &str,
    model: Option<&str>,
    bundle: &Path,
    listener: TcpListener,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let prompts = Prompts::options()
        .require(TRIAGE)
        .interval(Duration::from_millis(100))
        .on_reload(|news| eprintln!("prompts: {news:?}"))
        .open(bundle)?;
    let client = Arc::new(Client::with_config(OpenAIConfig::new().with_api_base(base_url)));
    let app = Router::new().route("/triage", post(triage)).route("/health", get(health));
    let service = Service { prompts, client, model: model.map(Arc::from) };
    axum::serve(listener, app.with_state(service)).await?;
    Ok(())
}

async fn triage(
    State(service): State<Service>,
    Json(ticket): Json<Ticket>,
) -> Result<Json<Value>, (StatusCode, String)> {
    answer(&service, &ticket).await.map(Json).map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))
}

async fn answer(service: &Service, ticket: &Ticket) -> Result<Value, Box<dyn Error + Send + Sync>> {
    let mut rendered = service.prompts.get(TRIAGE)?.render(ticket)?;
    if let Some(model) = &service.model {
        rendered = rendered.for_model(&**model);
    }
    let stamp = rendered.stamp().clone();
    let answer = service.client.chat().create(rendered.try_into()?).await?;
    let queue = answer.choices.into_iter().next().and_then(|choice| choice.message.content);
    Ok(json!({ "queue": queue, "prompt": stamp }))
}

/// Fine as long as what is served is what is there.
async fn health(State(service): State<Service>) -> (StatusCode, Json<Value>) {
    let health = service.prompts.health();
    let status = if health.last_error.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let error = health.last_error.map(|error| error.to_string());
    (status, Json(json!({ "prompts": health.digest, "error": error })))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let base_url = std::env::var("OPENAI_BASE_URL").unwrap_or_else(|_| "https://api.openai.com/v1".to_owned());
    let mut args = std::env::args().skip(1);
    let bundle = args.next().ok_or("give a bundle, and a model where the prompt names none")?;
    let model = args.next();
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://127.0.0.1:3000/triage");
    run(&base_url, model.as_deref(), Path::new(&bundle), listener).await
}
