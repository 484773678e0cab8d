//! The rows of a dataset's version stay as they were.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use carat_core::audit::Action;
use carat_core::version::{Kind, VersionId};
use carat_core::{DataError, Digest, Row, RowStream, Sink};
use carat_store::{RowsError, Saved, Store, StoreError};

use super::*;
use crate::open::meddle;

/// The digest of these rows in this order, as the name of a dataset's version is defined.
fn whole(rows: &[Row]) -> Digest {
    let bytes: Vec<u8> = rows.iter().flat_map(|row| *row.digest().as_bytes()).collect();
    Digest::of_bytes(&bytes)
}

fn stream(rows: &[Row]) -> RowStream {
    let rows = rows.to_vec();
    Box::new(rows.into_iter().map(Ok))
}

fn rows(count: u64) -> Vec<Row> {
    (0..count).map(row).collect()
}

async fn saved(store: &Store, rows: &[Row]) -> VersionId {
    save(store, Kind::Dataset, "tickets", whole(rows)).await
}

/// All rows of a version, some at a time.
async fn read(store: &Store, id: &VersionId, limit: u32) -> Vec<Row> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = store.rows_after(id, after, limit).await.unwrap();
        let Some((last, _)) = page.last() else { return rows };
        after = Some(*last);
        let positions = rows.len() as u64..;
        assert!(page.iter().zip(positions).all(|((position, _), expected)| *position == expected));
        rows.extend(page.into_iter().map(|(_, row)| row));
    }
}

#[tokio::test]
async fn rows_come_back_in_their_order_and_as_they_were() {
    let store = Store::in_memory().await.unwrap();
    let mut all = rows(200);
    all.reverse();
    all[7].input.insert("heavy".into(), "x".repeat(9 << 20).into());
    all[8].input.insert("odd".into(), serde_json::json!({ "n\0": [1.5e-7, -0.25, null], "é": "\u{1a}\0" }));
    let id = saved(&store, &all).await;
    assert!(!store.has_rows(&id).await.unwrap());
    assert_eq!(store.digest_of_rows(&id).await.unwrap(), None);
    assert_eq!(store.keep_rows(&id, stream(&all), &ada(), AT).await.unwrap(), 200);
    assert!(store.has_rows(&id).await.unwrap());
    assert_eq!(store.digest_of_rows(&id).await.unwrap(), Some(id.digest));
    for limit in [1, 64, 1000] {
        assert_eq!(read(&store, &id, limit).await, all, "{limit}");
    }
}

