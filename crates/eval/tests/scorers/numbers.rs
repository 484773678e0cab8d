//! `number` and `numeric_diff`.

use carat_core::UnscoredKind;
use serde_json::json;

use crate::given::{near, passes, reason, unscored, value};

#[test]
fn number_reads_and_compares_as_the_spec_says() {
    assert!(passes("number: {which: last, thousands: true, currency: true}", json!(1234), "First 5, then $1,234."));
    assert!(passes("number: {which: first}", json!(5), "First 5, then 6."));
    assert!(passes("number: {percent: fraction}", json!("60%"), "0.6"));
    assert!(!passes("number: {}", json!(0.3), "0.30000000000000004"));
    assert!(passes("number: {absolute: 0.1}", json!(1), "1.1"));
    assert_eq!(reason("number: {}", json!(5), "5 apples"), "no number: `5 apples`");
    assert_eq!(reason("number: {which: last}", json!(5), "five"), "no number in the answer");
    assert_eq!(reason("number: {}", json!(5), "6"), "read as 6");
}

#[test]
fn numeric_diff_is_that_of_autoevals() {
    // autoevals 0.4.1, NumericDiff.
    for (answer, expected, score) in [
        ("1", json!(2), 0.666_666_666_666_666_7),
        ("-1", json!(2), 0.0),
        ("10", json!(1000), 0.019_801_980_198_019_82),
        ("-10", json!(-1000), 0.019_801_980_198_019_82),
        ("1.5", json!("1.25"), 0.909_090_909_090_909_1),
        ("0", json!(0), 1.0),
        ("1e-12", json!(0), 0.0),
        ("1e308", json!(1e308), 1.0),
    ] {
        near(value("numeric_diff: {}", expected, answer), score, answer);
    }
}

#[test]
fn an_answer_that_is_not_a_number_alone_has_nothing_to_be_near_with() {
    for answer in ["", "5 apples", "five", "inf", "NaN", "1e999", "0x1F", "1,000", "[5]", "-"] {
        assert_eq!(value("numeric_diff: {}", json!(5), answer), 0.0, "{answer}");
        assert_eq!(reason("numeric_diff: {}", json!(5), answer), "no number; `on` takes one out of a text", "{answer}");
    }
    assert_eq!(value("numeric_diff: {}\non: {regex: '(\\d+) apples'}", json!(5), "I have 5 apples."), 1.0);
}

#[test]
fn what_is_expected_of_numeric_diff_is_one_number() {
    for expected in [json!([5, 6]), json!("60%"), json!(true), json!("inf"), json!("NaN"), json!(""), json!({"n": 5})] {
        assert_eq!(unscored("numeric_diff: {}", expected.clone()), UnscoredKind::BadExpectation, "{expected}");
    }
}
