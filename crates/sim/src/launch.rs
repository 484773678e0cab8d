//! The command line of `carat-sim`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde_json::json;

use crate::rules::AnswerRule;
use crate::settings::{Latency, Settings, SettingsError};
use crate::simulation::Simulation;

/// A simulated OpenAI-compatible server for tests and benchmarks.
///
/// Prints one line, {"launched": {"base_url": "..."}}, once it listens, and serves until it is killed.
#[derive(Parser)]
#[command(name = "carat-sim", version)]
struct Flags {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// A JSON file of settings; the flags below overrule it.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The share of questions answered rightly, 0 to 1.
    #[arg(long)]
    accuracy: Option<f64>,
    /// How long every completion takes.
    #[arg(long, value_name = "MS")]
    latency_ms: Option<f64>,
    /// A JSONL file of {"question": ..., "answer": ...}.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// A rule such as {"match": "...", "answer": "..."}, before those of the settings; may be repeated.
    #[arg(long = "rule", value_name = "JSON", value_parser = rule)]
    rules: Vec<AnswerRule>,
    /// The key that requests must carry.
    #[arg(long)]
    key: Option<String>,
}

impl Flags {
    fn settings(&self) -> Result<Settings, SettingsError> {
        let read = self.settings.as_deref().map(Settings::from_file).transpose()?;
        let mut settings = read.unwrap_or_default();
        if let Some(accuracy) = self.accuracy {
            settings.accuracy = accuracy;
        }
        if let Some(p50_ms) = self.latency_ms {
            settings.latency = Latency { p50_ms, p95_ms: None };
        }
        if let Some(answers) = &self.answers {
            settings.answers_file = Some(answers.clone());
        }
        settings.rules.splice(0..0, self.rules.iter().cloned());
        if let Some(key) = &self.key {
            settings.key = Some(key.as_str().into());
        }
        Ok(settings)
    }
}

fn rule(text: &str) -> Result<AnswerRule, serde_json::Error> {
    serde_json::from_str(text)
}

/// Runs the program; one thread serves thousands of calls a second and leaves the other cores to the program under test.
pub fn main() -> ExitCode {
    let flags = Flags::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(serve(&flags))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(error.as_ref()),
    }
}

async fn serve(flags: &Flags) -> Result<(), Box<dyn std::error::Error>> {
    let settings = flags.settings()?;
    let address = format!("{}:{}", flags.host, flags.port);
    let running = Simulation::new(settings).start(&address).await?;
    let launched = json!({"launched": {"base_url": running.base_url()}});
    writeln!(io::stdout().lock(), "{launched}")?;
    running.forever().await;
    Ok(())
}

fn complain(error: &dyn std::error::Error) -> ExitCode {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    // There is nobody left to tell when this fails.
    drop(writeln!(io::stderr().lock(), "carat-sim: {error}{cause}"));
    ExitCode::FAILURE
}
