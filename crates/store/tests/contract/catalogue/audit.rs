//! Whatever is changed stands in the audit log, once, by whom, and in a chain.

use carat_core::audit::{Action, Broken};
use carat_core::promotion::{Promotion, State};
use carat_core::version::Kind;
use carat_store::{LabelMove, NewVersion, Step, StoreError};
use serde_json::{Value, json};

use super::promotions::{promotion, proposed};
use super::*;
use crate::open::meddle;

const NAME: &str = "support/triage";

/// What an entry says besides its place in the chain.
fn told(entry: &Entry) -> Value {
    let mut told = serde_json::to_value(entry).unwrap();
    for field in ["prev", "hash", "tool", "seq", "at"] {
        assert!(told.as_object_mut().unwrap().remove(field).is_some(), "{field}");
    }
    told
}

#[tokio::test]
async fn every_change_is_logged_with_who_made_it_and_what_it_changed() {
    let store = Store::in_memory().await.unwrap();
    assert_eq!(store.audit_head().await.unwrap(), None);
    let by = grace();
    let first = NewVersion { message: Some("m"), commit: Some("9f2c+"), ..new(Kind::Prompt, NAME, content(1), &by) };
    store.save_version(&first).await.unwrap();
    store.move_label(Kind::Prompt, NAME, &label("candidate"), Some(1), &by, AT, Some("\0")).await.unwrap();
    store.move_label(Kind::Prompt, NAME, &label("candidate"), None, &by, AT, None).await.unwrap();
    let proposal = proposed(&store, "019f", 1).await;
    let applied = Promotion { state: State::Applied, emergency: Some("it burns".into()), ..proposal.clone() };
    let moves = Some(LabelMove { expected: None, to: Some(1) });
    let action = Action::EmergencyApplied;
    let step = Step { before: Some(1), after: &applied, action, by: &by, at: AT, why: Some("it burns"), moves };
    store.step(&step).await.unwrap();
    let mut journal = store.begin_run(&run(1), "triage", Some("nightly"), AT).await.unwrap();
    carat_core::Sink::emit(&mut journal, &[case(0)]).await.unwrap();
    journal.close().await;
    store.delete_run(&run(1), &by, AT, Some("a customer's data")).await.unwrap();

    let log = whole_log(&store).await;
    assert!(log.iter().all(|entry| entry.at == AT && entry.tool == env!("CARGO_PKG_VERSION")));
    let version = json!({ "number": 1, "digest": content(1) });
    let (ada, grace) = (json!(ada()), json!(grace()));
    let of = |action: &str, by: &Value, details: Value| json!({ "by": by, "action": action, "kind": "prompt", "subject": NAME, "details": details });
    let of_promotion = |state: &str, of: &Promotion, more: Value| {
        let mut details = json!({ "promotion": "019f", "label": "production", "version": version, "state": state,
            "document": Digest::of_json(of), "policy": content(99) });
        details.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        details
    };
    let expected = [
        of(
            "version_saved",
            &grace,
            json!({ "version": version, "message": "m", "commit": "9f2c+", "kept": "nothing" }),
        ),
        of("label_moved", &grace, json!({ "label": "candidate", "to": version, "why": "\0" })),
        of("label_moved", &grace, json!({ "label": "candidate", "from": version })),
        of("promotion_proposed", &ada, of_promotion("proposed", &promotion("019f", 1), json!({}))),
        of(
            "emergency_applied",
            &grace,
            of_promotion("applied", &applied, json!({ "why": "it burns", "missing": ["eval triage"], "to": version })),
        ),
        json!({ "by": grace, "action": "run_deleted", "subject": run(1), "details": { "eval": "triage", "name": "nightly",
            "started_at": AT, "samples": 1, "why": "a customer's data" } }),
    ];
    assert_eq!(log.iter().map(told).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn an_entry_that_somebody_changes_in_the_file_is_found() {
    let folder = folder();
    with_versions(open(folder.path()).await, 3).await.close().await;
    meddle(&location(folder.path()), "UPDATE audit SET entry = replace(entry, 'Ada', 'Bob') WHERE seq = 2").await;
    let store = open(folder.path()).await;
    let log = store.audit_log(0, 10).await.unwrap();
    let mut chain = Chain::default();
    let told: Vec<_> = log.iter().map(|entry| chain.check(entry)).collect();
    assert!(matches!(told[..], [Ok(()), Err(Broken::Edited { seq: 2, .. }), Ok(())]), "{told:?}");

    meddle(&location(folder.path()), "UPDATE audit SET entry = 'no more' WHERE seq = 3").await;
    let error = store.save_version(&new(Kind::Prompt, NAME, content(4), &ada())).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert_eq!(store.versions(Kind::Prompt, NAME).await.unwrap().len(), 3, "what cannot be logged is not done");
}

#[tokio::test]
async fn the_log_is_read_from_any_entry_on() {
    let store = with_versions(Store::in_memory().await.unwrap(), 5).await;
    let numbers = async |after, limit| {
        let page = store.audit_log(after, limit).await.unwrap();
        page.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!(numbers(0, 100).await, [1, 2, 3, 4, 5]);
    assert_eq!(numbers(2, 2).await, [3, 4]);
    assert_eq!(numbers(5, 2).await, [0; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_chain_is_whole_after_eight_have_written_at_once() {
    const WRITERS: u32 = 8;
    const ROUNDS: u32 = 12;
    let folder = folder();
    let tasks: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let location = location(folder.path());
            tokio::spawn(async move {
                let (store, by) = (Store::open(&location).await.unwrap(), grace());
                let own = format!("prompt-{writer}");
                for round in 0..ROUNDS {
                    let id = save(&store, Kind::Prompt, &own, content(round)).await;
                    let to = Some(id.number);
                    store.move_label(Kind::Prompt, &own, &label("next"), to, &by, AT, None).await.unwrap();
                    save(&store, Kind::Model, "shared", content(round)).await;
                    let number = writer * ROUNDS + round;
                    begin(&store, number).await.close().await;
                    store.delete_run(&run(number), &by, AT, None).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let log = whole_log(&open(folder.path()).await).await;
    let count = |action| log.iter().filter(|entry| entry.action == action).count() as u32;
    assert_eq!(count(Action::VersionSaved), WRITERS * ROUNDS + ROUNDS);
    assert_eq!(count(Action::LabelMoved), WRITERS * ROUNDS);
    assert_eq!(count(Action::RunDeleted), WRITERS * ROUNDS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_that_two_delete_at_once_is_deleted_once() {
    let folder = folder();
    let stores = [open(folder.path()).await, open(folder.path()).await];
    for number in 1..=10 {
        begin(&stores[0], number).await.close().await;
        let tasks = stores
            .clone()
            .map(|store| tokio::spawn(async move { store.delete_run(&run(number), &ada(), AT, None).await.is_ok() }));
        let mut deleted = 0;
        for task in tasks {
            deleted += u32::from(task.await.unwrap());
        }
        assert_eq!(deleted, 1);
    }
    assert_eq!(whole_log(&stores[0]).await.len(), 10);
}
