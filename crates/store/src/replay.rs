//! The way out of what a run did.

use std::collections::{HashSet, VecDeque};

use carat_core::event::PlanOutline;
use carat_core::{Digest, Event, EventKind, RowId, RunId, Sample};
use serde::de::DeserializeOwned;

use crate::open::Place;
use crate::record::{self, Line, Nonsense, bigint, column, number, parsed};
use crate::request::Contents;
use crate::sqlite::{self, Pool};
use crate::text::kept;
use crate::{Store, StoreError};

mod statements;

use statements::{
    EVENTS, FULL_SAMPLES, INDEX_OF_ROW, INDEX_PAGE, JUDGEMENTS, ONE_SAMPLE, PLANS, SAMPLES, SAMPLES_WITH_ROWS,
};

/// How much of a run is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Answers and what the scorers say of them: enough for every report. Samples have no transcript.
    Verdicts,
    /// With the golden row of every sample, and without its request: what slices of a report are made by.
    Rows,
    /// With the golden row and the request of every sample.
    Full,
}

/// What a resume needs to know of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The number of its event.
    pub seq: u64,
    /// The number of its variant.
    pub variant: u32,
    /// Which row.
    pub row: RowId,
    /// Which repeat, from 0.
    pub trial: u32,
    /// The name of the row's content as it was then.
    pub row_digest: Digest,
    /// The name of what was asked; none when nothing could be rendered.
    pub request_digest: Option<Digest>,
    /// Whether there is an answer.
    pub completed: bool,
    /// Whether the scorers have said what they can of the answer; not so where a judge gave no answer.
    pub scored: bool,
    /// Whether it does not count: because a resume has superseded it, or because it was recorded before it was scored.
    pub superseded: bool,
}

/// How many lines are read at a time. Requests and answers may be long, so that fewer are held at once.
const LINES: i64 = 1024;
const LINES_WITH_ROWS: i64 = 256;
const FULL_LINES: i64 = 128;
const INDEX_LINES: i64 = 4096;

/// How many shared messages and requests are kept at hand from one page to the next.
const CONTENTS_AT_HAND: usize = 256;

/// The events of a run, in the order of their numbers, without superseded samples. It reads a page at a time: memory does
/// not grow with the run, and a run that is being written is seen as far as it is when a page is read.
#[derive(Debug)]
pub struct Replay {
    reader: Reader,
    key: i64,
    detail: Detail,
    after: i64,
    page: VecDeque<Event>,
    ended: bool,
}

impl Replay {
    /// The next event; none after the last.
    ///
    /// # Errors
    /// Whatever keeps a store from being read, and what is damaged in it.
    pub async fn next(&mut self) -> Result<Option<Event>, StoreError> {
        if self.page.is_empty() {
            self.page = self.next_page().await?.into();
        }
        Ok(self.page.pop_front())
    }

    /// The next events, some at a time; none after the last.
    ///
    /// # Errors
    /// As [`Replay::next`].
    pub async fn next_page(&mut self) -> Result<Vec<Event>, StoreError> {
        if !self.page.is_empty() {
            return Ok(std::mem::take(&mut self.page).into());
        }
        if self.ended {
            return Ok(Vec::new());
        }
        let lines = self.reader.lines(self.key, self.after, self.detail).await?;
        let events = self.reader.events(lines).await?;
        self.ended = events.is_empty();
        if let Some(last) = events.last() {
            self.after = bigint("an event's number", last.seq)?;
        }
        Ok(events)
    }
}

impl Store {
    /// Reads a run again from its beginning.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], and whatever keeps a store from being read.
    pub async fn replay(&self, run: &RunId, detail: Detail) -> Result<Replay, StoreError> {
        let key = self.run_key(run).await?;
        Ok(Replay { reader: self.reader(), key, detail, after: -1, page: VecDeque::new(), ended: false })
    }

