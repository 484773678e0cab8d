//! Short answers to questions, as the SQuAD leaderboards score them: exact match and token F1 after normalising.
//!
//! The values are those of the official scripts `evaluate-v1.1.py` and `evaluate-v2.0.py` (Rajpurkar et al. 2016, 2018),
//! which openai/evals and deepeval repeat. The normalising is meant for words of English, and peculiar elsewhere:
//!
//! * Punctuation is ASCII's alone and is deleted, not replaced: `1.5` is `15`, `-3` is `3`, `$5` is `5%`, `C++` is `C`,
//!   `a.b.c` is `abc`, and `well-known` is one word. A dash, `“` or `。` stays; `– 5` is two words. For numbers use a measure
//!   of numbers.
//! * `a`, `an` and `the` go wherever they stand as words, in any language: French `a` too. An answer of articles alone is an
//!   empty one.
//! * Words are what stands between white space, so that a Chinese or Japanese sentence is one word.
//! * Case goes, accents stay, `straße` is not `strasse`, and é in one piece is not é in two: nothing is composed.
//!
//! One deviation: an `a` that carries a combining accent is a letter of its own here and no article, unlike in Python.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// What an answer without words is worth, and which references count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Convention {
    /// SQuAD 1.1: every question has an answer. An output that shares no word with a reference has an F1 of 0, also where
    /// both are empty; as an exact match two empty texts are equal.
    One,
    /// SQuAD 2.0: some questions have no answer, and the right output is then empty. References without a word do not count
    /// while there are others; where there is none the question is one without an answer. Two empty texts have an F1 of 1.
    #[default]
    Two,
}

/// The text in lower case without ASCII punctuation and English articles, its words separated by one space.
pub fn normalise(text: &str) -> String {
    let plain: String = text.to_lowercase().chars().filter(|c| !c.is_ascii_punctuation()).collect();
    let mut normal = String::with_capacity(plain.len());
    for word in plain.split(is_space).flat_map(without_articles) {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    normal
}

/// Whether the output equals a reference once both are normalised; none where there is nothing to compare with, which is only
/// so without references under [`Convention::One`].
pub fn exact(output: &str, references: &[impl AsRef<str>], convention: Convention) -> Option<bool> {
    let output = normalise(output);
    counting(references, convention).map(|references| references.contains(&output))
}

/// The harmonic mean of precision and recall of the output's words, as a multiset, against the best of the references: from
/// 0 to 1. None as [`exact`] has it.
pub fn f1(output: &str, references: &[impl AsRef<str>], convention: Convention) -> Option<f64> {
    let output = normalise(output);
    let words = sorted_words(&output);
    let references = counting(references, convention)?;
    Some(references.iter().map(|reference| words_f1(&words, &sorted_words(reference), convention)).fold(0.0, f64::max))
}

/// The references that count, normalised; none where there is none.
fn counting(references: &[impl AsRef<str>], convention: Convention) -> Option<Vec<String>> {
    let mut counting: Vec<String> = references.iter().map(|reference| normalise(reference.as_ref())).collect();
    if convention == Convention::Two {
        counting.retain(|reference| !reference.is_empty());
        if counting.is_empty() {
            counting.push(String::new());
        }
    }
    (!counting.is_empty()).then_some(counting)
}

fn sorted_words(normal: &str) -> Vec<&str> {
    let mut words: Vec<&str> = normal.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words
}

fn words_f1(output: &[&str], reference: &[&str], convention: Convention) -> f64 {
    if convention == Convention::Two && (output.is_empty() || reference.is_empty()) {
        return if output == reference { 1.0 } else { 0.0 };
    }
    match in_common(output, reference) {
        0 => 0.0,
        // 2PR / (P + R), with the counts put in.
        common => 2.0 * common as f64 / (output.len() + reference.len()) as f64,
    }
}

/// How many members two sorted lists have in common, each as often as it is in both.
fn in_common(left: &[&str], right: &[&str]) -> usize {
    let (mut l, mut r, mut common) = (0, 0, 0);
    while let (Some(a), Some(b)) = (left.get(l), right.get(r)) {
        common += usize::from(a == b);
        (l, r) = (l + usize::from(a <= b), r + usize::from(b <= a));
    }
    common
}

/// What is left of a word without white space once articles go that are set off by something other than letters: a hyphen
/// beyond ASCII, an emoji.
fn without_articles(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let kept = next_article(rest);
            let (piece, after) = kept.map_or((rest, ""), |(start, end)| (&rest[..start], &rest[end..]));
            rest = after;
            if !piece.is_empty() {
                return Some(piece);
            }
        }
        None
    })
}

