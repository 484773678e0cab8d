//! The lines of a file that nobody vouches for: none of them takes more memory than a line may have.

use std::io::{self, BufRead, Read as _};

/// So many bytes a line may have: a call with several pictures in it has less.
pub(super) const LONGEST: usize = 32 << 20;

/// The lines, one after the other.
pub(super) struct Lines<R> {
    reader: R,
    longest: usize,
    number: usize,
}

/// One line: its number from 1, and its text or why it has none.
pub(super) type Line = (usize, Result<String, String>);

impl<R: BufRead> Lines<R> {
    pub(super) const fn of(reader: R, longest: usize) -> Self {
        Self { reader, longest, number: 0 }
    }

    /// The next line without its end; none behind the last.
    pub(super) fn read(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let most = u64::try_from(self.longest).unwrap_or(u64::MAX).saturating_add(1);
        if self.reader.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        if bytes.len() > self.longest && !bytes.ends_with(b"\n") {
            self.reader.skip_until(b'\n')?;
            return Ok(Some((self.number, Err(format!("it is longer than {} bytes", self.longest)))));
        }
        let text = String::from_utf8(bytes).map_err(|error| error.utf8_error().to_string());
        let is_first = self.number == 1;
        let text = text.map(|text| text.trim_start_matches(|c| is_first && c == '\u{feff}').trim().to_owned());
        Ok(Some((self.number, text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_or_no_text_is_told_and_the_next_one_is_read() {
        let text = b"\xef\xbb\xbf12345\n12345678\r\n123456789\n\n\xff\nend";
        let mut lines = Lines::of(text.as_slice(), 9);
        let mut read = Vec::new();
        while let Some(line) = lines.read().unwrap() {
            read.push(line);
        }
        let long = "it is longer than 9 bytes".to_owned();
        let none = "invalid utf-8 sequence of 1 bytes from index 0".to_owned();
        let texts = [Ok("12345"), Ok("12345678"), Ok("123456789"), Ok(""), Err(none), Ok("end")];
        let expected: Vec<Line> =
            texts.into_iter().enumerate().map(|(at, text)| (at + 1, text.map(str::to_owned))).collect();
        assert_eq!(read, expected);
        let mut lines = Lines::of(b"1234567890123\nend".as_slice(), 9);
        assert_eq!(lines.read().unwrap(), Some((1, Err(long))));
        assert_eq!(lines.read().unwrap(), Some((2, Ok("end".to_owned()))));
        assert_eq!(lines.read().unwrap(), None);
    }
}
