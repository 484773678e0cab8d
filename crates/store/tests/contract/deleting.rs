//! What is deleted is gone, its room too, and nobody else misses anything.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use carat_core::version::Kind;
use carat_core::{Completion, Digest, Event, EventKind, FinishReason, Origin, Outcome, Row, RunId};
use carat_store::{Detail, GivenBack, Store};
use sqlx::Connection as _;

use crate::catalogue::{ada, save};
use crate::fixtures::*;
use crate::open::meddle;

const LONG: Duration = Duration::from_secs(60);

/// A row that is like no other.
fn heavy_row(number: u64) -> Row {
    let mut row = row(number);
    row.input.insert("body".into(), format!("{number} {}", "I was charged twice. ".repeat(50)).into());
    row
}

fn heavy(seq: u64) -> Event {
    finished_case(seq, sample(0, heavy_row(seq), request(&[&format!("Which queue? {seq}")])))
}

/// A run of so many heavy samples, from this row on.
async fn recorded(store: &Store, number: u32, rows: std::ops::Range<u64>) {
    let mut journal = begin(store, number).await;
    let events: Vec<Event> = std::iter::once(started(rows.start, run(number))).chain(rows.skip(1).map(heavy)).collect();
    for events in events.chunks(500) {
        journal.record(events).await.unwrap();
    }
    journal.close().await;
}

fn length(folder: &Path) -> u64 {
    fs::metadata(location(folder)).unwrap().len()
}

/// A store that an older carat made: one that cannot be cut.
async fn old_store(folder: &Path) -> Store {
    fs::create_dir_all(folder.join("deep/down")).unwrap();
    // Whatever is written first settles it.
    meddle(&location(folder), "PRAGMA journal_mode = WAL; CREATE TABLE t (x); DROP TABLE t").await;
    open(folder).await
}

#[tokio::test]
async fn the_room_of_a_deleted_run_is_given_back() {
    let folder = folder();
    let store = open(folder.path()).await;
    recorded(&store, 1, 0..20).await;
    let (small, few) = (length(folder.path()), replayed(&store, &run(1), Detail::Full).await);
    recorded(&store, 2, 0..4000).await;
    assert!(length(folder.path()) > 10 * small);
    store.delete_run(&run(2), &ada(), AT, None).await.unwrap();
    assert!(store.room().await.unwrap().free > 5 * small);
    assert_eq!(store.give_back(LONG).await.unwrap(), GivenBack::All);
    let room = store.room().await.unwrap();
    assert_eq!((room.free, room.bytes), (0, length(folder.path())));
    assert!(room.bytes <= small + small / 4, "{} of {small} bytes at first", room.bytes);
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, few);
}

#[tokio::test]
async fn an_old_store_is_written_anew_where_that_is_worth_it_and_can_be_cut_from_then_on() {
    let folder = folder();
    let store = old_store(folder.path()).await;
    recorded(&store, 1, 0..3000).await;
    recorded(&store, 2, 10_000..11_000).await;
    let few = replayed(&store, &run(2), Detail::Full).await;
    let full = length(folder.path());

    recorded(&store, 3, 20_000..20_100).await;
    store.delete_run(&run(3), &ada(), AT, None).await.unwrap();
    assert_eq!(store.give_back(LONG).await.unwrap(), GivenBack::NotWorthIt);
    store.delete_run(&run(1), &ada(), AT, None).await.unwrap();
    assert_eq!(store.give_back(Duration::ZERO).await.unwrap(), GivenBack::Some, "there was no time");
    assert!(length(folder.path()) >= full);
    assert_eq!(store.give_back(LONG).await.unwrap(), GivenBack::All);
    let anew = length(folder.path());
    assert!(anew < full / 2, "{anew} of {full}");

    recorded(&store, 4, 30_000..30_500).await;
    store.delete_run(&run(4), &ada(), AT, None).await.unwrap();
    assert_eq!(store.give_back(LONG).await.unwrap(), GivenBack::All);
    assert!(length(folder.path()) <= anew + anew / 10);
    assert_eq!(replayed(&store, &run(2), Detail::Full).await, few);
}

