//! Whatever stands where a store should be.

use std::fs;

use carat_core::Sink;
use carat_core::version::{Kind, Pick};
use carat_store::{Detail, Store, StoreError};

use crate::catalogue::{ada, content, label, new, save};
use crate::fixtures::*;

/// Runs statements on a database file as another program would.
pub(crate) async fn meddle(file: &str, statements: &'static str) {
    use sqlx::Connection as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = folder();
    let file = folder.path().join("notes.txt").to_str().unwrap().to_owned();
    let notes = "These are my notes, not a database. ".repeat(100);
    fs::write(&file, &notes).unwrap();
    let error = Store::open(&file).await.unwrap_err();
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    assert!(error.to_string().contains(&file), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), notes);
}

#[tokio::test]
async fn the_database_of_another_program_is_refused() {
    let folder = folder();
    let file = folder.path().join("other.db").to_str().unwrap().to_owned();
    meddle(&file, "CREATE TABLE songs (title TEXT)").await;
    let error = Store::open(&file).await.unwrap_err();
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
}

#[tokio::test]
async fn a_store_of_a_newer_carat_is_refused() {
    let folder = folder();
    open(folder.path()).await.close().await;
    let file = location(folder.path());
    meddle(&file, "INSERT INTO _sqlx_migrations VALUES (9999, 'later', '', true, x'00', 0)").await;
    let error = Store::open(&file).await.unwrap_err();
    assert_eq!(error, StoreError::Newer { file, version: 9999 });
}

#[tokio::test]
async fn a_folder_is_no_store() {
    let folder = folder();
    let error = Store::open(folder.path().to_str().unwrap()).await.unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
}

#[tokio::test]
async fn a_store_below_a_file_is_refused_with_the_folder_that_cannot_be_made() {
    let folder = folder();
    fs::write(folder.path().join("deep"), "a file").unwrap();
    let error = Store::open(&location(folder.path())).await.unwrap_err();
    assert!(matches!(error, StoreError::Folder { .. }), "{error}");
}

#[tokio::test]
async fn a_url_is_refused_without_showing_its_password() {
    let error = Store::open("postgres://me:secret@host/db").await.unwrap_err().to_string();
    assert!(error.starts_with("postgres:// stores are not supported"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_name_that_looks_like_an_option_of_sqlite_is_just_a_name() {
    let folder = folder();
    let file = folder.path().join("file:a?mode=memory%20#.db").to_str().unwrap().to_owned();
    Store::open(&file).await.unwrap().close().await;
    assert!(fs::metadata(&file).unwrap().len() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_can_make_the_same_store_at_once() {
    let folder = folder();
    let location = location(folder.path());
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let location = location.clone();
            tokio::spawn(async move { Store::open(&location).await.map(drop) })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
}

#[tokio::test]
async fn stores_in_memory_have_nothing_in_common() {
    let (first, second) = (Store::in_memory().await.unwrap(), Store::open(":memory:").await.unwrap());
    begin(&first, 1).await.close().await;
    assert_eq!(first.runs().await.unwrap().len(), 1);
    assert_eq!(second.runs().await.unwrap(), []);
}

#[tokio::test]
async fn a_closed_store_is_one_file() {
    let folder = folder();
    let store = open(folder.path()).await;
    let mut journal = begin(&store, 1).await;
    journal.emit(&[case(0)]).await.unwrap();
    journal.close().await;
    store.close().await;
    let left: Vec<_> =
        fs::read_dir(folder.path().join("deep/down")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left.iter().filter(|name| *name != "locks").collect::<Vec<_>>(), ["carat.db"]);
}

/// Nothing is read-only to root, so that root sees only that a store is read and written.
#[cfg(unix)]
#[tokio::test]
async fn a_store_that_cannot_be_written_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let store = open(folder.path()).await;
    let mut journal = begin(&store, 1).await;
    journal.emit(&[case(0)]).await.unwrap();
    journal.close().await;
    let known = save(&store, Kind::Prompt, "triage", content(1)).await;
    store.close().await;
    let (file, home) = (location(folder.path()), folder.path().join("deep/down"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o555)).unwrap();

    let store = Store::open(&file).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, [case(0)]);
    assert!(!store.is_running(&run(1)).unwrap());
    let is_root = fs::write(home.join("probe"), "").is_ok();
    assert_eq!(save(&store, Kind::Prompt, "triage", content(1)).await, known, "what has its number is only read");
    assert!(store.version(Kind::Prompt, "triage", &Pick::Latest).await.unwrap().is_some());
    assert_eq!(store.labels(Kind::Prompt, "triage").await.unwrap(), []);
    assert_eq!(store.promotions(None, None).await.unwrap(), []);
    assert_eq!(store.audit_head().await.unwrap().map(|(seq, _)| seq), Some(1));
    if !is_root {
        let by = ada();
        let refused = [
            store.save_version(&new(Kind::Prompt, "triage", content(2), &by)).await.map(drop),
            store.move_label(Kind::Prompt, "triage", &label("production"), Some(1), &by, AT, None).await.map(drop),
        ];
        for refused in refused {
            assert!(matches!(refused, Err(StoreError::ReadOnly { .. })), "{refused:?}");
        }
        assert!(store.delete_run(&run(1), &by, AT, None).await.is_err());
        assert!(store.begin_run(&run(2), "triage", None, AT).await.is_err());
    }
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
}
