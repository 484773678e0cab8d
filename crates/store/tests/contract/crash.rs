//! What was recorded outlives the process that recorded it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use carat_core::Sink;
use carat_store::{Detail, Store, StoreError};

use crate::fixtures::*;

const STORE: &str = "CARAT_TEST_CHILD_STORE";

/// Not a test but the child of one: it records until somebody kills it, and says what it has recorded.
#[tokio::test]
#[ignore = "runs as a child of the tests below"]
async fn record_until_killed() {
    let store = Store::open(&std::env::var(STORE).unwrap()).await.unwrap();
    let mut journal = begin(&store, 1).await;
    for seq in (0..).step_by(3) {
        journal.emit(&[case(seq), case(seq + 1), case(seq + 2)]).await.unwrap();
        println!("recorded {}", journal.next_seq());
    }
}

fn recorder(location: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["crash::record_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(STORE, location)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Everything that the child says it has recorded, up to its death.
fn recorded_before_death(mut child: Child, batches: usize, while_it_lives: impl FnOnce()) -> u64 {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut recorded = lines.by_ref().filter_map(|line| line.split("recorded ").nth(1)?.parse::<u64>().ok());
    let mut last = recorded.nth(batches - 1).unwrap();
    while_it_lives();
    child.kill().unwrap();
    last = recorded.last().unwrap_or(last);
    child.wait().unwrap();
    last
}

#[tokio::test]
async fn a_killed_process_loses_nothing_of_what_it_was_told_is_recorded() {
    let folder = folder();
    let child = recorder(&location(folder.path()));
    let recorded = recorded_before_death(child, 50, || ());

    let store = open(folder.path()).await;
    let replayed = replayed(&store, &run(1), Detail::Full).await;
    assert!(replayed.len() as u64 >= recorded, "{} of {recorded}", replayed.len());
    assert_eq!(replayed.len() % 3, 0, "a batch is there whole or not at all");
    assert_eq!(replayed, (0..replayed.len() as u64).map(case).collect::<Vec<_>>());
    let mut journal = store.reopen_run(&run(1)).await.unwrap();
    journal.emit(&[case(journal.next_seq())]).await.unwrap();
}

#[tokio::test]
async fn another_process_has_a_run_for_as_long_as_it_lives() {
    let folder = folder();
    let store = open(folder.path()).await;
    let child = recorder(&location(folder.path()));
    let (at_work, reader) = (store.clone(), store.clone());
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        recorded_before_death(child, 1, || {
            assert!(at_work.is_running(&run(1)).unwrap());
            let error = handle.block_on(at_work.reopen_run(&run(1))).unwrap_err();
            assert_eq!(error, StoreError::Running { run: run(1) });
            assert!(!handle.block_on(replayed(&reader, &run(1), Detail::Full)).is_empty());
        })
    })
    .await
    .unwrap();
    assert!(!store.is_running(&run(1)).unwrap());
    store.reopen_run(&run(1)).await.unwrap();
}
