//! Models that judge: asked once, counted, recorded, and given up like any other.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use carat_core::event::RunStatus;
use carat_core::{
    Answer, Ask, Assessor, Completion, Digest, EventKind, Grade, Message, ModelErrorKind, Origin, Outcome, Parameters,
    Question, Request, Role, Sample, Score, Unscored, UnscoredKind,
};
use carat_eval::Stop;
use carat_eval::resume::Decisions;
use carat_eval::run::Recordings;
use tokio::sync::watch;

use crate::scripted::{Act, Scripted};
use crate::story::{Keeper, Story, tell};

/// Asks the judge whether the answer is good; the question is the answer.
struct Judged;

#[async_trait]
impl Assessor for Judged {
    fn name(&self) -> &str {
        "polite"
    }

    async fn assess(&self, answer: &Answer<'_>, ask: &dyn Ask) -> Result<Score, Unscored> {
        let question = Request {
            messages: vec![Message::text(Role::User, answer.completion.text.as_str())],
            tools: Vec::new(),
            response_format: None,
            parameters: Parameters::default(),
        };
        match ask.ask("scripted", question, 0).await {
            Ok(verdict) => Ok(Grade::Pass(verdict.text == "PASS").into()),
            Err(error) => Err(Unscored::new(UnscoredKind::JudgeFailed, error.message)),
        }
    }
}

pub(crate) fn story(rows: u64, judge: &Arc<Scripted>) -> Story {
    let mut story = Story::of(rows);
    story.judges = vec![Arc::clone(judge) as _];
    story.assessors = vec![|| Box::new(Judged)];
    story
}

/// Answers each row with its own words.
fn distinct() -> Arc<Scripted> {
    const WORDS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
    Arc::new(Scripted::new(Duration::from_millis(10), |row, _| {
        Act::Answer(WORDS[row.bytes().map(usize::from).sum::<usize>() % WORDS.len()])
    }))
}

fn judgements(told: &crate::story::Told) -> Vec<(bool, u32)> {
    let of = |event: &carat_core::Event| match &event.kind {
        EventKind::JudgeAnswered { judgement } => Some((judgement.cached, judgement.attempts)),
        _ => None,
    };
    told.events.iter().filter_map(of).collect()
}

#[tokio::test(start_paused = true)]
async fn the_same_question_to_a_judge_is_paid_for_once() {
    let judge = Arc::new(Scripted::always("PASS"));
    let told = story(40, &judge).tell(Arc::new(Scripted::always("yes"))).await;
    assert_eq!(told.status(), RunStatus::Finished);
    assert_eq!(judge.calls.load(std::sync::atomic::Ordering::SeqCst), 1);
    let judgements = judgements(&told);
    assert_eq!(judgements.len(), 40, "each use is told");
    assert_eq!(judgements.iter().filter(|(cached, _)| !cached).count(), 1);
    let report = told.report();
    assert_eq!(report.judges[0].answers, 40);
    assert_eq!(report.judges[0].cached, 39);
    assert_eq!(told.samples().len(), 40);
}

#[tokio::test(start_paused = true)]
async fn a_judge_is_asked_again_when_it_is_busy_and_its_attempts_are_told_as_its_own() {
    let judge = Arc::new(Scripted::new(Duration::from_millis(10), |_, attempt| match attempt {
        1 => Act::Fail(ModelErrorKind::Server),
        _ => Act::Answer("PASS"),
    }));
    let told = story(1, &judge).tell(distinct()).await;
    let failed = told.events.iter().find_map(|event| match &event.kind {
        EventKind::AttemptFailed { scorer, .. } => Some(scorer.as_deref().map(str::to_owned)),
        _ => None,
    });
    assert_eq!(failed, Some(Some("polite".to_owned())));
    assert_eq!(judgements(&told), [(false, 2)]);
    assert_eq!(told.report().variants[0].retries, 0, "the model did not fail");
    assert_eq!(told.report().judges[0].retries, 1);
}

#[tokio::test(start_paused = true)]
async fn a_judge_whose_key_is_wrong_is_given_up_and_nothing_passes() {
    let judge = Arc::new(Scripted::new(Duration::ZERO, |_, _| Act::Fail(ModelErrorKind::Authentication)));
    let told = story(30, &judge).tell(distinct()).await;
    assert_eq!(told.status(), RunStatus::Failed, "a run without its judge has not been measured");
    assert!(judge.calls.load(std::sync::atomic::Ordering::SeqCst) < 10);
    let unscored = told.samples().iter().filter(|sample| is_unscored(sample)).count();
    assert_eq!(unscored, 30);
    assert!(!told.report().variants[0].metrics.contains_key("polite.accuracy"));
}

fn is_unscored(sample: &Sample) -> bool {
    matches!(&sample.outcome, Outcome::Completed { unscored, .. }
        if unscored.iter().any(|(name, why)| &**name == "polite" && why.reason == UnscoredKind::JudgeFailed))
}

/// A record of what judges said.
#[derive(Default)]
struct Record(Mutex<HashMap<(Digest, u32), Completion>>);

#[async_trait]
impl Recordings for Record {
    async fn sample(&self, _: u64) -> Result<Sample, String> {
        Err("no samples".to_owned())
    }

    async fn answered(&self, questions: &[Question]) -> Result<Vec<Option<Completion>>, String> {
        Ok(vec![None; questions.len()])
    }

    fn here(&self) -> Origin {
        Origin { run: "run-1".into(), since: "then".into() }
    }

    async fn judged(&self, question: &Question) -> Result<Option<Completion>, String> {
        Ok(self.0.lock().unwrap().get(&(question.request, question.trial)).cloned())
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_judge_said_in_another_run_is_not_paid_for_again() {
    let judge = Arc::new(Scripted::always("PASS"));
    let mut story = story(8, &judge);
    let first = story.tell(distinct()).await;
    let record = Record::default();
    for event in &first.events {
        if let EventKind::JudgeAnswered { judgement } = &event.kind {
            let key = (judgement.request_digest, judgement.vote);
            record.0.lock().unwrap().insert(key, judgement.completion.clone());
        }
    }
    let asked = judge.calls.load(std::sync::atomic::Ordering::SeqCst);
    story.recordings = Some(Arc::new(record));
    let second = story.tell(distinct()).await;
    assert_eq!(judge.calls.load(std::sync::atomic::Ordering::SeqCst), asked, "nobody was asked");
    assert!(judgements(&second).iter().all(|(cached, attempts)| *cached && *attempts == 0));
    assert_eq!(second.report().variants[0].metrics, first.report().variants[0].metrics);
}

#[tokio::test(start_paused = true)]
async fn told_to_stop_a_run_leaves_the_answers_that_wait_for_a_judge_for_a_resume() {
    let judge = Arc::new(Scripted::new(Duration::from_secs(5), |_, _| Act::Hang));
    let plan = story(4, &judge).plan(distinct());
    let (wish, stop) = watch::channel(Stop::No);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let _ = wish.send(Stop::Now);
        tokio::time::sleep(Duration::from_secs(3600)).await;
    });
    let told = tell(&plan, Decisions::default(), stop, &mut Keeper::default()).await;
    assert_eq!(told.status(), RunStatus::Interrupted);
    let answered = told.events.iter().filter(|event| matches!(event.kind, EventKind::CaseAnswered { .. }));
    assert_eq!(answered.count(), 4, "what was paid for is recorded");
    assert!(told.samples().is_empty(), "and nothing is said to be scored");
}
