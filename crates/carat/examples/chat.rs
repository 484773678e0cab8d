//! A ticket is sorted by the version that is in production.
//!
//!     OPENAI_BASE_URL=http://localhost:11434/v1 cargo run --example chat --features async-openai -- prompts.carat

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use std::error::Error;
use std::path::Path;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use carat::Prompts;

#[derive(serde::Serialize)]
struct Ticket<'a> {
    subject: &'a str,
    body: &'a str,
}

/// Asks which queue a ticket belongs to. Gives the answer with the version that it came from.
pub async fn run(base_url: &str, bundle: &Path) -> Result<String, Box<dyn Error>> {
    let prompts = Prompts::open(bundle)?;
    let triage = prompts.get("support/triage@production")?;
    let ticket = Ticket { subject: "Invoice", body: "I was charged twice for the hub." };
    let request = triage.render(&ticket)?.for_model("gpt-5-mini");
    let stamp = request.stamp().clone();

    let client = Client::with_config(OpenAIConfig::new().with_api_base(base_url));
    let answer = client.chat().create(request.try_into()?).await?;
    let text = answer.choices.into_iter().next().and_then(|choice| choice.message.content).ok_or("no answer")?;
    Ok(format!("{text}, says {stamp}"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = std::env::var("OPENAI_BASE_URL").unwrap_or_else(|_| "https://api.openai.com/v1".to_owned());
    let bundle = std::env::args().nth(1).ok_or("give a bundle")?;
    println!("{}", run(&base_url, Path::new(&bundle)).await?);
    Ok(())
}
