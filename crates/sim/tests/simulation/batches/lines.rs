use carat_sim::{BatchSettings, Endpoint, FaultKind, FaultRule, Quirks, Settings};
use serde_json::{Value, json};

use super::{CHAT, begin, counts, ids, lines, look, numbered, text, with_batches};
use crate::{Table, asking};

/// A table at which this fault strikes the lines that hold `question 1`.
async fn struck(kind: FaultKind) -> Table {
    let rule = FaultRule {
        endpoint: Some(Endpoint::BatchLines),
        text: Some("question 1".to_owned()),
        ..FaultRule::always(kind)
    };
    Table::set(Settings { faults: vec![rule], ..Settings::default() }).await
}

#[tokio::test]
async fn every_line_is_answered_as_the_request_that_it_is() {
    let table = Table::set(Settings::default()).await;
    let batch = begin(&table, &numbered(2)).await;
    assert_eq!((&batch["status"], &batch["metadata"]), (&json!("completed"), &json!({"run": "7"})));
    assert_eq!((counts(&batch), &batch["error_file_id"]), ([2, 2, 0], &Value::Null));
    let output = lines(&table, &batch["output_file_id"]).await;
    assert_eq!(ids(&output), ["0", "1"]);
    let said = table.said("question 1").await;
    assert_eq!(output[1]["response"]["body"]["choices"][0]["message"]["content"], said);
    assert_eq!(look(&table, &batch).await, batch);
    let counters = table.sim.counters();
    assert_eq!(counters.totals.answered(Endpoint::BatchLines), 2);
    // The second line was also asked as a request of its own, and paid for again.
    assert_eq!((counters.repeated(), counters.answered_calls.len()), (1, 2));
}

#[tokio::test]
async fn quirks_change_how_a_batch_is_written() {
    let quirks = Quirks {
        batch_body_as_text: true,
        refuse_null_expiry: true,
        batch_errors_in_output: true,
        ..Quirks::default()
    };
    let rule =
        FaultRule { endpoint: Some(Endpoint::BatchLines), times: Some(1), ..FaultRule::always(FaultKind::ServerError) };
    let table = Table::set(Settings { quirks, faults: vec![rule], ..Settings::default() }).await;
    let batch = begin(&table, &numbered(2)).await;
    let output = lines(&table, &batch["output_file_id"]).await;
    assert_eq!((&output[0]["response"]["status_code"], &batch["error_file_id"]), (&json!(500), &Value::Null));
    assert!(output[1]["response"]["body"].is_string());
    let body = json!({"input_file_id": batch["input_file_id"], "endpoint": CHAT, "completion_window": "24h",
        "output_expires_after": null});
    assert_eq!(table.post("batches", &body).send().await.unwrap().status(), 422);
}

#[tokio::test]
async fn some_lines_fail_and_are_answered_by_the_next_batch() {
    let rules = [(FaultKind::ServerError, "question 1"), (FaultKind::RateLimited, "question 3")].map(|(kind, text)| {
        FaultRule {
            endpoint: Some(Endpoint::BatchLines),
            text: Some(text.to_owned()),
            attempts: Some(1),
            ..FaultRule::always(kind)
        }
    });
    let table = Table::set(Settings { faults: rules.into(), ..Settings::default() }).await;
    let batch = begin(&table, &numbered(5)).await;
    assert_eq!((&batch["status"], counts(&batch)), (&json!("completed"), [5, 3, 2]));
    assert_eq!(ids(&lines(&table, &batch["output_file_id"]).await), ["0", "2", "4"]);
    let errors = lines(&table, &batch["error_file_id"]).await;
    let told: Vec<_> = errors.iter().map(|line| line["response"]["status_code"].as_u64().unwrap()).collect();
    assert_eq!((ids(&errors), told), (vec!["1", "3"], vec![500, 429]));
    assert_eq!(errors[1]["response"]["body"]["error"]["code"], "rate_limit_exceeded");
    let again = begin(&table, &[numbered(5)[1].clone(), numbered(5)[3].clone()]).await;
    assert_eq!(counts(&again), [2, 2, 0]);
    let counters = table.sim.counters();
    assert_eq!((counters.repeated(), counters.totals.answered(Endpoint::BatchLines)), (0, 5));
    assert_eq!(counters.totals.requests(Endpoint::BatchLines), 7);
}

