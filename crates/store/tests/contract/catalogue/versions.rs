//! Versions keep their numbers.

use std::collections::HashSet;

use carat_core::Digest;
use carat_core::audit::Action;
use carat_core::version::{Kind, Pick, Provenance, VersionId};
use carat_store::{NewVersion, Saved, Store, StoreError, Version};

use super::*;

const NAME: &str = "support/triage";

/// Two contents whose digests begin with the same eight digits would take long to find, so they are made up.
fn made_up(last: u8) -> Digest {
    let mut bytes = [0xab; 32];
    bytes[31] = last;
    Digest::from_bytes(bytes)
}

async fn numbers(store: &Store, kind: Kind, name: &str) -> Vec<u32> {
    store.versions(kind, name).await.unwrap().iter().map(|version| version.id.number).collect()
}

async fn picked(store: &Store, pick: Pick) -> Option<u32> {
    store.version(Kind::Prompt, NAME, &pick).await.unwrap().map(|version| version.id.number)
}

#[tokio::test]
async fn a_content_keeps_its_number_and_a_new_one_gets_the_next() {
    let store = Store::in_memory().await.unwrap();
    let number = async |kind, name, digest| save(&store, kind, name, digest).await.number;
    assert_eq!(number(Kind::Prompt, "triage", content(1)).await, 1);
    assert_eq!(number(Kind::Prompt, "triage", content(2)).await, 2);
    assert_eq!(number(Kind::Prompt, "triage", content(1)).await, 1);
    assert_eq!(number(Kind::Prompt, "other", content(2)).await, 1);
    assert_eq!(number(Kind::Dataset, "triage", content(2)).await, 1);
    assert_eq!(store.names(Kind::Prompt).await.unwrap(), ["other", "triage"]);
    assert_eq!(store.names(Kind::Eval).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_version_is_kept_as_it_was_given() {
    let store = Store::in_memory().await.unwrap();
    let (name, body, by) = ("a\0b", "system:\n\0 Hello {{ x }}\u{1a}", grace());
    let (message, commit) = (Some("shorter\0 answers"), Some("9f2c41a+"));
    let first = NewVersion { body: Some(body), message, commit, ..new(Kind::Prompt, name, content(1), &by) };
    let id = VersionId { kind: Kind::Prompt, name: name.into(), number: 1, digest: content(1) };
    assert_eq!(store.save_version(&first).await.unwrap(), Saved { id: id.clone(), is_new: true });
    let second = save(&store, Kind::Prompt, name, content(2)).await;

    let message = message.map(str::to_owned);
    let first = Provenance { by, at: AT.into(), message, commit: Some("9f2c41a+".into()), parent: None };
    let parent = Provenance { by: ada(), at: AT.into(), message: None, commit: None, parent: Some(1) };
    let versions = [Version { id: id.clone(), provenance: first }, Version { id: second.clone(), provenance: parent }];
    assert_eq!(store.versions(Kind::Prompt, name).await.unwrap(), versions);
    assert_eq!(store.version(Kind::Prompt, name, &Pick::Number(1)).await.unwrap().as_ref(), Some(&versions[0]));
    assert_eq!(store.body(&id).await.unwrap().as_deref(), Some(body));
    assert_eq!(store.body(&second).await.unwrap(), None);
    let other = VersionId { digest: content(3), ..id };
    assert_eq!(store.body(&other).await.unwrap_err(), StoreError::NoSuchVersion { version: "a\0b@1".into() });
}

#[tokio::test]
async fn a_content_that_is_saved_again_belongs_to_whoever_saved_it_first() {
    let store = Store::in_memory().await.unwrap();
    let id = save(&store, Kind::Prompt, NAME, content(1)).await;
    let by = grace();
    let again =
        NewVersion { message: Some("mine"), at: "2026-05-02T00:00:00Z", ..new(Kind::Prompt, NAME, content(1), &by) };
    assert_eq!(store.save_version(&again).await.unwrap(), Saved { id, is_new: false });
    let versions = store.versions(Kind::Prompt, NAME).await.unwrap();
    assert_eq!((versions.len(), &versions[0].provenance.by, &versions[0].provenance.message), (1, &ada(), &None));
    assert_eq!(whole_log(&store).await.len(), 1);
}

#[tokio::test]
async fn a_body_that_was_not_kept_is_taken_later_and_then_stays() {
    let store = Store::in_memory().await.unwrap();
    let id = save(&store, Kind::Prompt, NAME, content(1)).await;
    let by = ada();
    for (given, kept) in [(None, None), (Some("first"), Some("first")), (Some("second"), Some("first"))] {
        let again = NewVersion { body: given, ..new(Kind::Prompt, NAME, content(1), &by) };
        assert!(!store.save_version(&again).await.unwrap().is_new);
        assert_eq!(store.body(&id).await.unwrap().as_deref(), kept);
    }
    let log = whole_log(&store).await;
    assert_eq!(log.iter().map(|entry| entry.action).collect::<Vec<_>>(), [Action::VersionSaved, Action::ContentKept]);
    assert_eq!([&log[0].details["kept"], &log[1].details["kept"]], ["nothing", "body"]);
}

#[tokio::test]
async fn a_version_is_found_by_whatever_people_call_it() {
    let store = with_versions(Store::in_memory().await.unwrap(), 3).await;
    store.move_label(Kind::Prompt, NAME, &label("production"), Some(2), &ada(), AT, None).await.unwrap();
    assert_eq!(picked(&store, Pick::Number(1)).await, Some(1));
    assert_eq!(picked(&store, Pick::Number(4)).await, None);
    assert_eq!(picked(&store, Pick::Latest).await, Some(3));
    assert_eq!(picked(&store, Pick::Label(label("production"))).await, Some(2));
    assert_eq!(picked(&store, Pick::Label(label("staging"))).await, None);
    assert_eq!(picked(&store, Pick::Digest(content(3).hex())).await, Some(3));
    assert_eq!(picked(&store, Pick::Working).await, None);
    assert_eq!(store.version(Kind::Prompt, "other", &Pick::Latest).await.unwrap(), None);
    assert_eq!(store.version(Kind::Model, NAME, &Pick::Latest).await.unwrap(), None);
}

#[tokio::test]
async fn a_version_is_found_by_the_beginning_of_its_digest() {
    let store = Store::in_memory().await.unwrap();
    save(&store, Kind::Prompt, NAME, made_up(1)).await;
    let hex = made_up(1).hex();
    for prefix in ["abababab", "ABABABABA", "sha256:abababab", &hex] {
        assert_eq!(picked(&store, Pick::Digest(prefix.into())).await, Some(1), "{prefix}");
    }
    assert_eq!(picked(&store, Pick::Digest("abababac".into())).await, None);

    save(&store, Kind::Prompt, NAME, made_up(2)).await;
    let refused = async |prefix: &str| {
        store.version(Kind::Prompt, NAME, &Pick::Digest(prefix.into())).await.unwrap_err().to_string()
    };
    assert_eq!(
        refused("abababab").await,
        format!(
            "`abababab` could be support/triage@1 ({}) or support/triage@2 ({}); write some more of it",
            made_up(1).hex(),
            made_up(2).hex()
        )
    );
    assert_eq!(refused("ababab").await, "`ababab` is too short: at least 8 characters of an id are needed");
    assert_eq!(
        refused("production").await,
        "`production` is not the beginning of a digest: only 0-9 and a-f stand in one"
    );
}

#[tokio::test]
async fn a_content_is_found_under_every_name_that_it_has() {
    let store = Store::in_memory().await.unwrap();
    for (kind, name) in [(Kind::Prompt, "b"), (Kind::Prompt, "a"), (Kind::Dataset, "a")] {
        save(&store, kind, name, content(7)).await;
    }
    let found = store.version_by_digest(Kind::Prompt, &content(7)).await.unwrap();
    assert_eq!(found.iter().map(|version| version.id.to_string()).collect::<Vec<_>>(), ["a@1", "b@1"]);
    assert_eq!(store.version_by_digest(Kind::Prompt, &content(8)).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_writers_at_once_never_give_a_number_twice() {
    const WRITERS: u32 = 4;
    const CONTENTS: u32 = 25;
    let folder = folder();
    let tasks: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let location = location(folder.path());
            tokio::spawn(async move {
                // Each has a store of its own, and all make the file at the same moment.
                let store = Store::open(&location).await.unwrap();
                for step in 0..CONTENTS {
                    save(&store, Kind::Prompt, NAME, content((step + writer * 7) % CONTENTS)).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let store = open(folder.path()).await;
    assert_eq!(numbers(&store, Kind::Prompt, NAME).await, (1..=CONTENTS).collect::<Vec<_>>());
    let versions = store.versions(Kind::Prompt, NAME).await.unwrap();
    let digests: HashSet<Digest> = versions.iter().map(|version| version.id.digest).collect();
    assert_eq!(digests.len(), versions.len());
    assert_eq!(whole_log(&store).await.len(), versions.len(), "a version is logged once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_content_that_many_save_at_once_is_new_to_one_of_them() {
    let folder = folder();
    let stores = [open(folder.path()).await, open(folder.path()).await];
    for round in 1..=10 {
        let tasks: Vec<_> = (0..8)
            .map(|writer| {
                let store = stores[writer % 2].clone();
                tokio::spawn(async move {
                    store.save_version(&new(Kind::Prompt, NAME, content(round), &ada())).await.unwrap()
                })
            })
            .collect();
        let mut new = 0;
        for task in tasks {
            let saved = task.await.unwrap();
            assert_eq!(saved.id.number, round);
            new += u32::from(saved.is_new);
        }
        assert_eq!(new, 1);
    }
}
