//! `choice`.

use carat_core::Labels;
use serde_json::json;

use crate::given::{passes, reason, score, scorer};

#[test]
fn choice_fills_a_cell_of_the_confusion_matrix() {
    let whole = scorer("choice: {options: [Billing, technical, account, other]}");
    let cell = |answer: &str| {
        let labels = score(&*whole, json!("billing"), answer).unwrap().labels.unwrap();
        assert_eq!(labels.expected, "Billing");
        labels.predicted
    };
    for named in ["billing", " **Billing**.\n", "\"BILLING.\"", "`billing`", "“billing”", "_billing_"] {
        assert_eq!(cell(named).as_deref(), Some("Billing"), "{named}");
    }
    assert_eq!(cell("Technical").as_deref(), Some("technical"));
    for none in ["", "The queue is billing", "billing technical", "\"billing", "bill", "***"] {
        assert_eq!(cell(none), None, "{none}");
    }
    assert_eq!(score(&*whole, json!("billing"), "Technical").unwrap().pass, Some(false));
}

#[test]
fn choice_by_word_takes_exactly_one_class() {
    let text = "choice: {options: [billing, technical], find: word}";
    assert!(passes(text, json!("billing"), "The queue is **billing**, I think."));
    assert_eq!(
        reason(text, json!("billing"), "billing, not technical"),
        "several classes stand in the answer: billing, technical"
    );
    assert_eq!(reason(text, json!("billing"), "rebilling"), "no class stands in the answer");
}

#[test]
fn a_class_with_marks_of_its_own_is_still_recognised() {
    assert!(passes("choice: {options: ['**', '***']}", json!("**"), "\"**\""));
    assert!(passes("choice: {options: [U.S., U.K.]}", json!("u.s."), "U.S."));
    assert!(passes("choice: {options: ['1', '2']}", json!(1), "1"));
}

#[test]
fn turned_around_a_choice_says_nothing_of_classes() {
    let turned = scorer("choice: {options: [a, b]}\ninvert: true");
    let right = score(&*turned, json!("a"), "a").unwrap();
    assert_eq!((right.pass, right.labels), (Some(false), None));
    let part = scorer("choice: {options: [a, b]}\non: {regex: x}");
    let labels = score(&*part, json!("A"), "a").unwrap().labels;
    assert_eq!(labels, Some(Labels { expected: "a".into(), predicted: None }));
}
