//! A simulated OpenAI-compatible server, for tests and benchmarks, that speaks a few other dialects too.
//!
//! It answers from a table or by rules ([`AnswerRule`]), deterministically, with a set share of mistakes and a set
//! latency, and it misbehaves in every way that real servers were seen to misbehave ([`FaultKind`]), on request and
//! repeatably. It counts what it answered, so that a test can prove that no call was paid for twice
//! ([`Counters::repeated`]).
//!
//! Chat completions and responses (plain, streamed, with tools and JSON formats), embeddings, models, files and
//! batches are served under any path prefix. So are the same answers in other dialects: deployments of Azure OpenAI
//! (`…/openai/deployments/{name}/chat/completions?api-version=…`), Anthropic's messages (`…/messages`, plain, streamed, with
//! tools), and version 2 of the Open Inference Protocol (`…/v2/models/{name}/infer` and Triton's `…/generate`, health and
//! metadata). A dialect has its own place for the key, its own words for errors and its own headers for limits
//! ([`Limits`]).
//!
//! Batches take the time that [`BatchSettings`] give them, end in every way that batches end, and lose, double or fail
//! lines by fault rules for [`Endpoint::BatchLines`].
//!
//! Under `/_sim/` a running simulation is steered over HTTP: `GET counters`, `GET totals`, `POST settings`, `POST hold`
//! with `{"after": n}`, `POST release`, `POST reset` and `POST batches/advance` with `{"id": …}` or `{}`.
//!
//! ```
//! use carat_sim::{FaultKind, FaultRule, Settings, Simulation};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let settings = Settings {
//!     answers: [("What is 2+2?".to_owned(), "4".to_owned())].into(),
//!     faults: vec![FaultRule::first(FaultKind::RateLimitedSeconds, 1)],
//!     ..Settings::default()
//! };
//! let running = Simulation::new(settings).start("127.0.0.1:0").await?;
//! let body = r#"{"model": "m", "messages": [{"role": "user", "content": "What is 2+2?"}]}"#;
//! let url = format!("{}/chat/completions", running.base_url());
//! let client = reqwest::Client::new();
//! let refused = client.post(&url).body(body).send().await?;
//! assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"1".parse()?));
//! let answer: serde_json::Value = client.post(&url).body(body).send().await?.json().await?;
//! assert_eq!(answer["choices"][0]["message"]["content"], "4");
//! assert_eq!(running.counters().repeated(), 0);
//! # Ok(())
//! # }
//! ```

mod answers;
mod ask;
mod azure;
mod batches;
mod body;
mod call;
mod chat;
mod chat_stream;
mod completion;
mod connection;
mod control;
mod conversation;
mod counters;
mod deliver;
mod dialect;
mod dispatch;
mod embeddings;
mod endpoint;
mod fault_kind;
mod faults;
mod files;
mod fingerprint;
mod hash;
mod hold;
mod inference;
pub mod launch;
mod limits;
mod messages;
mod models;
mod refusal;
mod responses;
mod responses_stream;
mod rules;
mod schema;
mod settings;
mod simulation;
mod standing;
mod visit;
mod world;

pub use batches::BatchSettings;
pub use counters::{Counters, Totals};
pub use endpoint::Endpoint;
pub use fault_kind::FaultKind;
pub use faults::FaultRule;
pub use fingerprint::Fingerprint;
pub use limits::{Limit, Limits, RetryAfter};
pub use rules::{AnswerRule, Otherwise};
pub use settings::{Key, Latency, ModelSettings, Quirks, Settings, SettingsError};
pub use simulation::{Running, Simulation, StartError};
