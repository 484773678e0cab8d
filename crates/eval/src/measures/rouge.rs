//! ROUGE (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries"), as Google's rouge-score 0.1.2 computes it
//! without a stemmer: what an output and a reference share, as precision, recall and their F1.
//!
//! * **Range** 0 to 1.
//! * **Tokens** as [`Words`] has them. The reference implementation sees only the letters a to z and digits: texts of other
//!   scripts have no tokens for it, and so score 0, however alike they are. [`Words::Unicode`] sees all of them, but is not
//!   what others publish under the name of ROUGE.
//! * **Stemming** is left out: rouge-score's option rests on the Porter stemmer of NLTK with its extensions, from which other
//!   implementations differ. Scores are those of `use_stemmer=False`.
//! * **Several references**: the scores against each, of which [`best`] takes the one with the highest F1.
//! * **Empty texts**: without tokens in one of them all is 0, two empty texts too.
//!
//! It is a measure of each sample, and of a corpus by its mean.

mod summary;
mod words;

use rapidfuzz::distance::lcs_seq::BatchComparator;

use super::ngrams::Grams;
use super::places::without_common_ends;
use super::too_long::{MOST_CELLS, TooLong};

pub use summary::{MOST_SUMMARY_CELLS, rouge_lsum};
pub use words::Words;

/// What an output and a reference share.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rouge {
    /// The share of the output.
    pub precision: f64,
    /// The share of the reference.
    pub recall: f64,
    /// The harmonic mean of both; 0 if they are.
    pub f1: f64,
}

impl Rouge {
    fn of(shared: usize, output: usize, reference: usize) -> Self {
        let precision = shared as f64 / output.max(1) as f64;
        let recall = shared as f64 / reference.max(1) as f64;
        let f1 = if shared == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
        Self { precision, recall, f1 }
    }
}

/// ROUGE-N: shared n-grams, each as often as both texts have it. There are no n-grams of 0 words: all is 0.
///
/// Time and memory grow with the length of the texts.
#[must_use]
pub fn rouge_n(n: u8, output: &str, reference: &str, words: Words) -> Rouge {
    let (output, reference) = (output.to_lowercase(), reference.to_lowercase());
    let tokens = Grams::of_tokens(words.of(&output), [words.of(&reference)]);
    let orders = Grams::orders(tokens, usize::from(n));
    orders.last().map_or_else(Rouge::default, |grams| {
        let reference = grams.references().first().map_or(0, Vec::len);
        Rouge::of(grams.matches_any(), grams.output().len(), reference)
    })
}

/// ROUGE-L: the longest common subsequence of words, line breaks being white space.
///
/// # Errors
///
/// The product of the lengths in words, but for what the texts have in common at both ends, is over [`MOST_CELLS`].
pub fn rouge_l(output: &str, reference: &str, words: Words) -> Result<Rouge, TooLong> {
    let (output, reference) = (output.to_lowercase(), reference.to_lowercase());
    let tokens = Grams::of_tokens(words.of(&output), [words.of(&reference)]);
    let reference = tokens.references().first().map(Vec::as_slice).unwrap_or_default();
    let shared = common_subsequence(tokens.output(), reference)?;
    Ok(Rouge::of(shared, tokens.output().len(), reference.len()))
}

/// The score with the highest F1, the first of those. None of none.
pub fn best(scores: impl IntoIterator<Item = Rouge>) -> Option<Rouge> {
    scores.into_iter().reduce(|best, score| if score.f1 > best.f1 { score } else { best })
}

/// The length of the longest common subsequence, bit-parallel (Hyyrö 2004, "Bit-parallel LCS-length computation revisited").
fn common_subsequence(output: &[u32], reference: &[u32]) -> Result<usize, TooLong> {
    let (ends, output, reference) = without_common_ends(output, reference);
    TooLong::check(output.len(), reference.len(), "words", MOST_CELLS)?;
    // The comparator holds a table of its own text, which is the shorter one so that a huge answer needs no huge table.
    let (short, long) = if output.len() < reference.len() { (output, reference) } else { (reference, output) };
    if short.is_empty() {
        return Ok(ends);
    }
    Ok(ends + BatchComparator::new(short.iter().copied()).similarity(long.iter().copied()))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// The textbook's table, cell by cell.
    fn by_the_book(a: &[u32], b: &[u32]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for x in a {
            let mut diagonal = 0;
            for (j, y) in b.iter().enumerate() {
                let above = row[j + 1];
                row[j + 1] = if x == y { diagonal + 1 } else { above.max(row[j]) };
                diagonal = above;
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn the_common_subsequence_is_that_of_the_textbook(a in vec(0u32..400, 0..200), b in vec(0u32..400, 0..200)) {
            prop_assert_eq!(common_subsequence(&a, &b), Ok(by_the_book(&a, &b)));
        }

        #[test]
        fn so_it_is_where_much_is_alike(a in vec(0u32..4, 0..300), b in vec(0u32..4, 0..300)) {
            prop_assert_eq!(common_subsequence(&a, &b), Ok(by_the_book(&a, &b)));
        }
    }

    #[test]
    fn texts_that_are_too_long_are_refused_unless_they_are_the_same() {
        let (a, b) = ("a ".repeat(150_000), "b ".repeat(150_000));
        assert!(rouge_l(&a, &b, Words::Latin).is_err());
        assert_eq!(rouge_l(&a, &a, Words::Latin).unwrap().f1, 1.0);
        assert_eq!(rouge_l(&a, "", Words::Latin), Ok(Rouge::default()));
    }

    #[test]
    fn the_first_of_the_best_counts_and_there_are_no_n_grams_of_nothing() {
        let scores =
            [(1, 4, 4), (2, 2, 6), (2, 6, 2)].map(|(shared, output, reference)| Rouge::of(shared, output, reference));
        assert_eq!(best(scores), Some(scores[1]));
        assert_eq!(best([]), None);
        assert_eq!(rouge_n(0, "a", "a", Words::Latin), Rouge::default());
    }
}
