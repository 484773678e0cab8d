//! Refusals in every shape that servers have.

use carat_core::{ModelError, ModelErrorKind};
use serde_json::json;

use crate::asking::{KEY, ask, model};
use crate::played::{Played, Step, answer, json_answer};

async fn error_of(step: Step) -> ModelError {
    let server = Played::always(step).await;
    let spec = json!({"provider": "openai", "model": "gpt-test", "base_url": server.base_url, "api_key_env": "MY_KEY"});
    ask(&*model(spec)).await.unwrap_err()
}

async fn refused(status: &str, headers: &str, body: &str) -> ModelError {
    error_of(Step::Say(answer(status, headers, body))).await
}

#[tokio::test]
async fn a_status_keeps_its_meaning_whatever_the_body_looks_like() {
    use ModelErrorKind::{Authentication, BadRequest, NotFound, RateLimited, Server};
    let cases = [
        ("401 Unauthorized", r#"{"error":{"code":401,"message":"no"}}"#, Authentication),
        ("403 Forbidden", r#"{"detail":"no"}"#, Authentication),
        ("404 Not Found", r#"{"error":{"message":"no","type":null}}"#, NotFound),
        ("400 Bad Request", r#"{"error":"no"}"#, BadRequest),
        ("413 Payload Too Large", "no", BadRequest),
        ("422 Unprocessable Entity", r#"{"detail":[{"msg":"no"}]}"#, BadRequest),
        ("429 Too Many Requests", r#"{"message":"no"}"#, RateLimited),
        ("500 Internal Server Error", r#"{"error":{"message":"no","code":500}}"#, Server),
        ("503 Service Unavailable", "<html><body>no</body></html>", Server),
        ("529 Overloaded", "no", Server),
    ];
    for (status, body, kind) in cases {
        let error = refused(status, "", body).await;
        assert_eq!((error.kind, error.status), (kind, status[..3].parse().ok()), "{status}");
        assert!(error.message.contains("): no ["), "{status}: {}", error.message);
    }
}

#[tokio::test]
async fn a_refused_key_is_told_by_its_variable_and_does_not_show() {
    let body = format!(r#"{{"error":{{"message":"bad key: {KEY}"}}}}"#);
    let error = refused("401 Unauthorized", "", &body).await;
    assert!(error.message.contains("bad key: ***") && error.message.contains("$MY_KEY"), "{}", error.message);
    assert!(!error.message.contains(KEY));
}

#[tokio::test]
async fn the_wait_that_a_server_asks_for_is_handed_on() {
    let waits = [("retry-after: 2\r\n", Some(2000)), ("retry-after-ms: 150\r\n", Some(150)), ("", None)];
    for (header, expected) in waits {
        assert_eq!(refused("429 Too Many Requests", header, "{}").await.retry_after_ms, expected);
    }
    let date = refused("503 Service Unavailable", "retry-after: Wed, 01 Jan 2098 00:00:00 GMT\r\n", "").await;
    assert!(date.retry_after_ms.is_some_and(|wait| wait > 1_000_000_000), "{date:?}");
}

#[tokio::test]
async fn a_long_page_is_cut_and_its_control_characters_are_gone() {
    let error = refused("502 Bad Gateway", "", &format!("\u{1b}[31m{}", "x ".repeat(500_000))).await;
    assert!(!error.message.contains('\u{1b}') && error.message.chars().count() < 500, "{}", error.message);
}

#[tokio::test]
async fn an_error_under_a_status_of_success_is_known_by_its_code() {
    let error = error_of(Step::Say(json_answer(r#"{"error":{"message":"slow down","code":429}}"#))).await;
    assert_eq!((error.kind, error.status), (ModelErrorKind::RateLimited, Some(200)));
    assert!(error.message.contains("slow down"), "{}", error.message);
}

#[tokio::test]
async fn what_is_no_answer_is_malformed() {
    for body in ["", "hello", "{}", r#"{"choices":[]}"#, "[]", "<html>login</html>", r#"{"choices":"x"}"#] {
        let error = error_of(Step::Say(json_answer(body))).await;
        assert_eq!(error.kind, ModelErrorKind::Malformed, "{body}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_malformed() {
    let error = error_of(Step::SayAndClose(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())).await;
    assert_eq!(error.kind, ModelErrorKind::Malformed, "{}", error.message);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_with_its_address() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let error = ask(&*model(json!({"provider": "openai", "base_url": base}))).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Connection);
    assert!(error.message.ends_with(&format!("is the server running at {base}?")), "{}", error.message);
    assert!(error.message.contains("refused"), "{}", error.message);
}

#[tokio::test]
async fn a_reset_is_a_broken_connection() {
    let error = error_of(Step::Reset(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{".to_vec())).await;
    assert_eq!(error.kind, ModelErrorKind::Connection, "{}", error.message);
}
