//! A run goes into a file and comes out of it as it was.

use std::path::{Path, PathBuf};

use carat_core::event::RunStatus;
use carat_core::{Digest, Event, EventKind, RunId, Sample, Sink};
use carat_store::archive::{Archive, ArchiveError, Writer};
use carat_store::{Detail, RunRecord, Store, StoreError};
use proptest::prelude::*;

use crate::fixtures::*;
use crate::journal::any_batches;

pub(crate) const DETAILS: [Detail; 3] = [Detail::Verdicts, Detail::Rows, Detail::Full];

pub(crate) async fn record_of(store: &Store, run: &RunId) -> RunRecord {
    store.runs().await.unwrap().into_iter().find(|record| record.id == *run).unwrap()
}

/// The bytes of a run's archive.
pub(crate) async fn exported(store: &Store, run: &RunId) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.export(&record_of(store, run).await, &mut bytes).await.unwrap();
    bytes
}

/// The archive with these bytes, in a file of this folder.
pub(crate) fn opened(folder: &Path, bytes: &[u8]) -> Result<Archive, ArchiveError> {
    Archive::open(&written(folder, bytes))
}

pub(crate) fn written(folder: &Path, bytes: &[u8]) -> PathBuf {
    let file = folder.join("run.carat");
    std::fs::write(&file, bytes).unwrap();
    file
}

pub(crate) fn events_of(archive: &Archive, detail: Detail) -> Vec<Event> {
    archive.replay(detail).collect::<Result<_, _>>().unwrap()
}

/// A run of everything that happens in runs.
pub(crate) async fn eventful(store: &Store) -> Vec<Event> {
    let mut journal = store.begin_run(&run(1), "triage", Some("nightly\0"), AT).await.unwrap();
    let unknown = Sample { transcript: None, ..sample(1, row(4), request(&["Which?"])) };
    let mut unrendered = sample(1, row(5), request(&[]));
    unrendered.outcome = carat_core::Outcome::Unrendered { message: "no `x`".into() };
    unrendered.request_digest = None;
    let transcript = carat_core::Transcript { row: row(5).into(), request: None };
    unrendered.transcript = Some(transcript.into());
    journal.emit(&[started(0, run(1)), case(1), case(2), case(3)]).await.unwrap();
    journal
        .emit(&[judged(4, judgement(1, "Is it polite?", "PASS")), finished(5, RunStatus::Interrupted)])
        .await
        .unwrap();
    journal.resume(&resumed(6), &[2], &[]).await.unwrap();
    let answered = EventKind::CaseAnswered { sample: Box::new(sample(0, row(2), request(&["Which?"]))) };
    journal.emit(&[event(7, answered), finished_case(8, sample(0, row(2), request(&["Which?"])))]).await.unwrap();
    journal.emit(&[finished_case(9, unknown), finished_case(10, unrendered)]).await.unwrap();
    journal.emit(&[finished(11, RunStatus::Finished)]).await.unwrap();
    journal.close().await;
    replayed(store, &run(1), Detail::Full).await
}

#[tokio::test]
async fn an_archive_tells_what_the_store_tells_in_every_detail() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    eventful(&store).await;
    let archive = opened(folder.path(), &exported(&store, &run(1)).await).unwrap();
    for detail in DETAILS {
        assert_eq!(events_of(&archive, detail), replayed(&store, &run(1), detail).await, "{detail:?}");
    }
    assert_eq!(archive.run(), &record_of(&store, &run(1)).await);
}

#[tokio::test]
async fn what_was_superseded_is_left_out_and_the_rest_keeps_its_numbers() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    eventful(&store).await;
    let archive = opened(folder.path(), &exported(&store, &run(1)).await).unwrap();
    let numbers: Vec<u64> = events_of(&archive, Detail::Verdicts).iter().map(|event| event.seq).collect();
    assert_eq!(numbers, [0, 1, 3, 4, 5, 6, 8, 9, 10, 11]);
}

#[tokio::test]
async fn one_sample_is_found_by_its_number_and_nothing_else_is_a_sample() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    eventful(&store).await;
    let archive = opened(folder.path(), &exported(&store, &run(1)).await).unwrap();
    for seq in [1, 3, 8, 9, 10] {
        assert_eq!(archive.sample_at(seq).unwrap(), store.sample_at(&run(1), seq).await.unwrap(), "{seq}");
    }
    for seq in [0, 2, 4, 7, 12, u64::MAX] {
        assert!(matches!(archive.sample_at(seq), Err(ArchiveError::NoSuchSample { .. })), "{seq}");
    }
}

