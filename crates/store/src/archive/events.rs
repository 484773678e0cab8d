//! Events out of the lines of an archive.

use std::collections::HashSet;
use std::sync::Arc;

use carat_core::{Digest, Event, Row};
use serde::de::DeserializeOwned;

use super::ArchiveError;
use super::blocks::Shelf;
use super::index::{Index, line_at};
use super::line::{self, Head};
use crate::Detail;
use crate::record::{EventRecord, JudgementRecord, Line, Nonsense, SampleRecord, parsed};
use crate::request::Contents;

/// How many shared messages and requests are kept at hand.
const CONTENTS_AT_HAND: usize = 256;

/// The events of an archive, in the order of their numbers, read a block at a time. After an error there are no more.
#[derive(Debug)]
pub struct Events {
    contained: Contained,
    detail: Detail,
    blocks: u32,
    /// The block that comes next.
    next: u32,
    block: Arc<str>,
    /// Where the next line begins.
    byte: usize,
}

impl Events {
    pub(super) fn new(contained: Contained, blocks: usize, detail: Detail) -> Self {
        let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
        Self { contained, detail, blocks, next: 0, block: "".into(), byte: 0 }
    }

    fn advance(&mut self) -> Result<Option<Event>, ArchiveError> {
        loop {
            if self.byte >= self.block.len() {
                if self.next >= self.blocks {
                    return Ok(None);
                }
                self.block = self.contained.shelf.block(self.next)?;
                (self.next, self.byte) = (self.next + 1, 0);
            }
            let block = Arc::clone(&self.block);
            let line = line_at(&block, self.byte);
            self.byte += line.len() + 1;
            if let Some(event) = self.contained.event(line, self.detail)? {
                return Ok(Some(event));
            }
        }
    }
}

impl Iterator for Events {
    type Item = Result<Event, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        let event = self.advance().transpose();
        if matches!(event, Some(Err(_))) {
            (self.next, self.byte) = (self.blocks, self.block.len());
        }
        event
    }
}

/// What an archive contains, as one reader sees it: it puts lines and what they share together.
#[derive(Debug)]
pub(super) struct Contained {
    pub(super) shelf: Shelf,
    index: Arc<Index>,
    contents: Contents,
}

impl Contained {
    pub(super) fn new(shelf: Shelf, index: Arc<Index>) -> Self {
        Self { shelf, index, contents: Contents::default() }
    }

    /// The event of a line; none where the line is none.
    pub(super) fn event(&mut self, line: &str, detail: Detail) -> Result<Option<Event>, ArchiveError> {
        let read = match Head::of(line).map_err(|nonsense| self.nonsense(nonsense))? {
            Head::Run | Head::Content(_) => return Ok(None),
            Head::Event(_) => line::read::<EventRecord>("an event", line)
                .and_then(|record| Line::of_event(record.seq, record.elapsed_us, &record.body)),
            Head::Judgement(_) => line::read::<JudgementRecord>("a judgement", line).and_then(Line::of_judgement),
            Head::Sample(_) => {
                let record = line::read("a sample", line).map_err(|nonsense| self.nonsense(nonsense))?;
                let (record, golden) = self.with_golden(record, detail)?;
                Line::of_sample(record, golden)
            }
        };
        let line = read.map_err(|nonsense| self.nonsense(nonsense))?;
        self.bring(&line)?;
        line.complete(&self.contents).map(Some).map_err(|nonsense| self.nonsense(nonsense))
    }

    /// The sample with as much of its transcript as is wanted.
    fn with_golden(
        &mut self,
        mut record: SampleRecord,
        detail: Detail,
    ) -> Result<(SampleRecord, Option<Row>), ArchiveError> {
        record.request = match (detail, record.request) {
            (Detail::Verdicts, _) | (_, None) => None,
            (Detail::Rows, Some(_)) => Some("null".to_owned()),
            (Detail::Full, request) => request,
        };
        if record.request.is_none() {
            return Ok((record, None));
        }
        let golden: Option<Row> = self.content(&record.row_digest, "golden row")?;
        // A store believes this name, and would give the row to other runs under it.
        if golden.as_ref().is_some_and(|golden| golden.digest() != record.row_digest) {
            let what = format!("the golden row {} is another one", record.row_digest);
            return Err(self.nonsense(Nonsense(what)));
        }
        Ok((record, golden))
    }

    /// Brings what the line shares with others.
    fn bring(&mut self, line: &Line) -> Result<(), ArchiveError> {
        if self.contents.messages.len() + self.contents.requests.len() > CONTENTS_AT_HAND {
            self.contents = Contents::default();
        }
        if let Some(digest) = line.shared_request()
            && !self.contents.requests.contains_key(digest)
            && let Some(request) = self.content(digest, "request")?
        {
            self.contents.requests.insert(*digest, request);
        }
        let messages: HashSet<Digest> = line.shared_messages(&self.contents).copied().collect();
        for digest in messages {
            if !self.contents.messages.contains_key(&digest)
                && let Some(message) = self.content(&digest, "message")?
            {
                self.contents.messages.insert(digest, message);
            }
        }
        Ok(())
    }

    /// Finds what is shared. If it is missing, that is missed by the line that needs it.
    fn content<T: DeserializeOwned>(&mut self, digest: &Digest, what: &str) -> Result<Option<T>, ArchiveError> {
        let Some((block, byte)) = self.index.content(digest, &mut self.shelf)? else { return Ok(None) };
        let body = line::content(line_at(&block, byte)).and_then(|body| parsed(what, body));
        body.map(Some).map_err(|nonsense| self.nonsense(nonsense))
    }

    fn nonsense(&self, nonsense: Nonsense) -> ArchiveError {
        self.shelf.source.nonsense(nonsense)
    }
}
