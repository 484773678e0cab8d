//! Answers that come piece by piece, and those that do not come to an end.

use std::time::Duration;

use carat_core::{Completion, FinishReason, ModelError, ModelErrorKind};
use serde_json::{Value, json};

use crate::asking::{ask, model};
use crate::played::{Played, Step, chunk, event_stream, head_of_stream, json_answer};

const BIL: &str = r#"{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":"bil"}}]}"#;
const LING: &str = r#"{"choices":[{"delta":{"content":"ling"}}]}"#;
const STOP: &str = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"{"choices":[{"delta":{}}],"usage":{"prompt_tokens":9,"completion_tokens":2}}"#;
const DONE: &str = "[DONE]";

fn spec(server: &Played, api: &str) -> Value {
    json!({"provider": "openai", "model": "m", "base_url": server.base_url, "stream": true, "api": api, "timeout": "5s"})
}

async fn chat(step: Step) -> Result<Completion, ModelError> {
    let server = Played::always(step).await;
    ask(&*model(spec(&server, "chat"))).await
}

#[tokio::test]
async fn pieces_join_to_an_answer_with_usage_and_the_time_of_the_first() {
    let pieces =
        [head_of_stream(), chunk(BIL), chunk(LING), chunk(STOP), chunk(USAGE), chunk(DONE), b"0\r\n\r\n".to_vec()];
    let server = Played::always(Step::Trickle(pieces.to_vec(), Duration::from_millis(10))).await;
    let completion = ask(&*model(spec(&server, "chat"))).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.finish_reason), ("billing", FinishReason::Stop));
    assert_eq!(completion.usage.map(|usage| usage.output_tokens), Some(2));
    assert!(completion.first_token_us.is_some_and(|wait| wait >= 20_000), "{completion:?}");
    assert!(server.requests()[0].contains(r#""stream":true,"stream_options":{"include_usage":true}"#));
}

#[tokio::test]
async fn a_stream_leaves_its_connection_for_the_next_one() {
    let server = Played::always(Step::Say(event_stream(&[BIL, STOP, DONE]))).await;
    let model = model(spec(&server, "chat"));
    for _ in 0..5 {
        ask(&*model).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_stream_whose_end_comes_late_leaves_its_connection_too() {
    let events = [head_of_stream(), chunk(BIL), chunk(STOP), chunk(DONE)].concat();
    let late = Step::Trickle(vec![events, b"0\r\n\r\n".to_vec()], Duration::from_millis(20));
    let server = Played::always(late).await;
    let model = model(spec(&server, "chat"));
    for _ in 0..3 {
        ask(&*model).await.unwrap();
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_stream_that_is_closed_after_done_is_whole() {
    for end in [&b"0\r\n\r\n"[..], b""] {
        let bytes = [head_of_stream(), chunk(BIL), chunk(DONE), end.to_vec()].concat();
        assert_eq!(chat(Step::SayAndClose(bytes)).await.unwrap().text, "bil");
    }
}

#[tokio::test]
async fn a_stream_with_a_finish_reason_is_whole_without_done() {
    assert_eq!(chat(Step::Say(event_stream(&[BIL, STOP]))).await.unwrap().text, "bil");
    let cut = [head_of_stream(), chunk(BIL), chunk(STOP)].concat();
    assert_eq!(chat(Step::SayAndClose(cut)).await.unwrap().text, "bil");
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_malformed() {
    let quietly = Step::Say(event_stream(&[BIL]));
    let in_the_middle = Step::SayAndClose([head_of_stream(), chunk(BIL)].concat());
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    let without_chunks = Step::SayAndClose([&head[..], format!("data: {BIL}\n\ndata: {{\"choi").as_bytes()].concat());
    let empty = Step::Say(event_stream(&[]));
    for step in [quietly, in_the_middle, without_chunks, empty] {
        let error = chat(step.clone()).await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::Malformed, "{step:?}: {}", error.message);
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_is_a_broken_connection() {
    let error = chat(Step::Reset([head_of_stream(), chunk(BIL)].concat())).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Connection, "{}", error.message);
}

#[tokio::test]
async fn an_error_event_is_the_error_that_it_says() {
    let error =
        chat(Step::Say(event_stream(&[BIL, r#"{"error":{"message":"slow down","code":429}}"#]))).await.unwrap_err();
    assert_eq!((error.kind, error.status), (ModelErrorKind::RateLimited, Some(200)));
    let error = chat(Step::Say(event_stream(&["Internal Server Error", DONE]))).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Malformed);
    assert!(error.message.contains("Internal Server Error"), "{}", error.message);
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_understood() {
    let whole = "{\n \"choices\": [{\"message\": {\"content\": \"billing\"}, \"finish_reason\": \"stop\"}]\n}";
    assert_eq!(chat(Step::Say(json_answer(whole))).await.unwrap().text, "billing");
}

#[tokio::test]
async fn the_time_limit_covers_the_stream() {
    let pieces = vec![[head_of_stream(), chunk(BIL)].concat(), chunk(LING), chunk(LING), chunk(LING)];
    let server = Played::always(Step::Trickle(pieces, Duration::from_millis(200))).await;
    let mut spec = spec(&server, "chat");
    spec["timeout"] = json!("500ms");
    assert_eq!(ask(&*model(spec)).await.unwrap_err().kind, ModelErrorKind::Timeout);
}

#[tokio::test]
async fn a_refusal_to_stream_keeps_its_status() {
    let body = crate::played::answer(
        "429 Too Many Requests",
        "retry-after: 1\r\n",
        r#"{"error":{"message":"no","code":429}}"#,
    );
    let error = chat(Step::Say(body)).await.unwrap_err();
    assert_eq!((error.kind, error.status, error.retry_after_ms), (ModelErrorKind::RateLimited, Some(429), Some(1000)));
}

#[tokio::test]
async fn the_responses_api_streams_and_its_connection_may_stay_open() {
    let delta = r#"{"type":"response.output_text.delta","delta":"billing"}"#;
    let end = json!({"type": "response.completed", "response": {"id": "r1", "status": "completed",
        "output": [{"type": "message", "content": [{"type": "output_text", "text": "billing"}]}],
        "usage": {"input_tokens": 9, "output_tokens": 1}}});
    let open = [head_of_stream(), chunk(delta), chunk(&end.to_string())].concat();
    for step in [Step::Say(open), Step::Say(event_stream(&[delta, &end.to_string()]))] {
        let server = Played::always(step).await;
        let completion = ask(&*model(spec(&server, "responses"))).await.unwrap();
        assert_eq!((completion.text.as_str(), completion.finish_reason), ("billing", FinishReason::Stop));
        assert!(completion.first_token_us.is_some());
        assert_eq!(completion.usage.map(|usage| usage.input_tokens), Some(9));
    }
}

#[tokio::test]
async fn a_stream_of_the_responses_api_that_breaks_off_is_malformed() {
    let delta = r#"{"type":"response.output_text.delta","delta":"bil"}"#;
    let server = Played::always(Step::Say(event_stream(&[delta]))).await;
    assert_eq!(ask(&*model(spec(&server, "responses"))).await.unwrap_err().kind, ModelErrorKind::Malformed);
}
