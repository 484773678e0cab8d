//! What was ever paid for in a run.

use carat_core::event::{JudgeOutline, PlanOutline, PromptId, Reuse, Variant};
use carat_core::fold::{Ledger, Spent};
use carat_core::spec::Price;
use carat_core::{
    Completion, Digest, Event, EventKind, ModelError, ModelErrorKind, ModelId, Origin, Outcome, Sample, Usage,
};
use carat_store::{Journal, Store, StoreError};

use crate::fixtures::*;

fn price(input: f64) -> Option<Price> {
    Some(Price { input, ..Price::FREE })
}

fn variant(number: u32, price: Option<Price>) -> Variant {
    Variant {
        number,
        label: "p×m".into(),
        prompt: PromptId { name: "p".into(), version: None, digest: Digest::of_bytes(&number.to_be_bytes()) },
        model: ModelId { name: "m".into(), digest: Digest::of_bytes(b"m") },
        settings: None,
        price,
        route: None,
    }
}

fn costing(variants: Vec<Variant>) -> PlanOutline {
    let model = ModelId { name: "jury".into(), digest: Digest::of_bytes(b"jury") };
    PlanOutline { variants, judges: vec![JudgeOutline { model, price: price(5.0), route: None }], ..plan() }
}

fn starts(seq: u64, plan: PlanOutline) -> Event {
    event(seq, EventKind::RunStarted { format: carat_core::event::FORMAT, run: run(1), at: AT.into(), plan })
}

fn goes_on(seq: u64, plan: PlanOutline) -> Event {
    event(seq, EventKind::RunResumed { at: AT.into(), plan, reuse: Reuse::default() })
}

fn used(input_tokens: u64) -> Option<Usage> {
    Some(Usage { input_tokens, ..Usage::default() })
}

/// A sample whose answer used so much.
fn answered(variant: u32, number: u64, usage: Option<Usage>) -> Sample {
    let mut sample = sample(variant, row(number), request(&["Which queue?"]));
    let Outcome::Completed { completion, .. } = &mut sample.outcome else { unreachable!() };
    completion.usage = usage;
    sample
}

async fn journal(store: &Store, variants: Vec<Variant>) -> Journal {
    let mut journal = begin(store, 1).await;
    journal.record(&[starts(0, costing(variants))]).await.unwrap();
    journal
}

async fn paid(store: &Store) -> Ledger {
    store.paid(&run(1)).await.unwrap()
}

fn is_about(spent: Spent, usd: f64, tokens: u64) {
    assert!((spent.usd - usd).abs() < 1e-9 && spent.tokens == tokens, "{spent:?}");
}

#[tokio::test]
async fn what_does_not_count_any_more_was_paid_all_the_same_at_the_price_of_its_time() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = journal(&store, vec![variant(0, price(1.0))]).await;
    journal.record(&[finished_case(1, answered(0, 1, used(100)))]).await.unwrap();
    let dearer = costing(vec![variant(1, price(2.0))]);
    journal.resume(&goes_on(2, dearer), &[1], &[]).await.unwrap();
    journal.record(&[finished_case(3, answered(1, 1, used(1000)))]).await.unwrap();
    let paid = paid(&store).await;
    is_about(paid.known, 0.000_1 + 0.002, 1100);
    assert_eq!((paid.supposed_calls, paid.is_more), (0, false));
    assert_eq!(paid.longest.get("m").map(|longest| longest.input_tokens), Some(1000));
}

#[tokio::test]
async fn the_copies_of_an_answer_were_paid_once() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = journal(&store, vec![variant(0, price(1.0))]).await;
    let early = EventKind::CaseAnswered { sample: Box::new(answered(0, 1, used(100))) };
    journal.record(&[event(1, early), finished_case(2, answered(0, 1, used(100)))]).await.unwrap();
    journal.resume(&goes_on(3, costing(vec![variant(4, price(1.0))])), &[2], &[]).await.unwrap();
    journal.record(&[finished_case(4, answered(4, 1, used(100)))]).await.unwrap();
    is_about(paid(&store).await.known, 0.000_1, 100);
}

#[tokio::test]
async fn what_came_from_the_record_cost_nothing() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = journal(&store, vec![variant(0, price(1.0))]).await;
    let mut found = answered(0, 1, used(100));
    found.attempts = 0;
    let Outcome::Completed { completion, .. } = &mut found.outcome else { unreachable!() };
    completion.origin = Some(Box::new(Origin { run: run(7), since: AT.into() }));
    let mut said = judgement(1, "good?", "yes");
    (said.cached, said.completion.usage) = (true, used(10));
    journal.record(&[finished_case(1, found), judged(2, said)]).await.unwrap();
    assert_eq!(paid(&store).await, Ledger::default());
}

#[tokio::test]
async fn judges_are_paid_too() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = journal(&store, Vec::new()).await;
    let mut said = judgement(1, "good?", "yes");
    said.completion.usage = used(10);
    journal.record(&[judged(1, said)]).await.unwrap();
    is_about(paid(&store).await.known, 0.000_05, 10);
}

#[tokio::test]
async fn what_may_stand_on_the_bill_is_supposed_to() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = journal(&store, vec![variant(0, price(1.0))]).await;
    let supposed = used(100).map(Box::new);
    let late = ModelError { supposed: supposed.clone(), ..ModelError::new(ModelErrorKind::Timeout, "late") };
    let refused = ModelError::new(ModelErrorKind::RateLimited, "slow");
    let failed = |error: &ModelError, scorer: Option<&str>| EventKind::AttemptFailed {
        case: answered(0, 1, None).case,
        scorer: scorer.map(Into::into),
        attempt: 1,
        error: error.clone(),
        wait_ms: 1,
    };
    let ended = |seq, number, error: &ModelError| {
        let outcome = Outcome::Unanswered { error: error.clone() };
        finished_case(seq, Sample { outcome, ..answered(0, number, None) })
    };
    // The second case shares the failure of the first: it asked the same at the same time.
    let events = [
        event(1, failed(&late, None)),
        event(2, failed(&refused, None)),
        event(3, failed(&late, Some("polite"))),
        ended(4, 1, &late),
        ended(5, 2, &late),
    ];
    journal.record(&events).await.unwrap();
    let mut silent = answered(0, 3, None);
    let Outcome::Completed { completion, .. } = &mut silent.outcome else { unreachable!() };
    *completion = Completion { supposed, ..completion.clone() };
    journal.record(&[finished_case(6, silent)]).await.unwrap();
    let paid = paid(&store).await;
    assert_eq!((paid.known, paid.supposed_calls), (Spent::default(), 4));
    is_about(paid.supposed, 3.0 * 0.000_1 + 0.000_5, 400);
}

#[tokio::test]
async fn more_answers_than_are_read_at_a_time_are_all_counted() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = journal(&store, vec![variant(0, None)]).await;
    let events: Vec<Event> = (1..=2500).map(|seq| finished_case(seq, answered(0, seq, used(1)))).collect();
    journal.record(&events).await.unwrap();
    let paid = paid(&store).await;
    assert_eq!((paid.known.tokens, paid.is_more), (2500, true), "and none has a price");
}

#[tokio::test]
async fn a_run_that_nobody_began_has_no_ledger() {
    let store = Store::in_memory().await.unwrap();
    assert!(matches!(store.paid(&run(1)).await, Err(StoreError::NoSuchRun { .. })));
}
