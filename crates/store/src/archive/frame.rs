//! What stands around the lines of an archive: its first line, blocks, and its end.

use std::io::{self, Write};

use carat_core::Digest;
use sha2::{Digest as _, Sha256};
use zstd::bulk::Compressor;

/// The number of the format that is written, and the highest that is read.
pub(super) const FORMAT: u32 = 1;

/// What every archive begins with; the number of its format and a line feed follow.
pub(super) const MAGIC: &str = "carat archive ";

/// A block is closed when it has so many bytes of lines. A sample that is looked up by itself takes the unpacking of one; and
/// zstd packs what is shorter than this by 8 % less, and what is longer no better (100,000 short answers).
const BLOCK: usize = 1 << 19;

/// No block has more: the longest text that SQLite holds, and a block.
pub(super) const LARGEST_BLOCK: u32 = 1 << 30;

/// How hard zstd tries. Half as hard makes the file 3 % larger, and twice as hard 1 % smaller.
const LEVEL: i32 = 9;

/// How long the end is.
pub(super) const END: usize = 123;

/// So much of the end is the digest and the line feed behind it; the digest is taken over everything else.
pub(super) const DIGEST_AND_LINE_FEED: usize = 65;

/// The first line.
pub(super) fn first_line() -> String {
    format!("{MAGIC}{FORMAT}\n")
}

/// The end, up to the digest.
pub(super) fn end(lines: u64) -> String {
    format!("\nend of carat archive, {lines:020} lines, sha256:")
}

/// Writes lines, packed by the block, and keeps count of what has to stand at the end.
pub(super) struct Frames<W> {
    out: W,
    hash: Sha256,
    lines: u64,
    block: Vec<u8>,
    packer: Compressor<'static>,
}

impl<W: Write> Frames<W> {
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut frames = Self {
            out,
            hash: Sha256::new(),
            lines: 0,
            block: Vec::with_capacity(BLOCK),
            packer: Compressor::new(LEVEL)?,
        };
        frames.write(first_line().as_bytes())?;
        Ok(frames)
    }

    /// Takes a line, without its line feed.
    pub(super) fn line(&mut self, line: &[u8]) -> io::Result<()> {
        self.block.extend_from_slice(line);
        self.block.push(b'\n');
        self.lines += 1;
        if self.block.len() >= BLOCK { self.close_block() } else { Ok(()) }
    }

    /// Writes what is left, and the end. The digest is the one that stands there.
    pub(super) fn finish(mut self) -> io::Result<Digest> {
        if !self.block.is_empty() {
            self.close_block()?;
        }
        self.write(&0_u32.to_le_bytes())?;
        self.write(end(self.lines).as_bytes())?;
        let digest = Digest::from_bytes(self.hash.finalize().into());
        self.out.write_all(format!("{}\n", digest.hex()).as_bytes())?;
        self.out.flush()?;
        Ok(digest)
    }

    fn close_block(&mut self) -> io::Result<()> {
        let packed = self.packer.compress(&self.block)?;
        let plain = length(self.block.len())?;
        let length = length(packed.len())?;
        self.write(&length.to_le_bytes())?;
        self.write(&plain.to_le_bytes())?;
        self.write(&packed)?;
        self.block.clear();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }
}

fn length(bytes: usize) -> io::Result<u32> {
    let length = u32::try_from(bytes).ok().filter(|length| *length <= LARGEST_BLOCK);
    length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("{bytes} bytes are too many for a block")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_as_long() {
        for lines in [0, u64::MAX] {
            assert_eq!(end(lines).len() + DIGEST_AND_LINE_FEED, END);
        }
    }
}
