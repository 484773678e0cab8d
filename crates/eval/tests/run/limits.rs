//! How many calls are in flight, and how the journal tells of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use carat_core::EventKind;
use carat_core::event::{LimitCause, RunStatus};
use carat_core::fold::Spent;
use carat_eval::limits::{Waits, Why};
use carat_eval::{Execution, Purse, Stop, run};
use serde_json::json;
use tokio::sync::watch;

use crate::scripted::{Act, Scripted};
use crate::story::{Story, Told};

fn changes(told: &Told) -> Vec<(u32, u32, LimitCause)> {
    let change = |event: &carat_core::Event| match &event.kind {
        EventKind::LimitChanged { from, to, why, .. } => Some((*from, *to, *why)),
        _ => None,
    };
    told.events.iter().filter_map(change).collect()
}

fn story(rows: u64) -> Story {
    let mut story = Story::of(rows);
    story.settings = json!({"provider": "openai"});
    story
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_everything_is_asked_more_and_more_up_to_the_most() {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let told = story(2000).tell(Arc::clone(&model) as _).await;
    assert_eq!(model.peak.load(Ordering::SeqCst), 64);
    assert_eq!(changes(&told), [(16, 32, LimitCause::SlowStart), (32, 64, LimitCause::SlowStart)]);
    let limits = told.report().limits;
    assert_eq!((limits.len(), limits[0].first, limits[0].highest, limits[0].last), (1, 16, 64, 64));
}

#[tokio::test(start_paused = true)]
async fn what_a_person_says_is_where_it_begins_and_the_most() {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let mut story = story(300);
    story.settings = json!({"provider": "openai", "limits": {"concurrency": 30}});
    let told = story.tell(Arc::clone(&model) as _).await;
    assert_eq!((model.peak.load(Ordering::SeqCst), changes(&told).len()), (30, 0));
}

#[tokio::test(start_paused = true)]
async fn what_answers_on_this_machine_has_a_fixed_number_of_calls() {
    let model = Arc::new(Scripted::always("yes"));
    let told = story(300).tell(Arc::clone(&model) as _).await;
    assert_eq!((model.peak.load(Ordering::SeqCst), changes(&told).len()), (16, 0));
}

#[tokio::test(start_paused = true)]
async fn refusals_cut_the_limit_and_every_case_gets_its_answer() {
    let refusing = |row: &str, attempt| match row.trim_start_matches("r-").parse::<u32>() {
        Ok(number @ 100..120) if attempt == 1 && number % 2 == 0 => {
            Act::RateLimited { retry_after: Duration::from_secs(1) }
        }
        _ => Act::Answer("yes"),
    };
    let model = Arc::new(Scripted::new(Duration::from_millis(100), refusing).behind(1));
    let told = story(2000).tell(model as _).await;
    assert_eq!(told.status(), RunStatus::Finished);
    assert_eq!((told.samples().len(), told.report().variants[0].errors), (2000, 0));
    assert!(changes(&told).iter().any(|(_, _, why)| *why == LimitCause::RateLimited), "{:?}", changes(&told));
    assert_eq!(told.report().limits[0].cuts, 1, "one episode is one cut");
}

#[tokio::test(start_paused = true)]
async fn requests_a_minute_are_kept_without_any_case_running_out_of_time() {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let mut story = story(100);
    story.settings = json!({"provider": "openai", "limits": {"requests_per_minute": 20}, "total_timeout": "10s"});
    let told = story.tell(model as _).await;
    assert_eq!((told.status(), told.report().variants[0].errors), (RunStatus::Finished, 0));
    assert!(told.took >= Duration::from_secs(200), "100 requests at 20 a minute: {:?}", told.took);
    assert!(told.took <= Duration::from_secs(330), "{:?}", told.took);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_always_says_too_many_is_given_up_and_not_stormed() {
    let model = Arc::new(
        Scripted::new(Duration::from_millis(100), |_, _| Act::RateLimited { retry_after: Duration::from_secs(1) })
            .behind(1),
    );
    let told = story(2000).tell(Arc::clone(&model) as _).await;
    assert_eq!(told.status(), RunStatus::Failed);
    let calls = model.calls.load(Ordering::SeqCst);
    assert!(calls < 300, "{calls} calls in {:?}", told.took);
    let patience = Duration::from_secs(600);
    assert!(told.took >= patience && told.took < patience * 2, "{:?}", told.took);
    let given_up = told.events.iter().find_map(|event| match &event.kind {
        EventKind::ModelGivenUp { error, .. } => Some(error.message.as_str()),
        _ => None,
    });
    assert_eq!(given_up, Some("slow down; every call has been refused for 600s (total_timeout in carat.yaml)"));
}

#[tokio::test(start_paused = true)]
async fn words_that_nothing_is_left_hold_a_run_up_for_seconds_where_all_is_answered() {
    let model = Arc::new(Scripted::always("yes").behind(1).with_nothing_left(9999 * 3_600_000));
    let told = story(200).tell(model as _).await;
    assert_eq!((told.status(), told.samples().len()), (RunStatus::Finished, 200));
    assert!(told.took < Duration::from_secs(25), "{:?}", told.took);
}

#[tokio::test(start_paused = true)]
async fn what_calls_wait_for_can_be_seen_while_a_run_goes_on() {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let mut story = story(3);
    story.settings = json!({"provider": "openai", "limits": {"requests_per_minute": 1}});
    let plan = story.plan(model as _);
    let (waits, (_wish, stop)) = (Arc::new(Waits::default()), watch::channel(Stop::No));
    let execution = Execution {
        opening: Vec::new(),
        next_seq: 0,
        decisions: Arc::default(),
        purse: Arc::new(Purse::new(plan.outline.budget, Spent::default())),
        recordings: None,
        sinks: Vec::new(),
        stop,
        waits: Arc::clone(&waits),
        now: &|| "later".to_owned(),
    };
    let seen = async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        waits.now()
    };
    let (_, seen) = tokio::join!(run(plan, execution), seen);
    let [wait] = &seen[..] else { panic!("{seen:?}") };
    let seconds = (wait.lasted.as_secs(), wait.left.as_secs());
    assert_eq!((&*wait.account, wait.why, seconds), ("provider", Why::RequestsPerMinute(1), (20, 40)));
    assert_eq!(waits.now(), [], "nobody waits any more");
}
