use std::time::Duration;

use carat_sim::{Endpoint, FaultKind, FaultRule, Limit, Limits, RetryAfter, Settings};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{Table, asking};

async fn limited(limits: Limits) -> Table {
    Table::set(Settings { limits, ..Settings::default() }).await
}

#[tokio::test(start_paused = true)]
async fn a_client_that_comes_back_when_it_is_told_to_is_answered() {
    let limits =
        Limits { requests_per_minute: Some(2), headers: true, retry_after: RetryAfter::Seconds, ..Limits::default() };
    let table = limited(limits).await;
    for remaining in ["1", "0"] {
        let reply = table.chat(&asking("x")).await;
        assert_eq!(reply.status(), 200);
        assert_eq!(reply.headers()["x-ratelimit-limit-requests"], "2");
        assert_eq!(reply.headers()["x-ratelimit-remaining-requests"], remaining);
        assert!(!reply.headers().contains_key("x-ratelimit-limit-tokens"));
    }
    let reply = table.chat(&asking("x")).await;
    assert_eq!((reply.status().as_u16(), &reply.headers()["retry-after"]), (429, &"30".parse().unwrap()));
    assert_eq!(reply.headers()["x-ratelimit-reset-requests"], "1m0s");
    let error: Value = reply.json().await.unwrap();
    assert_eq!((&error["error"]["code"], &error["error"]["type"]), (&json!("rate_limit_exceeded"), &json!("requests")));
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(table.chat(&asking("x")).await.status(), 200);
    let totals = table.sim.totals();
    assert_eq!((totals.refused(Limit::Requests), totals.answered(Endpoint::Chat)), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn tokens_are_those_of_the_prompt_or_of_the_longest_answer() {
    let limits =
        Limits { tokens_per_minute: Some(60), headers: true, retry_after: RetryAfter::Ms, ..Limits::default() };
    let table = limited(limits).await;
    let reply = table.chat(&asking("eightltr")).await;
    // Two for the text, four for its message and three for the answer's start.
    assert_eq!(reply.headers()["x-ratelimit-remaining-tokens"], "51");
    let mut body = asking("x");
    body["max_tokens"] = json!(52);
    let reply = table.chat(&body).await;
    assert_eq!((reply.status().as_u16(), &reply.headers()["retry-after-ms"]), (429, &"1000".parse().unwrap()));
    assert_eq!(reply.json::<Value>().await.unwrap()["error"]["type"], "tokens");
    body["max_tokens"] = json!(61);
    let reply = table.chat(&body).await;
    assert!(!reply.headers().contains_key("retry-after-ms"));
    assert!(reply.text().await.unwrap().contains("larger than the limit"));
    assert_eq!(table.sim.totals().refused(Limit::Tokens), 2);
}

#[tokio::test]
async fn only_so_many_are_answered_at_once_and_the_others_are_counted() {
    let limits = Limits { concurrent: Some(2), ..Limits::default() };
    let table = Table::set(Settings { limits, hold_after: Some(0), ..Settings::default() }).await;
    let calls: JoinSet<u16> = (0..2)
        .map(|n| table.post("chat/completions", &asking(&n.to_string())))
        .map(|call| async { call.send().await.map_or(0, |reply| reply.status().as_u16()) })
        .collect();
    table.sim.wait_until(|totals| totals.held == 2).await;
    let refused = table.chat(&asking("one more")).await;
    assert_eq!(refused.status(), 429);
    assert!(!refused.headers().contains_key("retry-after"));
    assert_eq!(table.get("models").await.status(), 200);
    table.sim.release();
    assert_eq!(calls.join_all().await, [200; 2]);
    assert_eq!(table.chat(&asking("one more")).await.status(), 200);
    let totals = table.sim.totals();
    assert_eq!((totals.refused(Limit::Concurrent), totals.peak_concurrent), (1, 2));
}

#[tokio::test]
async fn errors_carry_the_headers_too_but_not_where_nothing_is_limited() {
    let limits = Limits { requests_per_minute: Some(10), headers: true, ..Limits::default() };
    let faults = vec![FaultRule::first(FaultKind::ServerError, 1)];
    let table = Table::set(Settings { limits, faults, ..Settings::default() }).await;
    let reply = table.chat(&asking("x")).await;
    assert_eq!(
        (reply.status().as_u16(), &reply.headers()["x-ratelimit-remaining-requests"]),
        (500, &"9".parse().unwrap())
    );
    assert!(!table.get("models").await.headers().contains_key("x-ratelimit-limit-requests"));
}

#[tokio::test]
async fn embeddings_count_and_limits_are_set_while_the_server_runs() {
    let table = Table::set(Settings::default()).await;
    let settings = json!({"limits": {"requests_per_minute": 1, "tokens_per_minute": 100, "concurrent": 5,
        "headers": true, "retry_after": "ms"}});
    assert_eq!(
        table
            .post_to("/_sim/settings", &settings)
            .header("content-type", "application/json")
            .send()
            .await
            .unwrap()
            .status(),
        204
    );
    let body = json!({"model": "e", "input": ["a text", "b"]});
    let first = table.post("embeddings", &body).send().await.unwrap();
    assert_eq!(first.headers()["x-ratelimit-remaining-tokens"], "97");
    assert_eq!(table.post("embeddings", &body).send().await.unwrap().status(), 429);
    let totals = table.client.get(format!("http://{}/_sim/totals", table.sim.address())).send().await.unwrap();
    assert_eq!(totals.json::<Value>().await.unwrap()["refused"], json!({"requests": 1}));
}
