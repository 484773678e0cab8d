use super::super::json_diff::tests::tree;
use super::*;
use proptest::prelude::*;
use serde_json::json;

fn call(name: &str, arguments: Value) -> ToolCall {
    ToolCall { id: String::new(), name: name.to_owned(), arguments }
}

fn find(id: u32) -> ToolCall {
    call("find", json!({"id": id}))
}

fn expects(calls: &[ToolCall]) -> Value {
    calls.iter().map(|call| json!({"name": call.name, "arguments": call.arguments})).collect()
}

fn ordered(order: Order) -> Settings {
    Settings { order, ..Settings::default() }
}

fn compared(calls: &[ToolCall], expected: &Value, settings: &Settings) -> Comparison {
    compare(calls, &ExpectedCalls::read(expected, settings).unwrap(), settings)
}

fn score(calls: &[ToolCall], expected: &[ToolCall], order: Order) -> f64 {
    compared(calls, &expects(expected), &ordered(order)).score
}

fn reason(calls: &[ToolCall], expected: &[ToolCall], order: Order) -> String {
    compared(calls, &expects(expected), &ordered(order)).reason.unwrap()
}

fn refusal(expected: &Value, settings: &Settings) -> String {
    ExpectedCalls::read(expected, settings).unwrap_err().to_string()
}

const ORDERS: [Order; 4] = [Order::Any, Order::Exact, Order::Subset, Order::InOrder];

#[test]
fn each_order_asks_for_something_else() {
    let (a, b, c) = (find(1), find(2), find(3));
    let expected = [a.clone(), b.clone()];
    let scores = |calls: &[&ToolCall]| {
        let calls: Vec<ToolCall> = calls.iter().copied().cloned().collect();
        ORDERS.map(|order| score(&calls, &expected, order))
    };
    assert_eq!(scores(&[&a, &b]), [1.0, 1.0, 1.0, 1.0]);
    assert_eq!(scores(&[&b, &a]), [1.0, 0.5, 1.0, 0.5]);
    assert_eq!(scores(&[&a, &c, &b]), [2.0 / 3.0, 2.0 / 3.0, 1.0, 1.0]);
    assert_eq!(scores(&[&b]), [0.5, 0.5, 0.5, 0.5]);
    assert_eq!(scores(&[]), [0.0; 4]);
}

#[test]
fn a_call_counts_once() {
    assert_eq!(score(&[find(1)], &[find(1), find(1)], Order::Any), 0.5);
    assert_eq!(score(&[find(1), find(1)], &[find(1)], Order::Any), 0.5);
    assert_eq!(score(&[find(1), find(1)], &[find(1)], Order::Subset), 1.0);
}

#[test]
fn no_call_is_right_where_none_is_expected() {
    let none = compared(&[], &json!([]), &Settings::default());
    assert_eq!(none, Comparison { score: 1.0, pass: true, reason: None });
    let one = compared(&[find(1)], &json!([]), &Settings::default());
    assert_eq!((one.score, one.pass, one.reason.as_deref()), (0.0, false, Some("call 1, `find`, is not expected")));
}

#[test]
fn arguments_are_compared_as_strictly_as_is_asked() {
    let made = [call("find", json!({"id": 1.0, "at": "now", "where": {"city": "Bern", "zip": "3000"}}))];
    let expected = json!([{"name": "find", "arguments": {"id": 1, "where": {"city": "Bern"}}}]);
    let passes = |arguments, ignore: &[&str]| {
        let ignore = ignore.iter().map(|field| (*field).to_owned()).collect();
        compared(&made, &expected, &Settings { arguments, ignore, ..Settings::default() }).pass
    };
    assert!(!passes(Arguments::Exact, &[]) && !passes(Arguments::Exact, &["at"]));
    assert!(passes(Arguments::Exact, &["at", "where"]));
    assert!(passes(Arguments::Subset, &[]));
    assert!(passes(Arguments::Names, &[]));
}

#[test]
fn a_missing_field_is_not_a_null_and_lists_have_a_length() {
    let subset = Settings { arguments: Arguments::Subset, ..Settings::default() };
    let passes = |made: Value, expected: Value| {
        compared(&[call("f", made)], &json!([{"name": "f", "arguments": expected}]), &subset).pass
    };
    assert!(!passes(json!({}), json!({"a": null})));
    assert!(passes(json!({"a": null}), json!({"a": null})));
    assert!(!passes(json!({"a": [1, 2]}), json!({"a": [1]})));
    assert!(passes(json!({"a": [{"b": 1, "c": 2}]}), json!({"a": [{"b": 1}]})));
}

#[test]
fn openai_shapes_and_texts_of_json_are_understood() {
    let made = [find(7)];
    for expected in [
        json!([{"name": "find", "arguments": {"id": 7}}]),
        json!([{"name": "find", "arguments": "{\"id\": 7.0}"}]),
        json!([{"type": "function", "id": "c", "function": {"name": "find", "arguments": "{\"id\":7}"}}]),
        json!([{"type": "function_call", "call_id": "c", "status": "completed", "name": "find", "arguments": "{\"id\":7}"}]),
    ] {
        assert!(compared(&made, &expected, &Settings::default()).pass, "{expected}");
    }
    let nothing = json!([{"name": "now", "arguments": ""}]);
    for without in [json!({}), Value::Null, json!(" ")] {
        assert!(compared(&[call("now", without)], &nothing, &Settings::default()).pass);
    }
}

