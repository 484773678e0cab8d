//! Answers that are made to be slow, long or odd.

use std::time::Instant;

use carat_core::UnscoredKind;
use serde_json::{Value, json};

use crate::every::{EVERY_SCORER, is_scored};
use crate::given::{score, scorer};

/// Answers of about so many characters.
fn answers(long: usize) -> Vec<String> {
    vec![
        "a".repeat(long),
        "\0".repeat(long),
        "5 ".repeat(long / 2),
        "1,234 567 ".repeat(long / 10),
        "5)".repeat(long / 2),
        "$5-".repeat(long / 3),
        "a b ".repeat(long / 4),
        "\"".repeat(long),
        "**a".repeat(long / 3),
        "e\u{301}".repeat(long / 3),
        format!("e{}", "\u{301}\u{323}".repeat(long / 4)),
        "[".repeat(long),
        "{\"a\":".repeat(long / 5),
        format!("[{}1]", "1,".repeat(long / 2)),
        format!("[{}1]", "\"kitten\",".repeat(long / 9)),
        format!("{{\"a\": \"{}b\"}}", "a".repeat(long)),
        format!("{{{}\"a\": 1}}", (0..long / 10).map(|n| format!("\"{n}\": 1,")).collect::<String>()),
        "```\n".repeat(long / 4),
        "\n".repeat(long),
        format!("1{}", "0".repeat(long)),
        "1e999".to_owned(),
        "the ".repeat(long / 4),
        "I'm sorry, ".repeat(long / 11),
        "kitten sat\n".repeat(long / 11),
        "\u{202e}\u{feff}\u{fffd}".to_owned(),
    ]
}

#[test]
fn hostile_answers_are_scored_in_the_time_of_reading_them() {
    for answer in answers(60_000) {
        for (scorer, expected) in EVERY_SCORER.iter() {
            let started = Instant::now();
            assert!(is_scored(&**scorer, expected, &answer), "{expected}");
            let (taken, head) = (started.elapsed(), answer.chars().take(9).collect::<String>());
            assert!(taken.as_secs() < 10, "{head}… took {taken:?} with {expected}");
        }
    }
}

#[test]
fn lists_of_long_documents_are_given_up_rather_than_compared_for_hours() {
    let document = |n: usize| json!({"id": n, "text": format!("{n} {}", "word ".repeat(80))});
    let expected: Vec<Value> = (0..400).map(document).collect();
    let answer = Value::from((1000..1400).map(document).collect::<Vec<_>>()).to_string();
    let started = Instant::now();
    let compared = |text: &str| score(&*scorer(text), json!(expected), &answer).map_err(|why| why.reason);
    assert_eq!(compared("list: {}").unwrap().value.get(), 0.0);
    assert_eq!(compared("list: {compare: json_diff}"), Err(UnscoredKind::ScorerFailed));
    assert_eq!(compared("list: {compare: levenshtein}"), Err(UnscoredKind::ScorerFailed));
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
