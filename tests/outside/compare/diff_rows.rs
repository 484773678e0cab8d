//! `carat diff`, row by row: the most harmful first, what changed in each answer, and nothing that acts on a terminal.

use serde_json::json;

use super::quiz::Quiz;

/// Nine questions with two scorers, of which the first decides.
fn quiz() -> Quiz {
    let quiz = Quiz::of(9);
    quiz.scorers("  - { name: right, contains: { any: [\"yes\"] } }\n  - { name: close, levenshtein: {} }\n");
    quiz
}

const BEFORE: [Option<&str>; 9] = [
    Some("yes"),
    Some("yes"),
    Some("yes indeed"),
    Some("no"),
    Some("yes"),
    Some("yes, I think"),
    Some(r#"{"a": 1, "b": [1, 2], "yes": true}"#),
    Some("yes, that is so"),
    Some("yes\nand no"),
];

const AFTER: [Option<&str>; 9] = [
    Some("yes"),
    // Wrong now, and as far off as can be.
    Some("no"),
    // Wrong now, and far off before.
    Some("no indeed, the quick brown fox"),
    // Right now.
    Some("yes"),
    // Lost.
    None,
    // Right as before, and as near: other words.
    Some("yes, I guess"),
    // The same document but for two places, in another order and layout.
    Some("{\n  \"yes\": true,\n  \"b\": [1, 3],\n  \"a\": 1,\n  \"c\": null\n}"),
    Some("yes, this is so"),
    Some("yes\nand  no"),
];

fn both() -> Quiz {
    let quiz = quiz();
    quiz.says(BEFORE);
    quiz.record_as("before");
    quiz.says(AFTER);
    quiz.record_as("after");
    quiz
}

/// What is shown of the rows.
fn rows(quiz: &Quiz, more: &[&str]) -> String {
    let ended = quiz.project.carat(&[&["diff", "before", "after"], more].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told = ended.shown(&quiz.project);
    told.rsplit_once("can be seen\n").unwrap().1.trim().to_owned()
}

/// The ids of the rows that are shown, in their order.
fn shown(quiz: &Quiz, more: &[&str]) -> Vec<String> {
    let rows = rows(quiz, more);
    let ids = rows.lines().filter(|line| line.starts_with("q-")).filter_map(|line| line.split_whitespace().next());
    ids.map(str::to_owned).collect()
}

#[test]
fn rows_come_in_the_order_of_their_harm_with_what_changed() {
    insta::assert_snapshot!(rows(&both(), &[]), @r#"
    4 regressed, 1 improved, 2 another answer, as good, 1 without an answer

    q-05  no answer
      input    {"question":"Is 5 a number?"}
      expected yes
      A        yes
      B        not-recorded: `m` has no recorded answer for row `q-05`; record one, or leave the row out
      right: pass → –
      close: 1.000 → –

    q-02  regressed
      input    {"question":"Is 2 a number?"}
      expected yes
      - A      yes
      + B      no
      right: pass → fail  contains none of `any`
      close: 1.000 → 0.000

    q-03  regressed
      input    {"question":"Is 3 a number?"}
      expected yes
      - A      yes indeed
      + B      no indeed, the quick brown fox
      right: pass → fail  contains none of `any`
      close: 0.300 → 0.033

    q-07  regressed
      input    {"question":"Is 7 a number?"}
      expected yes
      $.b[1]: 2 → 3
      $.c: nothing → null
      close: 0.088 → 0.055

    q-09  regressed
      input    {"question":"Is 9 a number?"}
      expected yes
      - A      yes⏎and no
      + B      yes⏎and  no
      close: 0.300 → 0.273

    q-06  another answer
      input    {"question":"Is 6 a number?"}
      expected yes
      - A      yes, I think
      + B      yes, I guess

    q-08  another answer
      input    {"question":"Is 8 a number?"}
      expected yes
      - A      yes, that is so
      + B      yes, this is so

    q-04  improved
      input    {"question":"Is 4 a number?"}
      expected yes
      - A      no
      + B      yes
      right: fail → pass
      close: 0.000 → 1.000
    "#);
}

#[test]
fn only_the_rows_that_are_asked_for_are_shown() {
    let quiz = both();
    let only = |what: &str| shown(&quiz, &["--only", what]).join(" ");
    let told = ["regressed", "improved", "changed", "errors", "flipped", "improved,errors"]
        .map(|what| format!("{what}: {}", only(what)));
    insta::assert_snapshot!(told.join("\n"), @"
    regressed: q-02 q-03 q-07 q-09
    improved: q-04
    changed: q-06 q-08
    errors: q-05
    flipped: q-02 q-03 q-04
    improved,errors: q-05 q-04
    ");
    assert_eq!(shown(&quiz, &["--only", "improved", "--only", "errors"]), shown(&quiz, &["--only", "improved,errors"]));
    let refused = quiz.project.carat(&["diff", "before", "after", "--only", "worse"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
}

#[test]
fn one_scorer_alone_may_decide_the_order() {
    let quiz = both();
    assert_eq!(shown(&quiz, &["--scorer", "right", "--only", "regressed"]), ["q-02", "q-03"]);
    assert_eq!(shown(&quiz, &["--scorer", "close", "--only", "regressed"])[..2], ["q-02", "q-03"]);
}

#[test]
fn as_many_rows_are_shown_as_wanted_and_the_rest_is_counted() {
    let quiz = both();
    assert_eq!(shown(&quiz, &["--rows", "0"]).len(), 0);
    let told = rows(&quiz, &["--rows", "1"]);
    assert!(told.ends_with("more rows; --rows shows them"), "{told}");
    assert_eq!(shown(&quiz, &["--rows", "1"]).len(), 1);
}

#[test]
fn documents_are_compared_as_documents() {
    let quiz = Quiz::of(2);
    quiz.says([Some(r#"{"sku": "A-1", "n": 2, "tags": ["x", "y"]}"#), Some("{\"a\": 1}")]);
    quiz.record_as("before");
    quiz.says([Some("```json\n{\"n\": 3, \"tags\": [\"x\"], \"sku\": \"A-1\"}\n```"), Some("{ \"a\" : 1 }")]);
    quiz.record_as("after");
    let told = quiz.project.carat(&["diff", "before", "after"]).shown(&quiz.project);
    insta::assert_snapshot!(told.rsplit_once("can be seen\n").or(told.rsplit_once("at all\n")).unwrap().1.trim(), @r#"
    1 another answer, as good

    q-01  another answer
      input    {"question":"Is 1 a number?"}
      expected yes
      $.n: 2 → 3
      $.tags[1]: "y" → nothing
    "#);
}

/// A text that would rename the terminal, wipe it, write to the clipboard, and turn the line around.
const MISCHIEF: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}]52;c;cm0gLXJm\u{7}\u{9b}31m\u{202e}yes\r\n\u{8}";

#[test]
fn hostile_answers_are_shown_and_never_sent() {
    // As many rows as a slice needs to be shown.
    let quiz = Quiz::of(20);
    quiz.rows(|_| {
        let input = json!({"question": MISCHIEF});
        json!({"input": input, "expected": MISCHIEF, "tags": [MISCHIEF], "metadata": {"m": MISCHIEF}})
    });
    let (document, other) = (json!({MISCHIEF: MISCHIEF}).to_string(), json!({MISCHIEF: 1}).to_string());
    quiz.says((0..20).map(|row| Some(if row % 2 == 0 { MISCHIEF } else { &document })));
    quiz.record_as("before");
    let longer = format!("{MISCHIEF}{MISCHIEF}");
    quiz.says((0..20).map(|row| Some(if row % 2 == 0 { &*longer } else { &*other })));
    quiz.record_as("after");
    for more in [&["--rows", "20"][..], &["--rows", "20", "--slice", "tags", "--slice", "metadata.m"]] {
        let ended = quiz.project.carat(&[&["diff", "before", "after", "--color", "always"], more].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(!ended.acts(), "{ended:?}");
        assert!(ended.data.contains("␛]0;owned␇␛[2J"), "{ended:?}");
    }
}
