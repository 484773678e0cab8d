//! `list`.

use carat_core::UnscoredKind;
use serde_json::{Value, json};

use crate::given::{near, reason, score, scorer, unscored, value};

/// A JSON list of so many different numbers.
fn numbers(from: usize, to: usize) -> Value {
    (from..to).collect::<Vec<_>>().into()
}

#[test]
fn a_list_of_texts_is_matched_as_in_autoevals() {
    // autoevals 0.4.1, ListContains.
    let (near_by, extra) = ("list: {compare: levenshtein}", "list: {compare: levenshtein, allow_extra: true}");
    for (text, answer, expected, score) in [
        (near_by, json!([]), json!([]), 1.0),
        (near_by, json!(["0"]), json!([]), 0.0),
        (near_by, json!(["a"]), json!(["a", "b"]), 0.5),
        (near_by, json!(["a", "b"]), json!(["a"]), 0.5),
        (extra, json!(["a", "b"]), json!(["a"]), 1.0),
        (extra, json!(["a", "a"]), json!(["a"]), 1.0),
        (near_by, json!(["appl", "bananna"]), json!(["banana", "apple"]), 0.828_571_428_571_428_6),
        (near_by, json!(["New York", "Paris"]), json!(["paris", "new york"]), 0.775),
        (near_by, json!(["東京"]), json!(["京都", "東京"]), 0.5),
        (
            near_by,
            json!(["starred", "multiple different workspaces", "shortcuts"]),
            json!(["workspaces", "section", "view", "others", "workspace", "team", "pinning"]),
            0.121_823_442_020_486_35,
        ),
    ] {
        near(value(text, expected, &answer.to_string()), score, &format!("{text} {answer}"));
    }
}

#[test]
fn members_are_compared_as_json_unless_it_is_said_otherwise() {
    assert_eq!(value("list: {}", json!([{"a": 1, "b": 2}, "x"]), r#"["x", {"b": 2.0, "a": 1}]"#), 1.0);
    assert_eq!(value("list: {}", json!(["x", 1, true, null]), r#"["X", "1", false, "null"]"#), 0.0);
    let documents = "list: {compare: json_diff}";
    near(value(documents, json!([{"a": 1}, {"b": 2}]), r#"[{"b": 2}, {"a": 2}]"#), 5.0 / 6.0, documents);
    // Within a list a text is a text, whatever is written in it.
    assert!(value(documents, json!([[1, 2]]), r#"["[1, 2]"]"#) < 1.0);
}

#[test]
fn a_list_says_what_is_missing() {
    assert_eq!(reason("list: {}", json!(["a", "b", 3]), r#"["b"]"#), r#"missing: "a", 3"#);
    assert_eq!(reason("list: {}", json!(["a"]), r#"["a", "b"]"#), "");
    assert_eq!(reason("list: {}", json!(["a"]), r#"{"a": 1}"#), "JSON, but no list");
    assert!(reason("list: {}", json!(["a"]), "a, b").starts_with("not JSON: "));
}

#[test]
fn a_list_is_found_in_a_code_block_and_so_is_the_document_around_it() {
    assert_eq!(value("list: {}", json!(["a"]), "Here:\n```json\n[\"a\"]\n```"), 1.0);
    assert_eq!(value("list: {}\non: {json_path: $.tags}", json!(["a"]), "```\n{\"tags\": [\"a\"]}\n```"), 1.0);
}

#[test]
fn a_list_that_is_expected_may_be_written_as_its_json() {
    assert_eq!(value("list: {}", json!(r#"["a", "b"]"#), r#"["b", "a"]"#), 1.0);
    for expected in [json!("a, b"), json!(r#"{"a": 1}"#), json!(5), json!({"a": 1})] {
        assert_eq!(unscored("list: {}", expected.clone()), UnscoredKind::BadExpectation, "{expected}");
    }
}

#[test]
fn of_a_list_that_is_too_long_the_first_members_count() {
    for (text, score) in [("list: {}", 500.0 / 2000.0), ("list: {allow_extra: true}", 1.0)] {
        let answer = numbers(0, 2000).to_string();
        near(value(text, numbers(0, 500), &answer), score, text);
    }
    // What comes late is not looked for.
    assert_eq!(value("list: {allow_extra: true}", json!([1999]), &numbers(0, 2000).to_string()), 0.0);
}

#[test]
fn whether_too_much_is_expected_does_not_depend_on_the_answer() {
    for answer in ["[]", "no list", "[0]"] {
        let why = score(&*scorer("list: {}"), numbers(0, 501), answer).unwrap_err();
        assert_eq!(
            (why.reason, why.detail.as_str()),
            (UnscoredKind::BadExpectation, "501 members are expected; the most is 500")
        );
    }
}
