//! The way in for what a run does.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use carat_core::{Event, EventKind, RunId, Sink, SinkError};
use sqlx::Connection as _;
use tokio::time::Instant;

use crate::StoreError;
use crate::claim::Claim;
use crate::open::Place;
use crate::pool::Sharing;
use crate::record::{EventRecord, JudgementRecord, SampleRecord, bigint};
use crate::sqlite::{self, Batch, Connection};

/// How long a batch waits between two attempts at it.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a batch waits in all, unless a caller says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// A person's ear for why nothing goes on.
type OnWait = Box<dyn Fn(&StoreError) + Send + Sync>;

/// The journal of one run, for one writer: whoever has it has claimed the run, until it is closed or dropped.
///
/// What [`Sink::emit`] was given is kept when it returns: it survives the death of the process, and nearly always a loss of
/// power.
pub struct Journal {
    run: RunId,
    key: i64,
    next_seq: u64,
    connection: Connection,
    sharing: Sharing,
    /// A batch was begun and not seen to end: it failed, or the caller went away meanwhile.
    in_doubt: bool,
    patience: Duration,
    on_wait: Option<OnWait>,
    place: Place,
    _claim: Claim,
}

impl Journal {
    pub(crate) fn new(run: RunId, key: i64, connection: Connection, claim: Claim, place: Place) -> Self {
        Self {
            run,
            key,
            next_seq: 0,
            connection,
            sharing: Sharing::default(),
            in_doubt: false,
            patience: PATIENCE,
            on_wait: None,
            place,
            _claim: claim,
        }
    }

    /// How long a batch that cannot be written for now (no room, a failing disk, a lock) is tried again before that is an
    /// error. 30 seconds by default.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// What to do when a batch cannot be written for now: it is called once for each batch, when the first attempt has
    /// failed, so that a person can be told to make room.
    #[must_use]
    pub fn on_wait(mut self, tell: impl Fn(&StoreError) + Send + Sync + 'static) -> Self {
        self.on_wait = Some(Box::new(tell));
        self
    }

    /// Which run it is.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// The number that the next event is to have: one more than the last that is kept, 0 in a new run.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// Records that the run goes on, and at once what that means for recorded samples, by their numbers: `superseded` ones
    /// do not count any longer, `restored` ones count again. Both at once or, after an error, neither.
    ///
    /// # Errors
    /// As [`Journal::record`].
    pub async fn resume(&mut self, event: &Event, superseded: &[u64], restored: &[u64]) -> Result<(), StoreError> {
        self.settle().await?;
        let mut batch = self.batch(std::slice::from_ref(event))?;
        for (marked, samples) in [(true, superseded), (false, restored)] {
            let samples = samples.iter().map(|seq| bigint("a sample's number", *seq)).collect::<Result<_, _>>()?;
            batch.marks(self.key, marked, samples);
        }
        self.commit(&batch).await?;
        self.next_seq = event.seq + 1;
        Ok(())
    }

    /// Records events, all or, after an error, none. Their numbers must rise, from [`Journal::next_seq`] on.
    ///
    /// # Errors
    /// A number that is taken, or whatever kept the batch from being written for longer than its patience. The journal
    /// stays usable.
    pub async fn record(&mut self, events: &[Event]) -> Result<(), StoreError> {
        let Some(last) = events.last() else { return Ok(()) };
        self.settle().await?;
        let batch = self.batch(events)?;
        self.commit(&batch).await?;
        self.next_seq = last.seq + 1;
        Ok(())
    }

    /// Moves the write-ahead log into the file, as far as nobody else is in the way, and gives the run up.
    pub async fn close(mut self) {
        if self.in_doubt {
            sqlite::rollback(&mut self.connection).await;
        }
        // What is recorded is safe in the log as well.
        let _ = sqlite::checkpoint(&mut self.connection).await;
        let _ = self.connection.close().await;
    }

