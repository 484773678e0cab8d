//! A run that goes on.

use carat_core::event::RunStatus;
use carat_core::{Event, EventKind, Outcome, Sink};
use carat_store::{Detail, Store, StoreError};

use crate::fixtures::*;

#[tokio::test]
async fn a_reopened_run_goes_on_where_it_ended() {
    let folder = folder();
    let store = open(folder.path()).await;
    let mut journal = begin(&store, 1).await;
    journal.emit(&[started(0, run(1)), case(1)]).await.unwrap();
    drop(journal);
    store.close().await;

    let store = open(folder.path()).await;
    let mut journal = store.reopen_run(&run(1)).await.unwrap();
    assert_eq!(journal.next_seq(), 2);
    journal.resume(&resumed(2), &[], &[]).await.unwrap();
    journal.emit(&[case(3)]).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, [started(0, run(1)), case(1), resumed(2), case(3)]);
}

#[tokio::test]
async fn a_superseded_sample_is_left_out_until_it_is_restored() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    journal.emit(&[started(0, run(1)), case(1), case(2), case(3)]).await.unwrap();
    journal.resume(&resumed(4), &[1, 3], &[]).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, [started(0, run(1)), case(2), resumed(4)]);
    assert_eq!(store.runs().await.unwrap()[0].samples, 1);

    journal.resume(&resumed(5), &[2], &[3]).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, [started(0, run(1)), case(3), resumed(4), resumed(5)]);
    let marks: Vec<(u64, bool)> =
        store.recorded(&run(1)).await.unwrap().iter().map(|sample| (sample.seq, sample.superseded)).collect();
    assert_eq!(marks, [(1, true), (2, true), (3, false)]);
    assert!(store.sample_at(&run(1), 1).await.is_ok(), "what was superseded can still be looked at");
}

#[tokio::test]
async fn an_answer_of_which_no_scorer_speaks_does_not_wait_for_scores() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let without_scores = |seq: u64| {
        let EventKind::CaseFinished { mut sample } = case(seq).kind else { unreachable!() };
        if let Outcome::Completed { scores, .. } = &mut sample.outcome {
            scores.clear();
        }
        sample
    };
    let event = |seq: u64, kind: EventKind| Event { seq, elapsed_us: seq, kind };
    let early = event(0, EventKind::CaseAnswered { sample: without_scores(0) });
    let finished = event(1, EventKind::CaseFinished { sample: without_scores(1) });
    journal.emit(&[early, finished.clone()]).await.unwrap();
    let scored: Vec<bool> = store.recorded(&run(1)).await.unwrap().iter().map(|sample| sample.scored).collect();
    assert_eq!(scored, [false, true]);
    let replayed = replayed(&store, &run(1), Detail::Full).await;
    assert_eq!(replayed.len(), 1);
    assert_eq!(replayed[0].kind, finished.kind);
}

#[tokio::test]
async fn the_marks_of_one_run_leave_other_runs_alone() {
    let store = Store::in_memory().await.unwrap();
    let mut first = begin(&store, 1).await;
    let mut second = begin(&store, 2).await;
    first.emit(&[case(0)]).await.unwrap();
    second.emit(&[case(0)]).await.unwrap();
    second.resume(&resumed(1), &[0], &[]).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, [case(0)]);
}

#[tokio::test]
async fn hundreds_of_samples_are_superseded_at_once() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let events: Vec<_> = (0..300).map(case).collect();
    journal.emit(&events).await.unwrap();
    let superseded: Vec<u64> = (0..299).collect();
    journal.resume(&resumed(300), &superseded, &[]).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, [case(299), resumed(300)]);
}

#[tokio::test]
async fn what_a_resume_needs_to_know_is_told_of_every_sample() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let mut failed = sample(7, row(2), request(&["Which?"]));
    failed.outcome = Outcome::Unrendered { message: "no".into() };
    failed.request_digest = None;
    failed.case.trial = 2;
    journal.emit(&[started(0, run(1)), case(1), finished_case(2, failed)]).await.unwrap();
    let [answered, failed] = <[_; 2]>::try_from(store.recorded(&run(1)).await.unwrap()).unwrap();
    assert!(answered.completed && !failed.completed);
    assert_eq!(answered.request_digest, Some(request(&["Which queue?"]).digest()));
    assert_eq!((failed.seq, failed.variant, failed.trial), (2, 7, 2));
    assert_eq!((failed.row.as_str(), failed.row_digest, failed.request_digest), ("t-2", row(2).digest(), None));
}

#[tokio::test]
async fn a_run_has_ended_until_it_is_resumed() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let status = async || store.runs().await.unwrap()[0].status;
    assert_eq!(status().await, None);
    journal.emit(&[started(0, run(1)), case(1), finished(2, RunStatus::Interrupted)]).await.unwrap();
    assert_eq!(status().await, Some(RunStatus::Interrupted));
    journal.resume(&resumed(3), &[], &[]).await.unwrap();
    assert_eq!(status().await, None);
    journal.emit(&[finished(4, RunStatus::Finished)]).await.unwrap();
    assert_eq!(status().await, Some(RunStatus::Finished));
    journal.emit(&[case(5)]).await.unwrap();
    assert_eq!(status().await, None, "a sample follows");
}

#[tokio::test]
async fn a_run_that_nobody_began_cannot_be_resumed() {
    let store = Store::in_memory().await.unwrap();
    let error = store.reopen_run(&run(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::NoSuchRun { .. }), "{error}");
}
