use carat_sim::{Endpoint, Settings};
use serde_json::{Value, json};

use crate::{Table, asking, events, streaming};

fn parsed(text: &str) -> Vec<Value> {
    events(text).into_iter().filter(|data| *data != "[DONE]").map(|data| serde_json::from_str(data).unwrap()).collect()
}

fn joined(chunks: &[Value]) -> String {
    chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect()
}

#[tokio::test]
async fn a_stream_says_what_the_plain_answer_says() {
    let table = Table::set(Settings::default()).await;
    let plain = table.said("Tell me").await;
    let reply = table.chat(&streaming("Tell me")).await;
    assert_eq!(reply.headers()["content-type"], "text/event-stream; charset=utf-8");
    let text = reply.text().await.unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"));
    let chunks = parsed(&text);
    assert_eq!(joined(&chunks), plain);
    assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "stop");
    assert!(!text.contains("usage"));
    assert_eq!(table.sim.totals().answered(Endpoint::Chat), 2);
}

#[tokio::test]
async fn usage_comes_last_and_alone_when_asked_for() {
    let table = Table::set(Settings::default()).await;
    let mut body = streaming("Tell me");
    body["stream_options"] = json!({"include_usage": true});
    let text = table.chat(&body).await.text().await.unwrap();
    let chunks = parsed(&text);
    let last = chunks.last().unwrap();
    assert_eq!(last["choices"], json!([]));
    assert!(last["usage"]["total_tokens"].as_u64().unwrap() > 0);
    assert!(chunks[0]["usage"].is_null());
}

#[tokio::test]
async fn a_slow_stream_is_the_same_stream() {
    let table = Table::set(Settings { slow_body_ms_per_chunk: 0.5, ..Settings::default() }).await;
    let text = table.chat(&streaming("Tell me")).await.text().await.unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"));
    assert!(!table.said("Tell me").await.is_empty());
}

#[tokio::test]
async fn a_forced_tool_is_called_with_arguments_that_its_schema_accepts() {
    let table = Table::set(Settings::default()).await;
    let parameters = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    let mut body = asking("Weather?");
    body["tools"] = json!([{"type": "function", "function": {"name": "weather", "parameters": parameters}}]);
    body["tool_choice"] = json!({"type": "function", "function": {"name": "weather"}});
    let answer: Value = table.chat(&body).await.json().await.unwrap();
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    let called = &choice["message"]["tool_calls"][0]["function"];
    assert_eq!(called["name"], "weather");
    let arguments: Value = serde_json::from_str(called["arguments"].as_str().unwrap()).unwrap();
    assert!(arguments["city"].is_string());

    body["stream"] = json!(true);
    let text = table.chat(&body).await.text().await.unwrap();
    let streamed: String = parsed(&text)
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].as_str())
        .collect();
    assert_eq!(streamed, called["arguments"].as_str().unwrap());
}

#[tokio::test]
async fn json_formats_give_json() {
    let table = Table::set(Settings::default()).await;
    let mut body = asking("Grade it");
    body["response_format"] = json!({"type": "json_object"});
    let answer: Value = table.chat(&body).await.json().await.unwrap();
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(serde_json::from_str::<Value>(text).unwrap()["answer"].is_string());
    let schema = json!({"type": "object", "properties": {"score": {"type": "integer"}}});
    body["response_format"] = json!({"type": "json_schema", "json_schema": {"name": "grade", "schema": schema}});
    let answer: Value = table.chat(&body).await.json().await.unwrap();
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(serde_json::from_str::<Value>(text).unwrap()["score"].is_i64());
}

#[tokio::test]
async fn choices_and_their_length_are_as_asked() {
    let table = Table::set(Settings::default()).await;
    let mut body = asking("Tell me");
    body["n"] = json!(3);
    body["max_tokens"] = json!(1);
    let answer: Value = table.chat(&body).await.json().await.unwrap();
    assert_eq!(answer["choices"].as_array().unwrap().len(), 3);
    assert_eq!(answer["choices"][2]["finish_reason"], "length");
    assert_eq!(answer["usage"]["completion_tokens"], 3);
}

#[tokio::test]
async fn responses_stream_the_text_of_the_plain_response() {
    let table = Table::set(Settings::default()).await;
    let mut body = json!({"model": "m", "instructions": "Be brief.", "input": "Tell me"});
    let plain: Value = table.post("responses", &body).send().await.unwrap().json().await.unwrap();
    let said = plain["output"][0]["content"][0]["text"].as_str().unwrap();
    assert_eq!(plain["status"], "completed");
    body["stream"] = json!(true);
    let text = table.post("responses", &body).send().await.unwrap().text().await.unwrap();
    let events = parsed(&text);
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!((kinds[0], *kinds.last().unwrap()), ("response.created", "response.completed"));
    let streamed: String = events.iter().filter_map(|event| event["delta"].as_str()).collect();
    assert_eq!(streamed, said);
    assert_eq!(events.last().unwrap()["response"]["output"][0]["content"][0]["text"], said);
    assert!(events.iter().enumerate().all(|(place, event)| event["sequence_number"] == place));
}

#[tokio::test]
async fn responses_call_tools_too() {
    let table = Table::set(Settings::default()).await;
    let body = json!({"model": "m", "input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
        "tools": [{"type": "function", "name": "greet", "parameters": {"type": "object"}}], "tool_choice": "required"});
    let answer: Value = table.post("responses", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["output"][0]["type"], "function_call");
    assert_eq!(answer["output"][0]["name"], "greet");
    assert_eq!(answer["output"][0]["arguments"], "{}");
}
