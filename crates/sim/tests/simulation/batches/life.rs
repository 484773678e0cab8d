use std::time::Duration;

use carat_sim::{BatchSettings, Endpoint};
use serde_json::{Value, json};

use super::{begin, counts, ids, lines, look, numbered, with_batches};
use crate::Table;

async fn cancel(table: &Table, batch: &Value) -> reqwest::Response {
    let path = format!("batches/{}/cancel", batch["id"].as_str().unwrap());
    table.post(&path, &json!({})).send().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_batch_takes_its_time_and_is_paid_for_line_by_line() {
    let batches = BatchSettings {
        validating_ms: 60_000.0,
        in_progress_ms: 600_000.0,
        finalizing_ms: 60_000.0,
        ..BatchSettings::default()
    };
    let table = with_batches(batches).await;
    let batch = begin(&table, &numbered(10)).await;
    assert_eq!((&batch["status"], counts(&batch)), (&json!("validating"), [0, 0, 0]));
    for (minutes, status, completed) in [(1, "in_progress", 0), (3, "in_progress", 3), (7, "finalizing", 10)] {
        tokio::time::sleep(Duration::from_secs(minutes * 60)).await;
        let now = look(&table, &batch).await;
        assert_eq!((&now["status"], counts(&now)), (&json!(status), [10, completed, 0]));
        assert!(now["output_file_id"].is_null() && now["in_progress_at"].is_u64());
        assert_eq!(table.sim.totals().answered(Endpoint::BatchLines), completed);
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    let done = look(&table, &batch).await;
    assert_eq!(done["status"], "completed");
    assert!(done["completed_at"].is_u64() && done["expired_at"].is_null());
    assert_eq!(lines(&table, &done["output_file_id"]).await.len(), 10);
    assert_eq!(table.sim.counters().repeated(), 0);
}

#[tokio::test]
async fn a_batch_that_is_advanced_by_hand_can_be_cancelled_half_way() {
    let table = with_batches(BatchSettings { manual: true, ..BatchSettings::default() }).await;
    let first = begin(&table, &numbered(4)).await;
    let second = begin(&table, &numbered(1)).await;
    let path = "/_sim/batches/advance";
    let advance = |body: Value| table.post_to(path, &body).header("content-type", "application/json").send();
    let reply = advance(json!({"id": first["id"]})).await.unwrap();
    assert_eq!(reply.json::<Value>().await.unwrap(), json!({"advanced": 1}));
    assert_eq!(look(&table, &second).await["status"], "validating");
    let now = look(&table, &first).await;
    assert_eq!((&now["status"], counts(&now)), (&json!("in_progress"), [4, 2, 0]));
    let cancelling: Value = cancel(&table, &first).await.json().await.unwrap();
    assert_eq!((&cancelling["status"], &cancelling["output_file_id"]), (&json!("cancelling"), &Value::Null));
    assert_eq!(table.sim.advance_batches(), 2);
    let cancelled = look(&table, &first).await;
    assert_eq!((&cancelled["status"], counts(&cancelled)), (&json!("cancelled"), [4, 2, 0]));
    assert_eq!(ids(&lines(&table, &cancelled["output_file_id"]).await), ["0", "1"]);
    assert_eq!(table.sim.totals().answered(Endpoint::BatchLines), 2);
    assert_eq!(cancel(&table, &first).await.status(), 200);
    for _ in 0..2 {
        table.sim.advance_batches();
    }
    assert_eq!((look(&table, &second).await["status"].clone(), table.sim.advance_batches()), (json!("completed"), 0));
    assert_eq!(cancel(&table, &second).await.status(), 409);
}

#[tokio::test]
async fn a_batch_expires_and_says_which_lines_it_did_not_come_to() {
    let table = with_batches(BatchSettings { expire_after: Some(0.5), ..BatchSettings::default() }).await;
    let batch = begin(&table, &numbered(5)).await;
    assert_eq!((&batch["status"], counts(&batch)), (&json!("expired"), [5, 2, 0]));
    assert!(batch["expired_at"].is_u64());
    assert_eq!(ids(&lines(&table, &batch["output_file_id"]).await), ["0", "1"]);
    let errors = lines(&table, &batch["error_file_id"]).await;
    assert_eq!(ids(&errors), ["2", "3", "4"]);
    assert_eq!((&errors[0]["error"]["code"], &errors[0]["response"]), (&json!("batch_expired"), &Value::Null));
    assert_eq!(table.sim.totals().answered(Endpoint::BatchLines), 2);
}
