//! What is sent, what is understood, and how connections are used.

use std::time::Duration;

use carat_core::{FinishReason, ModelErrorKind, Usage};
use serde_json::{Value, json};

use crate::asking::{KEY, ask, model};
use crate::played::{Played, Step, json_answer};

const PLAIN: &str = r#"{"choices":[{"message":{"content":"billing"},"finish_reason":"stop"}]}"#;

fn openai(server: &Played, more: Value) -> Value {
    let mut spec = json!({"provider": "openai", "model": "gpt-test", "base_url": server.base_url});
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    spec
}

fn body(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_question_is_sent_with_key_organisation_and_headers_to_the_prefixed_path() {
    let server = Played::always(Step::Say(json_answer(PLAIN))).await;
    let more = json!({
        "base_url": format!("{}/proxy/", server.base_url), "api_key_env": "MY_KEY", "organization": "org-1",
        "headers": {"X-Team": "support"}
    });
    ask(&*model(openai(&server, more))).await.unwrap();
    let request = &server.requests()[0];
    assert!(request.starts_with("POST /v1/proxy/chat/completions HTTP/1.1\r\n"), "{request}");
    for header in [&format!("authorization: Bearer {KEY}\r\n"), "openai-organization: org-1\r\n", "x-team: support\r\n"]
    {
        assert!(request.contains(header), "{request}");
    }
    assert_eq!(body(request), json!({"model": "gpt-test", "messages": [{"role": "user", "content": "hello"}]}));
}

#[tokio::test]
async fn the_key_of_openai_is_not_sent_to_another_server() {
    let server = Played::always(Step::Say(json_answer(PLAIN))).await;
    ask(&*model(openai(&server, json!({})))).await.unwrap();
    assert!(!server.requests()[0].to_lowercase().contains("authorization"), "{}", server.requests()[0]);
}

#[tokio::test]
async fn a_query_of_the_address_goes_along_with_every_call() {
    let server = Played::always(Step::Say(json_answer(PLAIN))).await;
    let more = json!({"base_url": format!("{}?api-version=preview", server.base_url)});
    ask(&*model(openai(&server, more))).await.unwrap();
    assert!(server.requests()[0].starts_with("POST /v1/chat/completions?api-version=preview HTTP/1.1\r\n"));
}

#[tokio::test]
async fn an_answer_is_understood_in_full() {
    let answer = json!({
        "id": "chatcmpl-1", "model": "gpt-test-2026", "created": 1, "object": "chat.completion", "choices": [{
            "index": 0, "finish_reason": "length", "logprobs": null,
            "message": {"role": "assistant", "content": "bil", "refusal": null, "annotations": []}
        }],
        "usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10, "prompt_tokens_details": {"cached_tokens": 4}}
    });
    let server = Played::always(Step::Say(json_answer(&answer.to_string()))).await;
    let completion = ask(&*model(openai(&server, json!({})))).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.finish_reason), ("bil", FinishReason::Length));
    let usage = Usage { input_tokens: 9, output_tokens: 1, cached_input_tokens: Some(4), reasoning_tokens: None };
    assert_eq!(completion.usage, Some(usage));
    assert_eq!(completion.answered_by.as_deref(), Some("gpt-test-2026"));
    assert_eq!(completion.response_id.as_deref(), Some("chatcmpl-1"));
    assert_eq!(completion.first_token_us, None);
}

#[tokio::test]
async fn an_answer_without_usage_has_unknown_usage() {
    let server = Played::always(Step::Say(json_answer(PLAIN))).await;
    assert_eq!(ask(&*model(openai(&server, json!({})))).await.unwrap().usage, None);
}

