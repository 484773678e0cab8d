//! The Jaro-Winkler similarity.

/// How many characters of a common beginning count, and how much each.
const PREFIX: usize = 4;
const PREFIX_WEIGHT: f64 = 0.1;
/// Texts that are less alike than this get nothing for a common beginning.
const ALIKE_ENOUGH: f64 = 0.7;

/// How alike two short texts such as names are (Jaro 1989, Winkler 1990), as rapidfuzz has it: characters in common that
/// stand near to one another, less half of those out of order, and more for up to four characters of a common beginning
/// where the texts are alike by more than 0.7.
///
/// From 0 (nothing in common) to 1; two empty texts have 1. For texts of more than a few words it says little: nearly every
/// character finds a partner. The cost is that of sorting, so that no text is too long.
pub fn jaro_winkler(left: &str, right: &str) -> f64 {
    if left == right {
        return 1.0;
    }
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let jaro = jaro(&left, &right);
    if jaro <= ALIKE_ENOUGH {
        return jaro;
    }
    let prefix = left.iter().zip(&right).take(PREFIX).take_while(|(a, b)| a == b).count();
    jaro + prefix as f64 * PREFIX_WEIGHT * (1.0 - jaro)
}

fn jaro(left: &[char], right: &[char]) -> f64 {
    let (in_left, in_right) = in_common(left, right);
    if in_left.is_empty() {
        return 0.0;
    }
    let swapped = in_left.iter().zip(&in_right).filter(|(l, r)| left[**l] != right[**r]).count() / 2;
    let common = in_left.len() as f64;
    (common / left.len() as f64 + common / right.len() as f64 + (common - swapped as f64) / common) / 3.0
}

/// The places of the characters that have a partner in the other text, from left to right.
///
/// The first free partner within reach is taken. Among places of one character that is a merge of two sorted lists, so that
/// the result is the same from either side.
fn in_common(left: &[char], right: &[char]) -> (Vec<usize>, Vec<usize>) {
    let reach = (left.len().max(right.len()) / 2).saturating_sub(1);
    let (sorted_left, sorted_right) = (by_character(left), by_character(right));
    let (mut in_left, mut in_right) = (Vec::new(), Vec::new());
    let (mut l, mut r) = (0, 0);
    while let (Some((a, at)), Some((b, bt))) = (sorted_left.get(l), sorted_right.get(r)) {
        if a < b || (a == b && at + reach < *bt) {
            l += 1;
        } else if b < a || bt + reach < *at {
            r += 1;
        } else {
            in_left.push(*at);
            in_right.push(*bt);
            (l, r) = (l + 1, r + 1);
        }
    }
    in_left.sort_unstable();
    in_right.sort_unstable();
    (in_left, in_right)
}

fn by_character(text: &[char]) -> Vec<(char, usize)> {
    let mut sorted: Vec<(char, usize)> = text.iter().copied().zip(0..).collect();
    sorted.sort_unstable();
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As the textbooks have it: for each character of the left text the first free one of the right text within reach.
    fn by_the_book(left: &str, right: &str) -> f64 {
        let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
        if left.is_empty() && right.is_empty() {
            return 1.0;
        }
        let reach = (left.len().max(right.len()) / 2).saturating_sub(1);
        let mut free = vec![true; right.len()];
        let mut common = Vec::new();
        for (at, c) in left.iter().enumerate() {
            let within = at.saturating_sub(reach)..(at + reach + 1).min(right.len());
            if let Some(partner) = within.into_iter().find(|partner| free[*partner] && right[*partner] == *c) {
                free[partner] = false;
                common.push(*c);
            }
        }
        if common.is_empty() {
            return 0.0;
        }
        let ordered = right.iter().zip(&free).filter(|(_, free)| !**free).map(|(c, _)| c);
        let swapped = common.iter().zip(ordered).filter(|(a, b)| a != b).count() / 2;
        let m = common.len() as f64;
        let jaro = (m / left.len() as f64 + m / right.len() as f64 + (m - swapped as f64) / m) / 3.0;
        let prefix = left.iter().zip(&right).take(4).take_while(|(a, b)| a == b).count() as f64;
        if jaro > 0.7 { jaro + prefix * 0.1 * (1.0 - jaro) } else { jaro }
    }

    /// Values of rapidfuzz and of Winkler's own table.
    #[test]
    fn the_values_are_those_of_the_literature() {
        for (left, right, value) in [
            ("MARTHA", "MARHTA", 0.961_111),
            ("DIXON", "DICKSONX", 0.813_333),
            ("DWAYNE", "DUANE", 0.84),
            ("", "", 1.0),
            ("", "a", 0.0),
            ("a", "b", 0.0),
            ("ab", "ba", 0.0),
        ] {
            assert!((jaro_winkler(left, right) - value).abs() < 1e-6, "{left} and {right}");
        }
    }

    #[test]
    fn huge_texts_cost_no_more_than_sorting_them() {
        let (a, b) = ("ab".repeat(50_000), "ba".repeat(50_000));
        assert!((jaro_winkler(&a, &b) - 2.5 / 3.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn it_is_the_similarity_of_the_textbook(left in "[abcd é]{0,140}", right in "[abcd é]{0,140}") {
            prop_assert!((jaro_winkler(&left, &right) - by_the_book(&left, &right)).abs() < 1e-12);
        }

        #[test]
        fn it_is_from_0_to_1_and_symmetric(left in any::<String>(), right in any::<String>()) {
            let value = jaro_winkler(&left, &right);
            prop_assert!((0.0..=1.0).contains(&value));
            prop_assert!((value - jaro_winkler(&right, &left)).abs() < 1e-12);
            prop_assert_eq!(jaro_winkler(&left, &left), 1.0);
        }
    }
}
