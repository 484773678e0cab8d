//! The first way through a file: is it whole, and as it was written?

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use carat_core::Digest;
use sha2::{Digest as _, Sha256};

use super::ArchiveError;
use super::frame::{self, DIGEST_AND_LINE_FEED, END, FORMAT, LARGEST_BLOCK, MAGIC};

/// Where a block stands in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// The first byte of its frame.
    pub(super) start: u64,
    pub(super) packed: u32,
    pub(super) plain: u32,
}

/// What a file that is whole is made of.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) blocks: Vec<Block>,
    pub(super) lines: u64,
    pub(super) digest: Digest,
}

/// Holds the file against its checksum.
pub(super) fn verify(file: &File, name: &str) -> Result<Layout, ArchiveError> {
    let unreadable = |cause: String| ArchiveError::Unreadable { file: name.to_owned(), cause };
    let about = file.metadata().map_err(|error| unreadable(error.to_string()))?;
    if !about.is_file() {
        return Err(unreadable("it is not a file".to_owned()));
    }
    let mut scan = Scan { file: BufReader::with_capacity(1 << 16, file), hash: Sha256::new(), at: 0 };
    let found = scan.whole().or_else(|trouble| match trouble {
        // A length that was changed leads astray, to the end of the file more often than not.
        Trouble::EndsEarly if scan.ends_like_an_archive(about.len())? => Err(Trouble::Changed),
        other => Err(other),
    });
    let file = name.to_owned();
    match found {
        Ok(_) if about.len() > scan.at => Err(ArchiveError::GoesOn { file, bytes: about.len() - scan.at }),
        Ok(layout) => Ok(layout),
        Err(Trouble::Foreign) => Err(ArchiveError::NotAnArchive { file }),
        Err(Trouble::Newer(format)) => Err(ArchiveError::Newer { file, format }),
        Err(Trouble::EndsEarly) => Err(ArchiveError::CutShort { file, bytes: about.len() }),
        Err(Trouble::Changed) => Err(ArchiveError::Changed { file }),
        Err(Trouble::Disk(cause)) => Err(unreadable(cause)),
    }
}

/// Why a file is not whole.
enum Trouble {
    Foreign,
    Newer(u32),
    EndsEarly,
    Changed,
    Disk(String),
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::EndsEarly,
            _ => Self::Disk(error.to_string()),
        }
    }
}

struct Scan<'a> {
    file: BufReader<&'a File>,
    hash: Sha256,
    at: u64,
}

impl Scan<'_> {
    fn whole(&mut self) -> Result<Layout, Trouble> {
        self.first_line()?;
        let mut blocks = Vec::new();
        loop {
            let packed = u32::from_le_bytes(self.take()?);
            if packed == 0 {
                break;
            }
            let plain = u32::from_le_bytes(self.take()?);
            blocks.push(Block { start: self.at, packed, plain });
            self.pass_over(packed)?;
        }
        let (lines, digest) = self.end()?;
        // Only now is it known that the lengths are those that were written.
        if blocks.iter().any(|block| block.plain > LARGEST_BLOCK || block.packed > LARGEST_BLOCK) {
            return Err(Trouble::Changed);
        }
        Ok(Layout { blocks, lines, digest })
    }

    fn first_line(&mut self) -> Result<(), Trouble> {
        let ours = frame::first_line();
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            match self.take::<1>() {
                Ok([byte]) => line.push(byte),
                Err(Trouble::EndsEarly) if ours.as_bytes().starts_with(&line) => return Err(Trouble::EndsEarly),
                Err(Trouble::EndsEarly) => return Err(Trouble::Foreign),
                Err(other) => return Err(other),
            }
            if line.len() > MAGIC.len() + 11 {
                break;
            }
        }
        let format = line.strip_prefix(MAGIC.as_bytes()).map(|format| {
            let digits = std::str::from_utf8(format).ok()?.strip_suffix('\n')?;
            digits.parse().ok()
        });
        match format {
            None => Err(Trouble::Foreign),
            Some(Some(FORMAT)) if line == ours.as_bytes() => Ok(()),
            Some(Some(newer)) if newer > FORMAT => Err(Trouble::Newer(newer)),
            // Such as a line feed that somebody made two characters of.
            Some(_) => Err(Trouble::Changed),
        }
    }

    /// How many lines there are said to be, and the digest, if they are what they have to be.
    fn end(&mut self) -> Result<(u64, Digest), Trouble> {
        let text: [u8; END - DIGEST_AND_LINE_FEED] = self.take()?;
        let digest = Digest::from_bytes(self.hash.clone().finalize().into());
        let written: [u8; DIGEST_AND_LINE_FEED] = self.take()?;
        let digits: String = text.iter().copied().filter(u8::is_ascii_digit).map(char::from).take(20).collect();
        let lines: u64 = digits.parse().map_err(|_| Trouble::Changed)?;
        let expected = format!("{}\n", digest.hex());
        if text != *frame::end(lines).as_bytes() || written != *expected.as_bytes() {
            return Err(Trouble::Changed);
        }
        Ok((lines, digest))
    }

    fn ends_like_an_archive(&mut self, length: u64) -> Result<bool, Trouble> {
        let mut end = [0; END];
        let Some(start) = length.checked_sub(END as u64) else { return Ok(false) };
        self.file.seek(SeekFrom::Start(start))?;
        self.file.read_exact(&mut end)?;
        let like = frame::end(0);
        // All but the number of lines and the digest is always the same.
        let alike = end.iter().zip(like.as_bytes()).filter(|(a, b)| a == b || a.is_ascii_digit() && b.is_ascii_digit());
        Ok(alike.count() == like.len() && end.last() == Some(&b'\n'))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Trouble> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        self.hash.update(bytes);
        self.at += N as u64;
        Ok(bytes)
    }

    fn pass_over(&mut self, bytes: u32) -> Result<(), Trouble> {
        let mut left = u64::from(bytes);
        let mut buffer = [0; 1 << 14];
        while left > 0 {
            let size = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.file.read_exact(&mut buffer[..size])?;
            self.hash.update(&buffer[..size]);
            self.at += size as u64;
            left -= size as u64;
        }
        Ok(())
    }
}
