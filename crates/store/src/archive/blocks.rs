//! The blocks of an archive, unpacked as they are needed.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use super::ArchiveError;
use super::verify::Block;
use crate::record::Nonsense;

/// How many bytes of blocks a reader keeps at hand, to find in them what samples share. Models that are asked the same rows
/// do not keep step, so that their rows stand in several places.
const AT_HAND: usize = 16 << 20;

/// An open archive.
#[derive(Debug)]
pub(super) struct Source {
    file: Mutex<File>,
    pub(super) name: String,
    pub(super) blocks: Vec<Block>,
}

impl Source {
    pub(super) fn new(file: File, name: String, blocks: Vec<Block>) -> Self {
        Self { file: Mutex::new(file), name, blocks }
    }

    /// The lines of a block, each with its line feed. Both lengths were looked at when the file was verified.
    pub(super) fn unpack(&self, number: u32) -> Result<String, ArchiveError> {
        let block = usize::try_from(number).ok().and_then(|number| self.blocks.get(number));
        let block = *block.ok_or_else(|| self.nonsense(Nonsense(format!("there is no block {number}"))))?;
        let packed = self.read(block).map_err(|error| self.unreadable(&error))?;
        let bad = |what: String| self.nonsense(Nonsense(format!("block {number} cannot be unpacked: {what}")));
        let plain = zstd::bulk::decompress(&packed, block.plain as usize).map_err(|error| bad(error.to_string()))?;
        if plain.len() != block.plain as usize || plain.last() != Some(&b'\n') {
            return Err(bad("it is not as long as it says, or ends within a line".to_owned()));
        }
        String::from_utf8(plain).map_err(|error| bad(error.to_string()))
    }

    fn read(&self, block: Block) -> std::io::Result<Vec<u8>> {
        let mut packed = vec![0; block.packed as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(block.start))?;
        file.read_exact(&mut packed)?;
        Ok(packed)
    }

    pub(super) fn nonsense(&self, Nonsense(what): Nonsense) -> ArchiveError {
        ArchiveError::Nonsense { file: self.name.clone(), what }
    }

    fn unreadable(&self, error: &std::io::Error) -> ArchiveError {
        ArchiveError::Unreadable { file: self.name.clone(), cause: error.to_string() }
    }
}

/// The blocks that one reader has used last.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) source: Arc<Source>,
    /// The one that was used last is at the end.
    at_hand: VecDeque<(u32, Arc<str>)>,
    bytes: usize,
}

impl Shelf {
    pub(super) fn new(source: Arc<Source>) -> Self {
        Self { source, at_hand: VecDeque::new(), bytes: 0 }
    }

    pub(super) fn block(&mut self, number: u32) -> Result<Arc<str>, ArchiveError> {
        let found = self.at_hand.iter().rposition(|(at_hand, _)| *at_hand == number);
        if let Some((_, lines)) = found.and_then(|position| self.at_hand.remove(position)) {
            self.at_hand.push_back((number, Arc::clone(&lines)));
            return Ok(lines);
        }
        let lines: Arc<str> = self.source.unpack(number)?.into();
        self.bytes += lines.len();
        while self.bytes > AT_HAND
            && let Some((_, oldest)) = self.at_hand.pop_front()
        {
            self.bytes -= oldest.len();
        }
        self.at_hand.push_back((number, Arc::clone(&lines)));
        Ok(lines)
    }
}
