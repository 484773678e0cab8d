//! Texts taken apart into words and lines, with a number for each distinct one.

use std::collections::HashMap;
use std::ops::Range;

use similar::DiffableStr;

/// Gives equal words, or equal lines, equal numbers.
#[derive(Debug, Default)]
pub(super) struct Numbers<'t>(HashMap<&'t str, u32>);

impl<'t> Numbers<'t> {
    fn of(&mut self, token: &'t str) -> u32 {
        // There are fewer than 2^32 of them: each is a part of a text in memory, and has a place of 16 bytes beside it.
        let next = self.0.len() as u32;
        *self.0.entry(token).or_insert(next)
    }

    pub(super) fn words(&mut self, text: &'t str) -> Words<'t> {
        let mut words = Words { text, places: Vec::new(), numbers: Vec::new(), letters: vec![0] };
        let (mut at, mut letters) = (0, 0);
        for token in text.tokenize_unicode_words() {
            let place = at..at + token.len();
            at = place.end;
            if !is_blank(token) {
                letters += token.chars().count();
                words.places.push(place);
                words.numbers.push(self.of(token));
                words.letters.push(letters);
            }
        }
        words
    }

    pub(super) fn lines(&mut self, text: &'t str) -> Lines<'t> {
        let mut lines = Lines { texts: Vec::new(), ends: Vec::new(), numbers: Vec::new() };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            at += line.len();
            lines.texts.push(line);
            lines.ends.push(at);
            lines.numbers.push(self.of(line));
        }
        lines
    }
}

/// Whether there is nothing in it but white space.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// A text and the words in it, as Unicode has them (UAX #29): also numbers, marks of punctuation, and each character of
/// scripts that write without spaces. White space is what stands between them.
#[derive(Debug)]
pub(super) struct Words<'t> {
    pub(super) text: &'t str,
    /// Where each word stands, in bytes.
    places: Vec<Range<usize>>,
    /// The number of each word.
    pub(super) numbers: Vec<u32>,
    /// How many characters stand in the words before each one, and in all of them.
    letters: Vec<usize>,
}

impl Words<'_> {
    /// Where the word begins, in bytes; behind the last word, where the text ends.
    pub(super) fn start(&self, word: usize) -> usize {
        self.places.get(word).map_or(self.text.len(), |place| place.start)
    }

    /// The bytes from the first of those words to the last. There must be one.
    pub(super) fn bytes(&self, words: Range<usize>) -> Range<usize> {
        self.places[words.start].start..self.places[words.end - 1].end
    }

    /// How many characters those words have, white space left out.
    pub(super) fn letters(&self, words: Range<usize>) -> usize {
        self.letters[words.end] - self.letters[words.start]
    }

    /// The words that begin in those bytes.
    pub(super) fn within(&self, bytes: Range<usize>) -> Range<usize> {
        let first = |byte| self.places.partition_point(|place| place.start < byte);
        first(bytes.start)..first(bytes.end)
    }
}

/// The lines of a text, each with its line feed.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    pub(super) texts: Vec<&'t str>,
    /// Where each line ends, in bytes.
    ends: Vec<usize>,
    /// The number of each line.
    pub(super) numbers: Vec<u32>,
}

impl Lines<'_> {
    /// The bytes of those lines.
    pub(super) fn bytes(&self, lines: Range<usize>) -> Range<usize> {
        let end_before = |line: usize| line.checked_sub(1).map_or(0, |before| self.ends[before]);
        end_before(lines.start)..end_before(lines.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let words = Numbers::default().words(text);
        (0..words.numbers.len()).map(|word| &text[words.bytes(word..word + 1)]).collect()
    }

    #[test]
    fn words_are_those_of_unicode() {
        for (text, expected) in [
            ("It's 3.14, o.k.?", &["It's", "3.14", ",", "o.k", ".", "?"][..]),
            ("snake_case → x", &["snake_case", "→", "x"]),
            ("我爱北京", &["我", "爱", "北", "京"]),
            ("e\u{301}té 👩‍👩‍👧", &["e\u{301}té", "👩‍👩‍👧"]),
            (" \t\r\n\u{3000}", &[]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_equal_has_the_same_number_in_both_texts() {
        let mut numbers = Numbers::default();
        assert_eq!(numbers.words("a b a").numbers, [0, 1, 0]);
        assert_eq!(numbers.words("c b").numbers, [2, 1]);
    }

    #[test]
    fn places_and_letters_are_counted_over_words() {
        let text = " ab, é\n";
        let words = Numbers::default().words(text);
        assert_eq!((words.start(0), words.start(2), words.start(3)), (1, 5, text.len()));
        assert_eq!((words.letters(0..3), words.letters(2..3), words.letters(1..1)), (4, 1, 0));
        assert_eq!((words.within(0..4), words.within(2..9), words.within(9..9)), (0..2, 1..3, 3..3));
    }

    #[test]
    fn lines_keep_their_ends() {
        let lines = Numbers::default().lines("a\r\n\nb");
        assert_eq!(lines.texts, ["a\r\n", "\n", "b"]);
        assert_eq!((lines.bytes(0..1), lines.bytes(1..3), lines.bytes(3..3)), (0..3, 3..5, 5..5));
        assert!(Numbers::default().lines("").texts.is_empty());
    }
}
