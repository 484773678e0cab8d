//! Versions, labels, promotions, and the log of who changed them.

use carat_core::Digest;
use carat_core::audit::{Chain, Entry};
use carat_core::version::{Actor, Kind, Label, Source, VersionId};
use carat_store::{NewVersion, Store};

use crate::fixtures::*;

mod arriving;
mod audit;
mod crash;
mod labels;
mod lineage;
mod old_stores;
mod promotions;
mod rows;
mod versions;

pub(crate) fn ada() -> Actor {
    Actor { name: "Ada Lovelace <ada@example.com>".into(), source: Source::Git }
}

pub(crate) fn grace() -> Actor {
    Actor { name: "grace".into(), source: Source::Ci }
}

pub(crate) fn content(number: u32) -> Digest {
    Digest::of_bytes(&number.to_be_bytes())
}

pub(crate) fn label(word: &str) -> Label {
    Label::new(word).unwrap()
}

/// A content that Ada saves without a word.
pub(crate) fn new<'a>(kind: Kind, name: &'a str, digest: Digest, by: &'a Actor) -> NewVersion<'a> {
    NewVersion { kind, name, digest, body: None, by, at: AT, message: None, commit: None }
}

pub(crate) async fn save(store: &Store, kind: Kind, name: &str, digest: Digest) -> VersionId {
    store.save_version(&new(kind, name, digest, &ada())).await.unwrap().id
}

/// A store with so many versions of the prompt `support/triage`.
pub(crate) async fn with_versions(store: Store, count: u32) -> Store {
    for number in 1..=count {
        save(&store, Kind::Prompt, "support/triage", content(number)).await;
    }
    store
}

/// The whole audit log, read in pages and held against its chain.
pub(crate) async fn whole_log(store: &Store) -> Vec<Entry> {
    let (mut chain, mut log) = (Chain::default(), Vec::new());
    loop {
        let page = store.audit_log(log.len() as u64, 7).await.unwrap();
        if page.is_empty() {
            break;
        }
        page.iter().for_each(|entry| chain.check(entry).unwrap());
        log.extend(page);
    }
    assert_eq!(chain.end(), store.audit_head().await.unwrap());
    log
}