    /// Finds out where the journal is when that is in doubt.
    async fn settle(&mut self) -> Result<(), StoreError> {
        if self.in_doubt {
            sqlite::rollback(&mut self.connection).await;
            self.sharing.forget();
            self.find_next_seq().await?;
            self.in_doubt = false;
        }
        Ok(())
    }

    pub(crate) async fn find_next_seq(&mut self) -> Result<(), StoreError> {
        let last: Option<i64> = sqlx::query_scalar(
            "SELECT max(seq) FROM (SELECT max(seq) AS seq FROM samples WHERE run = $1 \
             UNION ALL SELECT max(seq) FROM judgements WHERE run = $1 \
             UNION ALL SELECT max(seq) FROM events WHERE run = $1) AS all_tables",
        )
        .bind(self.key)
        .fetch_one(&mut self.connection)
        .await
        .map_err(|error| self.place.error("find the end of a journal", &error))?;
        self.next_seq = last.map_or(0, |last| last.unsigned_abs() + 1);
        Ok(())
    }

    /// The statements for these events.
    fn batch(&mut self, events: &[Event]) -> Result<Batch, StoreError> {
        // From here on this journal believes that contents are kept; `commit` makes that true.
        self.in_doubt = true;
        let (mut samples, mut uncounted) = (Vec::new(), Vec::new());
        let (mut judgements, mut others) = (Vec::new(), Vec::new());
        let mut next = self.next_seq;
        for event in events {
            if event.seq < next {
                return Err(StoreError::OutOfOrder { run: self.run.clone(), seq: event.seq, next });
            }
            next = event.seq + 1;
            match &event.kind {
                EventKind::CaseFinished { sample } => samples.push(SampleRecord::of(event, sample, &mut self.sharing)?),
                // An answer without scores yet is a sample that another one supersedes, or that a resume scores.
                EventKind::CaseAnswered { sample } => {
                    uncounted.push(bigint("a sample's number", event.seq)?);
                    samples.push(SampleRecord::of(event, sample, &mut self.sharing)?);
                }
                EventKind::JudgeAnswered { judgement } => judgements.push(JudgementRecord::of(event, judgement)?),
                EventKind::RunStarted { .. }
                | EventKind::RunResumed { .. }
                | EventKind::AttemptFailed { .. }
                | EventKind::LimitChanged { .. }
                | EventKind::ModelGivenUp { .. }
                | EventKind::RunFinished { .. } => others.push(EventRecord::of(event)?),
            }
        }
        let mut batch = Batch::default();
        batch.contents(self.key, self.sharing.take_new());
        batch.samples(self.key, samples);
        batch.marks(self.key, true, uncounted);
        batch.judgements(self.key, judgements);
        batch.events(self.key, others);
        Ok(batch)
    }

