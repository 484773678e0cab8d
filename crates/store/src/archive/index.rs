//! The second way through a file: what stands where.

use std::sync::Arc;

use carat_core::Digest;
use carat_core::event::RunStatus;

use super::ArchiveError;
use super::blocks::{Shelf, Source};
use super::line::{self, Head, KeptRun};
use crate::record::{self, EventRecord, Nonsense};

/// Where a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) block: u32,
    pub(super) byte: u32,
}

/// What stands where in an archive: 16 bytes for each content, and as many for each block.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) run: KeptRun,
    /// How the run ended, if that is the last thing that happened.
    pub(super) status: Option<RunStatus>,
    pub(super) samples: u64,
    /// Contents by the first bytes of their digest, sorted.
    contents: Vec<(u64, Place)>,
    /// The first number of each block that has any, and the block.
    numbers: Vec<(u64, u32)>,
}

impl Index {
    /// Unpacks everything once, and finds out whether the lines are as many as there should be, and of what kinds.
    pub(super) fn of(source: &Source, lines: u64) -> Result<Self, ArchiveError> {
        let mut going = Going::default();
        for block in (0..).take(source.blocks.len()) {
            let text = source.unpack(block)?;
            going.through(block, &text).map_err(|nonsense| source.nonsense(nonsense))?;
        }
        going.end(lines).map_err(|nonsense| source.nonsense(nonsense))
    }

    /// The line of this content, if there is one.
    pub(super) fn content(
        &self,
        digest: &Digest,
        shelf: &mut Shelf,
    ) -> Result<Option<(Arc<str>, usize)>, ArchiveError> {
        let key = digest.prefix64();
        let first = self.contents.partition_point(|(prefix, _)| *prefix < key);
        for (_, place) in self.contents[first..].iter().take_while(|(prefix, _)| *prefix == key) {
            let text = shelf.block(place.block)?;
            let line = line_at(&text, place.byte as usize);
            if Head::of(line).is_ok_and(|head| head == Head::Content(*digest)) {
                return Ok(Some((text, place.byte as usize)));
            }
        }
        Ok(None)
    }

    /// The block that has the event of this number, if any has.
    pub(super) fn block_of(&self, number: u64) -> Option<u32> {
        let behind = self.numbers.partition_point(|(first, _)| *first <= number);
        behind.checked_sub(1).map(|at| self.numbers[at].1)
    }
}

/// The line that begins here, without its line feed.
pub(super) fn line_at(text: &str, byte: usize) -> &str {
    let rest = text.get(byte..).unwrap_or_default();
    rest.split_once('\n').map_or(rest, |(line, _)| line)
}

#[derive(Default)]
struct Going {
    run: Option<KeptRun>,
    status: Option<RunStatus>,
    samples: u64,
    contents: Vec<(u64, Place)>,
    numbers: Vec<(u64, u32)>,
    lines: u64,
    next: u64,
}

impl Going {
    fn through(&mut self, block: u32, text: &str) -> Result<(), Nonsense> {
        let mut byte = 0;
        for line in text.split_terminator('\n') {
            self.line(Place { block, byte }, line)?;
            // A block has at most 2^30 bytes.
            byte += u32::try_from(line.len() + 1).unwrap_or(u32::MAX);
        }
        Ok(())
    }

    fn line(&mut self, place: Place, text: &str) -> Result<(), Nonsense> {
        let head = Head::of(text)?;
        if (head == Head::Run) != (self.lines == 0) {
            return Err(Nonsense("the line of the run is not the first one, or there are several".to_owned()));
        }
        self.lines += 1;
        match head {
            Head::Run => self.run = Some(line::run(text)?),
            Head::Content(digest) => self.contents.push((digest.prefix64(), place)),
            Head::Judgement(number) => self.number(number, place)?,
            Head::Sample(number) => {
                self.number(number, place)?;
                self.samples += 1;
            }
            Head::Event(number) => {
                self.number(number, place)?;
                if text.contains(record::RUN_FINISHED) {
                    self.status = record::status(&line::read::<EventRecord>("an event", text)?.body)?;
                }
            }
        }
        Ok(())
    }

    fn number(&mut self, number: u64, place: Place) -> Result<(), Nonsense> {
        if number < self.next {
            return Err(Nonsense(format!("event {number} comes where {} or more is due", self.next)));
        }
        self.next = number.saturating_add(1);
        self.status = None;
        if self.numbers.last().is_none_or(|(_, block)| *block != place.block) {
            self.numbers.push((number, place.block));
        }
        Ok(())
    }

    fn end(mut self, lines: u64) -> Result<Index, Nonsense> {
        if self.lines != lines {
            return Err(Nonsense(format!("there are {} lines where there should be {lines}", self.lines)));
        }
        self.contents.sort_unstable();
        self.contents.shrink_to_fit();
        let run = self.run.ok_or_else(|| Nonsense("it does not say of which run it is".to_owned()))?;
        let Self { status, samples, contents, numbers, .. } = self;
        Ok(Index { run, status, samples, contents, numbers })
    }
}
