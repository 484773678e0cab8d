//! Prompts straight out of a store.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use carat::{GetError, OpenError, Prompts};
use carat_core::Digest;
use carat_core::version::{Actor, Label, Source};
use carat_store::{Kind, NewVersion, Store};
use tempfile::TempDir;

use crate::made::{package, says, still};

const NOW: &str = "2026-11-26T05:00:00Z";

fn ada() -> Actor {
    Actor { name: "Ada".to_owned(), source: Source::Flag }
}

async fn save(store: &Store, name: &str, says: &str, keeps_body: bool) -> u32 {
    let package = package(&format!("user:\n{says}"));
    let digest = package.prompt(name).unwrap().digest();
    let body = serde_json::to_string(&package).unwrap();
    let body = keeps_body.then_some(body.as_str());
    let new = NewVersion { kind: Kind::Prompt, name, digest, body, by: &ada(), at: NOW, message: None, commit: None };
    store.save_version(&new).await.unwrap().id.number
}

async fn label(store: &Store, name: &str, label: &str, to: u32) {
    let label = Label::new(label).unwrap();
    store.move_label(Kind::Prompt, name, &label, Some(to), &ada(), NOW, None).await.unwrap();
}

/// A store with three versions, of which the second is in production.
async fn store() -> (TempDir, PathBuf, Store) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carat.db");
    let store = Store::open(&path.display().to_string()).await.unwrap();
    for says in ["one", "two", "three"] {
        save(&store, "a", says, true).await;
    }
    label(&store, "a", "production", 2).await;
    (folder, path, store)
}

async fn until(mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "it does not come about");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn watched(path: &Path) -> Prompts {
    Prompts::options().interval(Duration::from_millis(10)).open(path).unwrap()
}

#[tokio::test]
async fn labels_and_the_newest_of_each_name_are_served() {
    let (_folder, path, _store) = store().await;
    for place in
        [path.clone(), format!("sqlite:{}", path.display()).into(), format!("sqlite://{}", path.display()).into()]
    {
        let prompts = still(&place);
        assert_eq!(
            (says(&prompts, "a@production"), says(&prompts, "a@latest")),
            ("two".to_owned(), "three".to_owned())
        );
        assert_eq!((says(&prompts, "a@2"), prompts.health().versions), ("two".to_owned(), 2));
        let error = prompts.get("a@1").unwrap_err();
        assert!(matches!(error, GetError::UnknownVersion { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_label_that_moves_and_a_version_that_is_saved_are_taken_up() {
    let (_folder, path, store) = store().await;
    let prompts = watched(&path);
    label(&store, "a", "production", 1).await;
    until(|| says(&prompts, "a@production") == "one").await;
    save(&store, "a", "four", true).await;
    save(&store, "b", "hello", true).await;
    until(|| says(&prompts, "a@latest") == "four" && prompts.names() == ["a", "b"]).await;
    assert_eq!(prompts.health().last_error, None);
}

#[tokio::test]
async fn a_store_that_goes_away_stops_nobody() {
    let (folder, path, store) = store().await;
    store.close().await;
    let prompts = watched(&path);
    let away = folder.path().join("away.db");
    fs::rename(&path, &away).unwrap();
    until(|| prompts.health().last_error.is_some()).await;
    assert_eq!(prompts.health().last_error, Some(OpenError::NotThere { place: path.display().to_string() }));
    assert_eq!(says(&prompts, "a@production"), "two");

    fs::write(&path, b"SQLite format 3\0 and then nothing of the kind".repeat(100)).unwrap();
    until(|| matches!(prompts.health().last_error, Some(OpenError::Store { .. }))).await;
    assert_eq!(says(&prompts, "a@production"), "two");

    fs::rename(&away, &path).unwrap();
    until(|| prompts.health().last_error.is_none()).await;
    let store = Store::open(&path.display().to_string()).await.unwrap();
    label(&store, "a", "production", 3).await;
    until(|| says(&prompts, "a@production") == "three").await;
}

#[tokio::test]
async fn a_version_whose_content_was_not_kept_fails_alone_and_is_there_when_it_is_kept() {
    let (_folder, path, store) = store().await;
    save(&store, "old", "long ago", false).await;
    let prompts = still(&path);
    assert_eq!(says(&prompts, "a@production"), "two");
    let error = prompts.get("old@latest").unwrap_err();
    insta::assert_snapshot!(error, @"old@1 cannot be used: its content was not kept; `carat prompt save` keeps it, from the file as it was then");
    assert!(!prompts.reload().unwrap());
    save(&store, "old", "long ago", true).await;
    assert!(prompts.reload().unwrap());
    assert_eq!(says(&prompts, "old@1"), "long ago");
}

#[tokio::test]
async fn a_version_that_was_changed_in_the_store_is_not_served() {
    let (_folder, path, store) = store().await;
    let package = serde_json::to_string(&package("user:\nsomething else")).unwrap();
    let digest = Digest::of_bytes(b"x");
    let (by, body) = (ada(), Some(package.as_str()));
    let new =
        NewVersion { kind: Kind::Prompt, name: "forged", digest, body, by: &by, at: NOW, message: None, commit: None };
    store.save_version(&new).await.unwrap();
    let error = still(&path).get("forged@1").unwrap_err().to_string();
    assert!(error.starts_with("forged@1 cannot be used: its content has the digest sha256:"), "{error}");
}

#[tokio::test]
async fn a_store_without_prompts_or_of_another_kind_is_told_and_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carat.db");
    let error = Prompts::open(format!("sqlite:{}", path.display())).unwrap_err();
    assert!(matches!(error, OpenError::NotThere { .. }), "{error}");
    assert!(!path.exists());
    Store::open(&path.display().to_string()).await.unwrap().close().await;
    let error = Prompts::open(&path).unwrap_err().to_string();
    assert!(error.ends_with("no prompt has been saved in it; `carat prompt save` does that"), "{error}");
    let error = Prompts::open("postgres://db.example.org/carat").unwrap_err();
    assert!(matches!(error, OpenError::Store { .. }), "{error}");
}

#[tokio::test]
async fn a_store_without_what_is_required_is_refused_again_and_again() {
    let (_folder, path, store) = store().await;
    let prompts = Prompts::options().without_watching().require("a@production").open(&path).unwrap();
    let production = Label::new("production").unwrap();
    store.move_label(Kind::Prompt, "a", &production, None, &ada(), NOW, None).await.unwrap();
    for _ in 0..2 {
        assert!(matches!(prompts.reload(), Err(OpenError::Required(_))));
        assert!(prompts.health().last_error.is_some());
    }
    assert_eq!(says(&prompts, "a@production"), "two");
    label(&store, "a", "production", 2).await;
    assert!(!prompts.reload().unwrap());
    assert_eq!(prompts.health().last_error, None);
}

#[tokio::test]
async fn what_did_not_change_is_not_read_again() {
    let (_folder, path, store) = store().await;
    let prompts = still(&path);
    let before = prompts.get("a@production").unwrap();
    save(&store, "b", "hello", true).await;
    assert!(prompts.reload().unwrap());
    // The very same in memory: a version never changes.
    assert_eq!(std::ptr::from_ref(before.inner()), std::ptr::from_ref(prompts.get("a@production").unwrap().inner()));
    assert!(!prompts.reload().unwrap());
}
