//! What a client sees of a simulation, on the wire.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod answering;
mod anthropic;
mod azure;
mod batches;
mod endpoints;
mod faults;
mod holding;
mod inference;
mod limits;
mod program;
mod refusals;
mod rules;
mod streaming;

use carat_sim::{FaultKind, FaultRule, Running, Settings, Simulation};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

/// A running simulation with a client.
struct Table {
    sim: Running,
    client: Client,
}

impl Table {
    async fn set(settings: Settings) -> Self {
        let sim = Simulation::new(settings).start("127.0.0.1:0").await.unwrap();
        let client = Client::builder().no_proxy().retry(reqwest::retry::never()).build().unwrap();
        Self { sim, client }
    }

    async fn with_fault(kind: FaultKind) -> Self {
        Self::with_rule(FaultRule::always(kind)).await
    }

    async fn with_rule(rule: FaultRule) -> Self {
        let answers = [("What is 2+2?".to_owned(), "The answer is four.".to_owned())].into();
        Self::set(Settings { answers, faults: vec![rule], ..Settings::default() }).await
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}/{path}", self.sim.base_url())).body(body.to_string())
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}/{path}", self.sim.base_url())).send().await.unwrap()
    }

    /// Posts to a path that does not begin as OpenAI's do.
    fn post_to(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("http://{}{path}", self.sim.address())).body(body.to_string())
    }

    /// Uploads a file for a batch.
    async fn upload(&self, text: &str) -> Value {
        let part = Part::text(text.to_owned()).file_name("in.jsonl");
        let form = Form::new().text("purpose", "batch").part("file", part);
        let call = self.client.post(format!("{}/files", self.sim.base_url())).multipart(form);
        call.send().await.unwrap().json().await.unwrap()
    }

    async fn chat(&self, body: &Value) -> Response {
        self.post("chat/completions", body).send().await.unwrap()
    }

    async fn said(&self, question: &str) -> String {
        let answer: Value = self.chat(&asking(question)).await.json().await.unwrap();
        answer["choices"][0]["message"]["content"].as_str().unwrap().to_owned()
    }
}

fn asking(question: &str) -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": question}]})
}

fn streaming(question: &str) -> Value {
    let mut body = asking(question);
    body["stream"] = json!(true);
    body
}

/// The data of all complete events.
fn events(text: &str) -> Vec<&str> {
    text.split_terminator("\n\n")
        .filter_map(|event| event.lines().find_map(|line| line.strip_prefix("data: ")))
        .collect()
}
