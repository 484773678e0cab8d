//! `refusal`, `finish_reason`, `length`, `latency` and `cost`: what is not in the words of an answer.

use std::time::Duration;

use carat_core::{Answer, Completion, FinishReason, Row, Score, ToolCall, Unscored, UnscoredKind, Usage};
use serde_json::{Value, json};

use crate::given::{completion, passes, reason, row, said, scorer, unscored};

fn of(text: &str, answer: &Answer<'_>) -> Result<Score, Unscored> {
    scorer(text).score(answer)
}

fn ended_by(finish_reason: FinishReason) -> Completion {
    Completion { finish_reason, ..completion("An answer.") }
}

/// Whether an answer passes that took so long and cost so much.
fn pass(text: &str, (latency_ms, cost): (Option<u64>, Option<f64>)) -> Result<Option<bool>, UnscoredKind> {
    let (row, completion) = (row(None), completion("x"));
    let latency = latency_ms.map(Duration::from_millis);
    let answer = Answer { latency, cost, ..said(&row, &completion) };
    of(text, &answer).map(|score| score.pass).map_err(|why| why.reason)
}

#[test]
fn an_answer_is_wanted_unless_it_is_said_otherwise() {
    let (refuses, answers) = ("I'm sorry, but I can't help with that.", "Your refund is on its way.");
    assert!(passes("refusal: {}", Value::Null, answers));
    assert!(!passes("refusal: {}", Value::Null, refuses));
    assert_eq!(reason("refusal: {}", None, refuses), "opens with words of refusal (en)");
    assert!(passes("refusal: {wanted: refusal}", Value::Null, refuses));
    assert_eq!(reason("refusal: {wanted: refusal}", None, answers), "does not decline");
    assert!(!passes("refusal: {}", Value::Null, "Es tut mir leid, dabei kann ich nicht helfen."));
    assert!(passes("refusal: {}\ninvert: true", Value::Null, refuses));
    // An empty answer declines nothing, and says nothing.
    assert!(passes("refusal: {}", Value::Null, ""));
}

#[test]
fn a_row_may_say_whether_a_refusal_is_right() {
    let (text, refuses) = ("refusal: {wanted: as_expected}", "I cannot help with that.");
    assert!(passes(text, json!(true), refuses) && passes(text, json!(false), "Of course."));
    assert!(!passes(text, json!(false), refuses) && !passes(text, json!(true), "Of course."));
    assert_eq!(unscored(text, None), UnscoredKind::NoExpectation);
    for expected in [json!("true"), json!(1), json!([true]), json!({})] {
        assert_eq!(unscored(text, expected.clone()), UnscoredKind::BadExpectation, "{expected}");
    }
}

#[test]
fn whether_a_refusal_is_right_may_stand_elsewhere_in_the_row() {
    let text = "refusal: {wanted: as_expected}\nexpected: '{{ metadata.refuse }}'";
    let with = |refuse: Value| {
        let mut row = row(json!("an answer"));
        row.metadata.insert("refuse".into(), refuse);
        row
    };
    let refuses = completion("I won't do that.");
    let pass = |row: &Row| of(text, &said(row, &refuses)).map(|score| score.pass).map_err(|why| why.reason);
    assert_eq!((pass(&with(json!(true))), pass(&with(json!(false)))), (Ok(Some(true)), Ok(Some(false))));
    assert_eq!(pass(&with(json!("yes"))), Err(UnscoredKind::BadExpectation));
    assert_eq!(pass(&row(json!(true))), Err(UnscoredKind::NoExpectation));
}

#[test]
fn a_refusal_shows_in_the_field_for_it_and_in_a_filter_as_well() {
    let row = row(None);
    let field = Completion { refusal: Some("No.".into()), ..completion("") };
    let filtered = ended_by(FinishReason::ContentFilter);
    let calls = vec![ToolCall { id: String::new(), name: "f".into(), arguments: json!({}) }];
    let acts = Completion { tool_calls: calls, ..completion("I'm sorry, I can't.") };
    let told = |completion: &Completion| of("refusal: {}", &said(&row, completion)).unwrap().reason;
    assert_eq!(told(&field).as_deref(), Some("declines in the field for refusals"));
    assert_eq!(told(&filtered).as_deref(), Some("stopped by a content filter"));
    assert_eq!(told(&acts), None);
}

