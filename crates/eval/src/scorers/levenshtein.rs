//! `levenshtein`: how near the answer is to what is expected.
//!
//! * **Source** the whole answer, or the part that `on` names. **Range** a degree: 1 - distance / length of the longer. The
//!   distance is the least number of insertions, deletions and substitutions of Unicode scalar values, unlike in peers that
//!   count UTF-16 units. Two empty texts are alike: 1. **Normalisation** as [`text`](super::text) has it; the lengths are
//!   those after it.
//! * Of several expectations the nearest counts.
//! * **Unscored** as [`exact`](super::exact) is, and where the product of the two lengths is over 10^10: two texts of 100 000
//!   characters each still have a score, five million characters against two thousand too, and equal texts whatever their
//!   length. Time and memory are bounded in this way, at about a second and a few megabytes beside the texts.

use std::borrow::Cow;

use carat_core::spec::LevenshteinSpec;
use carat_core::{Grade, Score, UnitInterval, Unscored, UnscoredKind};
use rapidfuzz::distance::levenshtein::BatchComparator;
use serde_json::Value;

use super::assembly::Measure;
use super::expected;
use super::text::normalise;

/// The largest product of two lengths for which a distance is computed: measured at 0.5 to 1.3 s of one core.
const MOST_CELLS: usize = 10_000_000_000;

/// Nearness in edits.
pub(super) struct Levenshtein(pub(super) LevenshteinSpec);

impl Measure for Levenshtein {
    type Expected<'r> = Vec<Cow<'r, str>>;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        expected::normalised(row, &self.0)
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let answer = normalise(answer, &self.0);
        let mut nearest = UnitInterval::ZERO;
        for text in expected {
            let value = similarity(&answer, text)?;
            if value > nearest {
                nearest = value;
            }
        }
        Ok(Grade::Value(nearest).into())
    }
}

fn similarity(a: &str, b: &str) -> Result<UnitInterval, Unscored> {
    if a == b {
        return Ok(UnitInterval::ONE);
    }
    let (a_length, b_length) = (a.chars().count(), b.chars().count());
    if a_length.saturating_mul(b_length) > MOST_CELLS {
        let detail = format!("texts of {a_length} and {b_length} characters are too long to compare");
        return Err(Unscored::new(UnscoredKind::ScorerFailed, detail));
    }
    // The comparator holds a table of its own text, which is the shorter one so that a huge answer needs no huge table.
    let (short, long) = if a_length < b_length { (a, b) } else { (b, a) };
    let distance = if short.is_empty() {
        a_length.max(b_length)
    } else {
        BatchComparator::new(short.chars()).distance(long.chars())
    };
    Ok(share(a_length.max(b_length).saturating_sub(distance), a_length.max(b_length)))
}

/// One division, so that 8 of 10 is the very 0.8 that a person writes as a threshold.
fn share(alike: usize, of: usize) -> UnitInterval {
    UnitInterval::new(alike as f64 / of as f64).unwrap_or(UnitInterval::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The textbook's distance, cell by cell.
    fn by_the_book(a: &str, b: &str) -> usize {
        let b: Vec<char> = b.chars().collect();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.chars().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for (j, y) in b.iter().enumerate() {
                let substituted = diagonal + usize::from(x != *y);
                diagonal = row[j + 1];
                row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
            }
        }
        row[b.len()]
    }

    fn check(a: &str, b: &str) {
        let longer = a.chars().count().max(b.chars().count());
        let expected = if longer == 0 { 1.0 } else { (longer - by_the_book(a, b)) as f64 / longer as f64 };
        assert_eq!(similarity(a, b).unwrap().get(), expected, "{a:?} and {b:?}");
    }

    proptest! {
        #[test]
        fn the_distance_is_that_of_the_textbook(a in any::<String>(), b in any::<String>()) {
            check(&a, &b);
        }

        #[test]
        fn so_it_is_where_texts_are_long_and_much_alike(a in "[ab é💬]{0,300}", b in "[ab é💬]{0,300}", cut in 0usize..60) {
            check(&a, &b);
            check(&a, &a.chars().skip(cut).collect::<String>());
        }
    }

    #[test]
    fn a_threshold_written_as_a_decimal_is_met_at_its_edge() {
        assert_eq!(similarity("abcdefghij", "abcdefghXX").unwrap().get(), 0.8);
        assert_eq!(similarity("abcdefghij", "abcXXXXXXX").unwrap().get(), 0.3);
    }

    #[test]
    fn texts_that_are_too_long_are_unscored_rather_than_computed_for_ever() {
        let (a, b) = ("a".repeat(150_000), "b".repeat(150_000));
        assert_eq!(similarity(&a, &b).unwrap_err().reason, UnscoredKind::ScorerFailed);
        assert_eq!(similarity(&a, &a.clone()), Ok(UnitInterval::ONE));
        assert_eq!(similarity(&a, ""), Ok(UnitInterval::ZERO));
    }
}