    /// Writes a batch, with patience.
    async fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let end = Instant::now() + self.patience;
        let mut told = false;
        loop {
            let error = match batch.commit(&mut self.connection).await {
                Ok(()) => {
                    self.in_doubt = false;
                    return Ok(());
                }
                Err(error) => self.unwritable(&error),
            };
            if !error.may_pass() || Instant::now() + PAUSE > end {
                return Err(error);
            }
            if let (false, Some(tell)) = (told, &self.on_wait) {
                tell(&error);
                told = true;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn unwritable(&self, error: &sqlx::Error) -> StoreError {
        self.place.error("write to a journal", error)
    }
}

#[async_trait]
impl Sink for Journal {
    async fn emit(&mut self, events: &[Event]) -> Result<(), SinkError> {
        self.record(events).await.map_err(SinkError::from)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("run", &self.run).field("next_seq", &self.next_seq).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use carat_core::{Case, ModelError, ModelErrorKind, Outcome, Row, Sample, Transcript};
    use serde_json::json;
    use sqlx::Executor as _;

    use super::*;
    use crate::{Detail, Store};

    const AT: &str = "2026-05-01T12:00:00Z";

    /// A sample that takes many pages, all of them for its golden row.
    fn heavy(seq: u64) -> Event {
        let input = json!({ "body": "x".repeat(200_000) });
        let row: Row = serde_json::from_value(json!({ "id": "t-1", "input": input })).unwrap();
        let sample = Sample {
            case: Case { variant: 0, row: row.id.clone(), trial: 0 },
            row_digest: row.digest(),
            request_digest: None,
            outcome: Outcome::Unanswered { error: ModelError::new(ModelErrorKind::Timeout, "late") },
            attempts: 1,
            latency_us: None,
            transcript: Some(Arc::new(Transcript { row: Arc::new(row), request: None })),
        };
        Event { seq, elapsed_us: seq, kind: EventKind::CaseFinished { sample: Box::new(sample) } }
    }

    async fn store_and_journal() -> (tempfile::TempDir, Store, Journal) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("carat.db").to_str().unwrap()).await.unwrap();
        let journal = store.begin_run(&"run".into(), "triage", None, AT).await.unwrap();
        (folder, store, journal)
    }

    #[tokio::test]
    async fn a_batch_that_found_no_room_is_recorded_when_there_is_some_and_misses_nothing() {
        let (_folder, store, mut journal) = store_and_journal().await;
        journal.connection.execute("PRAGMA max_page_count = 30").await.unwrap();
        journal = journal.with_patience(Duration::ZERO);
        for _ in 0..2 {
            let error = journal.record(&[heavy(0), heavy(1)]).await.unwrap_err();
            assert!(matches!(error, StoreError::Full { .. }), "{error}");
        }
        journal.connection.execute("PRAGMA max_page_count = 1000000").await.unwrap();
        journal.record(&[heavy(0)]).await.unwrap();
        journal.record(&[heavy(1)]).await.unwrap();
        let mut replay = store.replay(&"run".into(), Detail::Full).await.unwrap();
        assert_eq!(replay.next_page().await.unwrap(), [heavy(0), heavy(1)]);
    }

    #[tokio::test]
    async fn a_batch_waits_for_a_lock_to_go_and_says_so_once() {
        let (_folder, store, mut journal) = store_and_journal().await;
        let mut other = store.connect().await.unwrap();
        other.execute(sqlite::BEGIN).await.unwrap();
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let other = tokio::spawn(async move {
            let error = told.recv().await.unwrap();
            // Long enough for a second attempt to fail as well.
            tokio::time::sleep(PAUSE * 3 / 2).await;
            sqlite::rollback(&mut other).await;
            assert!(told.recv().await.is_none(), "it was said twice");
            error
        });
        journal.connection.execute("PRAGMA busy_timeout = 1").await.unwrap();
        journal = journal.on_wait(move |error| tell.send(error.clone()).unwrap());
        journal.record(&[heavy(0)]).await.unwrap();
        assert_eq!(journal.next_seq(), 1);
        drop(journal);
        assert!(matches!(other.await.unwrap(), StoreError::Locked { .. }));
    }

    #[tokio::test]
    async fn a_writer_that_went_away_half_way_leaves_the_journal_usable() {
        let (_folder, store, mut journal) = store_and_journal().await;
        let event = heavy(0);
        for attempt in 0..20 {
            let batch: Vec<Event> =
                (0..40).map(|number| Event { seq: journal.next_seq() + number, ..event.clone() }).collect();
            let _ = tokio::time::timeout(Duration::from_millis(attempt / 4), journal.record(&batch)).await;
            journal.settle().await.unwrap();
        }
        let next = journal.next_seq();
        journal.record(&[heavy(next)]).await.unwrap();
        let recorded = store.recorded(&"run".into()).await.unwrap();
        assert_eq!(recorded.len() as u64, next + 1);
        assert_eq!(next % 40, 0, "a batch is there whole or not at all");
        assert_eq!(store.sample_at(&"run".into(), next).await.unwrap().transcript.unwrap().row.id.as_str(), "t-1");
    }
}
