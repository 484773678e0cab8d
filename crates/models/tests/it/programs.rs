//! Programs as models.
#![cfg(unix)]

use std::time::{Duration, Instant};

use carat_core::{Completion, FinishReason, ModelError, ModelErrorKind};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::asking::{ask, model, model_in};

fn shell(script: &str) -> Value {
    json!({"provider": "command", "command": ["sh", "-c", script]})
}

async fn run(script: &str) -> Result<Completion, ModelError> {
    ask(&*model(shell(script))).await
}

#[tokio::test]
async fn a_program_reads_the_request_and_writes_the_answer() {
    let folder = TempDir::new().unwrap();
    let script = r#"cat > asked.json; echo '{"output": "billing", "usage": {"input_tokens": 3, "output_tokens": 1}, "finish_reason": "length"}'"#;
    let completion = ask(&*model_in(folder.path(), shell(script))).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.finish_reason), ("billing", FinishReason::Length));
    assert_eq!(completion.usage.map(|usage| usage.input_tokens), Some(3));
    let asked: Value = serde_json::from_slice(&std::fs::read(folder.path().join("asked.json")).unwrap()).unwrap();
    let expected = json!({
        "row": "r1", "trial": 0, "prompt": "support/triage", "messages": [{"role": "user", "content": "hello"}],
        "tools": [], "response_format": null, "parameters": {}
    });
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn an_output_that_is_no_text_is_its_json() {
    assert_eq!(run(r#"echo '{"output": {"queue": "billing"}}'"#).await.unwrap().text, r#"{"queue":"billing"}"#);
}

#[tokio::test]
async fn a_program_need_not_read_its_request() {
    let big = "exec <&-; sleep 0.05; echo '{\"output\": \"x\"}'";
    assert_eq!(run(big).await.unwrap().text, "x");
}

#[tokio::test]
async fn a_program_that_fails_is_told_with_its_last_words() {
    let error = run("for i in 1 2 3 4 5 6 7; do printf \"line $i \\033[31m\\n\" >&2; done; exit 3").await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Program);
    insta::assert_snapshot!(error, @"`sh` ended with exit status: 3; stderr: line 3 [31m | line 4 [31m | line 5 [31m | line 6 [31m | line 7 [31m");
}

#[tokio::test]
async fn an_answer_of_a_program_that_fails_does_not_count() {
    assert_eq!(run(r#"echo '{"output": "x"}'; exit 1"#).await.unwrap_err().kind, ModelErrorKind::Program);
}

#[tokio::test]
async fn what_is_no_answer_is_shown() {
    insta::assert_snapshot!(run("echo billing").await.unwrap_err(), @r#"`sh` ended with exit status: 0, but wrote no answer ({"output": "…"}) on stdout: billing"#);
    insta::assert_snapshot!(run("true").await.unwrap_err(), @r#"`sh` ended with exit status: 0, but wrote nothing on stdout: an answer is {"output": "…"}"#);
    assert!(run(r#"echo '{"ouput": "x"}'"#).await.is_err());
}

#[tokio::test]
async fn a_program_that_writes_without_end_is_stopped() {
    let started = Instant::now();
    let error = run("yes").await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Program);
    assert!(error.message.contains("more than 8 MB"), "{}", error.message);
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_killed_with_its_children() {
    let folder = TempDir::new().unwrap();
    let mut spec = shell("(sleep 1; touch survived) & sleep 30; wait");
    spec["timeout"] = json!("200ms");
    let error = ask(&*model_in(folder.path(), spec)).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Timeout);
    insta::assert_snapshot!(error, @"`sh` gave no answer within 200ms and was stopped; `timeout` sets the limit");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert!(!folder.path().join("survived").exists());
}

#[tokio::test]
async fn a_call_that_is_given_up_kills_the_program() {
    let folder = TempDir::new().unwrap();
    let model = model_in(folder.path(), shell("sleep 0.5; touch survived"));
    assert!(tokio::time::timeout(Duration::from_millis(150), ask(&*model)).await.is_err());
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!folder.path().join("survived").exists());
}

#[tokio::test]
async fn a_missing_program_condemns_the_model() {
    let error = ask(&*model(json!({"provider": "command", "command": ["carat-no-such-program"]}))).await.unwrap_err();
    assert!(error.kind.condemns_the_model());
    insta::assert_snapshot!(error, @"`carat-no-such-program` is not there; install it, or correct `command` of the model `m`");
}
