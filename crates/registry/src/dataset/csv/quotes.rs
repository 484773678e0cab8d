//! Whether the quotes of a table stand where they may.
//!
//! The CSV parser prefers some reading over none: in `"a` … `2,"b"` it goes on after the closing quote as if nothing were
//! amiss, and a row is gone. So quotes are followed here as well, and text behind a closing one is refused.

/// Where in a record the reading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    /// Behind a quote within quotes: the cell's end, or the first half of a doubled one.
    Closed,
}

/// Follows the quotes from line to line.
pub(super) struct Quotes {
    delimiter: u8,
    state: State,
}

impl Quotes {
    pub(super) const fn new(delimiter: u8) -> Self {
        Self { delimiter, state: State::CellStart }
    }

    /// Forgets what was open.
    pub(super) const fn reset(&mut self) {
        self.state = State::CellStart;
    }

    /// Follows one line; where text stands behind a closing quote, the letter's number in the line, from 1.
    pub(super) fn follow(&mut self, line: &str) -> Result<(), usize> {
        if self.state == State::CellStart && !line.contains('"') {
            return Ok(());
        }
        for (at, byte) in line.bytes().enumerate() {
            self.state = match (self.state, byte) {
                (State::Quoted, b'"') => State::Closed,
                (State::Quoted, _) | (State::CellStart | State::Closed, b'"') => State::Quoted,
                (_, b'\n' | b'\r') => State::CellStart,
                (_, byte) if byte == self.delimiter => State::CellStart,
                (State::Closed, _) => return Err(line[..at].chars().count() + 1),
                (State::CellStart | State::Plain, _) => State::Plain,
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_behind_a_closing_quote_is_refused() {
        let follow = |line: &str| Quotes::new(b',').follow(line);
        for line in ["a,b\n", "\"a\",\"b\"\r\n", "\"a \"\"b\"\"\",c\n", "5\" disk,\"\"\n", "\"a,\n"] {
            assert_eq!(follow(line), Ok(()), "{line}");
        }
        assert_eq!(follow("é,\"a\"b\n"), Err(6));
    }

    #[test]
    fn an_open_quote_is_remembered_on_the_next_line() {
        let mut quotes = Quotes::new(b',');
        assert_eq!(quotes.follow("1,\"a\n"), Ok(()));
        assert_eq!(quotes.follow("2,\"b\"\n"), Err(4));
    }
}