    /// The plans of a run as it began and at every resume, oldest first; none if it was killed before it began.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], and whatever keeps a store from being read.
    pub async fn plans(&self, run: &RunId) -> Result<Vec<PlanOutline>, StoreError> {
        let bodies: Vec<String> = sqlx::query_scalar(PLANS)
            .bind(self.run_key(run).await?)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.place.error("read a run", &error))?;
        let kinds: Result<Vec<EventKind>, Nonsense> = bodies.iter().map(|body| parsed("event", body)).collect();
        let kinds = kinds.map_err(|nonsense| self.place.damaged(nonsense))?;
        Ok(kinds.into_iter().filter_map(EventKind::into_plan).collect())
    }

    /// What a resume needs to know of every sample of a run, superseded ones included, in the order of their numbers.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], and whatever keeps a store from being read.
    pub async fn recorded(&self, run: &RunId) -> Result<Vec<Recorded>, StoreError> {
        let key = self.run_key(run).await?;
        let mut samples: Vec<Recorded> = Vec::new();
        loop {
            let after = samples.last().map_or(Ok(-1), |last| bigint("a sample's number", last.seq))?;
            let query = sqlx::query(INDEX_PAGE).bind(key).bind(after).bind(INDEX_LINES);
            let rows = query.fetch_all(&self.pool).await.map_err(|error| self.place.error("read a run", &error))?;
            if rows.is_empty() {
                return Ok(samples);
            }
            for row in &rows {
                samples.push(recorded(row).map_err(|nonsense| self.place.damaged(nonsense))?);
            }
        }
    }

    /// The same of the samples of one row alone.
    ///
    /// # Errors
    /// As [`Store::recorded`].
    pub async fn recorded_of_row(&self, run: &RunId, row: &RowId) -> Result<Vec<Recorded>, StoreError> {
        let query = sqlx::query(INDEX_OF_ROW).bind(self.run_key(run).await?).bind(kept(row.as_str()));
        let rows = self.place.doing("read a run", query.fetch_all(&self.pool).await)?;
        rows.iter().map(|row| recorded(row).map_err(|nonsense| self.place.damaged(nonsense))).collect()
    }

    /// One sample with its transcript, superseded or not, by the number of its event.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], [`StoreError::NoSuchSample`], and whatever keeps a store from being read.
    pub async fn sample_at(&self, run: &RunId, seq: u64) -> Result<Sample, StoreError> {
        let query = sqlx::query(ONE_SAMPLE).bind(self.run_key(run).await?).bind(bigint("a sample's number", seq)?);
        let rows = query.fetch_all(&self.pool).await.map_err(|error| self.place.error("read a sample", &error))?;
        let lines = rows.iter().map(|row| Line::of_sample_row(row, true)).collect::<Result<_, _>>();
        let lines = lines.map_err(|nonsense| self.place.damaged(nonsense))?;
        match self.reader().events(lines).await?.pop().map(|event| event.kind) {
            Some(EventKind::CaseFinished { sample }) => Ok(*sample),
            _ => Err(StoreError::NoSuchSample { run: run.clone(), seq }),
        }
    }

    fn reader(&self) -> Reader {
        Reader { pool: self.pool.clone(), place: self.place.clone(), contents: Contents::default() }
    }
}

/// Puts lines and the contents that they share together.
#[derive(Debug)]
struct Reader {
    pool: Pool,
    place: Place,
    contents: Contents,
}

impl Reader {
    /// The next lines of a run, from its three tables as they are at one instant, however busily somebody writes.
    async fn lines(&self, run: i64, after: i64, detail: Detail) -> Result<Vec<Line>, StoreError> {
        let (samples, limit) = match detail {
            Detail::Verdicts => (SAMPLES, LINES),
            Detail::Rows => (SAMPLES_WITH_ROWS, LINES_WITH_ROWS),
            Detail::Full => (FULL_SAMPLES, FULL_LINES),
        };
        let mut instant = self.pool.begin().await.map_err(|error| self.unreadable(&error))?;
        let mut page = Page::new(limit);
        let tables = [(EVENTS, Table::Events), (JUDGEMENTS, Table::Judgements), (samples, Table::Samples(detail))];
        for (text, table) in tables {
            let query = sqlx::query(text).bind(run).bind(after).bind(limit);
            let rows = query.fetch_all(&mut *instant).await.map_err(|error| self.unreadable(&error))?;
            let lines: Result<Vec<Line>, Nonsense> = rows.iter().map(|row| table.line(row)).collect();
            page.add(lines.map_err(|nonsense| self.place.damaged(nonsense))?);
        }
        instant.commit().await.map_err(|error| self.unreadable(&error))?;
        Ok(page.in_order())
    }

