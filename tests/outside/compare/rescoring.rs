//! `--rescore`: recorded answers, scored again without asking anybody.

use std::fs;

use serde_json::json;

use super::quiz::{Quiz, signs};

/// A program that keeps count of its calls, and answers every third question wrongly.
const ANSWER: &str = r#"call=$(cat); row=${call#*\"row\":\"q-}; row=${row%%\"*}; echo "$row" >> calls
case $((${row#0} % 3)) in 0) echo '{"output": "no"}' ;; *) echo '{"output": "Yes"}' ;; esac"#;

fn quiz() -> Quiz {
    let quiz = Quiz::of(6);
    let model = json!({"provider": "command", "command": ["sh", "-c", ANSWER]});
    quiz.project.write("carat.yaml", json!({"models": {"m": model}}).to_string());
    quiz.record_as("before");
    quiz
}

fn calls(quiz: &Quiz) -> usize {
    fs::read_to_string(quiz.project.file("calls")).unwrap().lines().count()
}

#[test]
fn a_changed_scorer_scores_the_recorded_answers_of_the_same_run() {
    let quiz = quiz();
    let before = quiz.report();
    assert_eq!(before["variants"][0]["metrics"]["right.accuracy"]["value"], 0.0);
    quiz.scorers("  - { name: right, exact: { case: ignore } }\n  - { name: short, length: { at_most: 2 } }\n");
    insta::assert_snapshot!(quiz.project.carat(&["eval", "--rescore", "before"]).shown(&quiz.project), @"
    exit 0
    quiz on questions@1, 6 rows: 6 cases (6 from before)  run RUN

    variant  right.accuracy        short.accuracy         failures  cost
    ask@1×m   66.7 % [30.0, 90.3]  100.0 % [61.0, 100.0]  none         –
    scoring 6 recorded answers again; no model is asked but judges
    ");
    assert_eq!(calls(&quiz), 6, "no model was asked again");
    assert_eq!(quiz.runs(), 1, "it is the same run");
    let after = quiz.report();
    assert_eq!(after["run"]["id"], before["run"]["id"]);
    assert_eq!(after["run"]["samples"], 6, "the old scores are superseded");
    assert_eq!(after["variants"][0]["latency"], before["variants"][0]["latency"], "answers are as they were");
    let shown = quiz.project.carat(&["run", "show", "--row", "q-01"]).data;
    assert_eq!(shown.matches("q-01").count(), 1, "{shown}");
    assert!(shown.contains("✓ right") && !shown.contains("✗ right"), "{shown}");
}

#[test]
fn two_runs_are_comparable_again_once_both_are_scored_alike() {
    let quiz = quiz();
    quiz.scorers("  - { name: right, exact: { case: ignore } }\n");
    let gate = ["--baseline", "before", "--gate", "right.accuracy better-than baseline"];
    let ended = quiz.eval(&gate);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.data.contains("had other settings; `carat eval --rescore`"), "{ended:?}");
    assert_eq!(quiz.project.carat(&["eval", "-q", "--rescore", "before"]).code, Some(0));
    let told = quiz.project.carat(&["diff", "before", "@last"]);
    assert!(told.data.contains("right.accuracy: no row differs"), "{told:?}");
    assert_eq!(calls(&quiz), 12, "two runs, and no further call");
}

#[test]
fn gates_are_held_against_the_new_scores() {
    let quiz = quiz();
    quiz.scorers(
        "  - { name: right, exact: { case: ignore } }\ngates:\n  - { metric: right.accuracy, at_least: 0.9 }\n",
    );
    assert_eq!(quiz.project.carat(&["eval", "-q", "--rescore", "before"]).code, Some(1));
    quiz.scorers(
        "  - { name: right, exact: { case: ignore } }\ngates:\n  - { metric: right.accuracy, at_least: 0.2 }\n",
    );
    assert_eq!(quiz.project.carat(&["eval", "-q", "--rescore", "before"]).code, Some(0));
    assert_eq!(calls(&quiz), 6);
}

#[test]
fn a_dry_run_says_what_would_be_scored_and_changes_nothing() {
    let quiz = quiz();
    quiz.scorers("  - { name: right, exact: { case: ignore } }\n");
    let ended = quiz.project.carat(&["eval", "--rescore", "before", "--dry-run"]);
    insta::assert_snapshot!(ended.shown(&quiz.project), @"
    exit 0
    6 recorded answers of run RUN to score again
    ");
    assert_eq!(quiz.report()["variants"][0]["metrics"]["right.accuracy"]["value"], 0.0);
}

#[test]
fn nothing_recorded_is_nothing_to_score() {
    let quiz = Quiz::of(2);
    quiz.record("before", "+.");
    quiz.answers("..");
    assert_eq!(quiz.project.carat(&["eval", "-q", "--rescore", "before"]).code, Some(0), "one answer is there");
    quiz.project.write("carat.yaml", "models:\n  m: { provider: command, command: [\"false\"] }\n");
    assert_eq!(quiz.eval(&[]).code, Some(3));
    insta::assert_snapshot!(quiz.project.carat(&["eval", "--rescore", "@last"]).told(&quiz.project), @"
    exit 4
    error: 0 recorded answers of run RUN to score again
    ");
    insta::assert_snapshot!(quiz.project.carat(&["eval", "--rescore", "nobody"]).told(&quiz.project), @"
    exit 2
    error: no run is called `nobody`; the last runs are RUN (quiz), RUN (before)
    ");
}

#[test]
fn a_scorer_that_does_not_exist_leaves_the_record_as_it_was() {
    let quiz = Quiz::of(10);
    quiz.record("before", &signs(7, 3));
    let before = quiz.report();
    quiz.scorers("  - { name: right, exakt: {} }\n");
    assert_eq!(quiz.project.carat(&["eval", "-q", "--rescore", "before"]).code, Some(2));
    assert_eq!(quiz.report(), before);
}
