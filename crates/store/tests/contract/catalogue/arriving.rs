//! Versions that were saved in another store keep their numbers, where these are free.

use carat_core::audit::Action;
use carat_core::version::{Kind, Pick};
use carat_store::{Arrival, NewVersion, TakenIn};
use serde_json::json;

use super::*;
use crate::open::meddle;

const NAME: &str = "support/triage";

/// A content that Grace brings, which has this number where she has it from.
fn arrival<'a>(content: Digest, number: u32, labels: &'a [Label], by: &'a Actor) -> Arrival<'a> {
    let version = NewVersion { body: Some("{}"), ..new(Kind::Prompt, NAME, content, by) };
    Arrival { version, number: Some(number), labels, why: Some("imported from all.carat") }
}

/// Takes contents in, each with the number that it has elsewhere.
async fn take_in(store: &Store, contents: &[(u32, u32)]) -> Vec<TakenIn> {
    let by = grace();
    let arrivals: Vec<_> = contents.iter().map(|(number, of)| arrival(content(*of), *number, &[], &by)).collect();
    store.take_in(&arrivals).await.unwrap()
}

/// For each: its number here, whether it is new, and which version has its number instead.
fn told(taken: &[TakenIn]) -> Vec<(u32, bool, Option<u32>)> {
    let instead = |taken: &TakenIn| taken.instead.as_ref().map(|instead| instead.number);
    taken.iter().map(|taken| (taken.id.number, taken.is_new, instead(taken))).collect()
}

/// Every version by its number: which content it is, and the version before it.
async fn numbered(store: &Store) -> Vec<(u32, u32, Option<u32>)> {
    let versions = store.versions(Kind::Prompt, NAME).await.unwrap();
    let which = |digest| (0..100).find(|number| content(*number) == digest).unwrap();
    versions.iter().map(|version| (version.id.number, which(version.id.digest), version.provenance.parent)).collect()
}

#[tokio::test]
async fn three_stores_trade_versions_and_each_number_keeps_its_meaning() {
    let [ada_s, grace_s, fresh] =
        [Store::in_memory().await.unwrap(), Store::in_memory().await.unwrap(), Store::in_memory().await.unwrap()];
    let ada_s = with_versions(ada_s, 3).await;
    for of in [3, 9] {
        save(&grace_s, Kind::Prompt, NAME, content(of)).await;
    }

    // Into a store that has none of them: the numbers are kept, with a gap, and the next save goes on behind the highest.
    assert_eq!(told(&take_in(&fresh, &[(2, 2), (3, 3)]).await), [(2, true, None), (3, true, None)]);
    assert_eq!(save(&fresh, Kind::Prompt, NAME, content(4)).await.number, 4);
    assert_eq!(
        told(&take_in(&fresh, &[(1, 1)]).await),
        [(1, true, None)],
        "what fills a gap has the number of the gap"
    );
    assert_eq!(numbered(&fresh).await, [(1, 1, None), (2, 2, None), (3, 3, Some(2)), (4, 4, Some(3))]);
    assert_eq!(fresh.version(Kind::Prompt, NAME, &Pick::Latest).await.unwrap().unwrap().id.number, 4);

    // Into one that has another content under two of the numbers, and the third content under another number.
    let (by, stable) = (grace(), [label("stable")]);
    let arrivals =
        [arrival(content(1), 1, &[], &by), arrival(content(2), 2, &stable, &by), arrival(content(3), 3, &[], &by)];
    let taken = grace_s.take_in(&arrivals).await.unwrap();
    assert_eq!(told(&taken), [(3, true, Some(1)), (4, true, Some(2)), (1, false, Some(3))]);
    assert_eq!(numbered(&grace_s).await, [(1, 3, None), (2, 9, Some(1)), (3, 1, Some(2)), (4, 2, Some(3))]);
    let labels = grace_s.labels(Kind::Prompt, NAME).await.unwrap();
    assert_eq!(labels, [(label("stable"), taken[1].id.clone())], "the label follows the version, not its number");
    assert_eq!(taken[1].moves[0].why.as_deref(), Some("imported from all.carat"));

    // And back: what came from here is known here, whatever numbers it had meanwhile.
    let back = take_in(&ada_s, &[(1, 3), (2, 9), (3, 1), (4, 2)]).await;
    assert_eq!(told(&back), [(3, false, Some(1)), (4, true, Some(2)), (1, false, Some(3)), (2, false, Some(4))]);
    assert_eq!(numbered(&ada_s).await, [(1, 1, None), (2, 2, Some(1)), (3, 3, Some(2)), (4, 9, Some(3))]);
}

