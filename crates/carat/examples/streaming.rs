//! An answer is shown while it is being written.
//!
//!     OPENAI_BASE_URL=http://localhost:11434/v1 cargo run --example streaming --features async-openai -- prompts.carat

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use std::error::Error;
use std::path::Path;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::types::chat::CreateChatCompletionRequest;
use carat::Prompts;
use futures::StreamExt as _;
use serde_json::json;

/// Gives every piece of an answer to `show` as it comes.
pub async fn run(base_url: &str, bundle: &Path, mut show: impl FnMut(&str)) -> Result<(), Box<dyn Error>> {
    let prompts = Prompts::open(bundle)?;
    let rendered = prompts.get("support/triage@production")?.render(&json!({ "body": "I cannot log in." }))?;
    let request = CreateChatCompletionRequest { stream: Some(true), ..rendered.try_into()? };

    let client = Client::with_config(OpenAIConfig::new().with_api_base(base_url));
    let mut pieces = client.chat().create_stream(request).await?;
    while let Some(piece) = pieces.next().await {
        for choice in piece?.choices {
            show(choice.delta.content.as_deref().unwrap_or_default());
        }
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = std::env::var("OPENAI_BASE_URL").unwrap_or_else(|_| "https://api.openai.com/v1".to_owned());
    let bundle = std::env::args().nth(1).ok_or("give a bundle")?;
    run(&base_url, Path::new(&bundle), |piece| print!("{piece}")).await?;
    println!();
    Ok(())
}