#[tokio::test]
async fn when_every_line_fails_there_is_no_output() {
    let rule = FaultRule { endpoint: Some(Endpoint::BatchLines), ..FaultRule::always(FaultKind::ServerError) };
    let table = Table::set(Settings { faults: vec![rule], ..Settings::default() }).await;
    let batch = begin(&table, &numbered(2)).await;
    assert_eq!(
        (&batch["status"], &batch["output_file_id"], counts(&batch)),
        (&json!("completed"), &Value::Null, [2, 0, 2])
    );
    assert!(table.sim.counters().answered_calls.is_empty());
    // The rule is about lines; a request of its own is answered.
    assert_eq!(table.chat(&asking("x")).await.status(), 200);
}

#[tokio::test]
async fn a_line_may_be_missing_doubled_foreign_or_damaged() {
    let table = struck(FaultKind::LineMissing).await;
    let batch = begin(&table, &numbered(3)).await;
    assert_eq!(counts(&batch), [3, 2, 0]);
    assert_eq!(ids(&lines(&table, &batch["output_file_id"]).await), ["0", "2"]);
    assert_eq!(table.sim.totals().answered(Endpoint::BatchLines), 2);

    let table = struck(FaultKind::LineDoubled).await;
    let batch = begin(&table, &numbered(3)).await;
    assert_eq!(ids(&lines(&table, &batch["output_file_id"]).await), ["0", "1", "1", "2"]);
    assert_eq!((table.sim.totals().answered(Endpoint::BatchLines), table.sim.counters().repeated()), (3, 0));

    let table = struck(FaultKind::LineForeign).await;
    let batch = begin(&table, &numbered(3)).await;
    assert_eq!(ids(&lines(&table, &batch["output_file_id"]).await), ["0", "foreign-1", "1", "2"]);

    let table = struck(FaultKind::MalformedJson).await;
    let batch = begin(&table, &numbered(3)).await;
    let text = text(&table, &batch["output_file_id"]).await;
    let readable: Vec<bool> = text.lines().map(|line| serde_json::from_str::<Value>(line).is_ok()).collect();
    assert_eq!(readable, [true, false, true]);
}

#[tokio::test]
async fn lines_may_come_back_in_another_order() {
    let table = with_batches(BatchSettings { shuffled: true, ..BatchSettings::default() }).await;
    let batch = begin(&table, &numbered(10)).await;
    let output = lines(&table, &batch["output_file_id"]).await;
    let (mut sorted, input) = (ids(&output), numbered(10));
    assert_ne!(sorted, ids(&input));
    sorted.sort_unstable();
    assert_eq!(sorted, ids(&input));
}

#[tokio::test]
async fn embeddings_and_responses_come_in_batches_too() {
    let table = Table::set(Settings::default()).await;
    for (url, body, there) in [
        ("/v1/embeddings", json!({"model": "e", "input": "x", "dimensions": 4}), "/data/0/embedding/3"),
        ("/v1/responses", json!({"model": "m", "input": "x"}), "/output/0/content/0/text"),
    ] {
        let file =
            table.upload(&json!({"custom_id": "1", "method": "POST", "url": url, "body": body}).to_string()).await;
        let order = json!({"input_file_id": file["id"], "endpoint": url, "completion_window": "24h"});
        let batch: Value = table.post("batches", &order).send().await.unwrap().json().await.unwrap();
        let output = lines(&table, &batch["output_file_id"]).await;
        assert!(output[0]["response"]["body"].pointer(there).is_some(), "{output:?}");
    }
}
