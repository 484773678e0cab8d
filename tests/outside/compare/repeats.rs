//! Repeats of the same cases: what varies, how often it works out, and that repeats are no further rows.

use serde_json::json;

use super::quiz::Quiz;

/// A program that answers as the file for the row and the repeat says.
const ANSWER: &str = r#"call=$(cat); row=${call#*\"row\":\"}; row=${row%%\"*}; trial=${call#*\"trial\":}; trial=${trial%%,*}
cat "said/$row/$trial""#;

/// Eight questions, five times each; a line a question and a sign a repeat.
fn quiz(said: [&str; 8]) -> Quiz {
    let quiz = Quiz::of(8);
    let model = json!({"provider": "command", "command": ["sh", "-c", ANSWER], "limits": {"concurrency": 4}});
    quiz.project.write("carat.yaml", json!({"models": {"m": model}}).to_string());
    quiz.spec("trials: 5\n");
    says(&quiz, said);
    quiz
}

fn says(quiz: &Quiz, said: [&str; 8]) {
    for (number, signs) in (1..).zip(said) {
        for (trial, sign) in signs.chars().enumerate() {
            let output = if sign == '+' { "yes" } else { "no" };
            quiz.project.write(&format!("said/q-{number:02}/{trial}"), json!({"output": output}).to_string());
        }
    }
}

/// Four questions that are always right, two that are in three of five, one that is once, one that never is.
const VARYING: [&str; 8] = ["+++++", "+++++", "+++++", "+++++", "+-+-+", "+-+-+", "+----", "-----"];

#[test]
fn repeats_tell_how_often_it_works_out_and_which_rows_flicker() {
    let quiz = quiz(VARYING);
    assert_eq!(quiz.eval(&[]).code, Some(0));
    let report = quiz.report();
    let metrics = report["variants"][0]["metrics"].as_object().unwrap();
    // Chen and others 2021 for pass@k: 1 - C(n-c, k)/C(n, k); pass^k: C(c, k)/C(n, k); each as a mean over rows.
    let three_of_five = [("pass@2", 1.0 - 1.0 / 10.0), ("pass^2", 3.0 / 10.0), ("pass@3", 1.0), ("pass^3", 1.0 / 10.0)];
    let one_of_five = [("pass@2", 4.0 / 10.0), ("pass^2", 0.0), ("pass@3", 6.0 / 10.0), ("pass^3", 0.0)];
    for ((name, often), (_, once)) in three_of_five.into_iter().zip(one_of_five) {
        let value = metrics[&format!("right.{name}")]["value"].as_f64().unwrap();
        assert!((value - (4.0 + 2.0 * often + once) / 8.0).abs() < 1e-12, "{name} {value}");
    }
    let told = ["right.accuracy", "right.pass@5", "right.pass^5", "right.majority"].map(|name| {
        let metric = &metrics[name];
        format!("{name} {} of {} rows, {}", metric["value"], metric["n"], metric["interval"])
    });
    insta::assert_snapshot!(told.join("\n"), @r#"
    right.accuracy 0.675 of 8 rows, "t"
    right.pass@5 0.875 of 8 rows, "t"
    right.pass^5 0.5 of 8 rows, "t"
    right.majority 0.75 of 8 rows, "t"
    "#);
    let repeats = &report["variants"][0]["repeats"]["right"];
    assert_eq!((&repeats["rows"], &repeats["flickering"]), (&8.into(), &3.into()));
    let rows = json!([
        {"row": "q-05", "passed": 3, "judged": 5},
        {"row": "q-06", "passed": 3, "judged": 5},
        {"row": "q-07", "passed": 1, "judged": 5},
    ]);
    assert_eq!(repeats["flickering_rows"], rows);
    let shown = quiz.project.carat(&["run", "show"]).data;
    assert!(
        shown.contains("ask@1×m right: 3 of 8 rows flicker: q-05, q-06, q-07, spread 0.193 within a row"),
        "{shown}"
    );
}

#[test]
fn a_gate_may_want_every_repeat_to_pass() {
    let quiz = quiz(VARYING);
    let gates = [("right.pass@5", 0), ("right.majority", 0), ("right.pass^5", 1)];
    for (metric, code) in gates {
        let gate = format!("{metric} >= 0.3");
        assert_eq!(quiz.eval(&["--gate", &gate]).code, Some(code), "{gate}");
    }
    insta::assert_snapshot!(quiz.eval(&["--gate", "right.pass@7 >= 0.3"]).told(&quiz.project), @"
    exit 2
    error: evals/quiz.yaml: there is no metric `right.pass@7` (there are right.accuracy, right.pass@2, right.pass^2, right.pass@3, right.pass^3, right.pass@5, right.pass^5, right.majority, errors.share, unscored.share, latency.p50, latency.p95, latency.p99, tokens.input, tokens.output, tokens.total, cost.total, cost.per_sample); did you mean `right.pass@2`?
    ");
}

#[test]
fn rows_are_compared_and_not_their_repeats() {
    let quiz = quiz(VARYING);
    quiz.record_as("before");
    says(&quiz, ["+++++", "+++++", "+++++", "+++-+", "+-+--", "+----", "-----", "-----"]);
    let told = quiz.eval(&["--baseline", "before", "--gate", "right.accuracy no-worse-than baseline by 0.3"]);
    let comparison = &quiz.report()["comparisons"][0]["metrics"][0];
    assert_eq!((&comparison["pairs"], &comparison["test"]), (&8.into(), &"sign-flip".into()), "{comparison}");
    assert_eq!((&comparison["losses"], &comparison["ties"]), (&4.into(), &4.into()));
    insta::assert_snapshot!(told.shown(&quiz.project).split_once("of RUN\n").unwrap().1, @"
      right.accuracy: no difference shown (-12.5 points, 95 % -24.9 to -0.1, p = 0.12, 8 pairs); with 8 rows only differences above 14.7 points can be seen

    gates
    ✓ holds   right.accuracy  ask@1×m
              no worse by 0.3: at worst -0.2494; no difference shown (-12.5 points, 95 % -24.9 to -0.1, p = 0.12, 8 pairs); with 8 rows only differences above 14.7 points can be seen
    ");
}

#[test]
fn diff_shows_the_first_repeat_that_differs() {
    let quiz = quiz(VARYING);
    quiz.record_as("before");
    says(&quiz, ["+++++", "+++++", "+++++", "++-++", "+-+-+", "+-+-+", "+----", "-----"]);
    assert_eq!(quiz.eval(&[]).code, Some(0));
    let told = quiz.project.carat(&["diff", "before", "@last"]).shown(&quiz.project);
    insta::assert_snapshot!(told.split_once("1 regressed\n\n").unwrap().1, @r#"
    q-04  regressed
      input    {"question":"Is 4 a number?"}
      expected yes
      - A      yes
      + B      no
      right: pass → fail
    "#);
}
