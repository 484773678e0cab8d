//! `tool_calls`.

use carat_core::{Completion, Score, ToolCall, Unscored, UnscoredKind};
use serde_json::{Value, json};

use crate::given::{row, said, scorer};

/// The score of an answer that makes these calls, written as `["name", arguments]`.
fn score(text: &str, expected: impl Into<Option<Value>>, calls: &Value) -> Result<Score, Unscored> {
    let call = |call: &Value| ToolCall {
        id: "call_1".to_owned(),
        name: call[0].as_str().unwrap().to_owned(),
        arguments: call[1].clone(),
    };
    let tool_calls = calls.as_array().unwrap().iter().map(call).collect();
    let completion = Completion { tool_calls, ..Completion::default() };
    scorer(text).score(&said(&row(expected), &completion))
}

fn graded(text: &str, expected: Value, calls: Value) -> (f64, bool) {
    let score = score(text, expected, &calls).unwrap();
    (score.value.get(), score.pass.unwrap())
}

fn told(text: &str, expected: Value, calls: Value) -> String {
    score(text, expected, &calls).unwrap().reason.unwrap_or_default()
}

/// Two calls that are expected.
fn refund() -> Value {
    json!([
        {"name": "find_order", "arguments": {"number": "A-17"}},
        {"name": "refund", "arguments": {"number": "A-17", "amount": 12.5}},
    ])
}

#[test]
fn the_value_is_the_share_of_calls_that_are_right_and_all_of_them_pass() {
    let find = json!(["find_order", {"number": "A-17"}]);
    let pay = json!(["refund", {"amount": 12.5, "number": "A-17"}]);
    let text = "tool_calls: {}";
    assert_eq!(graded(text, refund(), json!([find, pay])), (1.0, true));
    assert_eq!(graded(text, refund(), json!([pay, find])), (1.0, true));
    assert_eq!(graded(text, refund(), json!([find])), (0.5, false));
    assert_eq!(graded(text, refund(), json!([find, ["refund", {"number": "A-17", "amount": 12}]])), (0.5, false));
    assert_eq!(graded(text, refund(), json!([find, pay, find, find])), (0.5, false));
    assert_eq!(graded(text, refund(), json!([])), (0.0, false));
    assert_eq!(graded(text, json!([]), json!([])), (1.0, true));
    assert_eq!(graded(text, json!([]), json!([find])), (0.0, false));
}

#[test]
fn the_reason_names_the_first_thing_that_is_wrong() {
    let (find, text) = (json!(["find_order", {"number": "A-17"}]), "tool_calls: {}");
    assert_eq!(told(text, refund(), json!([])), "no function is called; expected `find_order`; and 1 more");
    assert_eq!(told(text, refund(), json!([find])), "expected call 2, `refund`, is missing");
    assert_eq!(
        told(text, refund(), json!([find, ["refund", {"number": "A-17", "amount": 99}]])),
        "expected call 2, `refund`: /amount is 99 rather than 12.5"
    );
    assert_eq!(told(text, json!([]), json!([find])), "call 1, `find_order`, is not expected");
}

#[test]
fn the_settings_say_what_counts() {
    let find = json!(["find_order", {"number": "A-17"}]);
    let pay = json!(["refund", {"number": "A-17", "amount": 12.5, "note": "sorry"}]);
    for (text, calls, wanted) in [
        ("tool_calls: {}", json!([find, pay]), (0.5, false)),
        ("tool_calls: {arguments: subset}", json!([find, pay]), (1.0, true)),
        ("tool_calls: {arguments: names}", json!([["refund", {}], ["find_order", "no JSON"]]), (1.0, true)),
        ("tool_calls: {ignore: [note]}", json!([find, pay]), (1.0, true)),
        ("tool_calls: {order: exact, arguments: subset}", json!([find, pay]), (1.0, true)),
        ("tool_calls: {order: exact, arguments: subset}", json!([pay, find]), (0.5, false)),
        ("tool_calls: {allow_extra: true, arguments: subset}", json!([pay, ["log", {}], find]), (1.0, true)),
        (
            "tool_calls: {allow_extra: true, order: exact, arguments: subset}",
            json!([find, ["log", {}], pay]),
            (1.0, true),
        ),
        (
            "tool_calls: {allow_extra: true, order: exact, arguments: subset}",
            json!([pay, ["log", {}], find]),
            (0.5, false),
        ),
    ] {
        assert_eq!(graded(text, refund(), calls.clone()), wanted, "{text} {calls}");
    }
}

