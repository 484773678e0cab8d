mod life;
mod lines;
mod orders;

use carat_sim::{BatchSettings, Settings};
use serde_json::{Value, json};

use crate::{Table, asking};

const CHAT: &str = "/v1/chat/completions";

fn line(id: &str, question: &str) -> Value {
    json!({"custom_id": id, "method": "POST", "url": CHAT, "body": asking(question)})
}

fn numbered(count: usize) -> Vec<Value> {
    (0..count).map(|n| line(&n.to_string(), &format!("question {n}"))).collect()
}

async fn with_batches(batches: BatchSettings) -> Table {
    Table::set(Settings { batches, ..Settings::default() }).await
}

async fn order(table: &Table, input: &Value) -> reqwest::Response {
    let body = json!({"input_file_id": input, "endpoint": CHAT, "completion_window": "24h", "metadata": {"run": "7"}});
    table.post("batches", &body).send().await.unwrap()
}

/// Uploads lines and makes a batch of them.
async fn begin(table: &Table, lines: &[Value]) -> Value {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let file = table.upload(&text).await;
    order(table, &file["id"]).await.json().await.unwrap()
}

async fn look(table: &Table, batch: &Value) -> Value {
    table.get(&format!("batches/{}", batch["id"].as_str().unwrap())).await.json().await.unwrap()
}

async fn text(table: &Table, file: &Value) -> String {
    table.get(&format!("files/{}/content", file.as_str().unwrap())).await.text().await.unwrap()
}

async fn lines(table: &Table, file: &Value) -> Vec<Value> {
    text(table, file).await.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ids(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["custom_id"].as_str().unwrap()).collect()
}

fn counts(batch: &Value) -> [u64; 3] {
    ["total", "completed", "failed"].map(|name| batch["request_counts"][name].as_u64().unwrap())
}
