//! Gates on latency where answers are from the record.

use std::sync::Arc;

use carat_core::fold::GateReport;
use carat_eval::comparing::Compared;
use carat_eval::gates;
use serde_json::json;

use crate::cache::Known;
use crate::scripted::Scripted;
use crate::story::{Given, Story, row};

/// What gates on latency say of a run of so many rows, of which so many were answered in a run before, on all rows and on
/// one slice of them.
async fn gates(rows: u64, before: u64) -> Vec<GateReport> {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let tagged = |number| carat_core::Row { tags: vec!["all".into()], ..row(number, "yes") };
    let story = |rows| Story { rows: Arc::new(Given((0..rows).map(tagged).collect())), ..Story::of(rows) };
    let first = story(before).tell(Arc::clone(&model) as _).await;
    let mut story = story(rows);
    story.recordings = Some(Arc::new(Known::of(&first)));
    story.spec["slices"] = json!(["tags"]);
    let report = story.tell(model as _).await.report();
    let gate = gates::parse("latency.p95 <= 2s").unwrap();
    let on_slice = carat_core::spec::GateSpec { slice: Some("tags".into()), ..gate.clone() };
    gates::judge(&[gate, on_slice], &report, &Compared::nothing("there is none"))
}

fn told(gates: &[GateReport]) -> Vec<(bool, &str)> {
    gates.iter().map(|gate| (gate.holds, gate.because.as_str())).collect()
}

#[tokio::test(start_paused = true)]
async fn where_all_answers_are_from_the_record_nothing_is_measured() {
    let why = "not measured: all 20 answers are from the record and have no latency of this run; --refresh asks again";
    assert_eq!(told(&gates(20, 20).await), [(false, why), (false, why)]);
}

#[tokio::test(start_paused = true)]
async fn where_most_answers_are_from_the_record_the_rest_does_not_speak_for_them() {
    let why =
        "not measured: 18 of 20 answers are from the record and have no latency of this run; --refresh asks again";
    assert_eq!(told(&gates(20, 18).await), [(false, why), (false, why)]);
}

#[tokio::test(start_paused = true)]
async fn where_most_answers_are_new_the_others_are_said_to_be_left_out() {
    for gate in gates(20, 10).await {
        assert!(gate.holds, "{gate:?}");
        let left_out = "; 10 of 20 answers are from the record and have no latency of this run; --refresh asks again";
        assert!(gate.because.starts_with("at most 2000: ") && gate.because.ends_with(left_out), "{gate:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_all_answers_are_new_nothing_more_is_said() {
    assert!(gates(20, 0).await.iter().all(|gate| gate.holds && gate.because.ends_with("on 20")));
}
