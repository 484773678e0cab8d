//! chrF and chrF++ (Popović 2015 and 2017), as sacrebleu 2.6 computes them: an F-score of n-grams of characters, and of words
//! if that is wanted.
//!
//! * **Range** 0 to 1, where sacrebleu prints 0 to 100. Recall weighs more than precision, with a beta of 2.
//! * **Tokens**: Unicode scalar values without white space. For chrF++ also words between white space, from each of which
//!   one ASCII punctuation mark is parted: the last character, or else the first, as sacrebleu does it.
//! * **Several references**: the one with the best score, the first of those.
//! * **Empty texts** have 0, two empty texts too. Orders for which one of the texts is too short do not count.
//! * A corpus has one score, from the sums of the [`counts`] of its samples, by the formula of a single sample:
//!   [`Settings::corpus`].
//!
//! Time and memory grow with the length of the texts.

use carat_core::corpus::CorpusMetric;

use super::counts::count;
use super::ngrams::Grams;
use super::space::{is_space, words};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The longest n-grams of characters.
    pub char_order: u8,
    /// The longest n-grams of words: 0 for chrF, 2 for chrF++.
    pub word_order: u8,
    /// How many times as much recall weighs as precision.
    pub beta: u8,
    /// Takes upper and lower case for the same.
    pub lowercase: bool,
    /// Takes white space for characters like others.
    pub whitespace: bool,
}

impl Default for Settings {
    /// sacrebleu's: chrF2, `case:mixed|eff:yes|nc:6|nw:0|space:no`.
    fn default() -> Self {
        Self { char_order: 6, word_order: 0, beta: 2, lowercase: false, whitespace: false }
    }
}

impl Settings {
    /// The formula, for one sample and for the summed counts of a corpus.
    #[must_use]
    pub fn corpus(&self) -> CorpusMetric {
        CorpusMetric::Chrf { char_order: self.char_order, word_order: self.word_order, beta: self.beta }
    }

    fn prepared(&self, text: &str) -> String {
        if self.lowercase { text.to_lowercase() } else { text.to_owned() }
    }

    fn characters<'t>(&self, text: &'t str) -> impl Iterator<Item = char> + use<'t> {
        let whitespace = self.whitespace;
        text.chars().filter(move |c| whitespace || !is_space(*c))
    }
}

/// What chrF counts: for each order, characters first, n-grams of the output, of the reference, and of both. As many as
/// [`CorpusMetric::width`] says. None without a reference.
#[must_use]
pub fn counts<R: AsRef<str>>(output: &str, references: &[R], settings: &Settings) -> Option<Vec<u32>> {
    let output = settings.prepared(output);
    let references: Vec<String> = references.iter().map(|text| settings.prepared(text.as_ref())).collect();
    let characters = references.iter().map(|text| settings.characters(text));
    let characters = Grams::of_tokens(settings.characters(&output), characters);
    let mut orders = Grams::orders(characters, usize::from(settings.char_order));
    if settings.word_order > 0 {
        let words = Grams::of_tokens(parted(&output), references.iter().map(|text| parted(text)));
        orders.extend(Grams::orders(words, usize::from(settings.word_order)));
    }
    best(references.len(), &orders, settings)
}

/// The score of one sample, from its counts, from 0 to 1. None if they are not as many as the settings ask for.
#[must_use]
pub fn sentence(counts: &[u32], settings: &Settings) -> Option<f64> {
    settings.corpus().of(counts)
}

/// The counts against the reference with the best score.
fn best(references: usize, orders: &[Grams], settings: &Settings) -> Option<Vec<u32>> {
    let metric = settings.corpus();
    let mut best: Option<(f64, Vec<u32>)> = None;
    for reference in 0..references {
        let counts: Vec<u32> = orders.iter().flat_map(|grams| triple(grams, reference)).collect();
        let score = metric.of(&counts).unwrap_or(0.0);
        if best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, counts));
        }
    }
    best.map(|(_, counts)| counts)
}

/// n-grams of the output are not held against a reference that is too short to have any.
fn triple(grams: &Grams, reference: usize) -> [u32; 3] {
    let reference = grams.references().get(reference).map(Vec::as_slice).unwrap_or_default();
    let output = if reference.is_empty() { 0 } else { grams.output().len() };
    [output, reference.len(), grams.matches(reference)].map(count)
}

/// The words of a text, with one punctuation mark parted from each that has one. So `(hi)` is `(hi` and `)`.
fn parted(text: &str) -> impl Iterator<Item = &str> {
    words(text).flat_map(|word| {
        let last = word.len().saturating_sub(1);
        let (front, back) = if word.len() == 1 {
            (word, "")
        } else if word.ends_with(|c: char| c.is_ascii_punctuation()) {
            word.split_at(last)
        } else if word.starts_with(|c: char| c.is_ascii_punctuation()) {
            word.split_at(1)
        } else {
            (word, "")
        };
        [front, back].into_iter().filter(|part| !part.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_is_parted_from_a_word() {
        let words: Vec<&str> = parted("(hi) 'tis é. a . ,, ..b").collect();
        assert_eq!(words, ["(hi", ")", "'", "tis", "é", ".", "a", ".", ",", ",", ".", ".b"]);
    }

    #[test]
    fn the_first_of_the_best_references_counts() {
        let settings = Settings { char_order: 1, ..Settings::default() };
        assert_eq!(counts("ab", &["x", "ab", "ba"], &settings), Some(vec![2, 2, 2]));
        assert_eq!(counts("ab", &["", "x"], &settings), Some(vec![0, 0, 0]));
        assert_eq!(counts::<&str>("ab", &[], &settings), None);
    }
}
