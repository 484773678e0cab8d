//! One in ten customers gets the candidate, always the same ones; each request says which version it was.
//!
//!     OPENAI_BASE_URL=https://api.openai.com/v1 cargo run --example split --features async-openai -- prompts.carat

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use carat::Prompts;
use serde_json::json;

const SPLIT: &str = "support/triage@{production:90,candidate:10}";

/// Asks once for each customer. Gives how many customers had which version.
pub async fn run(base_url: &str, bundle: &Path, customers: u32) -> Result<BTreeMap<String, u32>, Box<dyn Error>> {
    // Without either of the two versions the program does not start, and no reload takes one away.
    let prompts = Prompts::options().require(SPLIT).open(bundle)?;
    let client = Client::with_config(OpenAIConfig::new().with_api_base(base_url));
    let mut counts = BTreeMap::new();
    for customer in 0..customers {
        let triage = prompts.split(SPLIT, &format!("customer-{customer}"))?;
        let request = triage.render(&json!({ "body": "Where is my invoice?" }))?.stamped();
        // What a trace should know: gen_ai.prompt.name, gen_ai.prompt.version, carat.prompt.digest.
        let attributes = request.stamp().attributes();
        client.chat().create(request.try_into()?).await?;
        *counts.entry(format!("{attributes:?}")).or_default() += 1;
    }
    Ok(counts)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = std::env::var("OPENAI_BASE_URL").unwrap_or_else(|_| "https://api.openai.com/v1".to_owned());
    let bundle = std::env::args().nth(1).ok_or("give a bundle")?;
    for (version, customers) in run(&base_url, Path::new(&bundle), 20).await? {
        println!("{customers} customers: {version}");
    }
    Ok(())
}
