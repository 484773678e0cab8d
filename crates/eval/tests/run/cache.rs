//! Answers that were given before.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use carat_core::event::RunStatus;
use carat_core::{Completion, Digest, Origin, Outcome, Question, Sample};
use carat_eval::run::Recordings;
use serde_json::json;

use crate::scripted::Scripted;
use crate::story::{Story, Told};

/// Knows what was asked in another run.
#[derive(Default)]
pub(crate) struct Known(HashMap<(Digest, u32), Completion>);

#[async_trait]
impl Recordings for Known {
    async fn sample(&self, _: u64) -> Result<Sample, String> {
        Err("no samples".to_owned())
    }

    async fn answered(&self, questions: &[Question]) -> Result<Vec<Option<Completion>>, String> {
        Ok(questions.iter().map(|question| self.0.get(&(question.request, question.trial)).cloned()).collect())
    }

    fn here(&self) -> Origin {
        Origin { run: "run-1".into(), since: "then".into() }
    }

    async fn judged(&self, _: &Question) -> Result<Option<Completion>, String> {
        Ok(None)
    }
}

impl Known {
    /// What another run was answered.
    pub(crate) fn of(told: &Told) -> Self {
        let answer = |sample: &&Sample| {
            let Outcome::Completed { completion, .. } = &sample.outcome else { return None };
            let origin = Some(Box::new(Origin { run: "run-0".into(), since: "before".into() }));
            let key = (sample.request_digest?, sample.case.trial);
            Some((key, Completion { origin, ..completion.clone() }))
        };
        Self(told.samples().iter().filter_map(answer).collect())
    }
}

fn calls(model: &Scripted) -> usize {
    model.calls.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_in_another_run_is_not_asked_again() {
    let model = Arc::new(Scripted::always("yes").behind(1).using(90, 10));
    let mut story = Story::of(20);
    let first = story.tell(Arc::clone(&model) as _).await;
    story.recordings = Some(Arc::new(Known::of(&first)));
    let again = story.tell(Arc::clone(&model) as _).await;
    assert_eq!((again.status(), calls(&model)), (RunStatus::Finished, 20));
    assert!(again.samples().iter().all(|sample| sample.attempts == 0 && sample.latency_us.is_none()));
    let (report, before) = (again.report(), first.report());
    assert_eq!((report.run.cached, report.variants[0].cached), (20, 20));
    assert_eq!(report.variants[0].metrics["right.accuracy"], before.variants[0].metrics["right.accuracy"]);
    assert_eq!(report.variants[0].tokens, before.variants[0].tokens, "tokens are those of the answers, whoever paid");
}

#[tokio::test(start_paused = true)]
async fn only_what_was_not_asked_before_is_asked() {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let first = Story::of(5).tell(Arc::clone(&model) as _).await;
    let mut story = Story::of(8);
    story.recordings = Some(Arc::new(Known::of(&first)));
    let told = story.tell(Arc::clone(&model) as _).await;
    assert_eq!((told.samples().len(), calls(&model), told.report().run.cached), (8, 5 + 3, 5));
}

#[tokio::test(start_paused = true)]
async fn repeats_are_answers_of_their_own() {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let mut story = Story::of(5);
    story.recordings = Some(Arc::new(Known::default()));
    story.spec["trials"] = json!(3);
    let first = story.tell(Arc::clone(&model) as _).await;
    assert_eq!(calls(&model), 15);
    story.recordings = Some(Arc::new(Known::of(&first)));
    story.spec["trials"] = json!(4);
    story.tell(Arc::clone(&model) as _).await;
    assert_eq!(calls(&model), 15 + 5, "the fourth repeat was not asked before");
}

#[tokio::test(start_paused = true)]
async fn cases_that_ask_the_same_at_once_share_one_call() {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let mut story = Story::of(30);
    story.prompt = "user:\nIs seven a number?";
    story.recordings = Some(Arc::new(Known::default()));
    let told = story.tell(Arc::clone(&model) as _).await;
    assert_eq!((told.samples().len(), calls(&model), told.report().run.cached), (30, 1, 29));
    let samples = told.samples();
    let origins = samples.iter().filter(|sample| match &sample.outcome {
        Outcome::Completed { completion, .. } => {
            completion.origin.as_ref().is_some_and(|origin| origin.run.as_str() == "run-1")
        }
        Outcome::Unrendered { .. } | Outcome::Unanswered { .. } => false,
    });
    assert_eq!(origins.count(), 29);
}

#[tokio::test(start_paused = true)]
async fn a_run_apart_asks_each_case_for_itself() {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let mut story = Story::of(30);
    story.prompt = "user:\nIs seven a number?";
    story.recordings = Some(Arc::new(Known::default()));
    story.apart = true;
    story.tell(Arc::clone(&model) as _).await;
    assert_eq!(calls(&model), 30);
}

#[tokio::test(start_paused = true)]
async fn what_answers_on_this_machine_is_asked_again() {
    let model = Arc::new(Scripted::always("yes"));
    let mut story = Story::of(5);
    let first = story.tell(Arc::clone(&model) as _).await;
    story.recordings = Some(Arc::new(Known::of(&first)));
    story.tell(Arc::clone(&model) as _).await;
    assert_eq!(calls(&model), 10);
}

/// A record that cannot be read.
struct Broken;

#[async_trait]
impl Recordings for Broken {
    async fn sample(&self, _: u64) -> Result<Sample, String> {
        Err("broken".to_owned())
    }

    async fn answered(&self, _: &[Question]) -> Result<Vec<Option<Completion>>, String> {
        Err("the disk is on fire".to_owned())
    }

    fn here(&self) -> Origin {
        Origin { run: "run-1".into(), since: "then".into() }
    }

    async fn judged(&self, _: &Question) -> Result<Option<Completion>, String> {
        Err("broken".to_owned())
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_stops_the_run_before_anything_is_paid_for_again() {
    let model = Arc::new(Scripted::always("yes").behind(1));
    let mut story = Story::of(5);
    story.recordings = Some(Arc::new(Broken));
    let told = story.tell(Arc::clone(&model) as _).await;
    let why = told.result.unwrap_err().to_string();
    assert_eq!(
        (why.as_str(), calls(&model)),
        ("the store: whether questions were answered before cannot be read: the disk is on fire", 0)
    );
}
