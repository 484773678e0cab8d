//! What a comparison says: a finding only where the data show one, and what they could have shown.

use super::example::triage;
use super::quiz::{Quiz, signs};

/// The sentence on a metric, from a run with these answers after one with those.
fn sentence(before: &str, after: &str) -> String {
    let quiz = Quiz::of(before.len());
    quiz.record("before", before);
    quiz.answers(after);
    quiz.eval(&["--baseline", "before"]);
    let report = quiz.report();
    report["comparisons"][0]["metrics"][0]["sentence"].as_str().unwrap().to_owned()
}

#[test]
fn two_prompts_are_compared_on_the_same_rows_without_being_asked() {
    let project = triage();
    let ended = project.carat(&["eval", "triage", "--model", "nearest", "-q"]);
    insta::assert_snapshot!(ended.shown(&project), @"");
}

#[test]
fn a_better_prompt_is_called_better_and_a_worse_one_worse() {
    let (few, many) = (signs(20, 20), signs(35, 5));
    insta::assert_snapshot!([sentence(&few, &many), sentence(&many, &few)].join("\n"), @"");
}

#[test]
fn the_same_score_from_other_rows_is_no_sameness() {
    // Ten rows are lost and ten others are won: nothing has been shown, and the interval says how little that is.
    let before = signs(20, 20);
    let after = format!("{}{}{}{}", "-".repeat(10), "+".repeat(10), "+".repeat(10), "-".repeat(10));
    insta::assert_snapshot!([sentence(&before, &after), sentence(&before, &before)].join("\n"), @"");
}

#[test]
fn few_rows_can_show_nothing_and_that_is_said() {
    let told = [sentence("+", "+"), sentence("+", "-"), sentence("+++++", "-----"), sentence("++++++", "------")];
    insta::assert_snapshot!(told.join("\n"), @"");
}

#[test]
fn a_difference_that_is_the_same_on_every_row_is_not_taken_for_certain() {
    let quiz = Quiz::of(8);
    quiz.scorers("  - { name: close, levenshtein: {} }\n");
    quiz.says(["yes"; 8].map(Some));
    quiz.record_as("before");
    // One letter of three, each time: the differences have no spread at all.
    quiz.says(["yet"; 8].map(Some));
    quiz.eval(&["--baseline", "before"]);
    let report = quiz.report();
    let metric = &report["comparisons"][0]["metrics"][0];
    assert_eq!((metric["metric"].as_str(), metric["interval"].as_str()), (Some("close.mean"), Some("score")));
    assert!(metric["low"].as_f64() < metric["high"].as_f64(), "{metric}");
    insta::assert_snapshot!(metric["sentence"].as_str().unwrap(), @"");
}

#[test]
fn answers_that_were_lost_are_a_finding_of_their_own() {
    let (before, after) = (signs(30, 10), format!("{}{}", ".".repeat(10), signs(20, 10)));
    let quiz = Quiz::of(40);
    quiz.record("before", &before);
    quiz.answers(&after);
    insta::assert_snapshot!(quiz.eval(&["--baseline", "before"]).shown(&quiz.project), @"");
}

#[test]
fn many_metrics_are_many_looks_and_corrected_for() {
    let quiz = Quiz::of(40);
    quiz.scorers(
        "  - { name: right, exact: {} }\n  - { name: close, levenshtein: {} }\n  - { name: word, contains: { any: [yes, no] } }\n",
    );
    quiz.record("before", &signs(30, 10));
    quiz.answers(&signs(24, 16));
    quiz.eval(&["--baseline", "before"]);
    let report = quiz.report();
    let comparison = &report["comparisons"][0];
    assert_eq!(comparison["family"], 3);
    let told = comparison["metrics"].as_array().unwrap().iter();
    let told: Vec<String> = told.map(|metric| format!("{}: {}", metric["metric"], metric["sentence"])).collect();
    insta::assert_snapshot!(told.join("\n"), @"");
}

#[test]
fn the_report_has_what_the_sentence_was_made_of() {
    let quiz = Quiz::of(40);
    // 20 rows are right on both sides, 12 are lost, 3 are won, 5 are wrong on both.
    quiz.record("before", &signs(32, 8));
    quiz.answers(&format!("{}{}{}{}", "+".repeat(20), "-".repeat(12), "+".repeat(3), "-".repeat(5)));
    quiz.eval(&["--baseline", "before"]);
    let mut report = quiz.report();
    let metric = &mut report["comparisons"][0]["metrics"][0];
    // McNemar's exact test of 12 against 3, from scipy.stats.binomtest(3, 15).pvalue.
    assert!((metric["p"].as_f64().unwrap() - 0.035_156_25).abs() < 1e-12, "{metric}");
    for key in ["p", "adjusted_p", "low", "high", "detectable"] {
        let rounded = (metric[key].as_f64().unwrap() * 1e6).round() / 1e6;
        metric[key] = rounded.into();
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(metric).unwrap(), @"");
}
