//! What a run may spend.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use carat_core::event::{Budget, RunStatus};
use carat_core::fold::Spent;
use carat_core::{EventKind, ModelErrorKind, Outcome};
use serde_json::json;

use crate::scripted::{Act, Scripted};
use crate::story::{Story, Told};

/// Each answer takes 100 tokens and has at most 20, so that 120 are set aside for it.
fn story(rows: u64, tokens: u64) -> Story {
    let mut story = Story::of(rows);
    story.settings = json!({"provider": "baseline", "limits": {"concurrency": 4}, "parameters": {"max_tokens": 20},
                            "price": {"input": 1.0, "output": 2.0}});
    story.budget = Budget { tokens: Some(tokens), usd: None };
    story
}

fn answering() -> Scripted {
    Scripted::always("yes").using(90, 10)
}

#[tokio::test(start_paused = true)]
async fn work_stops_before_the_budget_is_passed_and_what_was_begun_is_finished() {
    let told = story(50, 1050).tell(Arc::new(answering())).await;
    assert_eq!(told.status(), RunStatus::OverBudget);
    assert_eq!(told.samples().len(), 10, "950 spent leave room for no 120 more, but the tenth was at 900 + 110");
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_is_enough_is_not_noticed() {
    let told = story(10, 1020).tell(Arc::new(answering())).await;
    assert_eq!(told.status(), RunStatus::Finished);
}

#[tokio::test(start_paused = true)]
async fn money_is_counted_by_the_price_of_the_model() {
    // 90 × $1 + 10 × $2 a million is $0.00011 a call; $0.00013 is set aside.
    let mut story = story(50, 0);
    story.budget = Budget { tokens: None, usd: Some(0.000_58) };
    let told = story.tell(Arc::new(answering())).await;
    assert_eq!((told.status(), told.samples().len()), (RunStatus::OverBudget, 5));
}

#[tokio::test(start_paused = true)]
async fn what_was_spent_before_a_resume_is_gone() {
    let mut story = story(50, 1050);
    story.spent = Spent { usd: 0.0, tokens: 800 };
    let told = story.tell(Arc::new(answering())).await;
    assert_eq!((told.status(), told.samples().len()), (RunStatus::OverBudget, 2));
}

#[tokio::test(start_paused = true)]
async fn judges_and_retries_draw_on_the_same_budget() {
    let judge = Arc::new(Scripted::always("PASS").using(90, 10));
    let model = Arc::new(
        Scripted::new(Duration::from_millis(100), |_, attempt| match attempt {
            1 => Act::Fail(ModelErrorKind::Server),
            _ => Act::Answer("yes"),
        })
        .using(90, 10),
    );
    let mut story = crate::judging::story(50, &judge);
    story.settings = self::story(0, 0).settings;
    story.budget = Budget { tokens: Some(1050), usd: None };
    let told = story.tell(Arc::clone(&model) as _).await;
    let answers = told.samples().len() as u64;
    let is_paid = |event: &&carat_core::Event| match &event.kind {
        EventKind::JudgeAnswered { judgement } => !judgement.cached,
        _ => false,
    };
    let judged = told.events.iter().filter(is_paid).count() as u64;
    let early = told.events.iter().filter(|event| matches!(event.kind, EventKind::CaseAnswered { .. })).count() as u64;
    assert_eq!(told.status(), RunStatus::OverBudget);
    assert!((8..=10).contains(&(early + judged)), "{early} answers and {judged} judgements, {answers} done");
    assert!(judge.calls.load(Ordering::SeqCst) > 0);
}

#[tokio::test(start_paused = true)]
async fn a_budget_of_nothing_begins_nothing() {
    let model = Arc::new(answering());
    let told = story(5, 0).tell(Arc::clone(&model) as _).await;
    assert_eq!((told.status(), model.calls.load(Ordering::SeqCst)), (RunStatus::OverBudget, 0));
}

#[tokio::test(start_paused = true)]
async fn where_nothing_bounds_the_answers_one_call_shows_how_long_they_are() {
    let model = Arc::new(Scripted::always("yes").using(20, 50_000));
    let mut story = story(200, 70_000);
    story.settings["limits"]["concurrency"] = json!(64);
    story.settings["parameters"] = json!({});
    let told = story.tell(Arc::clone(&model) as _).await;
    assert_eq!((told.status(), model.calls.load(Ordering::SeqCst)), (RunStatus::OverBudget, 1));
}

#[tokio::test(start_paused = true)]
async fn several_answers_at_once_are_set_aside_for() {
    let model = Arc::new(Scripted::always("yes").using(90, 100));
    let mut story = story(50, 2000);
    story.settings["parameters"] = json!({"max_tokens": 20, "n": 5});
    let told = story.tell(model).await;
    let used = told.samples().len() * 190;
    assert!(told.status() == RunStatus::OverBudget && (1700..=2000).contains(&used), "{used}");
}

/// What failed attempts say that they may have used.
fn supposed(told: &Told) -> Vec<u64> {
    let supposed = |event: &carat_core::Event| match &event.kind {
        EventKind::AttemptFailed { error, .. } => error.supposed.as_ref().map(|usage| usage.total()),
        EventKind::CaseFinished { sample } => match &sample.outcome {
            Outcome::Unanswered { error } => error.supposed.as_ref().map(|usage| usage.total()),
            Outcome::Completed { completion, .. } => completion.supposed.as_ref().map(|usage| usage.total()),
            Outcome::Unrendered { .. } => None,
        },
        _ => None,
    };
    told.events.iter().filter_map(supposed).collect()
}

#[tokio::test(start_paused = true)]
async fn what_may_stand_on_the_bill_is_recorded_for_a_resume() {
    let model = || {
        let script = |row: &str, attempt| match (row, attempt) {
            ("r-0", _) | ("r-1", 1) => Act::Fail(ModelErrorKind::Timeout),
            ("r-2", 1) => Act::Fail(ModelErrorKind::Server),
            _ => Act::Answer("yes"),
        };
        Arc::new(Scripted::new(Duration::from_millis(100), script).using(90, 10))
    };
    let mut story = story(3, 10_000);
    story.settings["retries"] = json!(1);
    let told = story.tell(model()).await;
    assert_eq!(supposed(&told), [110, 110, 110], "twice of the first row, once of the second");
    story.budget = Budget::default();
    let told = story.tell(model()).await;
    assert_eq!(supposed(&told), [0_u64; 0], "without a budget nobody needs to know");
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_which_nobody_says_what_it_used_says_what_it_was_charged_for() {
    let told = story(2, 10_000).tell(Arc::new(Scripted::always("yes"))).await;
    assert_eq!(supposed(&told), [20, 20]);
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_at_a_judge_is_told_where_it_may_stand_on_the_bill() {
    let judge = Arc::new(Scripted::new(Duration::from_millis(100), |_, _| Act::Fail(ModelErrorKind::Timeout)));
    let mut story = crate::judging::story(1, &judge);
    story.settings = self::story(0, 0).settings;
    story.budget = Budget { tokens: Some(100_000), usd: None };
    let told = story.tell(Arc::new(answering())).await;
    assert_eq!(supposed(&told).len(), judge.calls.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_tells_as_many_tokens_as_a_number_holds_ends_the_run_and_breaks_nothing() {
    let told = story(5, 1000).tell(Arc::new(Scripted::always("yes").using(90, u64::MAX))).await;
    assert_eq!((told.status(), told.samples().len()), (RunStatus::OverBudget, 1));
    let mut story = story(5, 0);
    story.budget = Budget::default();
    let told = story.tell(Arc::new(Scripted::always("yes").using(u64::MAX, u64::MAX))).await;
    assert_eq!(told.status(), RunStatus::Finished);
    assert_eq!(told.report().variants[0].tokens.input, Some(u64::MAX));
}
