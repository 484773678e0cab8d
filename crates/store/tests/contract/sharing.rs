//! What samples have in common is kept once, and nobody notices.

use std::fs;

use carat_core::{Event, Message, Role, Sink};
use carat_store::{Detail, Store};

use crate::catalogue::ada;
use crate::fixtures::*;

/// Long enough to be shared.
fn rules() -> String {
    "Name the queue that the ticket belongs to. ".repeat(50)
}

/// Bytes of a store after recording these events and closing it.
async fn size(events: &[Event]) -> u64 {
    let folder = folder();
    let store = open(folder.path()).await;
    let mut journal = begin(&store, 1).await;
    for batch in events.chunks(16) {
        journal.emit(batch).await.unwrap();
    }
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, events);
    journal.close().await;
    store.close().await;
    fs::metadata(location(folder.path())).unwrap().len()
}

#[tokio::test]
async fn a_message_that_is_sent_again_takes_no_room_again() {
    let (rules, other) = (rules(), "x".repeat(rules().len()));
    let with = |text: &str| -> Vec<Event> {
        (0..500)
            .map(|seq| finished_case(seq, sample(0, row(seq), request(&[text, &format!("ticket {seq}")]))))
            .collect()
    };
    let unshared: Vec<Event> = (0..500)
        .map(|seq| {
            finished_case(seq, sample(0, row(seq), request(&[&format!("{seq}{other}"), &format!("ticket {seq}")])))
        })
        .collect();
    let (shared, unshared) = (size(&with(&rules)).await, size(&unshared).await);
    assert!(unshared - shared > 450 * rules.len() as u64, "{shared} {unshared}");
}

#[tokio::test]
async fn a_row_takes_its_room_once_for_all_variants_and_runs() {
    let folder = folder();
    let store = open(folder.path()).await;
    let mut heavy = row(1);
    heavy.input.insert("body".into(), "x".repeat(1 << 20).into());
    for number in 1..=3 {
        let mut journal = begin(&store, number).await;
        for variant in 0..3 {
            let event = finished_case(u64::from(variant), sample(variant, heavy.clone(), request(&["Which?"])));
            journal.emit(&[event]).await.unwrap();
        }
        journal.close().await;
    }
    assert_eq!(store.sample_at(&run(3), 2).await.unwrap().transcript.unwrap().row.as_ref(), &heavy);
    store.close().await;
    assert!(fs::metadata(location(folder.path())).unwrap().len() < 3 << 19);
}

#[tokio::test]
async fn a_shared_message_keeps_the_digest_of_its_request() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let rules = rules();
    for seq in 0..4 {
        journal.emit(&[finished_case(seq, sample(0, row(seq), request(&[&rules, &rules, "Which?"])))]).await.unwrap();
    }
    for seq in 0..4 {
        let sample = store.sample_at(&run(1), seq).await.unwrap();
        let asked = sample.transcript.unwrap().request.clone();
        assert_eq!(asked.as_ref().map(|request| request.digest()), sample.request_digest);
        assert_eq!(asked.as_deref(), Some(&request(&[&rules, &rules, "Which?"])));
    }
}

#[tokio::test]
async fn deleting_a_run_leaves_what_another_run_shares_with_it_and_nothing_else() {
    let folder = folder();
    let store = open(folder.path()).await;
    let rules = rules();
    let event = |seq, number| finished_case(seq, sample(0, row(number), request(&[&rules, "Which?"])));
    for (number, rows) in [(1, [1, 2, 3]), (2, [3, 4, 5])] {
        let mut journal = begin(&store, number).await;
        for (seq, row) in (0..).zip(rows) {
            journal.emit(&[event(seq, row)]).await.unwrap();
        }
        journal.close().await;
    }
    store.delete_run(&run(1), &ada(), AT, None).await.unwrap();
    assert_eq!(replayed(&store, &run(2), Detail::Full).await, [event(0, 3), event(1, 4), event(2, 5)]);
    store.delete_run(&run(2), &ada(), AT, None).await.unwrap();

    // What has been freed is used again, so that the file does not grow.
    let before = fs::metadata(location(folder.path())).unwrap().len();
    let mut journal = begin(&store, 3).await;
    for (seq, row) in (0..).zip([1, 2, 3]) {
        journal.emit(&[event(seq, row)]).await.unwrap();
    }
    journal.close().await;
    assert_eq!(replayed(&store, &run(3), Detail::Full).await, [event(0, 1), event(1, 2), event(2, 3)]);
    assert_eq!(fs::metadata(location(folder.path())).unwrap().len(), before);
}

#[tokio::test]
async fn what_a_request_quotes_from_its_row_takes_no_room_again() {
    let folder = folder();
    let store = open(folder.path()).await;
    let mut journal = begin(&store, 1).await;
    let mut heavy = row(1);
    heavy.input.insert("body".into(), "x".repeat(1 << 20).into());
    heavy.messages.push(Message::text(Role::Assistant, "y".repeat(1 << 20)));
    let quotation = format!("Which queue? {} Answer!", "x".repeat(1 << 20));
    let mut asked = request(&[&quotation]);
    asked.messages.push(heavy.messages[0].clone());
    let event = finished_case(0, sample(0, heavy, asked));
    journal.emit(std::slice::from_ref(&event)).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, [event]);
    journal.close().await;
    store.close().await;
    assert!(fs::metadata(location(folder.path())).unwrap().len() < 5 << 19);
}

#[tokio::test]
async fn the_words_around_a_quotation_take_their_room_once() {
    let folder = folder();
    let store = open(folder.path()).await;
    let mut journal = begin(&store, 1).await;
    let event = |seq| {
        let mut row = row(seq);
        row.input.insert("body".into(), format!("ticket {seq}: {}", "I was charged twice. ".repeat(5)).into());
        let asked = format!("{} {} Answer!", "Which queue? ".repeat(1000), row.input["body"].as_str().unwrap());
        finished_case(seq, sample(0, row, request(&[&asked])))
    };
    let events: Vec<Event> = (0..200).map(event).collect();
    for batch in events.chunks(7) {
        journal.emit(batch).await.unwrap();
    }
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, events);
    journal.close().await;
    store.close().await;
    assert!(fs::metadata(location(folder.path())).unwrap().len() < 300_000);
}
