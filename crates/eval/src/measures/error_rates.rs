//! Word, character and match error rate, as jiwer 4.0 computes them with its default transforms: the edits that make the
//! output of the reference, by the length of the reference.
//!
//! * **Range**: from 0, which is best. Word and character error rates exceed 1 where the output has more to be taken away
//!   than the reference has altogether; the match error rate does not.
//! * **Tokens** of words as [`Breaks`] has them; characters are Unicode scalar values, of the text without white space around
//!   it. Case and punctuation count.
//! * **Empty texts**: two have 0. An empty reference gives the number of errors as jiwer does, which is no rate, to word and
//!   character error rates, and 1 to the match error rate.
//! * A corpus has one rate, from the sums of the counts of its samples, by the formula of a single sample:
//!   [`CorpusMetric::ErrorRate`].

mod alignment;

use carat_core::corpus::CorpusMetric;
use rapidfuzz::distance::levenshtein::BatchComparator;

use super::counts::count;
use super::ngrams::Grams;
use super::places::without_common_ends;
use super::similarity::levenshtein_distance;
use super::space::{is_space, trimmed, words};
use super::too_long::{MOST_CELLS, TooLong};

pub use alignment::{Alignment, MOST_ALIGNED_CELLS, align};

/// What parts words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Breaks {
    /// Spaces, and white space of two characters or more. That is jiwer's default: a single tab or line feed, or a single
    /// no-break space, does *not* part words for it.
    #[default]
    Spaces,
    /// All white space. Not a reference, but what one would expect of an answer with several lines.
    AnyWhiteSpace,
}

impl Breaks {
    fn words(self, text: &str) -> Vec<&str> {
        match self {
            Self::Spaces => between_spaces(trimmed(text)),
            Self::AnyWhiteSpace => words(text).collect(),
        }
    }
}

/// Word error rate: edits in words, and the words of the reference.
///
/// # Errors
///
/// The product of the lengths in words, but for what the texts have in common at both ends, is over [`MOST_CELLS`].
pub fn word_errors(output: &str, reference: &str, breaks: Breaks) -> Result<[u32; 2], TooLong> {
    let tokens = Grams::of_tokens(breaks.words(output), [breaks.words(reference)]);
    let reference = tokens.references().first().map(Vec::as_slice).unwrap_or_default();
    let errors = distance(tokens.output(), reference)?;
    Ok([errors, reference.len()].map(count))
}

/// Character error rate: edits in characters, and the characters of the reference.
///
/// # Errors
///
/// The product of the lengths in characters is over [`MOST_CELLS`], and the texts differ.
pub fn character_errors(output: &str, reference: &str) -> Result<[u32; 2], TooLong> {
    let (output, reference) = (trimmed(output), trimmed(reference));
    let errors = levenshtein_distance(output, reference)?;
    Ok([errors, reference.chars().count()].map(count))
}

/// Match error rate: edits in words, and the same with the words that are right: errors as a share of all that the
/// alignment has.
///
/// # Errors
///
/// As those of [`align`].
pub fn match_errors(output: &str, reference: &str, breaks: Breaks) -> Result<[u32; 2], TooLong> {
    let alignment = align(output, reference, breaks)?;
    Ok([alignment.errors(), alignment.errors() + alignment.hits].map(count))
}

/// The rate of one sample, from its counts.
#[must_use]
pub fn rate(counts: [u32; 2]) -> f64 {
    CorpusMetric::ErrorRate.of(&counts).unwrap_or(0.0)
}

/// What stands between spaces or runs of white space, in a text without any around it.
fn between_spaces(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(space) = text[at..].find(is_space).map(|found| at + found) {
        let rest = text[space..].trim_start_matches(is_space);
        at = text.len() - rest.len();
        let run = &text[space..at];
        if run == " " || run.chars().nth(1).is_some() {
            words.push(&text[start..space]);
            start = at;
        }
    }
    words.push(&text[start..]);
    words.retain(|word| !word.is_empty());
    words
}

/// Insertions, deletions and substitutions of words, bit-parallel (Hyyrö 2003, "A Bit-Vector Algorithm for Computing
/// Levenshtein and Damerau Edit Distances").
fn distance(output: &[u32], reference: &[u32]) -> Result<usize, TooLong> {
    let (_, output, reference) = without_common_ends(output, reference);
    TooLong::check(output.len(), reference.len(), "words", MOST_CELLS)?;
    // The comparator holds a table of its own text, which is the shorter one so that a huge answer needs no huge table.
    let (short, long) = if output.len() < reference.len() { (output, reference) } else { (reference, output) };
    if short.is_empty() {
        return Ok(long.len());
    }
    Ok(BatchComparator::new(short.iter().copied()).distance(long.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parted_by_spaces_and_by_white_space_of_two() {
        let text = "\ta b\tc\n\nd\u{a0}e  f \ng\n";
        assert_eq!(Breaks::Spaces.words(text), ["a", "b\tc", "d\u{a0}e", "f", "g"]);
        assert_eq!(Breaks::AnyWhiteSpace.words(text), ["a", "b", "c", "d", "e", "f", "g"]);
        assert!(Breaks::Spaces.words(" \n ").is_empty());
    }

    #[test]
    fn texts_that_are_too_long_are_refused_unless_they_are_the_same() {
        let (a, b) = ("a ".repeat(150_000), "b ".repeat(150_000));
        assert!(word_errors(&a, &b, Breaks::Spaces).is_err());
        assert!(character_errors(&a, &b).is_err());
        assert_eq!(word_errors(&a, &a, Breaks::Spaces), Ok([0, 150_000]));
        assert_eq!(match_errors(&a, "", Breaks::Spaces), Ok([150_000, 150_000]));
        assert!(match_errors(&a, &b, Breaks::Spaces).is_err());
    }
}
