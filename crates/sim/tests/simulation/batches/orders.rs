use carat_sim::{BatchSettings, Endpoint, FaultKind, FaultRule, Settings};
use serde_json::{Value, json};

use super::{CHAT, begin, counts, numbered, order, with_batches};
use crate::Table;

#[tokio::test]
async fn a_file_with_bad_lines_fails_the_batch_before_anything_is_paid_for() {
    let table = Table::set(Settings::default()).await;
    let mut lines = numbered(6);
    lines[1]["custom_id"] = json!("0");
    lines[2]["url"] = json!("/v1/responses");
    lines[3]["body"]["model"] = json!("other");
    lines[4]["method"] = json!("GET");
    lines[5].as_object_mut().unwrap().remove("custom_id");
    let text: String = lines.iter().map(|line| format!("{line}\n\n")).collect();
    let file = table.upload(&format!("{text}{{\n")).await;
    let batch: Value = order(&table, &file["id"]).await.json().await.unwrap();
    assert_eq!((&batch["status"], counts(&batch)), (&json!("failed"), [0, 0, 0]));
    let problems: Vec<(&str, u64)> = batch["errors"]["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["code"].as_str().unwrap(), problem["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        problems,
        [
            ("duplicate_custom_id", 3),
            ("invalid_url", 5),
            ("mismatched_model", 7),
            ("invalid_method", 9),
            ("missing_required_parameter", 11),
            ("invalid_json_line", 13)
        ]
    );
    assert!(batch["failed_at"].is_u64() && batch["output_file_id"].is_null());
    assert_eq!(table.sim.totals().requests(Endpoint::BatchLines), 0);
}

#[tokio::test]
async fn a_batch_may_be_too_large() {
    let settings = BatchSettings::default();
    for (batches, count, code) in [
        (BatchSettings { max_lines: 2, ..settings }, 3, "too_many_requests"),
        (BatchSettings { max_bytes: 100, ..settings }, 1, "file_too_large"),
        (BatchSettings { max_tokens: Some(10), ..settings }, 1, "token_limit_exceeded"),
        (settings, 0, "empty_file"),
    ] {
        let table = with_batches(batches).await;
        let batch = begin(&table, &numbered(count)).await;
        assert_eq!((&batch["status"], &batch["errors"]["data"][0]["code"]), (&json!("failed"), &json!(code)));
    }
}

#[tokio::test]
async fn an_order_that_makes_no_sense_makes_no_batch() {
    let table = Table::set(Settings::default()).await;
    let file = table.upload("{}").await;
    let right = json!({"input_file_id": file["id"], "endpoint": CHAT, "completion_window": "24h"});
    for (name, value, status) in [
        ("endpoint", json!("/v1/nothing"), 400),
        ("completion_window", json!("1h"), 400),
        ("completion_window", Value::Null, 400),
        ("input_file_id", json!("file-unknown"), 404),
    ] {
        let mut body = right.clone();
        body[name] = value;
        assert_eq!(table.post("batches", &body).send().await.unwrap().status(), status);
    }
    let listed: Value = table.get("batches").await.json().await.unwrap();
    assert_eq!((&listed["data"], &listed["has_more"]), (&json!([]), &json!(false)));
}

#[tokio::test]
async fn the_list_is_paged_from_the_newest_on() {
    let table = Table::set(Settings::default()).await;
    let file = table.upload(&numbered(1)[0].to_string()).await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(order(&table, &file["id"]).await.json::<Value>().await.unwrap()["id"].clone());
    }
    let first: Value = table.get("batches?limit=2").await.json().await.unwrap();
    assert_eq!((&first["data"][0]["id"], &first["last_id"], &first["has_more"]), (&made[2], &made[1], &json!(true)));
    let path = format!("batches?limit=2&after={}", made[1].as_str().unwrap());
    let second: Value = table.get(&path).await.json().await.unwrap();
    assert_eq!((&second["data"][0]["id"], &second["has_more"]), (&made[0], &json!(false)));
    assert_eq!(table.get("batches?after=batch_unknown").await.status(), 404);
    assert_eq!(table.get("batches?limit=0").await.status(), 400);
    assert_eq!(table.get("batches/batch_unknown").await.status(), 404);
}

#[tokio::test]
async fn a_batch_is_made_although_its_client_never_heard_of_it() {
    let rule =
        FaultRule { endpoint: Some(Endpoint::Batches), times: Some(1), ..FaultRule::always(FaultKind::TruncatedBody) };
    let table = Table::with_rule(rule).await;
    let file = table.upload(&numbered(1)[0].to_string()).await;
    assert!(order(&table, &file["id"]).await.bytes().await.is_err());
    let listed: Value = table.get("batches").await.json().await.unwrap();
    assert_eq!((&listed["data"][0]["metadata"], &listed["data"][1]), (&json!({"run": "7"}), &Value::Null));
    assert_eq!(table.sim.totals().answered(Endpoint::BatchLines), 1);
}
