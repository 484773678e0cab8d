//! Attempts, waits, slots and giving up.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use carat_core::event::RunStatus;
use carat_core::{EventKind, ModelErrorKind, Outcome};
use serde_json::json;

use crate::scripted::{Act, Scripted};
use crate::story::Story;

#[tokio::test(start_paused = true)]
async fn every_case_ends_once_and_the_events_are_numbered_without_gaps() {
    let told = Story::of(25).tell(Arc::new(Scripted::always("yes"))).await;
    assert_eq!(told.status(), RunStatus::Finished);
    let mut rows: Vec<_> = told.samples().iter().map(|sample| sample.case.row.to_string()).collect();
    rows.sort();
    rows.dedup();
    assert_eq!(rows.len(), 25);
    assert!(told.events.iter().enumerate().all(|(at, event)| event.seq == at as u64));
    assert!(told.events.windows(2).all(|pair| pair[0].elapsed_us <= pair[1].elapsed_us));
    let report = told.report();
    assert_eq!(report.variants[0].metrics["right.accuracy"].value, 1.0);
}

#[tokio::test(start_paused = true)]
async fn calls_are_as_wide_as_the_concurrency_and_no_wider() {
    let model = Arc::new(Scripted::always("yes"));
    let told = Story::of(40).tell(model.clone()).await;
    assert_eq!(model.peak.load(Ordering::SeqCst), 4);
    // 40 calls of 100 ms, 4 at a time.
    assert_eq!(told.took.as_millis(), 1000);
}

#[tokio::test(start_paused = true)]
async fn a_failed_attempt_is_repeated_after_a_wait_that_grows() {
    let model = Scripted::new(Duration::ZERO, |_, attempt| match attempt {
        1..=3 => Act::Fail(ModelErrorKind::Server),
        _ => Act::Answer("yes"),
    });
    let told = Story::of(1).tell(Arc::new(model)).await;
    assert_eq!(told.samples()[0].attempts, 4);
    let waits = told.waits();
    assert_eq!(waits.len(), 3);
    for (wait, ceiling) in waits.iter().zip([500, 1000, 2000]) {
        assert!((ceiling / 2..=ceiling).contains(wait), "{waits:?}");
    }
    assert_eq!(told.report().variants[0].retries, 3);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_asks_for_is_waited() {
    let model = Scripted::new(Duration::ZERO, |_, attempt| match attempt {
        1 => Act::RateLimited { retry_after: Duration::from_secs(7) },
        _ => Act::Answer("yes"),
    });
    let told = Story::of(1).tell(Arc::new(model)).await;
    assert!((7_000..=7_500).contains(&told.waits()[0]), "{:?}", told.waits());
}

#[tokio::test(start_paused = true)]
async fn a_wait_holds_no_slot() {
    // Four rows are told to come back in a minute; the slots serve the other rows meanwhile.
    let model = Scripted::new(Duration::from_millis(100), |row, attempt| match (row, attempt) {
        ("r-0" | "r-1" | "r-2" | "r-3", 1) => Act::RateLimited { retry_after: Duration::from_secs(60) },
        _ => Act::Answer("yes"),
    });
    let told = Story::of(44).tell(Arc::new(model)).await;
    let before_the_minute = told
        .events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::CaseFinished { .. }) && event.elapsed_us < 2_000_000);
    assert_eq!(before_the_minute.count(), 40);
    assert_eq!(told.status(), RunStatus::Finished);
}