#[tokio::test]
async fn versions_that_share_rows_in_whatever_order_are_each_read_as_they_were() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let recorded =
        (0..).zip([150, 3, 4]).map(|(seq, number)| finished_case(seq, sample(0, row(number), request(&["?"]))));
    journal.emit(&recorded.collect::<Vec<_>>()).await.unwrap();
    let old = rows(200);
    let mut changed = old.clone();
    changed[0].expected = Some("refunds".into());
    changed.insert(120, row(1000));
    let reversed: Vec<Row> = old.iter().rev().cloned().collect();
    let twice = [&old[5..9], &old[5..9], &changed[..2]].concat();
    for all in [&old, &changed, &reversed, &twice] {
        let id = saved(&store, all).await;
        assert_eq!(store.keep_rows(&id, stream(all), &ada(), AT).await.unwrap(), all.len() as u64);
    }
    for (version, all) in
        store.versions(Kind::Dataset, "tickets").await.unwrap().iter().zip([old, changed, reversed, twice])
    {
        for limit in [1, 7, 1000] {
            assert_eq!(read(&store, &version.id, limit).await, all, "{} by {limit}", version.id);
        }
        assert_eq!(store.rows_after(&version.id, Some(u64::MAX), 9).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_version_takes_the_room_of_what_is_new_in_it() {
    let folder = folder();
    let (mut all, mut sizes) = (rows(5000), Vec::new());
    for changed in [1000, 2000, 3000] {
        let store = open(folder.path()).await;
        all[changed].expected = Some("refunds".into());
        let id = saved(&store, &all).await;
        store.keep_rows(&id, stream(&all), &ada(), AT).await.unwrap();
        store.close().await;
        sizes.push(fs::metadata(location(folder.path())).unwrap().len());
    }
    assert!(sizes[2] - sizes[0] < 20_000, "{sizes:?}");
}

#[tokio::test]
async fn a_row_that_is_lost_is_missed() {
    for gone in [2, 4] {
        let folder = folder();
        let (store, all) = (open(folder.path()).await, rows(5));
        let id = saved(&store, &all).await;
        store.keep_rows(&id, stream(&all), &ada(), AT).await.unwrap();
        let text = if gone == 2 { "DELETE FROM contents WHERE id = 3" } else { "DELETE FROM contents WHERE id = 5" };
        meddle(&location(folder.path()), text).await;
        let error = store.rows_after(&id, None, 10).await.unwrap_err().to_string();
        assert!(error.contains(&format!("the row of tickets@1 at position {gone} is missing")), "{error}");
    }
}

#[tokio::test]
async fn a_dataset_without_rows_is_kept_too() {
    let store = Store::in_memory().await.unwrap();
    let id = saved(&store, &[]).await;
    assert_eq!(store.keep_rows(&id, stream(&[]), &ada(), AT).await.unwrap(), 0);
    assert!(store.has_rows(&id).await.unwrap());
    assert_eq!(store.rows_after(&id, None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn rows_that_are_kept_are_not_read_again() {
    let store = Store::in_memory().await.unwrap();
    let all = rows(3);
    let id = saved(&store, &all).await;
    store.keep_rows(&id, stream(&all), &ada(), AT).await.unwrap();
    let unread: RowStream = Box::new(std::iter::from_fn(|| panic!("it was read")));
    assert_eq!(store.keep_rows(&id, unread, &ada(), AT).await.unwrap(), 3);
}

#[tokio::test]
async fn rows_of_another_content_are_refused_and_none_are_kept() {
    let folder = folder();
    let store = open(folder.path()).await;
    let all = rows(100);
    let id = saved(&store, &all).await;
    let mut swapped = all.clone();
    swapped.swap(3, 4);
    for other in [&all[..99], &swapped] {
        let error = store.keep_rows(&id, stream(other), &ada(), AT).await.unwrap_err();
        assert_eq!(error, RowsError::Others { version: id.clone(), found: whole(other) });
    }
    assert_eq!(
        store.rows_after(&id, None, 10).await.unwrap_err().to_string(),
        "the rows of tickets@1 are not kept; a version keeps them that is saved, or evaluated as a whole, while its file has \
         them"
    );
    assert_eq!(store.keep_rows(&id, stream(&all), &ada(), AT).await.unwrap(), 100);
}

#[tokio::test]
async fn data_that_breaks_off_leaves_nothing_and_nobody_waiting() {
    let folder = folder();
    let store = open(folder.path()).await;
    let all = rows(300);
    let id = saved(&store, &all).await;
    let broken = DataError { file: "tickets.jsonl".into(), line: Some(301), message: "is no JSON".into() };
    let error = broken.clone();
    let rows: RowStream = Box::new(stream(&all).chain(std::iter::once_with(move || Err(error))));
    assert_eq!(store.keep_rows(&id, rows, &ada(), AT).await.unwrap_err(), RowsError::Data(broken));
    let panics: RowStream = Box::new(stream(&all[..100]).chain(std::iter::from_fn(|| panic!("on purpose"))));
    let error = store.keep_rows(&id, panics, &ada(), AT).await.unwrap_err();
    assert!(matches!(error, RowsError::Store(StoreError::Unrecordable { .. })), "{error}");
    assert!(!store.has_rows(&id).await.unwrap());
    save(&store, Kind::Prompt, "triage", content(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gives_up_half_way_leaves_nothing_and_is_not_read_for() {
    let folder = folder();
    let store = open(folder.path()).await;
    let id = saved(&store, &rows(5)).await;
    let taken = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&taken);
    let endless: RowStream = Box::new((0..).map(move |number| {
        counter.store(number, Ordering::Relaxed);
        Ok(row(number))
    }));
    tokio::time::timeout(Duration::from_millis(300), store.keep_rows(&id, endless, &ada(), AT)).await.unwrap_err();
    save(&store, Kind::Prompt, "triage", content(1)).await;
    assert!(!store.has_rows(&id).await.unwrap());
    assert_eq!(store.keep_rows(&id, stream(&rows(5)), &ada(), AT).await.unwrap(), 5);
    let read = taken.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(read > 64, "it had begun");
    assert_eq!(taken.load(Ordering::Relaxed), read, "it reads on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_that_two_keep_at_once_are_kept_once() {
    let folder = folder();
    let stores = [open(folder.path()).await, open(folder.path()).await];
    let all = rows(500);
    let id = saved(&stores[0], &all).await;
    let tasks: Vec<_> = (0..6)
        .map(|writer| {
            let (store, id, rows) = (stores[writer % 2].clone(), id.clone(), stream(&all));
            tokio::spawn(async move { store.keep_rows(&id, rows, &ada(), AT).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(500));
    }
    assert_eq!(read(&stores[1], &id, 100).await, all);
}

#[tokio::test]
async fn only_a_version_that_there_is_has_rows() {
    let store = Store::in_memory().await.unwrap();
    let unknown = VersionId { kind: Kind::Dataset, name: "tickets".into(), number: 1, digest: whole(&[]) };
    let missing = StoreError::NoSuchVersion { version: "tickets@1".into() };
    assert_eq!(store.has_rows(&unknown).await.unwrap_err(), missing);
    assert_eq!(store.rows_after(&unknown, None, 1).await.unwrap_err(), missing);
    assert_eq!(store.keep_rows(&unknown, stream(&[]), &ada(), AT).await.unwrap_err(), RowsError::Store(missing));
}

#[tokio::test]
async fn deleting_runs_leaves_the_rows_of_versions_and_nothing_else() {
    let folder = folder();
    let store = open(folder.path()).await;
    let all = rows(3);
    let mut journal = begin(&store, 1).await;
    // Rows 0 to 2 are those of the version; row 3 is of this run only.
    journal.emit(&(0..4).map(case).collect::<Vec<_>>()).await.unwrap();
    journal.close().await;
    let id = saved(&store, &all).await;
    store.keep_rows(&id, stream(&all), &ada(), AT).await.unwrap();
    store.delete_run(&run(1), &ada(), AT, None).await.unwrap();
    assert_eq!(read(&store, &id, 100).await, all);

    // A run that comes after has its rows whether a version has them or not.
    let mut journal = begin(&store, 2).await;
    journal.emit(&(0..4).map(case).collect::<Vec<_>>()).await.unwrap();
    assert_eq!(replayed(&store, &run(2), carat_store::Detail::Full).await, (0..4).map(case).collect::<Vec<_>>());
    assert_eq!(store.runs_with_row(&row(3).digest()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_row_takes_its_room_once_for_runs_and_versions() {
    let folder = folder();
    let store = open(folder.path()).await;
    let mut heavy = row(1);
    heavy.input.insert("body".into(), "x".repeat(1 << 20).into());
    for count in 1..=3 {
        let mut all = rows(count);
        all.push(heavy.clone());
        let id = saved(&store, &all).await;
        store.keep_rows(&id, stream(&all), &ada(), AT).await.unwrap();
    }
    let mut journal = begin(&store, 1).await;
    journal.emit(&[finished_case(0, sample(0, heavy, request(&["Which?"])))]).await.unwrap();
    journal.close().await;
    store.close().await;
    assert!(fs::metadata(location(folder.path())).unwrap().len() < 3 << 19);
}

#[tokio::test]
async fn a_dataset_is_saved_with_its_rows_or_not_at_all() {
    let store = Store::in_memory().await.unwrap();
    let (all, by) = (rows(100), ada());
    let dataset = || new(Kind::Dataset, "tickets", whole(&all), &by);
    store.save_dataset(&dataset(), stream(&all[..99])).await.unwrap_err();
    assert_eq!((store.names(Kind::Dataset).await.unwrap().len(), store.audit_head().await.unwrap()), (0, None));
    let saved = store.save_dataset(&dataset(), stream(&all)).await.unwrap();
    assert_eq!((saved.id.number, saved.is_new), (1, true));
    assert_eq!(read(&store, &saved.id, 64).await, all);
    assert_eq!(store.save_dataset(&dataset(), stream(&all)).await.unwrap(), Saved { is_new: false, ..saved });
    let kept: Vec<_> = whole_log(&store).await.into_iter().map(|entry| entry.details["kept"].clone()).collect();
    assert_eq!(kept, ["rows"], "one entry, which says that the rows are kept");
}

#[tokio::test]
async fn rows_that_are_kept_later_are_told_in_the_log() {
    let store = Store::in_memory().await.unwrap();
    let (all, by) = (rows(3), grace());
    let id = saved(&store, &all).await;
    store.save_dataset(&new(Kind::Dataset, "tickets", whole(&all), &by), stream(&all)).await.unwrap();
    store.keep_rows(&id, stream(&all), &by, AT).await.unwrap();
    let log = whole_log(&store).await;
    let told: Vec<_> = log.iter().map(|entry| (entry.action, &entry.by, serde_json::json!(entry.details))).collect();
    let version = serde_json::json!({ "number": 1, "digest": id.digest });
    assert_eq!(
        told,
        [
            (Action::VersionSaved, &ada(), serde_json::json!({ "version": version, "kept": "nothing" })),
            (Action::ContentKept, &by, serde_json::json!({ "version": version, "kept": "rows", "rows": 3 })),
        ]
    );
}
