//! The versions that an older carat gave.

use carat_core::audit::Action;
use carat_core::version::{Kind, Provenance};
use carat_store::NewVersion;
use sqlx::Connection as _;

use super::*;
use crate::archive_old_stores::of_shape;

/// Two prompts and a dataset in a store of the second shape.
async fn old_store(folder: &std::path::Path) {
    let mut connection = of_shape(2, folder).await;
    let versions = [
        ("prompt", "triage", 1, content(1), "2026-01-01T00:00:00Z", Some("{\"template\":\"one\"}")),
        ("prompt", "triage", 2, content(2), "2026-01-02T00:00:00Z", None),
        ("dataset", "tickets", 1, content(3), "2026-01-01T00:00:00Z", None),
        ("prompt", "a\u{1a}0b", 1, content(1), "2026-01-03T00:00:00Z", None),
    ];
    for (kind, name, number, digest, at, body) in versions {
        sqlx::query(
            "INSERT INTO versions (kind, name, number, digest, saved_at, body) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(kind)
        .bind(name)
        .bind(number)
        .bind(digest.as_bytes().as_slice())
        .bind(at)
        .bind(body)
        .execute(&mut connection)
        .await
        .unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn versions_of_an_older_carat_keep_their_numbers_and_nobody_is_said_to_have_saved_them() {
    let folder = folder();
    old_store(folder.path()).await;
    let store = open(folder.path()).await;
    let versions = store.versions(Kind::Prompt, "triage").await.unwrap();
    let told: Vec<_> = versions.iter().map(|version| (version.id.number, version.id.digest)).collect();
    assert_eq!(told, [(1, content(1)), (2, content(2))]);
    let nobody = Actor { name: "unknown".into(), source: Source::Unknown };
    let (at, parent) = ("2026-01-02T00:00:00Z".into(), Some(1));
    assert_eq!(versions[1].provenance, Provenance { by: nobody, at, message: None, commit: None, parent });
    assert_eq!(store.names(Kind::Prompt).await.unwrap(), ["a\0b", "triage"]);
    assert!(!store.has_rows(&store.versions(Kind::Dataset, "tickets").await.unwrap()[0].id).await.unwrap());
    assert_eq!(store.audit_head().await.unwrap(), None);
}

#[tokio::test]
async fn an_old_version_goes_on_as_any_other() {
    let folder = folder();
    old_store(folder.path()).await;
    let (store, by) = (open(folder.path()).await, ada());
    let first = store.versions(Kind::Prompt, "triage").await.unwrap().remove(0).id;
    // What was kept of a prompt then cannot be read as a prompt, and gives way to what can.
    assert_eq!(store.body(&first).await.unwrap(), None);
    let again = NewVersion { body: Some("{}"), ..new(Kind::Prompt, "triage", content(1), &by) };
    assert_eq!(store.save_version(&again).await.unwrap().id, first);
    assert_eq!(store.body(&first).await.unwrap().as_deref(), Some("{}"));
    assert_eq!(save(&store, Kind::Prompt, "triage", content(9)).await.number, 3);
    store.move_label(Kind::Prompt, "triage", &label("production"), Some(1), &by, AT, None).await.unwrap();
    let log = whole_log(&store).await;
    let actions: Vec<_> = log.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [Action::ContentKept, Action::VersionSaved, Action::LabelMoved]);
}