#[tokio::test]
async fn the_log_tells_which_number_a_version_had_where_it_came_from() {
    let store = with_versions(Store::in_memory().await.unwrap(), 1).await;
    let (by, stable) = (grace(), [label("stable")]);
    store.take_in(&[arrival(content(7), 1, &stable, &by), arrival(content(1), 5, &[], &by)]).await.unwrap();
    let log = whole_log(&store).await;
    let told: Vec<_> = log[1..].iter().map(|entry| (entry.action, json!(entry.details))).collect();
    let version = |number: u32, of: u32| json!({ "number": number, "digest": content(of) });
    assert_eq!(
        told,
        [
            (Action::ContentKept, json!({ "version": version(1, 1), "kept": "body" })),
            (Action::VersionSaved, json!({ "version": version(2, 7), "number_there": 1, "kept": "body" })),
            (Action::LabelMoved, json!({ "label": "stable", "to": version(2, 7), "why": "imported from all.carat" })),
        ]
    );
}

#[tokio::test]
async fn what_comes_twice_is_taken_in_once_and_the_second_time_nothing_happens() {
    let store = with_versions(Store::in_memory().await.unwrap(), 1).await;
    let contents = [(1, 5), (2, 5), (1, 6), (1, 5)];
    let taken = take_in(&store, &contents).await;
    assert_eq!(told(&taken), [(2, false, Some(1)), (2, true, None), (3, true, Some(1)), (2, false, Some(1))]);
    let entries = whole_log(&store).await.len();
    take_in(&store, &contents).await;
    assert_eq!((numbered(&store).await.len(), whole_log(&store).await.len()), (3, entries));
}

#[tokio::test]
async fn numbers_that_nobody_can_write_or_go_on_from_are_not_kept() {
    let store = Store::in_memory().await.unwrap();
    let taken = take_in(&store, &[(u32::MAX, 1), (1_000_000, 2), (0, 3), (999_999, 4)]).await;
    assert_eq!(told(&taken).iter().map(|told| told.0).collect::<Vec<_>>(), [1_000_000, 1_000_001, 1_000_002, 999_999]);
    assert_eq!(save(&store, Kind::Prompt, NAME, content(5)).await.number, 1_000_003);
}

#[tokio::test]
async fn all_of_them_are_taken_in_or_none() {
    let folder = folder();
    let (store, by, stable) = (open(folder.path()).await, grace(), [label("stable")]);
    let refuse =
        "CREATE TRIGGER refuse BEFORE INSERT ON label_moves WHEN new.name = 'b' BEGIN SELECT raise(abort, 'no'); END";
    meddle(&location(folder.path()), refuse).await;
    let version = |name| {
        let version = new(Kind::Prompt, name, content(1), &by);
        Arrival { version, number: None, labels: &stable, why: None }
    };
    store.take_in(&[version("a"), version("b")]).await.unwrap_err();
    assert_eq!(store.names(Kind::Prompt).await.unwrap(), [""; 0]);
    assert_eq!(store.audit_head().await.unwrap(), None);
    store.take_in(&[version("a"), version("c")]).await.unwrap();
    assert_eq!(store.labelled(Kind::Prompt, &stable[0]).await.unwrap().len(), 2);
}
