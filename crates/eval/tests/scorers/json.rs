//! `json` and `json_diff`.

use carat_core::{Grade, Score, UnitInterval, UnscoredKind};
use carat_eval::scorers::build;
use serde_json::{Value, json};

use crate::given::{near, passes, reason, score, scorer, spec, unscored, value};

#[test]
fn json_without_fields_is_valid_or_not() {
    let schema = "json: {schema: {type: object, required: [sku], properties: {n: {type: integer}}}}";
    assert!(passes("json: {}", Value::Null, "[1]"));
    assert!(passes(schema, Value::Null, r#"{"sku": "A", "n": 2}"#));
    assert_eq!(
        reason(schema, None, r#"{"sku": "A", "n": "2"}"#),
        "not by the schema: /n: value is not of type \"integer\""
    );
    assert!(reason(schema, None, "{}").contains("\"sku\" is a required property"), "{}", reason(schema, None, "{}"));
    assert!(reason("json: {}", None, "```json\n{}\n```").contains("`fenced: true`"));
}

#[test]
fn json_with_fields_scores_the_share_that_agrees() {
    let text = "json: {fields: {'*': equal, customer: text, total: number, tags: set, note: ignore}}";
    let expected = json!({"customer": "Ada L.", "total": 10, "tags": ["a", "b"], "id": 7, "note": "x", "coupon": null});
    let right = r#"{"customer": "ada  l.", "total": 10.000001, "tags": ["b", "a"], "id": 7.0, "more": 1}"#;
    let all = Score::from(Grade::Value(UnitInterval::ONE));
    assert_eq!(score(&*scorer(text), expected.clone(), right).unwrap(), all);
    let wrong = r#"{"customer": "ada l.", "total": "10", "tags": ["b"], "id": 7}"#;
    assert_eq!(value(text, expected.clone(), wrong), 0.6);
    assert_eq!(reason(text, expected.clone(), wrong), "differs in tags, total");
    assert_eq!(value(text, expected.clone(), "no JSON"), 0.0);
    assert_eq!(value(text, Value::from(expected.to_string()), right), 1.0);
}

#[test]
fn json_needs_an_expectation_that_has_the_named_fields() {
    let text = "json: {fields: {customer: text}}";
    let lacking = score(&*scorer(text), json!({"custmer": "x"}), "{}").unwrap_err();
    assert_eq!(lacking.reason, UnscoredKind::BadExpectation);
    assert_eq!(lacking.detail, "the expectation has no field `customer`; did you mean `custmer`?");
    for expected in [json!({"customer": ["x"]}), json!("no json"), json!([1])] {
        assert_eq!(unscored(text, expected), UnscoredKind::BadExpectation);
    }
    assert_eq!(unscored("json: {fields: {'*': equal}}", json!({})), UnscoredKind::BadExpectation);
    let deep = "json: {fields: {items.0.sku: equal, '*': equal}}";
    assert_eq!(value(deep, json!({"items": [{"sku": 1}], "n": 1}), r#"{"items": [{"sku": 1}]}"#), 0.5);
}

#[test]
fn a_schema_may_stand_in_a_file() {
    let files = |path: &str| match path {
        "order.schema.json" => Ok(r#"{"type": "object"}"#.to_owned()),
        "broken.json" => Ok("{".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    let with = |path: &str| build(&spec(&format!("json: {{schema: {path}}}")), &files).map(Option::unwrap);
    let orders = with("order.schema.json").unwrap();
    assert_eq!(score(&*orders, None, "{}").unwrap().pass, Some(true));
    assert_eq!(score(&*orders, None, "[]").unwrap().pass, Some(false));
    let told = |path: &str| with(path).err().unwrap().to_string();
    assert_eq!(told("missing.json"), "scorer `s`: json.schema: missing.json: no such file");
    assert!(told("broken.json").starts_with("scorer `s`: json.schema: broken.json is not JSON: "));
}

#[test]
fn json_diff_is_that_of_autoevals() {
    // autoevals 0.4.1, JSONDiff.
    for (answer, expected, score) in [
        (r#"{"a": 1}"#, json!({"a": 2}), 0.666_666_666_666_666_7),
        (r#"{"o1": {"x": 2, "y": 2}}"#, json!({"o1": {"y": 2, "x": 1}}), 0.833_333_333_333_333_4),
        (r#"{"x": 1, "y": 2}"#, json!({"y": 2, "x": 1}), 1.0),
        ("[]", json!({}), 0.0),
        ("null", json!(""), 0.0),
        (r#""""#, json!(""), 1.0),
        (r#""a""#, json!("b"), 0.0),
    ] {
        near(value("json_diff: {}", expected, answer), score, answer);
    }
}

#[test]
fn json_diff_names_the_places_of_difference() {
    let expected = json!({"customer": "Ada", "items": [{"sku": "A-1", "n": 2}, {"sku": "B-2", "n": 1}]});
    let answer = r#"{"customer": "Ada", "items": [{"sku": "A-1", "n": 3}], "note": "x"}"#;
    assert_eq!(reason("json_diff: {}", expected, answer), "differs in /items/0/n, /items/1, /note");
    assert_eq!(reason("json_diff: {}", json!(5), "6"), "differs as a whole");
    let many: Value = (0..9).map(|n| (format!("k{n}"), json!(n))).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(reason("json_diff: {}", many, "{}"), "differs in /k0, /k1, /k2, /k3, /k4 and 4 more places");
}

#[test]
fn what_json_diff_takes_for_the_same_has_no_reason() {
    for (answer, expected) in [
        (r#"{"ok": 1}"#, json!({"ok": true})),
        ("{}", json!({"coupon": null})),
        (r#"{"a": [1, 2]}"#, json!({"a": "[1, 2]"})),
        (r#"{"a": 1}"#, json!(r#"{"a": 1.0}"#)),
    ] {
        let same = score(&*scorer("json_diff: {}"), expected, answer).unwrap();
        assert_eq!((same.value.get(), same.reason), (1.0, None), "{answer}");
    }
}

#[test]
fn a_document_that_is_expected_may_be_written_as_its_json() {
    let (expected, answer) = (json!(r#"{"a": 1, "b": 2}"#), r#"{"a": 1, "b": 3}"#);
    assert_eq!(reason("json_diff: {}", expected, answer), "differs in /b");
    // A text that is no object and no list is a text: 5 is not "5".
    assert!(value("json_diff: {}", json!("5"), "5") < 0.5);
}

#[test]
fn json_diff_reads_a_code_block_only_where_that_is_named() {
    let answer = "Here it is:\n```json\n{\"a\": {\"b\": 1}}\n```\n";
    assert_eq!(value("json_diff: {fenced: true}", json!({"a": {"b": 1}}), answer), 1.0);
    assert_eq!(value("json_diff: {fenced: true}\non: {json_path: $.a}", json!({"b": 1}), answer), 1.0);
    assert_eq!(value("json_diff: {}", json!({"a": {"b": 1}}), answer), 0.0);
    assert!(reason("json_diff: {}", json!({}), answer).contains("`fenced: true`"));
}