/// Where the first article stands.
fn next_article(text: &str) -> Option<(usize, usize)> {
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_of_a_word(c)) {
            (None, true) => start = Some(at),
            (Some(begin), false) if matches!(&text[begin..at], "a" | "an" | "the") => return Some((begin, at)),
            (Some(_), false) => start = None,
            (Some(_), true) | (None, false) => {}
        }
    }
    None
}

fn is_of_a_word(c: char) -> bool {
    let group = c.general_category_group();
    matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number | GeneralCategoryGroup::Mark)
}

/// White space as Python splits at it: the four separators of ASCII count too.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOTH: [Convention; 2] = [Convention::One, Convention::Two];

    #[test]
    fn articles_go_where_they_stand_between_anything_but_letters() {
        assert_eq!(normalise("the—cat a🎉an"), "—cat 🎉");
        assert_eq!(normalise("the\u{1c}cat"), "cat");
        assert_eq!(normalise("theatre panther a1"), "theatre panther a1");
        assert_eq!(normalise("a\u{300} Paris"), "a\u{300} paris");
    }

    #[test]
    fn a_question_without_an_answer_wants_an_empty_one_under_the_second_convention() {
        let none: [&str; 0] = [];
        assert_eq!(f1("", &none, Convention::Two), Some(1.0));
        assert_eq!(exact("the", &none, Convention::Two), Some(true));
        assert_eq!(f1("Paris", &none, Convention::Two), Some(0.0));
        assert_eq!(f1("", &[""], Convention::Two), Some(1.0));
        assert_eq!(f1("the", &["a"], Convention::Two), Some(1.0));
        // Beside a reference with words an empty one does not count.
        assert_eq!(f1("", &["", "x"], Convention::Two), Some(0.0));
        assert_eq!(exact("", &["", "x"], Convention::Two), Some(false));
    }

    #[test]
    fn under_the_first_convention_nothing_shared_is_nothing_and_no_reference_is_no_score() {
        let none: [&str; 0] = [];
        assert_eq!((f1("x", &none, Convention::One), exact("x", &none, Convention::One)), (None, None));
        assert_eq!((f1("", &[""], Convention::One), exact("", &[""], Convention::One)), (Some(0.0), Some(true)));
    }

    #[test]
    fn a_word_counts_as_often_as_it_is_in_both() {
        assert_eq!(f1("cat cat dog", &["cat dog dog"], Convention::Two), Some(2.0 / 3.0));
    }

    #[test]
    fn a_huge_answer_of_articles_takes_no_longer_than_reading_it() {
        assert_eq!(normalise(&"the ".repeat(500_000)), "");
        assert_eq!(normalise(&"a\u{2014}".repeat(500_000)).chars().filter(|c| *c == '\u{2014}').count(), 500_000);
    }

    proptest! {
        #[test]
        fn what_is_normal_stays_as_it_is(text in any::<String>()) {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn f1_is_from_0_to_1_symmetric_and_1_for_what_is_exact(left in "[a-c ,.]{0,12}", right in "[a-c ,.]{0,12}") {
            for convention in BOTH {
                let value = f1(&left, &[&right], convention).unwrap();
                prop_assert!((0.0..=1.0).contains(&value));
                prop_assert_eq!(f1(&right, &[&left], convention), Some(value));
                if exact(&left, &[&right], convention) == Some(true) && !normalise(&left).is_empty() {
                    prop_assert_eq!(value, 1.0);
                }
            }
        }

        #[test]
        fn more_references_never_make_it_worse(output in "[a-c ]{0,9}", one in "[a-c ]{1,9}", other in "[a-c ]{1,9}") {
            let best = f1(&output, &[&one, &other], Convention::One);
            prop_assert!(best >= f1(&output, &[&one], Convention::One));
        }
    }
}
