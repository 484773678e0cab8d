//! The run of an archive in a store.

use carat_core::event::RunStatus;
use carat_core::{RunId, Sink};
use carat_store::archive::{ArchiveError, Imported};
use carat_store::{Detail, Store, StoreError};

use crate::archive::*;
use crate::catalogue::ada;
use crate::fixtures::*;

#[tokio::test]
async fn a_run_is_taken_over_as_it_was_and_exported_again_as_it_came() {
    let (folder, origin) = (folder(), Store::in_memory().await.unwrap());
    let events = eventful(&origin).await;
    let bytes = exported(&origin, &run(1)).await;
    let archive = opened(folder.path(), &bytes).unwrap();
    let store = open(folder.path()).await;
    assert_eq!(store.import(&archive, &ada(), AT).await, Ok(Imported::New));
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, events);
    assert_eq!(store.runs().await.unwrap(), [record_of(&origin, &run(1)).await]);
    assert_eq!(exported(&store, &run(1)).await, bytes);
}

#[tokio::test]
async fn a_run_that_is_there_already_stays_as_it_is() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    eventful(&store).await;
    let archive = opened(folder.path(), &exported(&store, &run(1)).await).unwrap();
    assert_eq!(store.import(&archive, &ada(), AT).await, Ok(Imported::ThereAlready));

    // A run that has grown since is another one, and so is one that has not grown as far.
    let mut journal = store.reopen_run(&run(1)).await.unwrap();
    let running = store.import(&archive, &ada(), AT).await.unwrap_err();
    assert_eq!(running, ArchiveError::Store(StoreError::Running { run: run(1) }));
    journal.emit(&[finished_case(12, sample(0, row(9), request(&["Which?"])))]).await.unwrap();
    journal.close().await;
    let before = replayed(&store, &run(1), Detail::Full).await;
    let error = store.import(&archive, &ada(), AT).await.unwrap_err();
    assert_eq!(error, ArchiveError::Differs { run: run(1), file: archive.file().to_owned() });
    assert!(error.to_string().contains("--store OTHER.db run import"), "{error}");
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, before);
    let longer = opened(folder.path(), &exported(&store, &run(1)).await).unwrap();
    let shorter = Store::in_memory().await.unwrap();
    eventful(&shorter).await;
    assert!(matches!(shorter.import(&longer, &ada(), AT).await, Err(ArchiveError::Differs { .. })));
}

#[tokio::test]
async fn a_run_of_the_same_events_under_another_name_is_another_one() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    let archive = opened(folder.path(), &archived(&[])).unwrap();
    store.begin_run(&run(1), "triage", Some("renamed"), AT).await.unwrap().close().await;
    assert!(matches!(store.import(&archive, &ada(), AT).await, Err(ArchiveError::Differs { .. })));
}

fn meanwhile() -> RunId {
    RunId::from(format!("importing-{}", run(1)))
}

#[tokio::test]
async fn what_a_killed_import_left_behind_is_cleared_away() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    let mut left = store.begin_run(&meanwhile(), "triage", None, AT).await.unwrap();
    left.emit(&[case(0)]).await.unwrap();
    let archive = opened(folder.path(), &archived(&[started(0, run(1)), case(1)])).unwrap();
    let error = store.import(&archive, &ada(), AT).await.unwrap_err();
    assert_eq!(error, ArchiveError::Store(StoreError::Running { run: meanwhile() }), "somebody is at it");
    drop(left);
    assert_eq!(store.import(&archive, &ada(), AT).await, Ok(Imported::New));
    let runs: Vec<RunId> = store.runs().await.unwrap().into_iter().map(|run| run.id).collect();
    assert_eq!(runs, [run(1)]);
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, [started(0, run(1)), case(1)]);
}

#[tokio::test]
async fn an_archive_that_breaks_half_way_leaves_nothing_behind() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    // The samples of a golden row that says it is another one: no journal asks, so that a store would believe it.
    let mut lie = sample(0, row(900), request(&["Which?"]));
    lie.row_digest = row(901).digest();
    let mut events: Vec<_> = (0..300).map(case).collect();
    events.push(finished_case(300, lie));
    let archive = opened(folder.path(), &archived(&events)).unwrap();
    let error = store.import(&archive, &ada(), AT).await.unwrap_err();
    assert!(matches!(&error, ArchiveError::Nonsense { what, .. } if what.contains("is another one")), "{error}");
    assert_eq!(store.runs().await.unwrap(), []);
    assert!(!store.is_running(&meanwhile()).unwrap());
}

#[tokio::test]
async fn an_imported_run_goes_on() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    let archive = archived(&[started(0, run(1)), case(1), finished(2, RunStatus::Interrupted)]);
    store.import(&opened(folder.path(), &archive).unwrap(), &ada(), AT).await.unwrap();
    let mut journal = store.reopen_run(&run(1)).await.unwrap();
    assert_eq!(journal.next_seq(), 3);
    journal.resume(&resumed(3), &[1], &[]).await.unwrap();
    assert_eq!(store.runs().await.unwrap()[0].samples, 0);
}
