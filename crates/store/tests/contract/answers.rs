//! Answers that were given before.

use carat_core::event::{FORMAT, PlanOutline, PromptId, Sharing, Variant};
use carat_core::{
    Completion, Digest, EventKind, FinishReason, ModelError, ModelErrorKind, ModelId, Origin, Outcome, Question,
    Sample, Sink,
};
use carat_store::{Answers, Scope, Store};

use crate::fixtures::*;

fn model(name: &str) -> Digest {
    Digest::of_bytes(name.as_bytes())
}

/// Variant 0 asks the model `a`, variant 1 the model `b`.
fn two_models() -> PlanOutline {
    let variant = |number: u32, name: &str| Variant {
        number,
        label: format!("p×{name}"),
        prompt: PromptId { name: "p".into(), version: Some(1), digest: Digest::of_bytes(b"p") },
        model: ModelId { name: name.into(), digest: model(name) },
        settings: None,
        price: None,
        route: None,
    };
    PlanOutline { variants: vec![variant(0, "a"), variant(1, "b")], ..plan() }
}

/// Records a run of so many samples.
async fn record(store: &Store, number: u32, plan: PlanOutline, samples: Vec<Sample>) {
    let mut journal = begin(store, number).await;
    let start = EventKind::RunStarted { format: FORMAT, run: run(number), at: AT.into(), plan };
    let cases = samples.into_iter().zip(1..).map(|(sample, seq)| finished_case(seq, sample));
    let events: Vec<_> = [event(0, start)].into_iter().chain(cases).collect();
    journal.emit(&events).await.unwrap();
}

fn said(text: &str, sample: Sample) -> Sample {
    answer(sample, |completion| completion.text = text.into())
}

fn answer(mut sample: Sample, change: impl FnOnce(&mut Completion)) -> Sample {
    if let Outcome::Completed { completion, .. } = &mut sample.outcome {
        change(completion);
    }
    sample
}

fn asked(name: &str, text: &str) -> Question {
    Question { model: model(name), route: None, request: request(&[text]).digest(), trial: 0 }
}

/// The texts of the answers, and the runs that they are from.
async fn found(store: &Store, scope: Scope, questions: &[Question]) -> Vec<Option<(String, u32)>> {
    let answers = Answers::of(store.clone(), scope).find(questions).await.unwrap();
    let number = |origin: &Origin| (0..100).find(|number| run(*number) == origin.run).unwrap();
    answers.into_iter().map(|answer| answer.map(|answer| (answer.text, number(&answer.origin.unwrap())))).collect()
}

async fn of_all(store: &Store, questions: &[Question]) -> Vec<Option<(String, u32)>> {
    found(store, Scope::default(), questions).await
}

#[tokio::test]
async fn an_answer_is_found_by_model_and_question_and_the_newest_counts() {
    let store = Store::in_memory().await.unwrap();
    let of_a = |text| said(text, sample(0, row(1), request(&["Which queue?"])));
    let of_b = said("b", sample(1, row(1), request(&["Which queue?"])));
    record(&store, 1, two_models(), vec![of_a("old"), of_b]).await;
    record(&store, 2, two_models(), vec![of_a("new")]).await;
    let questions =
        [asked("a", "Which queue?"), asked("b", "Which queue?"), asked("a", "Which?"), asked("c", "Which queue?")];
    assert_eq!(of_all(&store, &questions).await, [Some(("new".into(), 2)), Some(("b".into(), 1)), None, None]);
}

#[tokio::test]
async fn repeats_are_answers_of_their_own() {
    let store = Store::in_memory().await.unwrap();
    let mut second = said("second", sample(0, row(1), request(&["Which queue?"])));
    second.case.trial = 1;
    record(&store, 1, two_models(), vec![second]).await;
    let first = asked("a", "Which queue?");
    assert_eq!(of_all(&store, &[first, Question { trial: 1, ..first }]).await, [None, Some(("second".into(), 1))]);
}

#[tokio::test]
async fn failures_filtered_answers_and_copies_are_no_answers() {
    let store = Store::in_memory().await.unwrap();
    let failed = Sample {
        outcome: Outcome::Unanswered { error: ModelError::new(ModelErrorKind::Server, "down") },
        ..sample(0, row(1), request(&["one"]))
    };
    let filtered =
        answer(sample(0, row(2), request(&["two"])), |answer| answer.finish_reason = FinishReason::ContentFilter);
    let copy = Sample { attempts: 0, latency_us: None, ..sample(0, row(3), request(&["three"])) };
    record(&store, 1, two_models(), vec![failed, filtered, copy]).await;
    assert_eq!(of_all(&store, &[asked("a", "one"), asked("a", "two"), asked("a", "three")]).await, [None, None, None]);
}

#[tokio::test]
async fn a_run_apart_gives_nothing_away_and_an_old_one_is_too_old() {
    let store = Store::in_memory().await.unwrap();
    let asking = |text| vec![sample(0, row(1), request(&[text]))];
    record(&store, 1, PlanOutline { sharing: Sharing::Apart, ..two_models() }, asking("apart")).await;
    record(&store, 2, two_models(), asking("old")).await;
    record(&store, 3, two_models(), asking("new")).await;
    let questions = [asked("a", "apart"), asked("a", "old"), asked("a", "new")];
    let answer = |run| Some(("billing".to_owned(), run));
    assert_eq!(of_all(&store, &questions).await, [None, answer(2), answer(3)]);
    let lately = Scope { since: Some("2026-05-01T12:00:03Z".into()), only: None, ..Scope::default() };
    assert_eq!(found(&store, lately, &questions).await, [None, None, answer(3)]);
    let here = Scope { since: None, only: Some(run(2)), ..Scope::default() };
    assert_eq!(found(&store, here, &questions).await, [None, answer(2), None]);
}

#[tokio::test]
async fn hundreds_of_questions_are_asked_at_once() {
    let store = Store::in_memory().await.unwrap();
    let text = |number: u64| format!("question {number}");
    let samples = (0..100).map(|number| said(&text(number), sample(0, row(number), request(&[&text(number)]))));
    record(&store, 1, two_models(), samples.collect()).await;
    let questions: Vec<_> = (0..300).map(|number| asked("a", &text(number))).collect();
    let answers = of_all(&store, &questions).await;
    let expected = (0..300).map(|number| (number < 100).then(|| (text(number), 1)));
    assert!(answers.into_iter().eq(expected));
}