    async fn events(&mut self, lines: Vec<Line>) -> Result<Vec<Event>, StoreError> {
        if self.contents.messages.len() + self.contents.requests.len() > CONTENTS_AT_HAND {
            self.contents = Contents::default();
        }
        for digest in lines.iter().filter_map(Line::shared_request) {
            if !self.contents.requests.contains_key(digest)
                && let Some(request) = self.fetch(digest, "request").await?
            {
                self.contents.requests.insert(*digest, request);
            }
        }
        let messages: HashSet<Digest> =
            lines.iter().flat_map(|line| line.shared_messages(&self.contents)).copied().collect();
        for digest in messages {
            if !self.contents.messages.contains_key(&digest)
                && let Some(message) = self.fetch(&digest, "message").await?
            {
                self.contents.messages.insert(digest, message);
            }
        }
        let events = lines.into_iter().map(|line| line.complete(&self.contents)).collect::<Result<_, _>>();
        events.map_err(|nonsense| self.place.damaged(nonsense))
    }

    /// Gets what is shared. If it is missing, that is missed by the line that needs it.
    async fn fetch<T: DeserializeOwned>(&self, digest: &Digest, what: &'static str) -> Result<Option<T>, StoreError> {
        let body: Option<String> = sqlx::query_scalar("SELECT body FROM contents WHERE digest = $1")
            .bind(digest.as_bytes().as_slice())
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.unreadable(&error))?;
        body.map(|body| parsed(what, &body)).transpose().map_err(|nonsense| self.place.damaged(nonsense))
    }

    fn unreadable(&self, error: &sqlx::Error) -> StoreError {
        self.place.error("read a run", error)
    }
}

/// One of the tables that a journal is the merge of.
#[derive(Debug, Clone, Copy)]
enum Table {
    Events,
    Judgements,
    Samples(Detail),
}

impl Table {
    fn line(self, row: &sqlite::Row) -> Result<Line, Nonsense> {
        match self {
            Self::Events => Line::of_event_row(row),
            Self::Judgements => Line::of_judgement_row(row),
            Self::Samples(detail) => Line::of_sample_row(row, detail != Detail::Verdicts),
        }
    }
}

/// Lines of several tables, each in order, that are merged.
#[derive(Debug)]
struct Page {
    limit: usize,
    lines: Vec<Line>,
    /// Up to here every table has been read.
    read_to: u64,
}

impl Page {
    fn new(limit: i64) -> Self {
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), lines: Vec::new(), read_to: u64::MAX }
    }

    /// Adds the lines of a table; if they are as many as were asked for, there may be more behind them.
    fn add(&mut self, lines: Vec<Line>) {
        if lines.len() >= self.limit
            && let Some(last) = lines.last()
        {
            self.read_to = self.read_to.min(last.seq);
        }
        self.lines.extend(lines);
    }

    fn in_order(mut self) -> Vec<Line> {
        self.lines.retain(|line| line.seq <= self.read_to);
        self.lines.sort_by_key(|line| line.seq);
        self.lines
    }
}

fn recorded(row: &sqlite::Row) -> Result<Recorded, Nonsense> {
    let case = record::case(row)?;
    let request_digest = column::<Option<Vec<u8>>>(row, "request_digest")?;
    let outcome = column(row, "outcome")?;
    Ok(Recorded {
        seq: number(row, "seq")?,
        variant: case.variant,
        row: case.row,
        trial: case.trial,
        row_digest: record::digest(&column::<Vec<u8>>(row, "row_digest")?)?,
        request_digest: request_digest.map(|bytes| record::digest(&bytes)).transpose()?,
        completed: record::is_completed(outcome),
        scored: column::<i64>(row, "scored")? != 0 && !record::is_unjudged(outcome),
        superseded: column::<i64>(row, "superseded")? != 0,
    })
}
