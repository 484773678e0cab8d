//! Translation edit rate (Snover et al. 2006, "A Study of Translation Edit Rate with Targeted Human Annotation"), as
//! sacrebleu 2.6 computes it after tercom: insertions, deletions, substitutions and shifts of words, each one edit, for each
//! word of the references.
//!
//! * **Range** from 0, which is best, to any number: an output may need more edits than its reference has words. sacrebleu
//!   prints it times 100.
//! * **Tokens**: lower-cased words between white space; punctuation stays with its word. That is the default of sacrebleu,
//!   without `normalized`, `no_punct` and `asian_support`.
//! * **Several references**: the edits to the nearest, by the average length of all.
//! * **Empty texts**: without a word in the references 0 if the output is empty too, otherwise 1.
//! * **Limits**: the search for shifts is greedy and looks at 1000 shifts of up to ten words over a distance of up to fifty,
//!   and distances are those near the diagonal, all as in sacrebleu. A text of over [`MOST_WORDS`] words is refused: time is
//!   bounded, at about a second for texts made to be slow.

mod beam;
mod shift;

use carat_core::corpus::CorpusMetric;

use super::counts::count;
use super::ngrams::Grams;
use super::space::words;
use super::too_long::TooLong;

/// The most words that a text may have, output or reference.
pub const MOST_WORDS: usize = 10_000;

/// Billionths of a word: what an average length has over its whole words is counted in them.
const PARTS_OF_A_WORD: u64 = 1_000_000_000;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Tells upper from lower case.
    pub case_sensitive: bool,
}

/// What TER counts: edits, and the average length of the references in words and billionths of a word. None without a
/// reference.
///
/// # Errors
///
/// A text is too long: see [`MOST_WORDS`].
pub fn counts<R: AsRef<str>>(output: &str, references: &[R], settings: Settings) -> Result<Option<[u32; 3]>, TooLong> {
    let prepared = |text: &str| if settings.case_sensitive { text.to_owned() } else { text.to_lowercase() };
    let output = prepared(output);
    let references: Vec<String> = references.iter().map(|text| prepared(text.as_ref())).collect();
    let tokens = Grams::of_tokens(words(&output), references.iter().map(|text| words(text)));
    let mut fewest: Option<usize> = None;
    for reference in tokens.references() {
        if tokens.output().len().max(reference.len()) > MOST_WORDS {
            return Err(TooLong { output: tokens.output().len(), reference: reference.len(), unit: "words" });
        }
        let edits = shift::edits(tokens.output(), reference);
        fewest = Some(fewest.map_or(edits, |fewest| fewest.min(edits)));
    }
    let lengths = tokens.references().iter().map(|reference| reference.len() as u64);
    Ok(fewest.map(|edits| {
        let (whole, parts) = average(lengths.sum(), references.len() as u64);
        [count(edits), whole, parts]
    }))
}

/// The rate of one sample, from its counts. None if they are not three.
#[must_use]
pub fn sentence(counts: &[u32]) -> Option<f64> {
    CorpusMetric::Ter.of(counts)
}

/// Whole words and, rounded, the billionths that are left.
fn average(words: u64, references: u64) -> (u32, u32) {
    let references = references.max(1);
    let parts = ((words % references) * PARTS_OF_A_WORD + references / 2) / references;
    (count((words / references + parts / PARTS_OF_A_WORD) as usize), count((parts % PARTS_OF_A_WORD) as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_the_average_of_all_references_and_the_edits_are_those_to_the_nearest() {
        let counts = counts("a b c", &["a b", "a b c", "x y z"], Settings::default());
        assert_eq!(counts, Ok(Some([0, 2, 666_666_667])));
        assert_eq!(average(2, 2), (1, 0));
        assert_eq!(average(u64::from(u32::MAX), 1), (u32::MAX, 0));
    }

    #[test]
    fn texts_that_are_too_long_are_refused_and_no_reference_is_no_count() {
        let long = "a ".repeat(MOST_WORDS + 1);
        assert!(counts(&long, &["a"], Settings::default()).is_err());
        assert!(counts("a", &[long], Settings::default()).is_err());
        assert_eq!(counts::<&str>("a", &[], Settings::default()), Ok(None));
    }
}