#[tokio::test]
async fn the_responses_api_is_asked_and_understood() {
    let answer = json!({
        "id": "resp_1", "status": "completed", "model": "gpt-test",
        "output": [{"type": "message", "content": [{"type": "output_text", "text": "billing"}]}],
        "usage": {"input_tokens": 9, "output_tokens": 1}
    });
    let server = Played::always(Step::Say(json_answer(&answer.to_string()))).await;
    let completion = ask(&*model(openai(&server, json!({"api": "responses"})))).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.finish_reason), ("billing", FinishReason::Stop));
    assert_eq!(completion.usage.map(|usage| usage.input_tokens), Some(9));
    assert!(server.requests()[0].starts_with("POST /v1/responses "));
    let input = json!([{"type": "message", "role": "user", "content": "hello"}]);
    assert_eq!(body(&server.requests()[0]), json!({"model": "gpt-test", "input": input}));
}

#[tokio::test]
async fn calls_share_a_connection() {
    let server = Played::always(Step::Say(json_answer(PLAIN))).await;
    let model = model(openai(&server, json!({})));
    for _ in 0..5 {
        ask(&*model).await.unwrap();
    }
    assert_eq!((server.requests().len(), server.connections()), (5, 1));
}

#[tokio::test]
async fn a_request_on_a_kept_connection_that_the_server_closed_is_sent_again_at_once() {
    let server =
        Played::start(vec![vec![Step::Say(json_answer(PLAIN)), Step::Close], vec![Step::Say(json_answer(PLAIN)); 2]])
            .await;
    let model = model(openai(&server, json!({})));
    ask(&*model).await.unwrap();
    assert_eq!(ask(&*model).await.unwrap().text, "billing");
    assert_eq!((server.requests().len(), server.connections()), (3, 2));
}

#[tokio::test]
async fn a_reset_of_a_kept_connection_is_forgiven_too() {
    let server = Played::start(vec![
        vec![Step::Say(json_answer(PLAIN)), Step::Reset(Vec::new())],
        vec![Step::Say(json_answer(PLAIN))],
    ])
    .await;
    let model = model(openai(&server, json!({})));
    ask(&*model).await.unwrap();
    assert_eq!(ask(&*model).await.unwrap().text, "billing");
}

#[tokio::test]
async fn a_request_is_sent_again_only_once() {
    let server = Played::start(vec![vec![Step::Say(json_answer(PLAIN)), Step::Close], vec![Step::Close]]).await;
    let model = model(openai(&server, json!({})));
    ask(&*model).await.unwrap();
    assert_eq!(ask(&*model).await.unwrap_err().kind, ModelErrorKind::Connection);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_new_connection_that_is_closed_is_an_error_and_nothing_is_sent_again() {
    let server = Played::always(Step::Close).await;
    let error = ask(&*model(openai(&server, json!({})))).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Connection);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_has_begun_is_not_asked_for_again() {
    let cut = json_answer(PLAIN);
    let server = Played::start(vec![
        vec![Step::Say(json_answer(PLAIN)), Step::SayAndClose(cut[..cut.len() - 9].to_vec())],
        vec![Step::Say(json_answer(PLAIN))],
    ])
    .await;
    let model = model(openai(&server, json!({})));
    ask(&*model).await.unwrap();
    assert_eq!(ask(&*model).await.unwrap_err().kind, ModelErrorKind::Malformed);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_time_limit_covers_head_and_body() {
    let plain = json_answer(PLAIN);
    let (head, rest) = plain.split_at(plain.len() - 5);
    let slow_body = Step::Trickle(vec![head.to_vec(), rest.to_vec()], Duration::from_millis(400));
    for step in [Step::Hang, slow_body] {
        let server = Played::always(step).await;
        let error = ask(&*model(openai(&server, json!({"timeout": "500ms"})))).await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::Timeout);
        let message =
            format!("no answer within 500ms [{}/chat/completions]; `timeout` sets the limit", server.base_url);
        assert_eq!(error.message, message);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_but_told() {
    let place = "location: https://elsewhere.example/v1?key=hunter2\r\n";
    let server = Played::always(Step::Say(crate::played::answer("308 Permanent Redirect", place, ""))).await;
    let error = ask(&*model(openai(&server, json!({})))).await.unwrap_err();
    assert_eq!((error.kind, error.status), (ModelErrorKind::NotFound, Some(308)));
    assert!(
        error.message.ends_with("set base_url to where it is now: https://elsewhere.example/v1"),
        "{}",
        error.message
    );
}
