//! Lines of a UTF-8 file, with their numbers, and advice where it is not UTF-8.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use carat_core::DataError;

use super::{Fault, Source};

/// The most bytes that a row may have. A file without line feeds or with a quote left open would else be read whole.
pub(super) const ROW_LIMIT: usize = 64 << 20;

/// The lines of a text file. A byte order mark at its start is skipped.
pub(super) struct Lines {
    source: Source,
    reader: BufReader<File>,
    line: String,
    number: u64,
    /// How many bytes of the file come before this line.
    offset: u64,
    /// How many bytes of the file this line takes, its line feed included.
    taken: u64,
    cut: bool,
}

impl Lines {
    /// Opens the file and looks at its first bytes.
    pub(super) fn open(source: &Source) -> Result<Self, DataError> {
        let mut reader = BufReader::with_capacity(1 << 17, source.file()?);
        let head = reader.fill_buf().map_err(|error| source.unreadable(&error))?;
        if let Some(message) = foreign_head(head, source.name()) {
            return Err(source.error(1, message));
        }
        let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        reader.consume(mark);
        let source = source.clone();
        Ok(Self { source, reader, line: String::new(), number: 0, offset: mark as u64, taken: 0, cut: false })
    }

    /// Goes to the next line; false at the end of the file. After a line that is not UTF-8 the reading can go on.
    pub(super) fn advance(&mut self) -> Result<bool, Fault> {
        let mut line = std::mem::take(&mut self.line).into_bytes();
        line.clear();
        self.offset += self.taken;
        let taken = (&mut self.reader).take(ROW_LIMIT as u64 + 1).read_until(b'\n', &mut line);
        let taken = taken
            .map_err(|error| self.source.fatal(self.number + 1, format!("cannot be read from here on: {error}")))?;
        self.taken = taken as u64;
        if taken == 0 {
            return Ok(false);
        }
        self.number += 1;
        if taken > ROW_LIMIT {
            return Err(self.too_long());
        }
        self.cut = line.last() != Some(&b'\n');
        if self.cut {
            line.push(b'\n');
        }
        self.line = String::from_utf8(line).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            self.not_utf8(&error.into_bytes(), at)
        })?;
        Ok(true)
    }

    /// The line, with a line feed at its end in any case; empty before the first and after the last.
    pub(super) fn current(&self) -> &str {
        &self.line
    }

    /// The line's number, from 1.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// Whether the file ends in this line, without a line feed.
    pub(super) const fn is_cut(&self) -> bool {
        self.cut
    }

    fn too_long(&self) -> Fault {
        let message = "the row is larger than 64 MB; keep large things in files of their own and name them in the row";
        self.source.fatal(self.number, message)
    }

    fn not_utf8(&self, line: &[u8], at: usize) -> DataError {
        let byte = line.get(at).copied().unwrap_or_default();
        let place = self.offset + at as u64;
        let advice = looks_like(line).map_or_else(
            || "the text around it is UTF-8, so the file is probably damaged there".to_owned(),
            |encoding| format!("the text looks like {encoding}: {}", iconv(encoding, self.source.name())),
        );
        self.source.error(self.number, format!("byte {place} of the file (0x{byte:02x}) is not UTF-8; {advice}"))
    }
}

/// What the bytes of a line in another encoding probably are.
fn looks_like(line: &[u8]) -> Option<&'static str> {
    if line.contains(&0) {
        return Some("UTF-16");
    }
    let mixed = line.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    (!mixed).then_some("WINDOWS-1252")
}

fn iconv(from: &str, name: &str) -> String {
    format!("`iconv -f {from} -t UTF-8 {name} > utf8-{name}`")
}

/// What the file is by its first bytes, where it is not UTF-8 text.
fn foreign_head(head: &[u8], name: &str) -> Option<String> {
    let encoded = |encoding: &str| Some(format!("the file is {encoding}, not UTF-8: {}", iconv(encoding, name)));
    match head {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => encoded("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => encoded("UTF-16"),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => encoded("UTF-16BE"),
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => encoded("UTF-16LE"),
        [0x1f, 0x8b, ..] => Some(format!("the file is gzip, not text: `gunzip < {name} > plain-{name}`")),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            Some(format!("the file is Zstandard, not text: `zstd -dc {name} > plain-{name}`"))
        }
        [b'P', b'A', b'R', b'1', ..] => Some("the file is Parquet, not text; give it the ending .parquet".to_owned()),
        [b'P', b'K', 3, 4, ..] => Some("the file is a spreadsheet or a ZIP archive; save it as CSV (UTF-8)".to_owned()),
        _ => None,
    }
}