#[tokio::test]
async fn the_same_run_gives_the_same_bytes_however_it_came_into_a_store() {
    let (first, second) = (Store::in_memory().await.unwrap(), Store::in_memory().await.unwrap());
    let events: Vec<Event> =
        (0..3000).map(|seq| finished_case(seq, sample((seq % 3) as u32, row(seq / 3), request(&["Which?"])))).collect();
    for (store, batch) in [(&first, 7), (&second, 500)] {
        let mut journal = begin(store, 1).await;
        for batch in events.chunks(batch) {
            journal.emit(batch).await.unwrap();
        }
    }
    let bytes = exported(&first, &run(1)).await;
    assert!(bytes == exported(&first, &run(1)).await && bytes == exported(&second, &run(1)).await);
}

/// Text that cannot be packed.
fn noise(number: u64, length: usize) -> String {
    let pieces = (0..).map(|piece: u64| Digest::of_bytes(format!("{number}/{piece}").as_bytes()).hex());
    pieces.take(length / 64).collect()
}

#[tokio::test]
async fn a_row_stands_once_and_is_found_however_far_away_its_samples_are() {
    const ROWS: u64 = 60;
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    let heavy = |number| {
        let mut row = row(number);
        row.input.insert("body".into(), noise(number, 1 << 16).into());
        row
    };
    let event = |seq| finished_case(seq, sample((seq / ROWS) as u32, heavy(seq % ROWS), request(&["Which?"])));
    let mut sizes = Vec::new();
    for variants in [1, 3] {
        let mut journal = begin(&store, variants).await;
        let events: Vec<Event> = (0..ROWS * u64::from(variants)).map(event).collect();
        journal.emit(&events).await.unwrap();
        journal.close().await;
        let bytes = exported(&store, &run(variants)).await;
        assert_eq!(events_of(&opened(folder.path(), &bytes).unwrap(), Detail::Full), events);
        sizes.push(bytes.len());
    }
    assert!(sizes[1] - sizes[0] < 40_000, "{sizes:?}");
}

#[tokio::test]
async fn a_run_that_was_killed_before_it_began_can_be_kept_too() {
    let (folder, store) = (folder(), Store::in_memory().await.unwrap());
    begin(&store, 1).await.close().await;
    let archive = opened(folder.path(), &exported(&store, &run(1)).await).unwrap();
    assert_eq!(events_of(&archive, Detail::Full), []);
    assert_eq!(archive.run(), &record_of(&store, &run(1)).await);
}

#[tokio::test]
async fn a_run_that_is_being_written_is_refused() {
    let store = Store::in_memory().await.unwrap();
    let journal = begin(&store, 1).await;
    let error = store.export(&record_of(&store, &run(1)).await, Vec::new()).await.unwrap_err();
    assert_eq!(error, ArchiveError::Store(StoreError::Running { run: run(1) }));
    journal.close().await;
    exported(&store, &run(1)).await;
}

#[test]
fn a_full_disk_is_told_as_one() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = Writer::new(Full, &record()).unwrap_err();
    assert!(matches!(error, ArchiveError::Unwritable { kind: std::io::ErrorKind::StorageFull, .. }), "{error}");
}

#[test]
fn a_number_that_is_taken_is_refused() {
    let mut writer = Writer::new(Vec::new(), &record()).unwrap();
    writer.event(&case(3)).unwrap();
    let error = writer.event(&case(3)).unwrap_err();
    assert_eq!(error, ArchiveError::Store(StoreError::OutOfOrder { run: run(1), seq: 3, next: 4 }));
}

pub(crate) fn record() -> RunRecord {
    RunRecord { id: run(1), eval: "triage".into(), name: None, started_at: AT.into(), status: None, samples: 0 }
}

pub(crate) fn archived<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes, &record()).unwrap();
    for event in events {
        writer.event(event).unwrap();
    }
    let digest = writer.finish().unwrap();
    assert!(bytes.ends_with(format!("{}\n", digest.hex()).as_bytes()));
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_sequence_of_events_comes_back_and_no_damage_is_overlooked(
        batches in any_batches(), at in any::<prop::sample::Index>(), bit in 0..8_u32,
    ) {
        let (folder, events) = (folder(), batches.concat());
        let mut bytes = archived(&events);
        let archive = opened(folder.path(), &bytes).unwrap();
        prop_assert_eq!(events_of(&archive, Detail::Full), events.clone());
        for event in &events {
            if let EventKind::CaseFinished { sample } = &event.kind {
                prop_assert_eq!(&archive.sample_at(event.seq).unwrap(), sample.as_ref());
            }
        }
        let at = at.index(bytes.len());
        prop_assert!(opened(folder.path(), &bytes[..at]).is_err(), "cut at {}", at);
        bytes[at] ^= 1 << bit;
        prop_assert!(opened(folder.path(), &bytes).is_err(), "bit {} of byte {}", bit, at);
    }
}
