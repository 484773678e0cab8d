//! Adapters from providers to [`carat_core::Model`]: any server that speaks OpenAI's API, also as Azure has it,
//! Anthropic's or the Open Inference Protocol; offline baselines, recorded answers, and programs; and what goes with them, token counts.
//!
//! A model makes one attempt and tells what came of it; whether there is another one is the runner's to decide. Nothing in
//! here reads environment variables or prints: what is needed of the world is handed in by [`Surroundings`].

mod anthropic;
mod baseline;
mod command;
mod identity;
mod inference;
mod openai;
pub mod recorded;
mod secret;
mod setup;
mod shown;
pub mod tokens;
mod told;
mod wire;

pub use identity::model_id;
pub use recorded::{AnswerSource, FieldOfRow, Recorded, Table};
pub use secret::Secret;
pub use setup::{ModelSetupError, Problem, Surroundings, build, is_variable_name};
pub use wire::{Reply, Server, key_variable};
