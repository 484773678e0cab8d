//! How near two texts are, character by character.
//!
//! A character is a Unicode scalar value, as in Python and unlike in JavaScript, which counts UTF-16 units; nothing is
//! normalised, so that é in one piece and é in two differ. Ratios go from 0 to 1, and 1 means that the texts are equal (but
//! see [`jaro_winkler`]). Every measure here is symmetric. The values are those of the Python package rapidfuzz 3.14.
//!
//! A distance costs the product of the two lengths; over [`MOST_CELLS`] it is refused with [`TooLong`]: two texts of 100 000
//! characters each still have one, five million characters against two thousand too, and equal texts whatever their length.

mod bits;
mod budget;
mod jaro;

use rapidfuzz::distance::{indel, levenshtein, osa};

use super::too_long::{MOST_CELLS, TooLong};
pub(super) use budget::Budget;
pub use jaro::jaro_winkler;

/// The least number of insertions, deletions and substitutions that make one text the other (Levenshtein 1966).
///
/// # Errors
///
/// The refusal of texts that are too long.
pub fn levenshtein_distance(left: &str, right: &str) -> Result<usize, TooLong> {
    Pair::new(left, right).checked().map(|pair| pair.levenshtein())
}

/// 1 − [`levenshtein_distance`] / length of the longer text; two empty texts have 1. It is `Levenshtein` of autoevals.
///
/// # Errors
///
/// The refusal of texts that are too long.
pub fn levenshtein_ratio(left: &str, right: &str) -> Result<f64, TooLong> {
    Pair::new(left, right).checked().map(|pair| pair.levenshtein_ratio())
}

/// 1 − distance / sum of the lengths, where the distance has insertions and deletions only, so that a substitution costs
/// two; two empty texts have 1. It is `fuzz.ratio` of rapidfuzz over 100.
///
/// # Errors
///
/// The refusal of texts that are too long.
pub fn indel_ratio(left: &str, right: &str) -> Result<f64, TooLong> {
    Pair::new(left, right).checked().map(|pair| share_alike(pair.indel(), pair.left_length + pair.right_length))
}

/// The least number of insertions, deletions, substitutions and swaps of neighbours, where no piece is edited twice: the
/// optimal string alignment distance. It is not a metric: `ca` to `abc` takes 3, though `ca` to `ac` to `abc` takes 1 and 1.
///
/// # Errors
///
/// The refusal of texts that are too long.
pub fn osa_distance(left: &str, right: &str) -> Result<usize, TooLong> {
    Pair::new(left, right).checked().map(|pair| pair.osa())
}

/// One division, so that 8 of 10 is the very 0.8 that a person writes as a threshold.
fn share_alike(distance: usize, of: usize) -> f64 {
    if of == 0 { 1.0 } else { of.saturating_sub(distance) as f64 / of as f64 }
}

/// Two texts about to be compared, their characters counted.
struct Pair<'t> {
    left: &'t str,
    right: &'t str,
    left_length: usize,
    right_length: usize,
}

impl<'t> Pair<'t> {
    fn new(left: &'t str, right: &'t str) -> Self {
        Self { left, right, left_length: left.chars().count(), right_length: right.chars().count() }
    }

    /// The pair, unless it is too long for a product of lengths; equal texts never are.
    fn checked(self) -> Result<Self, TooLong> {
        if self.left != self.right {
            TooLong::check(self.left_length, self.right_length, "characters", MOST_CELLS)?;
        }
        Ok(self)
    }

    fn longer(&self) -> usize {
        self.left_length.max(self.right_length)
    }

    /// The shorter text first: it is the one of which tables are made, so that a huge answer needs no huge table.
    fn by_length(&self) -> (&'t str, &'t str) {
        if self.left_length <= self.right_length { (self.left, self.right) } else { (self.right, self.left) }
    }

    fn is_ascii(&self) -> bool {
        self.left_length == self.left.len() && self.right_length == self.right.len()
    }

    /// What a distance is where no table is needed.
    fn at_once(&self) -> Option<usize> {
        if self.left == self.right {
            return Some(0);
        }
        (self.left.is_empty() || self.right.is_empty()).then(|| self.longer())
    }

    fn levenshtein(&self) -> usize {
        if let Some(distance) = self.at_once() {
            return distance;
        }
        let (short, long) = self.by_length();
        if !self.is_ascii() {
            return levenshtein::BatchComparator::new(short.chars()).distance(long.chars());
        }
        bits::distance(short.as_bytes(), long.as_bytes())
            .unwrap_or_else(|| levenshtein::BatchComparator::new(short.bytes()).distance(long.bytes()))
    }

    fn levenshtein_ratio(&self) -> f64 {
        share_alike(self.levenshtein(), self.longer())
    }

    fn indel(&self) -> usize {
        let (short, long) = self.by_length();
        match self.at_once() {
            Some(distance) => distance,
            None if self.is_ascii() => indel::BatchComparator::new(short.bytes()).distance(long.bytes()),
            None => indel::BatchComparator::new(short.chars()).distance(long.chars()),
        }
    }

