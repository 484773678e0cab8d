//! `wer`, `cer` and `ter`.

use carat_core::UnscoredKind;
use serde_json::json;

use crate::given::{near, score, scorer, value};

/// The counts of an answer.
fn counts(text: &str, expected: serde_json::Value, answer: &str) -> Vec<u32> {
    score(&*scorer(text), expected, answer).unwrap().counts
}

#[test]
fn word_and_character_error_rates_are_those_of_jiwer() {
    // jiwer 4.0.0; the score is 1 minus the rate, at least 0.
    for (text, answer, expected, rate) in [
        ("wer: {}", "paris", "Paris", 1.0),
        ("wer: {}", " The answer is Paris ", "Paris", 3.0),
        ("wer: {}", "", "Paris", 1.0),
        ("wer: {}", "", "", 0.0),
        ("cer: {}", "The cat sat on the mat", "the cat sat on the mat.", 2.0 / 23.0),
        ("cer: {}", "A cat sat on a mat", "The cat sat on the mat", 6.0 / 22.0),
        ("cer: {}", "€1.234,56", "1234.56", 3.0 / 7.0),
        ("cer: {}", "naïve café", "naive cafe", 0.2),
    ] {
        near(value(text, json!(expected), answer), f64::max(1.0 - rate, 0.0), &format!("{text} {answer}"));
    }
}

#[test]
fn a_rate_is_errors_by_what_is_expected() {
    // One word replaced, one left out, of four.
    assert_eq!(counts("wer: {}", json!("a b c d"), "a x c"), [2, 4]);
    assert_eq!(counts("cer: {}", json!("abcd"), "axc"), [2, 4]);
    // Each of four lines is a word, although jiwer takes single line breaks for a part of one.
    assert_eq!(counts("wer: {}", json!("a b c d"), "a\nb\nc\nd"), [0, 4]);
    assert_eq!(
        counts("wer: {text: {case: ignore, punctuation: ignore}}", json!("Hello, world!"), "hello world"),
        [0, 2]
    );
}

#[test]
fn of_several_expectations_the_one_with_the_lowest_rate_counts() {
    assert_eq!(counts("wer: {}", json!(["a b", "a b c x"]), "a b c d"), [1, 4]);
    assert_eq!(counts("cer: {}", json!(["kitten", "sitting"]), "sittin"), [1, 7]);
}

#[test]
fn ter_is_that_of_sacrebleu() {
    // sacrebleu 2.6.0, in shares rather than per cent.
    for (answer, expected, rate) in [
        ("paris", "Paris", 0.0),
        ("Paris.", "Paris", 1.0),
        (" The answer is Paris ", "Paris", 3.0),
        ("A cat sat on a mat", "The cat sat on the mat", 0.333_333_333_333),
        ("Paris", "", 1.0),
        ("", "", 0.0),
    ] {
        near(value("ter: {}", json!(expected), answer), f64::max(1.0 - rate, 0.0), answer);
    }
    assert_eq!(value("ter: {case: exact}", json!("Paris"), "paris"), 0.0);
    // A block that stands elsewhere is one edit, where `wer` counts every word of it.
    assert_eq!(counts("ter: {}", json!("a b c d e f"), "d e f a b c"), [1, 6, 0]);
    assert_eq!(counts("wer: {}", json!("a b c d e f"), "d e f a b c"), [6, 6]);
    // Edits to the nearest of several, by their average length.
    assert_eq!(counts("ter: {}", json!(["a b c", "a b c d"]), "a b c"), [0, 3, 500_000_000]);
}

#[test]
fn whether_too_much_is_expected_of_ter_does_not_depend_on_the_answer() {
    let expected = json!("word ".repeat(10_001));
    for text in ["ter: {}", "ter: {}\non: {regex: nowhere}"] {
        let why = score(&*scorer(text), expected.clone(), "word").unwrap_err();
        assert_eq!(why.reason, UnscoredKind::BadExpectation, "{text}");
        assert_eq!(why.detail, "10001 words are too many for `ter`; the most is 10000", "{text}");
    }
    // An answer may be too long as well, which is no fault of the row.
    let why = score(&*scorer("ter: {}"), json!("word"), &"word ".repeat(10_001)).unwrap_err();
    assert_eq!(why.reason, UnscoredKind::ScorerFailed);
}

#[test]
fn where_nothing_is_expected_a_part_that_is_not_there_is_still_wrong() {
    for text in ["wer: {}", "cer: {}", "ter: {}"] {
        assert_eq!(value(text, json!(""), ""), 1.0, "{text}");
        assert_eq!(value(&format!("{text}\non: {{regex: nowhere}}"), json!(""), ""), 0.0, "{text}");
    }
}