#[tokio::test(start_paused = true)]
async fn after_the_last_attempt_the_failure_is_a_result() {
    let model = Scripted::new(Duration::ZERO, |row, _| match row {
        "r-1" => Act::Fail(ModelErrorKind::Server),
        _ => Act::Answer("yes"),
    });
    let told = Story::of(3).tell(Arc::new(model)).await;
    assert_eq!(told.status(), RunStatus::Finished);
    let failed: Vec<_> =
        told.samples().into_iter().filter(|sample| matches!(sample.outcome, Outcome::Unanswered { .. })).collect();
    assert_eq!((failed.len(), failed[0].attempts), (1, 5));
    let report = told.report();
    assert_eq!((report.variants[0].errors, report.variants[0].failures["server"]), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_error_that_another_attempt_would_repeat_is_not_repeated() {
    let model = Arc::new(Scripted::new(Duration::ZERO, |_, _| Act::Fail(ModelErrorKind::BadRequest)));
    let told = Story::of(5).tell(model.clone()).await;
    assert_eq!(model.calls.load(Ordering::SeqCst), 5);
    assert_eq!(told.status(), RunStatus::Finished);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_never_answers_is_left_after_the_total_time() {
    let mut story = Story::of(1);
    story.settings = json!({"provider": "baseline", "total_timeout": "30s"});
    let told = story.tell(Arc::new(Scripted::new(Duration::ZERO, |_, _| Act::Hang))).await;
    assert_eq!(told.took.as_secs(), 30);
    let Outcome::Unanswered { error } = &told.samples()[0].outcome else { panic!("no answer") };
    assert_eq!(error.kind, ModelErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_total_time_is_not_begun() {
    let day = Duration::from_secs(86_400);
    let model = Scripted::new(Duration::ZERO, move |_, _| Act::RateLimited { retry_after: day });
    let told = Story::of(1).tell(Arc::new(model)).await;
    assert!(told.took.as_secs() < 1);
    let Outcome::Unanswered { error } = &told.samples()[0].outcome else { panic!("no answer") };
    assert!(error.message.contains("total time-out"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_stops_the_model_and_fails_the_run() {
    let model = Arc::new(Scripted::new(Duration::ZERO, |_, _| Act::Fail(ModelErrorKind::Authentication)));
    let told = Story::of(1000).tell(model.clone()).await;
    assert_eq!(told.status(), RunStatus::Failed);
    assert!(model.calls.load(Ordering::SeqCst) <= 8, "only what was in flight");
    assert!(told.events.iter().any(|event| matches!(event.kind, EventKind::ModelGivenUp { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_rendered_is_a_result_and_costs_nothing() {
    let mut story = Story::of(3);
    story.prompt = "user:\nIs {{ thing }} {{ missing }}?";
    let model = Arc::new(Scripted::always("yes"));
    let told = story.tell(model.clone()).await;
    assert_eq!(model.calls.load(Ordering::SeqCst), 0);
    assert!(told.samples().iter().all(|sample| matches!(sample.outcome, Outcome::Unrendered { .. })));
}

#[tokio::test(start_paused = true)]
async fn trials_are_samples_of_one_case_and_the_interval_is_over_rows() {
    let mut story = Story::of(10);
    story.spec["trials"] = json!(3);
    let model = Scripted::new(Duration::ZERO, |row, attempt| match (row, attempt) {
        ("r-0" | "r-1", _) => Act::Answer("no"),
        _ => Act::Answer("yes"),
    });
    let told = story.tell(Arc::new(model)).await;
    assert_eq!(told.samples().len(), 30);
    let accuracy = told.report().variants[0].metrics["right.accuracy"].clone();
    assert_eq!((accuracy.n, accuracy.interval.as_str()), (10, "t"));
    assert!((accuracy.value - 0.8).abs() < 1e-12);
}

#[tokio::test(start_paused = true)]
async fn while_everything_is_refused_no_case_loses_an_attempt() {
    for (account, rows, concurrency) in
        [(None, 3, 4), (Some(1), 3, 64), (Some(1), 1, 64), (Some(1), 200, 1), (Some(1), 200, 64)]
    {
        let began = tokio::time::Instant::now();
        let refusing = move |_: &str, _| match began.elapsed().as_secs() {
            0..40 => Act::RateLimited { retry_after: Duration::from_millis(100) },
            _ => Act::Answer("yes"),
        };
        let model = Scripted::new(Duration::from_millis(10), refusing);
        let model = Arc::new(account.into_iter().fold(model, Scripted::behind));
        let mut story = Story::of(rows);
        story.settings = json!({"provider": "openai", "limits": {"concurrency": concurrency}});
        let told = story.tell(model).await;
        assert_eq!((told.status(), told.report().variants[0].errors), (RunStatus::Finished, 0), "{rows} rows");
        assert!(told.took < Duration::from_secs(60), "{rows} rows: {:?}", told.took);
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_in_the_middle_of_a_run_take_no_attempt_while_nobody_is_answered() {
    let began = tokio::time::Instant::now();
    let refusing = move |_: &str, _| match began.elapsed().as_secs() {
        5..65 => Act::RateLimited { retry_after: Duration::from_millis(100) },
        _ => Act::Answer("yes"),
    };
    let model = Arc::new(Scripted::new(Duration::from_secs(1), refusing).behind(1));
    let mut story = Story::of(1000);
    story.settings = json!({"provider": "openai"});
    let told = story.tell(model).await;
    assert_eq!((told.status(), told.report().variants[0].errors), (RunStatus::Finished, 0));
}

#[tokio::test(start_paused = true)]
async fn one_question_that_is_always_refused_fails_alone_after_its_attempts() {
    let model = Scripted::new(Duration::from_millis(10), |row, _| match row {
        "r-199" => Act::RateLimited { retry_after: Duration::from_millis(100) },
        _ => Act::Answer("yes"),
    });
    let told = Story::of(200).tell(Arc::new(model.behind(1))).await;
    assert_eq!((told.status(), told.report().variants[0].errors), (RunStatus::Finished, 1));
    assert!(told.took < Duration::from_secs(30), "{:?}", told.took);
}

#[tokio::test(start_paused = true)]
async fn without_retries_a_refusal_is_a_result() {
    let model = Scripted::new(Duration::ZERO, |_, _| Act::RateLimited { retry_after: Duration::from_secs(1) });
    let mut story = Story::of(1);
    story.settings = json!({"provider": "baseline", "retries": 0});
    let told = story.tell(Arc::new(model)).await;
    assert_eq!((told.samples()[0].attempts, told.took), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_a_day_while_others_are_answered_is_a_back_off() {
    let day = Duration::from_secs(86_400);
    let model = Scripted::new(Duration::from_millis(50), move |row, attempt| match (row, attempt) {
        ("r-50" | "r-51" | "r-52" | "r-53", 1) => Act::RateLimited { retry_after: day },
        _ => Act::Answer("yes"),
    });
    let told = Story::of(200).tell(Arc::new(model.behind(1))).await;
    assert_eq!((told.status(), told.report().variants[0].errors), (RunStatus::Finished, 0));
    assert!(told.took < Duration::from_secs(60), "{:?}", told.took);
}
