//! A model calls a function of the prompt, gets its result, and answers.
//!
//!     OPENAI_BASE_URL=http://localhost:11434/v1 cargo run --example tools --features async-openai -- prompts.carat

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use std::error::Error;
use std::path::Path;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::types::chat::{ChatCompletionMessageToolCalls, ChatCompletionResponseMessage};
use carat::{Message, Prompts, Role, ToolCall};
use serde_json::{Value, json};

/// So often a model may call functions before it has to answer.
const MOST_ROUNDS: usize = 4;

/// Answers a question about an order.
pub async fn run(base_url: &str, bundle: &Path, question: &str) -> Result<String, Box<dyn Error>> {
    let prompts = Prompts::open(bundle)?;
    let mut request = prompts.get("support/status@production")?.render(&json!({ "question": question }))?;
    let client = Client::with_config(OpenAIConfig::new().with_api_base(base_url));
    for _ in 0..MOST_ROUNDS {
        let answer = client.chat().create((&request).try_into()?).await?;
        let said = answer.choices.into_iter().next().ok_or("no answer")?.message;
        let calls = calls(&said);
        if calls.is_empty() {
            return said.content.ok_or_else(|| "no answer".into());
        }
        let results: Vec<Message> = calls.iter().map(result).collect();
        let asked = Message { content: Vec::new(), tool_calls: calls, ..Message::text(Role::Assistant, "") };
        request = request.followed_by([asked]).followed_by(results);
    }
    Err("the model does not stop calling functions".into())
}

fn calls(said: &ChatCompletionResponseMessage) -> Vec<ToolCall> {
    let calls = said.tool_calls.iter().flatten();
    let functions = calls.filter_map(|call| match call {
        ChatCompletionMessageToolCalls::Function(call) => Some(call),
        ChatCompletionMessageToolCalls::Custom(_) => None,
    });
    functions
        .map(|call| ToolCall {
            id: call.id.clone(),
            name: call.function.name.clone(),
            arguments: serde_json::from_str(&call.function.arguments)
                .unwrap_or_else(|_| Value::String(call.function.arguments.clone())),
        })
        .collect()
}

/// What the application says to a call: here, that every order is on its way.
fn result(call: &ToolCall) -> Message {
    let text = match (call.name.as_str(), call.arguments.get("order").and_then(Value::as_str)) {
        ("order_status", Some(order)) => format!("order {order} is on its way"),
        ("order_status", None) => "give the number of the order as `order`".to_owned(),
        (other, _) => format!("there is no function {other}"),
    };
    Message { tool_call_id: Some(call.id.clone()), ..Message::text(Role::Tool, text) }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = std::env::var("OPENAI_BASE_URL").unwrap_or_else(|_| "https://api.openai.com/v1".to_owned());
    let bundle = std::env::args().nth(1).ok_or("give a bundle")?;
    println!("{}", run(&base_url, Path::new(&bundle), "Where is order 4711?").await?);
    Ok(())
}
