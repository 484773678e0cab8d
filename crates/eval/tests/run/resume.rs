//! Going on: nothing is paid for twice, and what has changed is done again for the right reason.

use std::sync::Arc;
use std::time::Duration;

use carat_core::event::{Reuse, Variant};
use carat_core::spec::Overrides;
use carat_core::{EventKind, ModelErrorKind, Outcome};
use carat_eval::resume::{Decision, Decisions, Recorded};
use serde_json::json;

use crate::scripted::{Act, Scripted};
use crate::story::{Given, Story, Told, row};

fn model() -> Arc<Scripted> {
    Arc::new(Scripted::new(Duration::ZERO, |row, _| match row {
        "r-3" => Act::Fail(ModelErrorKind::BadRequest),
        _ => Act::Answer("yes"),
    }))
}

/// The journal of a run, as a store would give it back.
fn recorded(told: &Told) -> (Vec<Recorded>, Vec<Variant>) {
    let mut variants = Vec::new();
    let mut recorded = Vec::new();
    for event in &told.events {
        match &event.kind {
            EventKind::RunStarted { plan, .. } => variants.clone_from(&plan.variants),
            EventKind::CaseFinished { sample } => recorded.push(Recorded {
                seq: event.seq,
                case: sample.case.clone(),
                row_digest: sample.row_digest,
                request_digest: sample.request_digest,
                answered: matches!(sample.outcome, Outcome::Completed { .. }),
                scored: true,
                superseded: false,
            }),
            _ => {}
        }
    }
    (recorded, variants)
}

/// Runs six rows, one of which fails; changes something; decides.
async fn decide(change: impl FnOnce(&mut Story)) -> Decisions {
    let mut story = Story::of(6);
    let told = story.tell(model()).await;
    let before = story.plan(model()).outline.clone();
    let (recorded, variants) = recorded(&told);
    change(&mut story);
    story.known = variants.clone();
    Decisions::make(&story.plan(model()), &before, &variants, recorded).unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_is_kept_and_what_failed_is_asked_again() {
    let decisions = decide(|_| {}).await;
    assert_eq!(decisions.reuse, Reuse { kept: 5, failed_before: 1, ..Reuse::default() });
    assert_eq!(decisions.superseded.len(), 1, "the failure does not count any more");
}

#[tokio::test(start_paused = true)]
async fn a_changed_prompt_asks_everything_again() {
    let decisions = decide(|story| story.prompt = "user:\nTell: is {{ thing }} a number?").await;
    assert_eq!((decisions.reuse.prompt_changed, decisions.reuse.kept), (5, 0));
    assert_eq!(decisions.superseded.len(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_changed_row_is_asked_again_alone() {
    let decisions = decide(|story| {
        let mut rows: Vec<_> = (0..6).map(|number| row(number, "yes")).collect();
        rows[1].input.insert("thing".into(), json!("seven"));
        story.rows = Arc::new(Given(rows));
    })
    .await;
    assert_eq!(decisions.reuse, Reuse { kept: 4, row_changed: 1, failed_before: 1, ..Reuse::default() });
}

#[tokio::test(start_paused = true)]
async fn a_changed_expectation_is_scored_again_without_a_call() {
    let decisions = decide(|story| {
        let rows = (0..6).map(|number| row(number, if number == 1 { "no" } else { "yes" })).collect();
        story.rows = Arc::new(Given(rows));
    })
    .await;
    assert_eq!(decisions.reuse, Reuse { kept: 4, rescored: 1, failed_before: 1, ..Reuse::default() });
}

#[tokio::test(start_paused = true)]
async fn a_changed_scorer_scores_everything_again_without_a_call() {
    let decisions = decide(|story| story.spec["scorers"] = json!([{"name": "right", "exact": {"trim": true}}])).await;
    assert_eq!(decisions.reuse, Reuse { rescored: 5, failed_before: 1, ..Reuse::default() });
}

#[tokio::test(start_paused = true)]
async fn changed_parameters_ask_everything_again() {
    let decisions = decide(|story| story.spec["parameters"] = json!({"temperature": 1})).await;
    assert_eq!(decisions.reuse, Reuse { parameters_changed: 5, failed_before: 1, ..Reuse::default() });
}

#[tokio::test(start_paused = true)]
async fn new_rows_are_new_and_rows_that_left_do_not_count() {
    let decisions = decide(|story| {
        story.rows = Arc::new(Given((1..8).map(|number| row(number, "yes")).collect()));
    })
    .await;
    assert_eq!(decisions.reuse, Reuse { kept: 4, failed_before: 1, new: 2, ..Reuse::default() });
    assert_eq!(decisions.superseded.len(), 2, "the failure, and the row that left");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_set_aside_counts_again_when_the_change_is_taken_back() {
    let mut story = Story::of(2);
    let told = story.tell(model()).await;
    let (mut recorded, variants) = recorded(&told);
    recorded.iter_mut().for_each(|sample| sample.superseded = true);
    story.known = variants.clone();
    let plan = story.plan(model());
    let decisions = Decisions::make(&plan, &plan.outline, &variants, recorded).unwrap();
    assert_eq!((decisions.reuse.kept, decisions.restored.len()), (2, 2));
    let case = carat_core::Case { variant: 0, row: "r-0".into(), trial: 0 };
    assert_eq!(decisions.of(&case), Decision::Keep);
}

#[test]
fn what_the_command_line_replaced_is_remembered_in_the_plan() {
    let overrides = Overrides { limit: Some(3), ..Overrides::default() };
    let json = serde_json::to_value(&overrides).unwrap();
    assert_eq!(json, json!({"limit": 3}));
}