#[tokio::test]
async fn room_is_given_back_while_others_write_and_they_miss_nothing() {
    let folder = folder();
    let store = open(folder.path()).await;
    recorded(&store, 1, 0..4000).await;
    let mut journal = begin(&store, 2).await;
    let giver = store.clone();
    let giving = tokio::spawn(async move {
        giver.delete_run(&run(1), &ada(), AT, None).await.unwrap();
        while giver.give_back(LONG).await.unwrap() != GivenBack::All {}
    });
    for seq in 0..400 {
        journal.record(&[heavy(seq)]).await.unwrap();
    }
    giving.await.unwrap();
    assert_eq!(replayed(&store, &run(2), Detail::Full).await, (0..400).map(heavy).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_it_frees_is_known_before_within_a_quarter() {
    let folder = folder();
    let store = open(folder.path()).await;
    recorded(&store, 1, 0..2000).await;
    recorded(&store, 2, 1000..4000).await;
    let before = store.room().await.unwrap();
    let (alone, both) = (store.room_of(&[run(2)]).await.unwrap(), store.room_of(&[run(1), run(2)]).await.unwrap());
    assert!(alone < both, "what they share goes with the last of them: {alone} {both}");
    store.delete_run(&run(2), &ada(), AT, None).await.unwrap();
    store.give_back(LONG).await.unwrap();
    let freed = before.bytes - store.room().await.unwrap().bytes;
    assert!(alone.abs_diff(freed) < freed / 4, "{alone} of {freed}");
    assert_eq!(store.room_of(&[run(9)]).await.unwrap(), 0);
}

#[tokio::test]
async fn what_a_version_has_stays_when_its_run_goes() {
    let store = Store::in_memory().await.unwrap();
    recorded(&store, 1, 0..10).await;
    let room = store.room_of(&[run(1)]).await.unwrap();
    let rows: Vec<_> = (1..10).map(heavy_row).collect();
    let bytes: Vec<u8> = rows.iter().flat_map(|row| *row.digest().as_bytes()).collect();
    let version = save(&store, Kind::Dataset, "tickets", Digest::of_bytes(&bytes)).await;
    store.keep_rows(&version, Box::new(rows.clone().into_iter().map(Ok)), &ada(), AT).await.unwrap();
    assert!(store.room_of(&[run(1)]).await.unwrap() < room);
    store.delete_run(&run(1), &ada(), AT, None).await.unwrap();
    let kept: Vec<_> = store.rows_after(&version, None, 100).await.unwrap().into_iter().map(|(_, row)| row).collect();
    assert_eq!(kept, rows);
}

#[tokio::test]
async fn who_is_compared_with_whom_and_whose_answers_are_whose_is_told() {
    let store = Store::in_memory().await.unwrap();
    recorded(&store, 1, 0..3).await;
    for (number, baseline) in [(2, Some(run(1).to_string())), (3, Some(format!("{}:ask@1×m", run(1)))), (4, None)] {
        let mut journal = begin(&store, number).await;
        let mut event = started(0, run(number));
        if let EventKind::RunStarted { plan, .. } = &mut event.kind {
            plan.baseline = baseline;
        }
        journal.record(&[event, taken_from(1, run(1))]).await.unwrap();
        journal.close().await;
    }
    let baselines = store.baselines().await.unwrap();
    assert_eq!(baselines.keys().cloned().collect::<Vec<_>>(), [run(2), run(3)]);
    assert_eq!(baselines[&run(3)], format!("{}:ask@1×m", run(1)));
    let users = store.runs_with_answers_of(&BTreeSet::from([run(1), run(2)])).await.unwrap();
    assert_eq!(users, [(run(1), BTreeSet::from([run(3), run(4)]))].into());

    store.delete_run(&run(1), &ada(), AT, None).await.unwrap();
    assert_eq!(replayed(&store, &run(4), Detail::Full).await[1], taken_from(1, run(1)), "the copy is whole");
}

/// A sample whose answer another run was given.
fn taken_from(seq: u64, origin: RunId) -> Event {
    let mut taken = sample(0, row(seq), request(&["Which queue?"]));
    let origin = Some(Box::new(Origin { run: origin, since: AT.into() }));
    let completion =
        Completion { text: "billing".into(), finish_reason: FinishReason::Stop, origin, ..Default::default() };
    taken.outcome = Outcome::Completed { completion, scores: Vec::new(), unscored: Vec::new() };
    taken.attempts = 0;
    finished_case(seq, taken)
}

const STORE: &str = "CARAT_TEST_DELETER_STORE";

/// Not a test but the child of one: it deletes and gives room back until somebody kills it.
#[tokio::test]
#[ignore = "runs as a child of the test below"]
async fn delete_until_killed() {
    let store = Store::open(&std::env::var(STORE).unwrap()).await.unwrap();
    println!("begins to delete");
    for number in 1..=3 {
        // One that was deleted before the last kill is gone.
        let _ = store.delete_run(&run(number), &ada(), AT, None).await;
    }
    while store.give_back(LONG).await.unwrap() != GivenBack::All {}
    println!("has deleted");
    std::thread::sleep(LONG);
}

/// Kills a deletion after so many milliseconds; whether it had come to its end.
fn killed_after(milliseconds: u64, location: &str) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["deleting::delete_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(STORE, location)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.by_ref().find(|line| line.contains("begins to delete")).unwrap();
    std::thread::sleep(Duration::from_millis(milliseconds));
    child.kill().unwrap();
    child.wait().unwrap();
    lines.any(|line| line.contains("has deleted"))
}

#[tokio::test]
async fn a_deletion_killed_at_any_moment_leaves_a_sound_store() {
    for old in [false, true] {
        let folder = folder();
        let store = if old { old_store(folder.path()).await } else { open(folder.path()).await };
        for number in 1..=3 {
            recorded(&store, number, u64::from(number) * 10_000..u64::from(number) * 10_000 + 2000).await;
        }
        recorded(&store, 4, 10_500..10_800).await;
        let stays = replayed(&store, &run(4), Detail::Full).await;
        store.close().await;
        let full = length(folder.path());
        let mut moments = (0..).map(|round| 4 * round * round);
        while !killed_after(moments.next().unwrap(), &location(folder.path())) {
            sound(folder.path(), &stays).await;
        }
        sound(folder.path(), &stays).await;
        assert!(length(folder.path()) < full / 4, "{} of {full}", length(folder.path()));
    }
}

/// The database is whole, no run is there in part, and what is to stay is there.
async fn sound(folder: &Path, stays: &[Event]) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(location(folder));
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let whole: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut connection).await.unwrap();
    assert_eq!(whole, ["ok"]);
    let lost = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.unwrap();
    assert!(lost.is_empty());
    connection.close().await.unwrap();
    let store = open(folder).await;
    let runs = store.runs().await.unwrap();
    assert!(runs.iter().all(|found| found.samples == if found.id == run(4) { 299 } else { 1999 }), "{runs:?}");
    assert_eq!(store.audit_log(0, 100).await.unwrap().len(), 4 - runs.len(), "an entry for each that is gone");
    assert_eq!(replayed(&store, &run(4), Detail::Full).await, stays);
    store.close().await;
}
