//! Labels point where they were moved last, and every move is remembered.

use carat_core::version::{Kind, Label, Move, VersionId};
use carat_store::{Store, StoreError};

use super::*;

const NAME: &str = "support/triage";

fn at(hour: u32) -> String {
    format!("2026-05-01T{hour:02}:00:00.000Z")
}

fn id(number: u32) -> VersionId {
    VersionId { kind: Kind::Prompt, name: NAME.into(), number, digest: content(number) }
}

async fn put(store: &Store, word: &str, to: Option<u32>, hour: u32) -> Move {
    store.move_label(Kind::Prompt, NAME, &label(word), to, &ada(), &at(hour), Some("because")).await.unwrap()
}

async fn labels(store: &Store) -> Vec<(Label, VersionId)> {
    store.labels(Kind::Prompt, NAME).await.unwrap()
}

#[tokio::test]
async fn a_label_points_where_it_was_moved_last() {
    let store = with_versions(Store::in_memory().await.unwrap(), 3).await;
    put(&store, "production", Some(1), 1).await;
    put(&store, "candidate", Some(3), 2).await;
    let moved = put(&store, "production", Some(2), 3).await;
    assert_eq!((&moved.from, &moved.to), (&Some(id(1)), &Some(id(2))));
    assert_eq!(labels(&store).await, [(label("candidate"), id(3)), (label("production"), id(2))]);
    assert_eq!(store.labels(Kind::Dataset, NAME).await.unwrap(), []);

    put(&store, "candidate", None, 4).await;
    assert_eq!(labels(&store).await, [(label("production"), id(2))]);
    put(&store, "candidate", Some(1), 5).await;
    assert_eq!(labels(&store).await, [(label("candidate"), id(1)), (label("production"), id(2))]);
}

#[tokio::test]
async fn where_a_label_pointed_at_an_instant_is_told_by_its_history() {
    let store = with_versions(Store::in_memory().await.unwrap(), 3).await;
    let first = put(&store, "production", Some(1), 2).await;
    put(&store, "candidate", Some(3), 3).await;
    let second = put(&store, "production", Some(2), 4).await;
    let away = put(&store, "production", None, 6).await;
    assert_eq!((&away.from, &away.to), (&Some(id(2)), &None));

    let history = store.label_history(Kind::Prompt, NAME, Some(&label("production"))).await.unwrap();
    assert_eq!(history, [first.clone(), second, away]);
    let then = |instant: &str| Move::at(&history, instant).map(|version| version.number);
    let instants = ["01:59:59.999", "02:00:00.000", "03:59:59.999", "04:00:00.000", "05:00:00.000", "06:00:00.000"];
    let pointed = instants.map(|instant| then(&format!("2026-05-01T{instant}Z")));
    assert_eq!(pointed, [None, Some(1), Some(1), Some(2), Some(2), None]);
    assert_eq!(store.label_history(Kind::Prompt, NAME, None).await.unwrap().len(), 4);
    let whole = Move { from: None, to: Some(id(1)), why: Some("because".into()), promotion: None, by: ada(), ..first };
    assert_eq!((history[0].clone(), &*history[0].at), (whole, "2026-05-01T02:00:00.000Z"));
}

#[tokio::test]
async fn a_label_that_points_there_already_is_not_moved() {
    let store = with_versions(Store::in_memory().await.unwrap(), 1).await;
    assert_eq!(put(&store, "production", None, 1).await.from, None);
    put(&store, "production", Some(1), 2).await;
    let again = put(&store, "production", Some(1), 3).await;
    assert_eq!(again.from, again.to);
    assert_eq!(store.label_history(Kind::Prompt, NAME, None).await.unwrap().len(), 1);
    assert_eq!(whole_log(&store).await.len(), 2, "the version and one move");
}

#[tokio::test]
async fn a_label_points_only_to_versions_of_its_name() {
    let store = with_versions(Store::in_memory().await.unwrap(), 1).await;
    save(&store, Kind::Prompt, "other", content(1)).await;
    save(&store, Kind::Prompt, "other", content(2)).await;
    let log = whole_log(&store).await;
    let error =
        store.move_label(Kind::Prompt, NAME, &label("production"), Some(2), &ada(), AT, None).await.unwrap_err();
    assert_eq!(error, StoreError::NoSuchVersion { version: "support/triage@2".into() });
    assert_eq!(error.to_string(), "there is no version support/triage@2 in the store");
    assert_eq!(labels(&store).await, []);
    assert_eq!(whole_log(&store).await, log, "what was not done is not logged");
}

#[tokio::test]
async fn all_that_has_a_label_is_found_by_it() {
    let store = Store::in_memory().await.unwrap();
    for (name, to) in [("b\0", Some(1)), ("a", Some(1)), ("gone", Some(1)), ("gone", None)] {
        save(&store, Kind::Prompt, name, content(1)).await;
        store.move_label(Kind::Prompt, name, &label("production"), to, &ada(), AT, Some("\0")).await.unwrap();
    }
    let found = store.labelled(Kind::Prompt, &label("production")).await.unwrap();
    assert_eq!(found.iter().map(|version| version.name.as_str()).collect::<Vec<_>>(), ["a", "b\0"]);
    assert_eq!(store.label_history(Kind::Prompt, "b\0", None).await.unwrap()[0].why.as_deref(), Some("\0"));
    assert_eq!(store.labelled(Kind::Prompt, &label("staging")).await.unwrap(), []);
}
