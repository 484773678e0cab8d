use carat_sim::{Counters, Endpoint, FaultKind, FaultRule, Settings};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{Table, asking};

fn ask_all(table: &Table, count: usize) -> JoinSet<u16> {
    let calls = (0..count).map(|n| table.post("chat/completions", &asking(&n.to_string())));
    calls.map(|call| async { call.send().await.map_or(0, |reply| reply.status().as_u16()) }).collect()
}

#[tokio::test]
async fn exactly_so_many_are_answered_and_the_others_wait_for_the_release() {
    let table = Table::set(Settings::default()).await;
    table.sim.hold_after(3);
    let calls = ask_all(&table, 8);
    let totals = table.sim.wait_until(|totals| totals.held == 5).await;
    assert_eq!((totals.answered(Endpoint::Chat), totals.in_flight), (3, 5));
    table.sim.release();
    assert_eq!(calls.join_all().await, [200; 8]);
    let totals = table.sim.totals();
    assert_eq!((totals.held, totals.in_flight), (0, 0));
    assert!((5..=8).contains(&totals.peak_in_flight));
}

#[tokio::test]
async fn a_held_call_whose_client_goes_away_is_not_answered() {
    let table = Table::set(Settings { hold_after: Some(0), ..Settings::default() }).await;
    let mut calls = ask_all(&table, 2);
    table.sim.wait_until(|totals| totals.held == 2).await;
    calls.abort_all();
    table.sim.wait_until(|totals| totals.held == 0 && totals.in_flight == 0).await;
    table.sim.release();
    assert!(table.sim.counters().answered_calls.is_empty());
    while calls.join_next().await.is_some() {}
}

#[tokio::test]
async fn a_damaged_answer_does_not_use_up_a_pass() {
    let table = Table::with_rule(FaultRule::first(FaultKind::TruncatedBody, 1)).await;
    table.sim.hold_after(1);
    drop(table.chat(&asking("a")).await.bytes().await);
    assert_eq!(table.chat(&asking("a")).await.status(), 200);
    assert_eq!(table.sim.totals().answered(Endpoint::Chat), 1);
}

#[tokio::test]
async fn too_many_at_once_are_turned_away() {
    let settings = Settings { max_in_flight: Some(2), hold_after: Some(0), ..Settings::default() };
    let table = Table::set(settings).await;
    let calls = ask_all(&table, 2);
    table.sim.wait_until(|totals| totals.held == 2).await;
    assert_eq!(table.chat(&asking("one more")).await.status(), 429);
    table.sim.release();
    assert_eq!(calls.join_all().await, [200; 2]);
    assert_eq!(table.sim.totals().over_capacity, 1);
}

#[tokio::test]
async fn everything_can_be_steered_over_http() {
    let table = Table::set(Settings::default()).await;
    let control = |name: &str| format!("http://{}/_sim/{name}", table.sim.address());
    let post = |name: &str, body: Value| table.client.post(control(name)).json(&body).send();
    let settings = json!({"answers": {"q": "told"}, "faults": [{"kind": "overloaded", "match": "q", "times": 1}]});
    assert_eq!(post("settings", settings).await.unwrap().status(), 204);
    assert_eq!(table.chat(&asking("q")).await.status(), 529);
    assert_eq!(table.said("q").await, "told");
    assert_eq!(post("settings", json!({"accuracy": 2})).await.unwrap().status(), 400);
    assert_eq!(post("hold", json!({"after": 0})).await.unwrap().status(), 204);
    let calls = ask_all(&table, 1);
    table.sim.wait_until(|totals| totals.held == 1).await;
    assert_eq!(post("release", json!(null)).await.unwrap().status(), 204);
    calls.join_all().await;
    let text = table.client.get(control("counters")).send().await.unwrap().text().await.unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&report["requests"]["chat"], &report["answered"]["chat"]), (&json!(3), &json!(2)));
    assert_eq!(report["repeated"], 0);
    let counters: Counters = serde_json::from_str(&text).unwrap();
    assert_eq!(counters, table.sim.counters());
    assert_eq!(post("reset", json!(null)).await.unwrap().status(), 204);
    let totals: Value = table.client.get(control("totals")).send().await.unwrap().json().await.unwrap();
    assert_eq!(totals["requests"], json!({}));
}
