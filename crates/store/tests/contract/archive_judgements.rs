//! What judges answered: recorded with everything else, found again, kept in archives, and gone with its run.

use carat_core::event::{Judgement, RunStatus};
use carat_core::{Completion, Digest, Event, Outcome, Question, Sample, Sink, Transcript, Unscored, UnscoredKind};
use carat_store::{Answers, Detail, Scope, Store};

use crate::archive::*;
use crate::catalogue::ada;
use crate::fixtures::*;

fn jury() -> Digest {
    Digest::of_bytes(b"jury")
}

fn answers(store: &Store) -> Answers {
    Answers::of(store.clone(), Scope::default())
}

fn asked(model: Digest, question: &str, trial: u32) -> Question {
    Question { model, route: None, request: request(&[question]).digest(), trial }
}

async fn said(store: &Store, question: &str, vote: u32) -> Option<String> {
    let found: Option<Completion> = answers(store).judged(&asked(jury(), question, vote)).await.unwrap();
    found.map(|completion| completion.text)
}

#[tokio::test]
async fn judgements_take_their_place_among_the_events_in_every_detail() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    let mut journal = begin(&store, 1).await;
    let bare = |seq| finished_case(seq, Sample { transcript: None, ..sample(0, row(seq), request(&["Which queue?"])) });
    let verdict = |seq| judged(seq, judgement(seq, &format!("Is {seq} polite?"), "PASS"));
    let events: Vec<Event> = (0..1500).map(|seq| if seq % 3 == 1 { verdict(seq) } else { bare(seq) }).collect();
    for batch in events.chunks(70) {
        journal.emit(batch).await.unwrap();
    }
    journal.close().await;
    let archive = opened(folder.path(), &exported(&store, &run(1)).await).unwrap();
    for detail in DETAILS {
        assert!(replayed(&store, &run(1), detail).await == events, "{detail:?}");
        assert!(events_of(&archive, detail) == events, "{detail:?} of an archive");
    }
}

#[tokio::test]
async fn a_journal_goes_on_behind_a_judgement() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    journal.emit(&[case(0), judged(1, judgement(0, "Is it polite?", "PASS"))]).await.unwrap();
    journal.close().await;
    assert_eq!(store.reopen_run(&run(1)).await.unwrap().next_seq(), 2);
}

#[tokio::test]
async fn a_question_is_answered_from_the_newest_run_that_asked_it() {
    let store = Store::in_memory().await.unwrap();
    // In the order of their start, which is not that of their coming into the store.
    for (number, words) in [(2, "new"), (1, "old")] {
        let mut journal = begin(&store, number).await;
        let second = Judgement { vote: 1, ..judgement(1, "Is it polite?", &format!("{words}, second vote")) };
        let other = Judgement { cached: true, ..judgement(1, "Is it right?", words) };
        journal.emit(&[judged(0, judgement(1, "Is it polite?", words)), judged(1, second)]).await.unwrap();
        journal.emit(&[judged(2, other)]).await.unwrap();
        journal.close().await;
    }
    assert_eq!(said(&store, "Is it polite?", 0).await.as_deref(), Some("new"));
    assert_eq!(said(&store, "Is it polite?", 1).await.as_deref(), Some("new, second vote"));
    assert_eq!(said(&store, "Is it right?", 0).await.as_deref(), Some("new"));
    assert_eq!(said(&store, "Is it polite?", 2).await, None);
    assert_eq!(said(&store, "Is it rude?", 0).await, None);
    let another = answers(&store).judged(&asked(Digest::of_bytes(b"other"), "Is it polite?", 0)).await.unwrap();
    assert_eq!(another, None);
}

#[tokio::test]
async fn judgements_go_with_their_run_and_come_with_an_archive() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    for number in [1, 2] {
        let mut journal = begin(&store, number).await;
        journal.emit(&[judged(0, judgement(1, &format!("Question {number}?"), "PASS"))]).await.unwrap();
        journal.close().await;
    }
    let archive = opened(folder.path(), &exported(&store, &run(1)).await).unwrap();
    store.delete_run(&run(1), &ada(), AT, None).await.unwrap();
    assert_eq!(said(&store, "Question 1?", 0).await, None);
    assert_eq!(said(&store, "Question 2?", 0).await.as_deref(), Some("PASS"));
    store.import(&archive, &ada(), AT).await.unwrap();
    assert_eq!(said(&store, "Question 1?", 0).await.as_deref(), Some("PASS"));
}

#[tokio::test]
async fn an_answer_that_a_judge_failed_to_judge_waits_to_be_scored_again() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let without = |seq, reason| {
        let mut sample = sample(0, row(seq), request(&["Which queue?"]));
        if let Outcome::Completed { unscored, .. } = &mut sample.outcome {
            unscored.push(("polite".into(), Unscored::new(reason, "why")));
        }
        finished_case(seq, sample)
    };
    let events = [case(0), without(1, UnscoredKind::JudgeFailed), without(2, UnscoredKind::NoVerdict)];
    journal.emit(&events).await.unwrap();
    let recorded = store.recorded(&run(1)).await.unwrap();
    let told: Vec<_> = recorded.iter().map(|sample| (sample.completed, sample.scored)).collect();
    assert_eq!(told, [(true, true), (true, false), (true, true)]);
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, events);
}

#[tokio::test]
async fn rows_come_with_their_samples_and_requests_do_not() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let unknown = finished_case(2, Sample { transcript: None, ..sample(0, row(2), request(&["Which queue?"])) });
    let events = [started(0, run(1)), case(1), unknown.clone(), finished(3, RunStatus::Finished)];
    journal.emit(&events).await.unwrap();
    let transcript = Transcript { row: row(1).into(), request: None };
    let with_row = Sample { transcript: Some(transcript.into()), ..sample(0, row(1), request(&["Which queue?"])) };
    let expected = [started(0, run(1)), finished_case(1, with_row), unknown, finished(3, RunStatus::Finished)];
    assert_eq!(replayed(&store, &run(1), Detail::Rows).await, expected);
}
