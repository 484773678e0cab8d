use carat_sim::{FaultKind, FaultRule, Key, ModelSettings, Quirks, Settings};
use reqwest::Response;
use serde_json::{Value, json};

use crate::{Table, asking};

async fn refused(kind: FaultKind) -> (u16, Response) {
    let table = Table::with_fault(kind).await;
    let reply = table.chat(&asking("What is 2+2?")).await;
    assert_eq!(table.sim.totals().faults(kind), 1);
    assert!(table.sim.counters().answered_calls.is_empty());
    (reply.status().as_u16(), reply)
}

#[tokio::test]
async fn rate_limits_say_in_four_ways_when_to_come_back() {
    let (status, bare) = refused(FaultKind::RateLimited).await;
    assert_eq!(status, 429);
    assert!(!bare.headers().contains_key("retry-after") && !bare.headers().contains_key("retry-after-ms"));
    let (_, seconds) = refused(FaultKind::RateLimitedSeconds).await;
    assert_eq!(seconds.headers()["retry-after"], "1");
    assert_eq!(seconds.headers()["x-ratelimit-remaining-requests"], "0");
    let (_, milliseconds) = refused(FaultKind::RateLimitedMilliseconds).await;
    assert_eq!(milliseconds.headers()["retry-after-ms"], "1000");
    let (_, date) = refused(FaultKind::RateLimitedDate).await;
    let date = date.headers()["retry-after"].to_str().unwrap().to_owned();
    assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
}

#[tokio::test]
async fn a_rate_limit_may_last_a_day_or_say_nonsense() {
    let day = FaultRule { wait_ms: Some(86_400_000), ..FaultRule::always(FaultKind::RateLimitedSeconds) };
    let reply = Table::with_rule(day).await.chat(&asking("x")).await;
    assert_eq!(reply.headers()["retry-after"], "86400");
    assert_eq!(reply.headers()["x-ratelimit-reset-requests"], "24h0m0s");
    let (status, reply) = refused(FaultKind::RateLimitedNonsense).await;
    assert_eq!((status, &reply.headers()["retry-after"]), (429, &"soon".parse().unwrap()));
}

#[tokio::test]
async fn errors_have_the_shapes_that_servers_give_them() {
    let (status, reply) = refused(FaultKind::ServerError).await;
    assert_eq!((status, reply.json::<Value>().await.unwrap()["error"]["type"].clone()), (500, json!("server_error")));
    let (status, reply) = refused(FaultKind::QuotaExhausted).await;
    assert_eq!(
        (status, reply.json::<Value>().await.unwrap()["error"]["code"].clone()),
        (429, json!("insufficient_quota"))
    );
    let (status, reply) = refused(FaultKind::UnavailableHtml).await;
    assert_eq!((status, reply.headers()["content-type"].to_str().unwrap()), (503, "text/html; charset=utf-8"));
    assert!(reply.text().await.unwrap().starts_with("<html>"));
    assert_eq!(refused(FaultKind::Overloaded).await.0, 529);
    assert_eq!(refused(FaultKind::TooLarge).await.0, 413);
    assert_eq!(refused(FaultKind::ContextLengthExceeded).await.0, 400);
    let (status, reply) = refused(FaultKind::ErrorNumberCode).await;
    assert_eq!((status, reply.json::<Value>().await.unwrap()["error"]["code"].clone()), (401, json!(401)));
    let (status, reply) = refused(FaultKind::ErrorDetail).await;
    assert_eq!((status, reply.json::<Value>().await.unwrap()), (404, json!({"detail": "Not Found"})));
    let (status, reply) = refused(FaultKind::ErrorHtml).await;
    assert_eq!(status, 502);
    assert!(reply.text().await.unwrap().contains("502 Bad Gateway"));
}

#[tokio::test]
async fn a_rule_can_choose_the_status_and_the_wait() {
    let rule = FaultRule { status: Some(500), ..FaultRule::always(FaultKind::ErrorNumberCode) };
    assert_eq!(Table::with_rule(rule).await.chat(&asking("x")).await.status(), 500);
    let rule = FaultRule { wait_ms: Some(2_500), ..FaultRule::always(FaultKind::RateLimitedSeconds) };
    assert_eq!(Table::with_rule(rule).await.chat(&asking("x")).await.headers()["retry-after"], "3");
}

#[tokio::test]
async fn a_retry_succeeds_after_the_first_failures() {
    let table = Table::with_rule(FaultRule::first(FaultKind::ServerError, 2)).await;
    for expected in [500, 500, 200, 200] {
        assert_eq!(table.chat(&asking("What is 2+2?")).await.status(), expected);
    }
}

#[tokio::test]
async fn a_fault_can_be_for_one_question() {
    let rule = FaultRule { text: Some("bad".to_owned()), times: Some(1), ..FaultRule::always(FaultKind::ServerError) };
    let table = Table::with_rule(rule).await;
    for (question, expected) in [("good", 200), ("a bad one", 500), ("a bad one", 200)] {
        assert_eq!(table.chat(&asking(question)).await.status(), expected);
    }
}

#[tokio::test]
async fn without_the_key_nobody_gets_in() {
    let table = Table::set(Settings { key: Some(Key::from("sk-right")), ..Settings::default() }).await;
    let post = || table.post("chat/completions", &asking("x"));
    let refused = post().bearer_auth("sk-wrong").send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let text = refused.text().await.unwrap();
    assert!(text.contains("invalid_api_key") && !text.contains("sk-"));
    assert_eq!(post().bearer_auth("sk-right").send().await.unwrap().status(), 200);
    assert_eq!(post().header("api-key", "sk-right").send().await.unwrap().status(), 200);
    assert_eq!(table.sim.totals().unauthorized, 1);
}

#[tokio::test]
async fn a_strict_server_knows_only_its_models() {
    let models = [("known".to_owned(), ModelSettings::default())].into();
    let table = Table::set(Settings { models, strict_models: true, ..Settings::default() }).await;
    let reply = table.chat(&asking("x")).await;
    assert_eq!(reply.status(), 404);
    assert_eq!(reply.json::<Value>().await.unwrap()["error"]["code"], "model_not_found");
    let listed: Value = table.get("models").await.json().await.unwrap();
    assert_eq!(listed["data"][0]["id"], "known");
    assert_eq!(table.get("models/known").await.status(), 200);
    assert_eq!(table.get("models/unknown").await.status(), 404);
}

#[tokio::test]
async fn malformed_requests_and_images_are_a_server_error_where_asked_for() {
    let quirks = Quirks { malformed_request_is_500: true, images_are_500: true, ..Quirks::default() };
    let table = Table::set(Settings { quirks, ..Settings::default() }).await;
    let url = format!("{}/chat/completions", table.sim.base_url());
    assert_eq!(table.client.post(&url).body("{").send().await.unwrap().status(), 500);
    let body = json!({"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]});
    assert_eq!(table.chat(&body).await.status(), 500);
    table.sim.replace_settings(Settings::default()).unwrap();
    assert_eq!(table.client.post(&url).body("{").send().await.unwrap().status(), 400);
    assert_eq!(table.chat(&body).await.status(), 200);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let table = Table::set(Settings { max_body_bytes: Some(100), ..Settings::default() }).await;
    assert_eq!(table.chat(&asking(&"x".repeat(200))).await.status(), 413);
    assert_eq!(table.chat(&asking("x")).await.status(), 200);
}