#[test]
fn the_reason_names_the_first_thing_that_is_wrong() {
    let told = |calls: &[ToolCall], expected: &[ToolCall]| reason(calls, expected, Order::Any);
    assert_eq!(told(&[], &[find(1)]), "no function is called; expected `find`");
    assert_eq!(told(&[], &[find(1), find(2), find(3)]), "no function is called; expected `find`; and 2 more");
    assert_eq!(told(&[find(2)], &[find(1)]), "expected call 1, `find`: /id is 2 rather than 1");
    assert_eq!(told(&[call("find", json!({}))], &[find(1)]), "expected call 1, `find`: /id is missing");
    let chatty = call("find", json!({"id": 1, "note": "x".repeat(1_000_000)}));
    assert_eq!(told(&[chatty], &[find(1)]), "expected call 1, `find`: /note is not expected");
    assert_eq!(
        told(&[find(1), call("delete", json!({}))], &[find(1), find(2)]),
        "expected call 2, `find`, is missing; and 1 more"
    );
    assert_eq!(told(&[find(1), find(1)], &[find(1)]), "call 2, `find`, is not expected");
}

#[test]
fn a_call_at_another_place_is_told_as_such() {
    let told = reason(&[find(2), find(1)], &[find(1), find(2)], Order::Exact);
    assert_eq!(told, "`find`, expected as call 2, comes as call 1");
}

#[test]
fn calls_are_paired_with_those_they_have_most_in_common_with() {
    let expected = [call("f", json!({"a": 1, "b": 2})), call("f", json!({"a": 3, "b": 4}))];
    let made = [call("f", json!({"a": 3, "b": 5})), call("f", json!({"a": 1, "b": 2}))];
    assert_eq!(reason(&made, &expected, Order::Any), "expected call 2, `f`: /b is 5 rather than 4");
}

#[test]
fn arguments_that_are_no_json_are_different() {
    let broken = call("find", json!("{\"id\": 1\u{1b}"));
    assert_eq!(
        reason(&[broken], &[find(1)], Order::Any),
        "expected call 1, `find`: its arguments are no JSON object: \"{\\\"id\\\": 1\\u001b\""
    );
    assert_eq!(score(&[call("find", json!([1]))], &[find(1)], Order::Any), 0.0);
}

#[test]
fn what_is_no_list_of_calls_is_refused_with_what_to_write() {
    let exact = Settings::default();
    assert!(refusal(&json!({"name": "f"}), &exact).starts_with("no list of tool calls is expected; write `[{"));
    assert_eq!(
        refusal(&json!([1]), &exact),
        r#"expected call 1: it is no object; write `{"name": "…", "arguments": {…}}`"#
    );
    assert_eq!(
        refusal(&json!([{"name": "f", "arguments": {}}, {"name": "f"}]), &exact),
        "expected call 2: it has no `arguments`; write `{}` where there are none"
    );
    assert_eq!(
        refusal(&json!([{"name": "f", "argument": {}}]), &exact),
        "expected call 1: `argument` is no field of a call; did you mean `arguments`?"
    );
    assert_eq!(refusal(&json!([{"arguments": {}}]), &exact), "expected call 1: it has no `name`");
    assert_eq!(
        refusal(&json!([{"name": "f", "arguments": [1]}]), &exact),
        "expected call 1: its `arguments` are no object"
    );
    assert!(refusal(&json!([{"name": "f", "arguments": "{"}]), &exact).contains("are no JSON"));
    assert!(refusal(&json!([{"name": "f", "arguments": "3"}]), &exact).contains("no object"));
    assert!(refusal(&json!([{"function": "f"}]), &exact).contains("`function` is no object"));
    assert!(refusal(&json!([]), &ordered(Order::Subset)).contains("every answer would be right"));
    let many: Value = (0..501).map(|_| json!({"name": "f", "arguments": {}})).collect();
    assert_eq!(refusal(&many, &exact), "501 calls are expected; the most is 500");
}

#[test]
fn names_alone_need_no_arguments() {
    let names = Settings { arguments: Arguments::Names, ..Settings::default() };
    assert!(compared(&[find(1)], &json!([{"name": "find"}]), &names).pass);
    assert!(!compared(&[find(1)], &json!([{"name": "Find"}]), &names).pass);
}

#[test]
fn an_answer_of_too_many_calls_is_scored() {
    let made: Vec<ToolCall> = (0..2_000).map(find).collect();
    let expected: Vec<ToolCall> = (0..500).rev().map(find).collect();
    assert_eq!(score(&made, &expected, Order::Any), 0.25);
    assert_eq!(score(&made, &expected, Order::Subset), 1.0);
    assert_eq!(score(&made, &[find(600)], Order::Subset), 0.0);
    assert!(reason(&made, &expected, Order::Exact).len() < 200);
}

proptest! {
    #[test]
    fn scores_are_from_0_to_1_and_what_is_expected_is_right(
        made in prop::collection::vec(("[fg]", tree()), 0..5), expected in prop::collection::vec(("[fg]", 0u8..3), 1..5),
    ) {
        let made: Vec<ToolCall> = made.into_iter().map(|(name, arguments)| call(&name, arguments)).collect();
        let expected: Vec<ToolCall> = expected.into_iter().map(|(name, a)| call(&name, json!({"a": a}))).collect();
        for order in ORDERS {
            let comparison = compared(&made, &expects(&expected), &ordered(order));
            prop_assert!((0.0..=1.0).contains(&comparison.score));
            prop_assert_eq!(comparison.pass, comparison.score == 1.0);
            prop_assert_eq!(comparison.pass, comparison.reason.is_none());
            prop_assert!(compared(&expected, &expects(&expected), &ordered(order)).pass);
        }
    }

    #[test]
    fn no_expectation_is_too_strange(expected in tree()) {
        let _ = ExpectedCalls::read(&expected, &Settings::default());
        let _ = ExpectedCalls::read(&json!([expected]), &Settings::default());
    }
}
