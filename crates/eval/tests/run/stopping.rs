//! Stopping: once, twice, and because nobody can record any more.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use carat_core::event::RunStatus;
use carat_core::{EventKind, ModelErrorKind};
use carat_eval::resume::Decisions;
use carat_eval::{RunError, Stop};
use tokio::sync::watch;

use crate::scripted::{Act, Scripted};
use crate::story::{Keeper, Story, tell};

#[tokio::test(start_paused = true)]
async fn the_first_wish_finishes_what_is_in_flight_and_begins_nothing_new() {
    let model = Arc::new(Scripted::always("yes"));
    let (wish, stop) = watch::channel(Stop::No);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(250)).await;
        wish.send(Stop::WhenIdle).unwrap();
        std::future::pending::<()>().await;
    });
    let plan = Story::of(100).plan(model.clone());
    let told = tell(&plan, Decisions::default(), stop, &mut Keeper::default()).await;
    assert_eq!(told.status(), RunStatus::Interrupted);
    assert_eq!(told.took.as_millis(), 300);
    assert_eq!(told.samples().len(), model.calls.load(Ordering::SeqCst), "every answer that was asked for is recorded");
    assert_eq!(told.samples().len(), 12);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_another_attempt_does_not_hold_up_the_end() {
    let model = Scripted::new(Duration::ZERO, |_, _| Act::RateLimited { retry_after: Duration::from_secs(300) });
    let (wish, stop) = watch::channel(Stop::No);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        wish.send(Stop::WhenIdle).unwrap();
        std::future::pending::<()>().await;
    });
    let told = tell(&Story::of(3).plan(Arc::new(model)), Decisions::default(), stop, &mut Keeper::default()).await;
    assert_eq!((told.status(), told.took.as_secs()), (RunStatus::Interrupted, 1));
    assert!(told.samples().is_empty(), "what was not answered is left for a resume");
}

#[tokio::test(start_paused = true)]
async fn the_second_wish_stops_at_once() {
    let model = Scripted::new(Duration::from_secs(3600), |_, _| Act::Answer("yes"));
    let (wish, stop) = watch::channel(Stop::No);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        wish.send(Stop::WhenIdle).unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        wish.send(Stop::Now).unwrap();
        std::future::pending::<()>().await;
    });
    let told = tell(&Story::of(9).plan(Arc::new(model)), Decisions::default(), stop, &mut Keeper::default()).await;
    assert_eq!((told.status(), told.took.as_secs()), (RunStatus::Interrupted, 2));
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_cannot_record_stops_the_spending() {
    let model = Arc::new(Scripted::always("yes"));
    let (_wish, stop) = watch::channel(Stop::No);
    let mut keeper = Keeper { full_after: Some(10), ..Keeper::default() };
    let told = tell(&Story::of(10_000).plan(model.clone()), Decisions::default(), stop, &mut keeper).await;
    assert!(matches!(told.result, Err(RunError::Sink(_))));
    assert!(model.calls.load(Ordering::SeqCst) < 100, "{}", model.calls.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_never_answers_is_given_up_after_one_round_of_time_outs() {
    let minute = Duration::from_secs(60);
    let model = Arc::new(Scripted::new(minute, |_, _| Act::Fail(ModelErrorKind::Timeout)).behind(1));
    let mut story = Story::of(10_000);
    story.settings = serde_json::json!({"provider": "openai"});
    let told = story.tell(model.clone()).await;
    assert_eq!((told.status(), told.took), (RunStatus::Failed, minute));
    let calls = model.calls.load(Ordering::SeqCst);
    assert!((16..32).contains(&calls), "{calls}");
    let given_up = told.events.iter().find_map(|event| match &event.kind {
        EventKind::ModelGivenUp { error, .. } => Some(error.message.as_str()),
        _ => None,
    });
    assert_eq!(given_up, Some("scripted; none of the first 16 calls was answered"));
    assert!(told.samples().len() <= 16, "the rest is left for a resume");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_only_starting_is_waited_for() {
    let began = tokio::time::Instant::now();
    let starting = move |_: &str, _| match began.elapsed().as_secs() {
        0..3 => Act::Fail(ModelErrorKind::Connection),
        _ => Act::Answer("yes"),
    };
    let model = Arc::new(Scripted::new(Duration::from_millis(10), starting).behind(1));
    let mut story = Story::of(200);
    story.settings = serde_json::json!({"provider": "openai"});
    let told = story.tell(model).await;
    assert_eq!((told.status(), told.report().variants[0].errors), (RunStatus::Finished, 0));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_is_given_up_in_time() {
    let model = Arc::new(Scripted::new(Duration::ZERO, |_, _| Act::Fail(ModelErrorKind::Connection)));
    let told = Story::of(10_000).tell(model.clone()).await;
    assert_eq!(told.status(), RunStatus::Failed);
    assert!(told.took.as_secs() < 60, "{:?}", told.took);
    let given_up = told.events.iter().filter(|event| matches!(event.kind, EventKind::ModelGivenUp { .. }));
    assert_eq!(given_up.count(), 1);
}
