//! Versions keep their numbers.

use carat_core::Digest;
use carat_store::{Kind, Store, Version};

use crate::fixtures::*;

fn content(number: u32) -> Digest {
    Digest::of_bytes(&number.to_be_bytes())
}

/// Two contents whose digests begin with the same eight digits would take long to find, so they are made up.
fn made_up(last: u8) -> Digest {
    let mut bytes = [0xab; 32];
    bytes[31] = last;
    Digest::from_bytes(bytes)
}

#[tokio::test]
async fn a_content_keeps_its_number_and_a_new_one_gets_the_next() {
    let store = Store::in_memory().await.unwrap();
    let number = async |kind, name, digest| store.version_of(kind, name, digest, None, AT).await.unwrap();
    assert_eq!(number(Kind::Prompt, "triage", content(1)).await, 1);
    assert_eq!(number(Kind::Prompt, "triage", content(2)).await, 2);
    assert_eq!(number(Kind::Prompt, "triage", content(1)).await, 1);
    assert_eq!(number(Kind::Prompt, "other", content(2)).await, 1);
    assert_eq!(number(Kind::Dataset, "triage", content(2)).await, 1);
}

#[tokio::test]
async fn a_version_is_kept_as_it_was_given() {
    let store = Store::in_memory().await.unwrap();
    let (name, body) = ("a\0b", "system:\n\0 Hello {{ x }}\u{1a}");
    store.version_of(Kind::Prompt, name, content(1), Some(body), AT).await.unwrap();
    store.version_of(Kind::Prompt, name, content(2), None, "2026-05-02T00:00:00Z").await.unwrap();
    let first = Version { number: 1, digest: content(1), at: AT.into(), body: Some(body.into()) };
    let second = Version { number: 2, digest: content(2), at: "2026-05-02T00:00:00Z".into(), body: None };
    assert_eq!(store.versions(Kind::Prompt, name).await.unwrap(), [first.clone(), second]);
    assert_eq!(store.version_by_number(Kind::Prompt, name, 1).await.unwrap(), Some(first));
    assert_eq!(store.version_by_number(Kind::Prompt, name, 3).await.unwrap(), None);
}

#[tokio::test]
async fn a_version_is_found_by_the_beginning_of_its_digest() {
    let store = Store::in_memory().await.unwrap();
    store.version_of(Kind::Prompt, "triage", made_up(1), None, AT).await.unwrap();
    let hex = made_up(1).hex();
    for prefix in ["abababab", "ABABABABA", "sha256:abababab", &hex] {
        let found = store.version_by_prefix(Kind::Prompt, "triage", prefix).await.unwrap();
        assert_eq!(found.map(|version| version.number), Some(1), "{prefix}");
    }
    assert_eq!(store.version_by_prefix(Kind::Prompt, "triage", "abababac").await.unwrap(), None);

    store.version_of(Kind::Prompt, "triage", made_up(2), None, AT).await.unwrap();
    let refused = async |prefix| store.version_by_prefix(Kind::Prompt, "triage", prefix).await.unwrap_err().to_string();
    assert_eq!(
        refused("abababab").await,
        format!(
            "`abababab` could be triage@1 ({}) or triage@2 ({}); write some more of it",
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
                    let number = (step + writer * 7) % CONTENTS;
                    store.version_of(Kind::Prompt, "triage", content(number), None, AT).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let versions = open(folder.path()).await.versions(Kind::Prompt, "triage").await.unwrap();
    let numbers: Vec<u32> = versions.iter().map(|version| version.number).collect();
    assert_eq!(numbers, (1..=CONTENTS).collect::<Vec<_>>());
    let digests: std::collections::HashSet<Digest> = versions.iter().map(|version| version.digest).collect();
    assert_eq!(digests.len(), versions.len());
}
