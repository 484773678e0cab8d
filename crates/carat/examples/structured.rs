//! An answer by the schema of the prompt's `outputs`, read into a struct.
//!
//!     OPENAI_BASE_URL=http://localhost:11434/v1 cargo run --example structured --features async-openai -- prompts.carat

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use std::error::Error;
use std::path::Path;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use carat::Prompts;
use serde_json::json;

/// What was ordered, by the fields of the prompt's `outputs`.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Order {
    /// Which article.
    pub sku: String,
    /// How many of it.
    pub quantity: u32,
}

/// Reads an order out of what a customer wrote.
pub async fn run(base_url: &str, bundle: &Path, message: &str) -> Result<Order, Box<dyn Error>> {
    let prompts = Prompts::open(bundle)?;
    let request = prompts.get("support/order@production")?.render(&json!({ "message": message }))?;

    let client = Client::with_config(OpenAIConfig::new().with_api_base(base_url));
    let answer = client.chat().create(request.try_into()?).await?;
    let text = answer.choices.into_iter().next().and_then(|choice| choice.message.content).ok_or("no answer")?;
    Ok(serde_json::from_str(&text)?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = std::env::var("OPENAI_BASE_URL").unwrap_or_else(|_| "https://api.openai.com/v1".to_owned());
    let bundle = std::env::args().nth(1).ok_or("give a bundle")?;
    println!("{:?}", run(&base_url, Path::new(&bundle), "Three of HUB-2, please.").await?);
    Ok(())
}