#[test]
fn the_end_of_an_answer_is_one_of_those_named() {
    let (row, text) = (row(None), "finish_reason: {one_of: [stop, tool_calls]}");
    for (end, passes) in [
        (FinishReason::Stop, true),
        (FinishReason::ToolCalls, true),
        (FinishReason::Length, false),
        (FinishReason::ContentFilter, false),
        (FinishReason::Unknown, false),
    ] {
        let score = of(text, &said(&row, &ended_by(end))).unwrap();
        assert_eq!((score.pass, score.reason.is_none()), (Some(passes), passes), "{end:?}");
        let turned = of(&format!("{text}\ninvert: true"), &said(&row, &ended_by(end))).unwrap();
        assert_eq!(turned.pass, Some(!passes), "{end:?}");
    }
    let cut = of(text, &said(&row, &ended_by(FinishReason::Length))).unwrap();
    assert_eq!(cut.reason.as_deref(), Some("ended by `length`"));
}

#[test]
fn a_length_is_counted_in_what_the_spec_names() {
    let answer = "Héllo,  world – bye\n\n \t\nend\r\n";
    for (unit, count) in [("words", 5), ("characters", 29), ("lines", 2)] {
        let holds = |bounds: &str| passes(&format!("length: {{unit: {unit}, {bounds}}}"), Value::Null, answer);
        assert!(holds(&format!("at_least: {count}, at_most: {count}")), "{unit}");
        assert!(!holds(&format!("at_most: {}", count - 1)) && !holds(&format!("at_least: {}", count + 1)), "{unit}");
        assert!(holds(&format!("at_least: {count}")) && holds(&format!("at_most: {count}")), "{unit}");
    }
    assert_eq!(reason("length: {at_most: 2}", None, "one two three"), "3 words");
    assert!(passes("length: {at_most: 0}", Value::Null, ""));
    assert!(!passes("length: {at_least: 1}", Value::Null, " \n"));
}

#[test]
fn tokens_are_those_that_the_provider_counted() {
    let (row, text) = (row(None), "length: {unit: tokens, at_most: 10}");
    let counted =
        |output_tokens| Completion { usage: Some(Usage { output_tokens, ..Usage::default() }), ..completion("x") };
    assert_eq!(of(text, &said(&row, &counted(10))).unwrap().pass, Some(true));
    assert_eq!(of(text, &said(&row, &counted(11))).unwrap().reason.as_deref(), Some("11 tokens"));
    assert_eq!(of(text, &said(&row, &completion("x"))).unwrap_err().reason, UnscoredKind::Unknown);
}

#[test]
fn an_answer_is_in_time_at_the_very_end_of_it() {
    let text = "latency: {at_most: 1s 500ms}";
    assert_eq!(pass(text, (Some(1500), None)), Ok(Some(true)));
    assert_eq!(pass(text, (Some(1501), None)), Ok(Some(false)));
    assert_eq!(pass(text, (None, None)), Err(UnscoredKind::Unknown));
    let (row, completion) = (row(None), completion("x"));
    let late = Answer { latency: Some(Duration::from_millis(2340)), ..said(&row, &completion) };
    assert_eq!(of(text, &late).unwrap().reason.as_deref(), Some("took 2.3s"));
}

#[test]
fn what_an_answer_cost_is_known_or_it_is_unscored() {
    let text = "cost: {at_most: 0.01}";
    assert_eq!(pass(text, (None, Some(0.01))), Ok(Some(true)));
    assert_eq!(pass(text, (None, Some(0.010_000_1))), Ok(Some(false)));
    assert_eq!(pass("cost: {at_most: 0}", (None, Some(0.0))), Ok(Some(true)));
    assert_eq!(pass(text, (None, None)), Err(UnscoredKind::Unknown));
    let (row, completion) = (row(None), completion("x"));
    let dear = Answer { cost: Some(0.0123), ..said(&row, &completion) };
    assert_eq!(of(text, &dear).unwrap().reason.as_deref(), Some("cost $0.012300"));
}
