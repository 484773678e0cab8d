//! Gates and baselines that make no sense are told before anything is paid for.

use super::quiz::{Quiz, signs};

/// A quiz with a baseline.
fn quiz() -> Quiz {
    let quiz = Quiz::of(4);
    quiz.record("before", &signs(3, 1));
    quiz
}

/// What is said of each gate on the command line; nothing is run.
fn told(quiz: &Quiz, gates: &[&str]) -> String {
    let told: Vec<String> = gates
        .iter()
        .map(|gate| {
            let told = quiz.eval(&["--baseline", "before", "--gate", gate]).told(&quiz.project);
            // The first paragraph; what follows is how to ask for help.
            format!("{gate}\n{}", told.split("\n\n").next().unwrap().trim_end())
        })
        .collect();
    assert_eq!(quiz.runs(), 1, "nothing has been run");
    told.join("\n")
}

#[test]
fn gates_on_the_command_line_are_read_before_all_else() {
    insta::assert_snapshot!(told(&quiz(), &[
        "right.accuracy",
        "right.accuracy > 0.5",
        "right.accuracy >= NaN",
        "right.accuracy >= inf",
        "right.accuracy >= half",
        "right.accuracy.value >= 0.5",
        "right.accuracy.high >= 0.5",
        "right.accuracy no-worse-than baseline",
        "right.accuracy no-worse-than baseline by little",
    ]), @"");
}

#[test]
fn gates_that_no_run_of_this_plan_could_be_held_against_are_refused() {
    insta::assert_snapshot!(told(&quiz(), &[
        "right.acuracy >= 0.5",
        "wrong.accuracy >= 0.5",
        "right.accuracy no-worse-than asl by 0.1",
        "right.accuracy no-worse-than baseline by NaN",
        "right.accuracy no-worse-than baseline by -0.1",
        "latency.p95 no-worse-than baseline by 100",
        "cost.total <= 1",
    ]), @"");
}

#[test]
fn gates_in_a_spec_are_refused_with_what_they_need() {
    let quiz = quiz();
    let told: Vec<String> = [
        "metric: right.accuracy",
        "metric: right.accuracy, margin: 0.1",
        "metric: right.accuracy, no_worse_than: baseline",
        "metric: right.accuracy, no_worse_than: baseline, margin: .nan",
        "metric: right.accuracy, no_worse_than: baseline, better_than: baseline, margin: 0.1",
        "metric: right.accuracy, no_worse_than: baseline, margin: 0.1, confidence: 0.2",
        "metric: right.accuracy, at_least: 0.1, mode: shout",
        "metric: right.accuracy, at_leest: 0.1",
    ]
    .iter()
    .map(|gate| {
        quiz.spec(&format!("gates:\n  - {{ {gate} }}\n"));
        format!("{gate}\n{}", quiz.eval(&["--baseline", "before"]).told(&quiz.project).trim_end())
    })
    .collect();
    assert_eq!(quiz.runs(), 1, "nothing has been run");
    insta::assert_snapshot!(told.join("\n"), @"");
}

#[test]
fn a_gate_on_a_baseline_without_one_is_refused_with_the_way_out() {
    let quiz = Quiz::of(4);
    quiz.answers(&signs(3, 1));
    for gate in ["right.accuracy no-worse-than baseline by 0.1", "right.accuracy better-than baseline"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(quiz.eval(&["--gate", gate]).told(&quiz.project), @"");
        }
    }
    assert_eq!(quiz.runs(), 0);
}
