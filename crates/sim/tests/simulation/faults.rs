use std::time::Duration;

use carat_sim::{Endpoint, FaultKind, FaultRule};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{Table, asking, events, streaming};

const QUESTION: &str = "What is 2+2?";

async fn answered(kind: FaultKind) -> Value {
    let table = Table::with_fault(kind).await;
    let answer = table.chat(&asking(QUESTION)).await.json().await.unwrap();
    assert_eq!(table.sim.counters().answered_calls.len(), 1);
    answer
}

/// Sends a request over a bare connection and reads until the server closes it.
async fn bare(table: &Table, requests: usize, body: &Value) -> String {
    let mut stream = TcpStream::connect(table.sim.address()).await.unwrap();
    let body = body.to_string();
    let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ";
    for _ in 0..requests {
        stream.write_all(format!("{head}{}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
    }
    let mut read = Vec::new();
    drop(stream.read_to_end(&mut read).await);
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn a_dropped_connection_answers_no_byte() {
    let table = Table::with_fault(FaultKind::DroppedConnection).await;
    assert_eq!(bare(&table, 1, &asking(QUESTION)).await, "");
    let error = table.post("chat/completions", &asking(QUESTION)).send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(table.sim.totals().answered(Endpoint::Chat), 0);
}

#[tokio::test]
async fn a_connection_is_closed_after_an_answer_that_announced_keep_alive() {
    let table = Table::with_fault(FaultKind::ClosedAfterAnswer).await;
    let text = bare(&table, 1, &asking(QUESTION)).await;
    assert!(text.contains("The answer is four.") && !text.contains("connection: close"), "{text}");
    let text = bare(&table, 1, &streaming(QUESTION)).await;
    assert!(text.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n") && !text.contains("connection: close"), "{text}");
    assert_eq!(table.sim.totals().answered(Endpoint::Chat), 2);
}

#[tokio::test]
async fn a_connection_fails_on_its_next_use() {
    let table = Table::with_rule(FaultRule::first(FaultKind::ClosedOnReuse, 1)).await;
    let text = bare(&table, 2, &asking(QUESTION)).await;
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 1);
    let rule = FaultRule::first(FaultKind::ClosedOnReuse, 1);
    let table = Table::with_rule(rule).await;
    assert_eq!(table.said(QUESTION).await, "The answer is four.");
    let error = table.post("chat/completions", &asking(QUESTION)).send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(table.said(QUESTION).await, "The answer is four.");
}

#[tokio::test]
async fn a_truncated_body_ends_before_its_announced_length() {
    let table = Table::with_fault(FaultKind::TruncatedBody).await;
    let reply = table.chat(&asking(QUESTION)).await;
    assert_eq!(reply.status(), 200);
    assert!(reply.bytes().await.is_err());
    let text = bare(&table, 1, &asking(QUESTION)).await;
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(body.starts_with('{') && !body.ends_with('}'), "{body}");
    assert!(table.sim.counters().answered_calls.is_empty());
}

#[tokio::test]
async fn malformed_json_comes_as_a_complete_answer() {
    let table = Table::with_fault(FaultKind::MalformedJson).await;
    let reply = table.chat(&asking(QUESTION)).await;
    assert_eq!(reply.status(), 200);
    let text = reply.text().await.unwrap();
    assert!(text.starts_with('{') && serde_json::from_str::<Value>(&text).is_err());
    assert!(table.sim.counters().answered_calls.is_empty());
}

#[tokio::test]
async fn a_truncated_stream_breaks_in_the_middle_of_an_event() {
    let table = Table::with_fault(FaultKind::TruncatedStream).await;
    let mut reply = table.chat(&streaming(QUESTION)).await;
    let mut text = Vec::new();
    let error = loop {
        match reply.chunk().await {
            Ok(Some(chunk)) => text.extend(chunk),
            Ok(None) => panic!("the stream ended properly"),
            Err(error) => break error,
        }
    };
    let text = String::from_utf8(text).unwrap();
    assert!(text.starts_with("data: {") && !text.ends_with("\n\n"), "{error}: {text}");
    assert!(table.sim.counters().answered_calls.is_empty());
}

#[tokio::test]
async fn a_stream_without_end_closes_properly_in_the_middle_of_an_event() {
    let table = Table::with_fault(FaultKind::StreamWithoutEnd).await;
    let text = table.chat(&streaming(QUESTION)).await.text().await.unwrap();
    assert!(text.starts_with("data: {") && !text.ends_with("\n\n") && !text.contains("[DONE]"));
    assert!(table.sim.counters().answered_calls.is_empty());
}

#[tokio::test]
async fn an_error_comes_as_an_event_under_200() {
    let table = Table::with_fault(FaultKind::StreamErrorEvent).await;
    let reply = table.chat(&streaming(QUESTION)).await;
    assert_eq!(reply.status(), 200);
    let text = reply.text().await.unwrap();
    let last: Value = serde_json::from_str(events(&text).last().unwrap()).unwrap();
    assert_eq!(last["error"]["type"], "server_error");
    let body = json!({"model": "m", "input": QUESTION, "stream": true});
    let text = table.post("responses", &body).send().await.unwrap().text().await.unwrap();
    let last: Value = serde_json::from_str(events(&text).last().unwrap()).unwrap();
    assert_eq!(last["type"], "error");
    assert!(table.sim.counters().answered_calls.is_empty());
}

#[tokio::test]
async fn usage_may_be_missing_or_come_with_choices() {
    assert!(answered(FaultKind::MissingUsage).await.get("usage").is_none());
    let table = Table::with_fault(FaultKind::UsageWithChoices).await;
    let text = table.chat(&streaming(QUESTION)).await.text().await.unwrap();
    let events = events(&text);
    let last: Value = serde_json::from_str(events[events.len() - 2]).unwrap();
    assert_eq!(last["choices"].as_array().unwrap().len(), 1);
    assert!(last["usage"]["total_tokens"].is_u64());
}

#[tokio::test]
async fn fields_may_be_missing_everywhere() {
    let answer = answered(FaultKind::MissingFields).await;
    assert!(answer.get("created").is_none() && answer.get("object").is_none());
    assert!(answer["usage"].get("completion_tokens_details").is_none());
    let rule = FaultRule { endpoint: Some(Endpoint::Models), ..FaultRule::always(FaultKind::MissingFields) };
    let list: Value = Table::with_rule(rule).await.get("models").await.json().await.unwrap();
    assert_eq!(list, json!({"data": [{"id": "sim-model"}]}));
    let table = Table::with_fault(FaultKind::MissingFields).await;
    let body = json!({"model": "m", "input": QUESTION, "stream": true});
    let text = table.post("responses", &body).send().await.unwrap().text().await.unwrap();
    assert!(!text.contains("created_at") && !text.contains("output_tokens_details"));
}

#[tokio::test]
async fn contents_may_be_empty_null_cut_or_filtered() {
    let choice = |answer: Value| {
        let choice = &answer["choices"][0];
        (choice["message"]["content"].clone(), choice["finish_reason"].clone())
    };
    assert_eq!(choice(answered(FaultKind::EmptyContent).await), (json!(""), json!("stop")));
    assert_eq!(choice(answered(FaultKind::NullContent).await), (Value::Null, json!("stop")));
    assert_eq!(choice(answered(FaultKind::FinishLength).await), (json!("The answe"), json!("length")));
    assert_eq!(choice(answered(FaultKind::ContentFilter).await), (json!(""), json!("content_filter")));
    assert_eq!(answered(FaultKind::OtherModel).await["model"], "m-2024-01-01");
}

#[tokio::test]
async fn a_cut_response_is_incomplete() {
    let table = Table::with_fault(FaultKind::FinishLength).await;
    let body = json!({"model": "m", "input": QUESTION});
    let answer: Value = table.post("responses", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["status"], "incomplete");
    assert_eq!(answer["incomplete_details"]["reason"], "max_output_tokens");
}

#[tokio::test]
async fn a_hanging_call_never_ends_but_is_let_go_with_its_client() {
    let table = Table::with_fault(FaultKind::Hang).await;
    let call = table.post("chat/completions", &asking(QUESTION)).timeout(Duration::from_millis(50));
    assert!(call.send().await.unwrap_err().is_timeout());
    let totals = table.sim.wait_until(|totals| totals.in_flight == 0).await;
    assert_eq!((totals.faults(FaultKind::Hang), totals.answered(Endpoint::Chat)), (1, 0));
}

#[tokio::test]
async fn a_share_of_attempts_fails_and_retries_succeed() {
    let table = Table::with_rule(FaultRule::rate(FaultKind::ServerError, 0.3)).await;
    let mut failures = 0_u32;
    for n in 0..300 {
        while table.chat(&asking(&n.to_string())).await.status() == 500 {
            failures += 1;
        }
    }
    assert!((80..200).contains(&failures), "{failures}");
    let counters = table.sim.counters();
    assert_eq!((counters.repeated(), counters.answered_calls.len()), (0, 300));
}
