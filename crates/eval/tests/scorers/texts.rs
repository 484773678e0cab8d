//! `exact`, `contains` and `regex`.

use carat_core::Score;
use serde_json::{Value, json};

use crate::given::{passes, reason, score, scorer, value};

#[test]
fn a_scorer_has_the_name_of_its_spec_and_scores_the_text_of_the_answer() {
    let exact = scorer("exact: {}");
    assert_eq!(exact.name(), "s");
    let right = score(&*exact, json!("billing"), "billing").unwrap();
    let Score { value, pass, reason, labels, category, counts } = right;
    assert_eq!((value.get(), pass, reason, labels, category, counts), (1.0, Some(true), None, None, None, Vec::new()));
    assert_eq!(score(&*exact, json!("billing"), "billing\n").unwrap().pass, Some(false));
}

#[test]
fn a_list_is_any_of_for_exact_levenshtein_and_number_and_all_of_for_contains() {
    assert!(passes("exact: {}", json!(["a", "b"]), "b"));
    assert!(passes("number: {}", json!([1, "2"]), "2"));
    assert_eq!(value("levenshtein: {}", json!(["xx", "ab"]), "ac"), 0.5);
    assert!(passes("contains: {}", json!(["a", "b"]), "cab"));
    assert!(!passes("contains: {}", json!(["a", "b"]), "ca"));
    assert!(passes("regex: {pattern: 'is (\\w)', capture: '1'}", json!(["a", "b"]), "it is b"));
}

#[test]
fn contains_says_what_is_lacking_or_forbidden() {
    let text = "contains: {all: [refund, order], any: [sorry, apologise], none: ['as an ai'], case: ignore}";
    assert!(passes(text, Value::Null, "Sorry, your REFUND for the order is on its way."));
    assert_eq!(reason(text, None, "Sorry, your refund."), "lacks `order`");
    assert_eq!(reason(text, None, "Refund of the order."), "contains none of `any`");
    assert_eq!(reason(text, None, "Sorry, as an AI I refund no order."), "contains `as an ai`");
    assert_eq!(reason("contains: {}", json!(["a", 5]), "a"), "lacks `5`");
}

#[test]
fn regex_compares_the_captured_text_with_what_is_expected() {
    let text = "regex: {pattern: 'QUEUE: *(?<queue>\\w+)', capture: queue, text: {case: ignore}}";
    assert!(passes(text, json!("Billing"), "QUEUE: billing"));
    assert_eq!(reason(text, json!("billing"), "QUEUE: other"), "captured `other`");
    assert_eq!(reason(text, json!("billing"), "billing"), "no match");
    assert_eq!(reason("regex: {pattern: 'a(b)?', capture: '1'}", json!("b"), "a"), "no text in the group");
    assert!(passes("regex: {pattern: '\\d+', capture: '0'}", json!(12), "twelve (12)"));
    assert!(passes("regex: {pattern: '^[A-Z]{2}-\\d{4}$'}", Value::Null, "AB-1234"));
}
