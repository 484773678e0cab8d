//! One scorer of each kind and setting that changes its way, and what must hold for all of them.

use std::sync::LazyLock;

use carat_core::{Scorer, UnscoredKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::given::{passes, score, scorer, value};

/// Made once: it is the scoring that is repeated.
pub(crate) static EVERY_SCORER: LazyLock<Vec<(Box<dyn Scorer>, Value)>> = LazyLock::new(|| {
    let made = |(text, expected): (String, Value)| (scorer(&text), expected);
    verdicts_and_json().into_iter().chain(measures()).map(made).collect()
});

/// Specs, each with an expectation that it can compare with.
fn verdicts_and_json() -> Vec<(String, Value)> {
    let all = "{trim: true, case: ignore, nfc: true, punctuation: ignore, articles: ignore}";
    let schema = "{type: object, properties: {a: {type: string, pattern: '^(a+)+$'}}}";
    vec![
        ("exact: {}".to_owned(), json!("a")),
        (format!("exact: {all}"), json!(["b", "-5."])),
        ("contains: {}".to_owned(), json!(["é", "5"])),
        ("contains: {any: [a], none: [b], case: ignore, nfc: true}".to_owned(), Value::Null),
        (format!("regex: {{pattern: '(?<x>\\w+)[.]?', capture: x, text: {all}}}"), json!("x")),
        ("choice: {options: [a, b, '5']}".to_owned(), json!("b")),
        ("choice: {options: [a, b, '5', a b], find: word}".to_owned(), json!(5)),
        ("number: {}".to_owned(), json!(5)),
        ("number: {which: first, percent: number}".to_owned(), json!(5)),
        (
            "number: {which: last, thousands: true, currency: true, percent: fraction, relative: 0.1}".to_owned(),
            json!("5%"),
        ),
        ("json: {}".to_owned(), Value::Null),
        (format!("json: {{schema: {schema}, fields: {{'*': text}}, fenced: true}}"), json!({"a": "x"})),
        ("json: {fields: {a: set, b: number, c: equal}}".to_owned(), json!({"a": [1], "b": 2, "c": {"d": null}})),
        ("exact: {}\non: {json_path: '$..a'}".to_owned(), json!("a")),
        ("exact: {}\non: {regex: '(\\d+)|x'}".to_owned(), json!("5")),
        ("exact: {}\non: {last_line: true}".to_owned(), json!("a")),
        ("refusal: {}".to_owned(), Value::Null),
        ("refusal: {wanted: as_expected}".to_owned(), json!(true)),
        ("finish_reason: {one_of: [stop]}".to_owned(), Value::Null),
        ("length: {at_most: 5}".to_owned(), Value::Null),
        ("length: {unit: characters, at_least: 2, at_most: 5}".to_owned(), Value::Null),
        ("length: {unit: lines, at_least: 2}".to_owned(), Value::Null),
        ("tool_calls: {}".to_owned(), json!([{"name": "f", "arguments": {}}])),
    ]
}

fn measures() -> Vec<(String, Value)> {
    let all = "{trim: true, case: ignore, nfc: true, punctuation: ignore, articles: ignore}";
    let texts = || json!(["kitten sat", 5]);
    vec![
        ("levenshtein: {}".to_owned(), json!("kitten")),
        (format!("levenshtein: {all}\nthreshold: 0.5"), json!(["kitten", 5])),
        ("numeric_diff: {}".to_owned(), json!(5)),
        ("json_diff: {}".to_owned(), json!({"a": [1, "x"], "b": "[1, 2]"})),
        ("json_diff: {fenced: true}\ninvert: true".to_owned(), json!("[1, 2]")),
        ("list: {}".to_owned(), json!([1, "a", {"b": null}])),
        ("list: {compare: levenshtein, allow_extra: true}".to_owned(), json!(["kitten", 5])),
        ("list: {compare: json_diff}".to_owned(), json!([{"a": 1}, [1, 2]])),
        ("indel: {}".to_owned(), texts()),
        (format!("jaro_winkler: {all}"), texts()),
        (format!("wer: {{text: {all}}}"), texts()),
        ("cer: {}".to_owned(), texts()),
        ("rouge: {}".to_owned(), texts()),
        ("rouge: {type: rouge2, measure: recall, tokenizer: unicode}".to_owned(), texts()),
        ("rouge: {type: rougeLsum}\nthreshold: 0.3".to_owned(), json!("kitten sat\non the mat")),
        ("bleu: {}".to_owned(), texts()),
        ("bleu: {tokenizer: char, case: ignore}".to_owned(), texts()),
        ("chrf: {word_order: 2}".to_owned(), texts()),
        ("ter: {}\non: {last_line: true}".to_owned(), texts()),
        ("squad: {}".to_owned(), texts()),
        ("squad: {measure: exact}\ninvert: true".to_owned(), json!([])),
    ]
}

/// Whether a row was scored; what is too long to be compared is a failure of the scorer.
pub(crate) fn is_scored(scorer: &dyn Scorer, expected: &Value, answer: &str) -> bool {
    match score(scorer, expected.clone(), answer) {
        Ok(score) => {
            let reason = score.reason.unwrap_or_default();
            assert!(reason.chars().count() < 600, "a reason of {} characters", reason.chars().count());
            true
        }
        Err(why) => why.reason == UnscoredKind::ScorerFailed,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whether_a_row_is_scored_does_not_depend_on_the_answer(answer in any::<String>(), other in "[ab5é.,{}\"` \n-]{0,30}") {
        for (scorer, expected) in EVERY_SCORER.iter() {
            for answer in [&answer, &other] {
                prop_assert!(score(&**scorer, expected.clone(), answer).is_ok());
            }
        }
    }

    #[test]
    fn no_expectation_is_too_strange_to_be_read(text in any::<String>(), number in any::<f64>(), answer in any::<String>()) {
        for expected in [json!(text), json!(number), json!([text, number]), json!({text.as_str(): [number]})] {
            for (scorer, _) in EVERY_SCORER.iter() {
                let scored = score(&**scorer, expected.clone(), &answer).is_ok();
                prop_assert_eq!(score(&**scorer, expected.clone(), "").is_ok(), scored);
            }
        }
    }

    #[test]
    fn what_is_expected_is_itself_a_right_answer(text in "\\PC{1,40}") {
        for spec in ["exact: {}", "exact: {nfc: true, case: ignore}", "levenshtein: {}\nthreshold: 1", "contains: {}"] {
            prop_assert!(passes(spec, json!(text), &text), "{}", spec);
        }
        for spec in ["indel: {}", "jaro_winkler: {}", "wer: {}", "cer: {}", "ter: {}", "squad: {}"] {
            prop_assert_eq!(value(spec, json!(text), &text), 1.0, "{}", spec);
        }
    }

    #[test]
    fn json_that_is_expected_is_itself_a_right_answer(key in "[a-z]{1,5}", number in any::<f64>(), text in any::<String>()) {
        let expected = json!({key.as_str(): [number, text], "*": {"x": number}, "n": null});
        let answer = expected.to_string();
        for how in ["'*': equal", "'*': equal, n: set"] {
            prop_assert_eq!(value(&format!("json: {{fields: {{{how}}}}}"), expected.clone(), &answer), 1.0);
        }
        prop_assert_eq!(value("json_diff: {}", expected.clone(), &answer), 1.0);
        prop_assert_eq!(value("list: {}", json!([expected, text]), &json!([text, expected]).to_string()), 1.0);
    }
}
