//! Which runs there are, what people call them, and who has them.

use carat_core::{RunId, Sink};
use carat_store::{ReferenceError, Store, StoreError};

use crate::catalogue::ada;
use crate::fixtures::*;

async fn begin_as(store: &Store, id: &str, name: Option<&str>, second: u32) {
    let at = format!("2026-05-01T12:00:{second:02}Z");
    let journal = store.begin_run(&id.into(), "triage", name, &at).await.unwrap();
    journal.close().await;
}

async fn found(store: &Store, reference: &str) -> String {
    store.find_run(reference).await.unwrap().id.to_string()
}

async fn not_found(store: &Store, reference: &str) -> String {
    store.find_run(reference).await.unwrap_err().to_string()
}

/// Three runs: `0193aa01`, `0193aa02` (nightly) and the newest, `0193bb03` (nightly).
async fn three_runs() -> Store {
    let store = Store::in_memory().await.unwrap();
    begin_as(&store, "0193aa01", None, 1).await;
    begin_as(&store, "0193aa02", Some("nightly"), 2).await;
    begin_as(&store, "0193bb03", Some("nightly"), 3).await;
    store
}

#[tokio::test]
async fn runs_are_listed_newest_first_with_what_they_hold() {
    let store = three_runs().await;
    let mut journal = store.reopen_run(&"0193aa02".into()).await.unwrap();
    journal.emit(&[started(0, "0193aa02".into()), case(1), case(2)]).await.unwrap();
    let runs = store.runs().await.unwrap();
    let seen: Vec<_> = runs.iter().map(|run| (run.id.as_str(), run.name.as_deref(), run.samples)).collect();
    assert_eq!(seen, [("0193bb03", Some("nightly"), 0), ("0193aa02", Some("nightly"), 2), ("0193aa01", None, 0)]);
    assert_eq!((runs[0].eval.as_str(), runs[0].started_at.as_str()), ("triage", "2026-05-01T12:00:03Z"));
}

#[tokio::test]
async fn a_run_is_found_by_whatever_people_call_it() {
    let store = three_runs().await;
    assert_eq!(found(&store, "0193aa01").await, "0193aa01");
    assert_eq!(found(&store, "0193b").await, "0193bb03");
    assert_eq!(found(&store, "0193BB").await, "0193bb03");
    assert_eq!(found(&store, "nightly").await, "0193bb03");
    assert_eq!(found(&store, "@last").await, "0193bb03");
    assert_eq!(found(&store, "@last~2").await, "0193aa01");
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_says_where_to_go() {
    let store = three_runs().await;
    assert_eq!(not_found(&store, "nigtly").await, "no run is called `nigtly`; did you mean `nightly`?");
    assert_eq!(not_found(&store, "019").await, "`019` is too short: at least 4 characters of an id are needed");
    assert_eq!(
        not_found(&store, "@last~3").await,
        "`@last~3` reaches back too far: there are 3 runs, the oldest is `@last~2`"
    );
    assert_eq!(
        not_found(&store, "deadbeef").await,
        "no run is called `deadbeef`; the last runs are 0193bb03 (nightly), 0193aa02 (nightly), 0193aa01 (triage)"
    );
    assert_eq!(
        not_found(&store, "0193a").await,
        "`0193a` could be 0193aa01 (triage) or 0193aa02 (nightly); write some more of it"
    );
}

#[tokio::test]
async fn in_a_store_without_runs_the_way_to_one_is_told() {
    let store = Store::in_memory().await.unwrap();
    let error = store.find_run("@last").await.unwrap_err();
    assert_eq!(error, StoreError::Reference(ReferenceError::NoRuns));
}

#[tokio::test]
async fn names_with_a_nul_are_names_like_any_other() {
    let store = Store::in_memory().await.unwrap();
    begin_as(&store, "id\0\u{1a}", Some("n\0"), 1).await;
    let run = store.find_run("n\0").await.unwrap();
    assert_eq!((run.id, run.name.as_deref()), (RunId::from("id\0\u{1a}"), Some("n\0")));
}

#[tokio::test]
async fn an_id_is_used_once() {
    let store = three_runs().await;
    let error = store.begin_run(&"0193aa01".into(), "triage", None, AT).await.unwrap_err();
    assert_eq!(error, StoreError::RunExists { run: "0193aa01".into() });
    assert!(!store.is_running(&"0193aa01".into()).unwrap(), "the failed attempt has let go of it");
}

#[tokio::test]
async fn one_writer_has_a_run_at_a_time() {
    let folder = folder();
    for store in [open(folder.path()).await, Store::in_memory().await.unwrap()] {
        let journal = begin(&store, 1).await;
        assert!(store.is_running(&run(1)).unwrap());
        assert!(!store.is_running(&run(2)).unwrap());
        assert_eq!(store.reopen_run(&run(1)).await.unwrap_err(), StoreError::Running { run: run(1) });
        assert_eq!(store.delete_run(&run(1), &ada(), AT, None).await.unwrap_err(), StoreError::Running { run: run(1) });
        drop(journal);
        assert!(!store.is_running(&run(1)).unwrap());
        store.reopen_run(&run(1)).await.unwrap().close().await;
    }
}

#[tokio::test]
async fn looking_whether_a_run_is_being_written_never_keeps_a_writer_away() {
    let folder = folder();
    let store = open(folder.path()).await;
    begin(&store, 1).await.close().await;
    let looker = store.clone();
    let looking = std::thread::spawn(move || (0..20_000).for_each(|_| assert!(looker.is_running(&run(1)).is_ok())));
    for _ in 0..100 {
        store.reopen_run(&run(1)).await.unwrap().close().await;
    }
    looking.join().unwrap();
}

#[tokio::test]
async fn a_deleted_run_is_gone_and_the_others_are_not() {
    let store = three_runs().await;
    store.delete_run(&"0193aa02".into(), &ada(), AT, None).await.unwrap();
    assert_eq!(store.runs().await.unwrap().len(), 2);
    let error = store.delete_run(&"0193aa02".into(), &ada(), AT, None).await.unwrap_err();
    assert!(matches!(error, StoreError::NoSuchRun { .. }), "{error}");
    begin_as(&store, "0193aa02", None, 9).await;
    assert_eq!(store.find_run("0193aa02").await.unwrap().samples, 0);
}