    fn osa(&self) -> usize {
        let (short, long) = self.by_length();
        match self.at_once() {
            Some(distance) => distance,
            None if self.is_ascii() => osa::BatchComparator::new(short.bytes()).distance(long.bytes()),
            None => osa::BatchComparator::new(short.chars()).distance(long.chars()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The costs of the textbook, cell by cell: of a substitution, and of a swap where there is one.
    fn by_the_book(left: &str, right: &str, substitution: usize, swap: Option<usize>) -> usize {
        let (a, b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
        let mut cells = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                cells[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let kept = cells[i - 1][j - 1] + if a[i - 1] == b[j - 1] { 0 } else { substitution };
                    kept.min(cells[i - 1][j] + 1).min(cells[i][j - 1] + 1)
                };
                if let Some(cost) = swap
                    && i > 1
                    && j > 1
                    && a[i - 1] == b[j - 2]
                    && a[i - 2] == b[j - 1]
                {
                    cells[i][j] = cells[i][j].min(cells[i - 2][j - 2] + cost);
                }
            }
        }
        cells[a.len()][b.len()]
    }

    fn check(left: &str, right: &str) {
        let (l, r) = (left.chars().count(), right.chars().count());
        let edits = by_the_book(left, right, 1, None);
        assert_eq!(levenshtein_distance(left, right).unwrap(), edits, "{left:?} and {right:?}");
        assert_eq!(levenshtein_ratio(left, right).unwrap(), share_alike(edits, l.max(r)), "{left:?} and {right:?}");
        let indel = by_the_book(left, right, 2, None);
        assert_eq!(indel_ratio(left, right).unwrap(), share_alike(indel, l + r), "{left:?} and {right:?}");
        let osa = by_the_book(left, right, 1, Some(1));
        assert_eq!(osa_distance(left, right).unwrap(), osa, "{left:?} and {right:?}");
    }

    proptest! {
        #[test]
        fn distances_are_those_of_the_textbook(left in any::<String>(), right in any::<String>()) {
            check(&left, &right);
            check(&right, &left);
        }

        #[test]
        fn so_they_are_where_short_texts_are_much_alike(left in "[ab]{0,9}", right in "[ab]{0,9}") {
            check(&left, &right);
        }

        #[test]
        fn so_they_are_for_long_texts(
            left in "[ab é💬]{0,150}", right in "[ab é💬]{0,150}", cut in 0usize..60,
        ) {
            check(&left, &right);
            check(&left, &left.chars().skip(cut).collect::<String>());
        }

        #[test]
        fn ratios_are_from_0_to_1_symmetric_and_1_for_equal_texts_only(left in any::<String>(), right in any::<String>()) {
            for ratio in [levenshtein_ratio, indel_ratio] {
                let value = ratio(&left, &right).unwrap();
                prop_assert!((0.0..=1.0).contains(&value));
                prop_assert_eq!(value, ratio(&right, &left).unwrap());
                prop_assert_eq!(value == 1.0, left == right);
                prop_assert_eq!(ratio(&left, &left).unwrap(), 1.0);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn so_they_are_for_longer_texts_than_the_fast_way_takes(left in "[abc]{0,600}", right in "[abc]{0,600}") {
            prop_assert_eq!(levenshtein_distance(&left, &right).unwrap(), by_the_book(&left, &right, 1, None));
        }
    }

    #[test]
    fn so_they_are_for_ascii_texts_of_every_length_around_a_word() {
        let text: String = (0..520_u32).map(|i| char::from(b'a' + (i * i % 7) as u8)).collect();
        for length in (1..520).filter(|length| (length + 1) % 64 < 3) {
            let (left, right) = (&text[..length], text[520 - length..].to_uppercase() + "b");
            let right = right.replace('D', "d");
            assert_eq!(levenshtein_distance(left, &right).unwrap(), by_the_book(left, &right, 1, None), "{length}");
        }
    }

    #[test]
    fn a_threshold_written_as_a_decimal_is_met_at_its_edge() {
        assert_eq!(levenshtein_ratio("abcdefghij", "abcdefghXX"), Ok(0.8));
        assert_eq!(levenshtein_ratio("abcdefghij", "abcXXXXXXX"), Ok(0.3));
    }

    #[test]
    fn a_swap_of_neighbours_is_one_edit_where_swaps_count() {
        assert_eq!((osa_distance("ab", "ba"), levenshtein_distance("ab", "ba")), (Ok(1), Ok(2)));
        assert_eq!(osa_distance("ca", "abc"), Ok(3));
    }

    #[test]
    fn texts_that_are_too_long_are_refused_rather_than_compared_for_ever() {
        let (a, b) = ("a".repeat(150_000), "b".repeat(150_000));
        let refused = TooLong { output: 150_000, reference: 150_000, unit: "characters" };
        assert_eq!(levenshtein_distance(&a, &b), Err(refused));
        assert_eq!(levenshtein_ratio(&a, &b), Err(refused));
        assert_eq!(indel_ratio(&a, &b), Err(refused));
        assert_eq!(osa_distance(&a, &b), Err(refused));
        assert_eq!(levenshtein_ratio(&a, &a.clone()), Ok(1.0));
        assert_eq!(levenshtein_ratio(&a, ""), Ok(0.0));
    }
}
