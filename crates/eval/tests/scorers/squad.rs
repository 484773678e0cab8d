//! `squad`.

use carat_core::UnscoredKind;
use serde_json::json;

use crate::given::{near, passes, unscored, value};

#[test]
fn squad_is_that_of_the_leaderboards() {
    // The official normalising and F1, as openai/evals 4bfc1f58 has them.
    for (answer, expected, f1, exact) in [
        (" The answer is Paris ", "Paris", 0.5, false),
        ("Paris.", "Paris", 1.0, true),
        ("A cat sat on a mat", "The cat sat on the mat", 1.0, true),
        ("cat cat cat", "cat", 0.5, false),
        ("$1,234.56", "1234.56", 1.0, true),
        ("naïve café", "naive cafe", 0.0, false),
        ("world", "foo", 0.0, false),
    ] {
        near(value("squad: {}", json!(expected), answer), f1, answer);
        assert_eq!(passes("squad: {measure: exact}", json!(expected), answer), exact, "{answer}");
    }
}

#[test]
fn of_several_expectations_the_best_counts() {
    near(value("squad: {}", json!(["Rome", "the city of Paris"]), "Paris"), 0.5, "one of three words");
    assert!(passes("squad: {measure: exact}", json!(["Rome", 1889]), "1889."));
}

#[test]
fn a_question_without_an_answer_is_answered_by_nothing() {
    for expected in [json!(""), json!([]), json!(["", "the"])] {
        for answer in ["", "the", "..."] {
            assert_eq!(value("squad: {}", expected.clone(), answer), 1.0, "{expected} {answer}");
            assert!(passes("squad: {measure: exact}", expected.clone(), answer), "{expected} {answer}");
        }
        assert_eq!(value("squad: {}", expected.clone(), "Paris"), 0.0, "{expected}");
        assert!(!passes("squad: {measure: exact}", expected, "Paris"));
    }
    // Where there is an answer, nothing is none.
    assert_eq!(value("squad: {}", json!(["", "Paris"]), ""), 0.0);
}

#[test]
fn only_texts_can_be_expected() {
    for text in ["squad: {}", "squad: {measure: exact}"] {
        for expected in [json!({"a": 1}), json!([["a"]]), json!([null]), json!(["a", {}])] {
            assert_eq!(unscored(text, expected.clone()), UnscoredKind::BadExpectation, "{text} {expected}");
        }
        assert_eq!(unscored(text, None), UnscoredKind::NoExpectation);
    }
}
