//! Gates fail closed: what cannot be measured or compared does not pass, and the reason is told.

use std::time::{Duration, Instant};

use carat_core::version::{Actor, Source};
use carat_store::Store;
use serde_json::{Value, json};

use super::quiz::{Quiz, signs};

const GATE: &str = "right.accuracy no-worse-than baseline by 0.1";

/// What was said of the gates.
fn gates(told: &str) -> &str {
    told.split_once("gates\n").unwrap().1
}

#[test]
fn rows_that_expect_nothing_have_no_score_to_pass_by() {
    let quiz = Quiz::of(40);
    quiz.rows(|_| json!({"expected": null}));
    quiz.answers(&signs(40, 0));
    assert_eq!(quiz.eval(&["--name", "before"]).code, Some(2), "nothing was measured");
    let told = quiz.eval(&["--baseline", "before", "--gate", GATE, "--gate", "right.accuracy >= 0.1"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    insta::assert_snapshot!(gates(&told.shown(&quiz.project)), @"
    ✗ missed  right.accuracy  ask@1×m
              `right.accuracy` could not be compared: no row has a value on both sides
    ✗ missed  right.accuracy  ask@1×m
              there is no `right.accuracy` to hold it against: no answer has one
    ");
}

#[test]
fn a_variant_that_answers_nothing_misses_its_gates_whatever_else_is_wrong() {
    let quiz = Quiz::of(3);
    quiz.record("before", "+++");
    quiz.project.write("carat.yaml", "models:\n  m: { provider: command, command: [\"false\"] }\n");
    let told = quiz.eval(&["--baseline", "before", "--gate", GATE, "--gate", "errors.share <= 0.5"]);
    assert_eq!(told.code, Some(3), "the world failed, which is graver: {told:?}");
    insta::assert_snapshot!(gates(&told.shown(&quiz.project)), @"
    ✗ missed  right.accuracy  ask@1×m
              `right.accuracy` could not be compared: no row has a value on both sides
    ✗ missed  errors.share  ask@1×m
              at most 0.5: the upper end is 1.0000; measured 1.0000 (0.4385 to 1.0000) on 3
    ");
}

#[test]
fn a_metric_that_the_baseline_never_had_cannot_be_compared() {
    let quiz = Quiz::of(40);
    quiz.record("before", &signs(30, 10));
    quiz.scorers("  - { name: right, exact: {} }\n  - { name: short, length: { at_most: 3 } }\n");
    let told = quiz.eval(&["--baseline", "before", "--gate", "short.accuracy no-worse-than baseline by 0.1"]);
    insta::assert_snapshot!(told.shown(&quiz.project), @"
    exit 1
    quiz on questions@1, 40 rows: 40 cases  run RUN

    variant  right.accuracy        short.accuracy         failures  cost
    ask@1×m   75.0 % [59.8, 85.8]  100.0 % [91.2, 100.0]  none         –

    ask@1×m against ask@1×m of RUN
      right.accuracy: no row differs (95 % -8.8 to +8.8, p = 1.00, 40 pairs); with 40 rows only differences above 15.0 points can be seen
      short.accuracy: not compared: only the right side has a scorer `short`; `carat eval --rescore` gives it to both

    gates
    ✗ missed  short.accuracy  ask@1×m
              `short.accuracy` could not be compared: only the right side has a scorer `short`; `carat eval --rescore` gives it to both
    ");
}

#[test]
fn a_scorer_with_other_settings_measures_something_else() {
    let quiz = Quiz::of(40);
    quiz.record("before", &signs(30, 10));
    quiz.scorers("  - { name: right, exact: { case: ignore } }\n");
    let told = quiz.gated(GATE);
    assert!(told.starts_with("exit 1\n"), "{told}");
    insta::assert_snapshot!(gates(&told), @"
    ✗ missed  right.accuracy  ask@1×m
              `right.accuracy` could not be compared: the scorer `right` had other settings; `carat eval --rescore` scores the recorded answers with one of them
    ");
}

#[test]
fn a_baseline_without_a_variant_of_this_prompt_and_model_decides_nothing() {
    let quiz = Quiz::of(40);
    quiz.project.write("prompts/beg.prompty", "user:\nPlease: {{ question }}\n");
    quiz.answers(&signs(30, 10));
    let two = quiz.project.carat(&["eval", "quiz", "-q", "--prompt", "ask", "--prompt", "beg", "--name", "before"]);
    assert_eq!(two.code, Some(0), "{two:?}");
    quiz.project.write("prompts/plead.prompty", "user:\nI beg you: {{ question }}\n");
    let told = quiz.eval(&["--prompt", "plead", "--baseline", "before", "--gate", GATE]);
    assert_eq!(told.code, Some(1), "{told:?}");
    insta::assert_snapshot!(gates(&told.shown(&quiz.project)), @"
    ✗ missed  right.accuracy  plead@1×m
              the baseline has no variant like `plead@1×m`
    ");
    // The one that is meant can be named.
    let told = quiz.eval(&["--prompt", "plead", "--baseline", "before:ask@1×m", "--gate", GATE]);
    assert_eq!(told.code, Some(0), "{told:?}");
}

#[tokio::test]
async fn a_baseline_that_was_deleted_holds_nothing_any_more() {
    let quiz = Quiz::of(40);
    quiz.record("before", &signs(30, 10));
    let passed = quiz.eval(&["--baseline", "before", "--gate", GATE]);
    assert_eq!(passed.code, Some(0), "{passed:?}");
    let store = Store::open(quiz.project.file(".carat/carat.db").to_str().unwrap()).await.unwrap();
    let baseline = store.find_run("before").await.unwrap();
    let by = Actor { name: "ada".into(), source: Source::Flag };
    store.delete_run(&baseline.id, &by, "2026-05-01T12:00:00Z", None).await.unwrap();
    store.close().await;
    let shown = quiz.project.carat(&["run", "show", "@last"]);
    let shown = shown.shown(&quiz.project);
    insta::assert_snapshot!(gates(&shown).split_once("answers that missed").unwrap().0, @"
    ✗ missed  right.accuracy  ask@1×m
              the baseline is gone: --baseline RUN: no run is called `RUN`; the last runs are RUN (quiz)
    ");
    let again = quiz.eval(&["--baseline", "before", "--gate", GATE]).told(&quiz.project);
    insta::assert_snapshot!(again, @"
    exit 2
    error: --baseline before: no run is called `before`; the last runs are RUN (quiz)
    ");
    let resumed = quiz.project.carat(&["run", "resume", "@last"]);
    assert_eq!(resumed.code, Some(2), "{resumed:?}");
}

#[test]
fn a_run_that_is_not_complete_passes_no_gate() {
    let quiz = Quiz::of(3);
    quiz.record("before", "+++");
    // The first question is answered at once, the second one never.
    let answer = "case $(cat) in *q-01*) echo '{\"output\": \"yes\"}' ;; *) sleep 60 ;; esac";
    let model = json!({"provider": "command", "command": ["sh", "-c", answer], "limits": {"concurrency": 1}});
    quiz.project.write("carat.yaml", json!({"models": {"m": model}}).to_string());
    let mut going = quiz.project.start(&["eval", "quiz", "--baseline", "before", "--gate", "right.accuracy >= 0.01"]);
    let answered = || {
        let ended = quiz.project.carat(&["run", "list", "--json"]);
        let runs: Value = serde_json::from_str(&ended.data).unwrap();
        runs["runs"].as_array().is_some_and(|runs| runs.len() == 2 && runs[0]["samples"] == 1)
    };
    let patience = Instant::now() + Duration::from_secs(30);
    while !answered() {
        assert!(Instant::now() < patience, "the first answer never came");
        std::thread::sleep(Duration::from_millis(20));
    }
    going.interrupt();
    going.says("once more to stop now");
    going.interrupt();
    let ended = going.end();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.data.contains("the run is not complete"), "{ended:?}");
    let gate = quiz.report()["gates"][0].clone();
    assert_eq!((&gate["holds"], &gate["because"]), (&false.into(), &"the run is not complete (1 of 3 cases)".into()));
}