#[test]
fn calls_may_be_expected_as_openai_writes_them() {
    let expected =
        json!([{"type": "function", "function": {"name": "find_order", "arguments": "{\"number\": \"A-17\"}"}}]);
    assert_eq!(graded("tool_calls: {}", expected, json!([["find_order", {"number": "A-17"}]])), (1.0, true));
}

#[test]
fn arguments_that_are_no_json_are_wrong_and_never_a_failure() {
    let expected = json!([{"name": "f", "arguments": {"a": 1}}]);
    for arguments in [json!("{\"a\": 1"), json!("\u{202e}\u{0}"), json!([1]), json!(5), json!(true), json!(null)] {
        assert_eq!(graded("tool_calls: {}", expected.clone(), json!([["f", arguments]])), (0.0, false), "{arguments}");
    }
}

#[test]
fn a_row_that_expects_no_list_of_calls_is_unscored_whatever_the_answer() {
    for calls in [json!([]), json!([["f", {}]])] {
        for (text, expected) in [
            ("tool_calls: {}", json!("f")),
            ("tool_calls: {}", json!({"name": "f", "arguments": {}})),
            ("tool_calls: {}", json!([{"name": "f"}])),
            ("tool_calls: {}", json!([{"name": "f", "arguments": {}, "argument": {}}])),
            ("tool_calls: {}", json!([{"name": "f", "arguments": "not JSON"}])),
            ("tool_calls: {allow_extra: true}", json!([])),
        ] {
            let why = score(text, expected.clone(), &calls).unwrap_err();
            assert_eq!(why.reason, UnscoredKind::BadExpectation, "{expected}");
        }
        for expected in [None, Some(Value::Null)] {
            let why = score("tool_calls: {}", expected, &calls).unwrap_err();
            assert_eq!(why.reason, UnscoredKind::NoExpectation);
        }
    }
}

#[test]
fn a_threshold_lets_a_part_of_the_calls_pass_and_invert_turns_both_around() {
    let find = json!([["find_order", {"number": "A-17"}]]);
    assert_eq!(graded("tool_calls: {}\nthreshold: 0.5", refund(), find.clone()), (0.5, true));
    assert_eq!(graded("tool_calls: {}\nthreshold: 0.51", refund(), find.clone()), (0.5, false));
    assert_eq!(graded("tool_calls: {}\ninvert: true", refund(), find), (0.5, true));
    let calls_nothing = "tool_calls: {arguments: names, allow_extra: true}\ninvert: true";
    assert_eq!(graded(calls_nothing, json!([{"name": "drop_tables"}]), json!([["drop_tables", {}]])), (0.0, false));
    assert_eq!(graded(calls_nothing, json!([{"name": "drop_tables"}]), json!([])), (1.0, true));
}

#[test]
fn what_is_expected_of_calls_may_come_from_a_template() {
    let text = "tool_calls: {}\nexpected: '{{ metadata.calls }}'";
    let mut with = row(json!("something else"));
    with.metadata.insert("calls".into(), json!([{"name": "f", "arguments": {"n": 1}}]));
    let completion = Completion {
        tool_calls: vec![ToolCall { id: String::new(), name: "f".into(), arguments: json!({"n": 1}) }],
        ..Completion::default()
    };
    assert_eq!(scorer(text).score(&said(&with, &completion)).unwrap().pass, Some(true));
    let why = scorer(text).score(&said(&row(json!([])), &completion)).unwrap_err();
    assert_eq!(why.reason, UnscoredKind::NoExpectation);
}

#[test]
fn thousands_of_calls_are_scored_and_what_is_told_of_them_is_short() {
    let name = "f\u{1b}[2J".repeat(1000);
    let calls: Vec<Value> = (0..5000).map(|n| json!([name, {"n": n, "text": "x".repeat(50)}])).collect();
    let scored = score("tool_calls: {}", refund(), &calls.into()).unwrap();
    let reason = scored.reason.unwrap();
    assert_eq!((scored.value.get(), scored.pass), (0.0, Some(false)));
    assert!(reason.chars().count() < 300 && !reason.contains('\u{1b}'), "{reason}");
}
