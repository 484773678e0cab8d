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
    ]), @"
    right.accuracy
    exit 2
    error: invalid value 'right.accuracy' for '--gate <GATE>': `right.accuracy` is no gate; write `METRIC >= NUMBER`, `METRIC <= NUMBER`, `METRIC no-worse-than baseline by MARGIN`, `METRIC better-than PROMPT` or `METRIC detectable-at-most X`, and after it `on SLICE` or `with CONFIDENCE`
    right.accuracy > 0.5
    exit 2
    error: invalid value 'right.accuracy > 0.5' for '--gate <GATE>': `right.accuracy > 0.5` is no gate; write `METRIC >= NUMBER`, `METRIC <= NUMBER`, `METRIC no-worse-than baseline by MARGIN`, `METRIC better-than PROMPT` or `METRIC detectable-at-most X`, and after it `on SLICE` or `with CONFIDENCE`
    right.accuracy >= NaN
    exit 2
    error: invalid value 'right.accuracy >= NaN' for '--gate <GATE>': `NaN` bounds nothing
    right.accuracy >= inf
    exit 2
    error: invalid value 'right.accuracy >= inf' for '--gate <GATE>': `inf` bounds nothing
    right.accuracy >= half
    exit 2
    error: invalid value 'right.accuracy >= half' for '--gate <GATE>': `half` is neither a number nor a length of time such as `2s`
    right.accuracy.value >= 0.5
    exit 2
    error: invalid value 'right.accuracy.value >= 0.5' for '--gate <GATE>': `right.accuracy.value` is not the end that this gate is held against; write `right.accuracy.low`
    right.accuracy.high >= 0.5
    exit 2
    error: invalid value 'right.accuracy.high >= 0.5' for '--gate <GATE>': `right.accuracy.high` is not the end that this gate is held against; write `right.accuracy.low`
    right.accuracy no-worse-than baseline
    exit 2
    error: invalid value 'right.accuracy no-worse-than baseline' for '--gate <GATE>': `right.accuracy no-worse-than baseline` is no gate; write `METRIC >= NUMBER`, `METRIC <= NUMBER`, `METRIC no-worse-than baseline by MARGIN`, `METRIC better-than PROMPT` or `METRIC detectable-at-most X`, and after it `on SLICE` or `with CONFIDENCE`
    right.accuracy no-worse-than baseline by little
    exit 2
    error: invalid value 'right.accuracy no-worse-than baseline by little' for '--gate <GATE>': `right.accuracy no-worse-than baseline by little` is no gate; write `METRIC >= NUMBER`, `METRIC <= NUMBER`, `METRIC no-worse-than baseline by MARGIN`, `METRIC better-than PROMPT` or `METRIC detectable-at-most X`, and after it `on SLICE` or `with CONFIDENCE`
    ");
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
    ]), @"
    right.acuracy >= 0.5
    exit 2
    error: evals/quiz.yaml: there is no metric `right.acuracy` (there are right.accuracy, errors.share, unscored.share, latency.p50, latency.p95, latency.p99, tokens.input, tokens.output, tokens.total, cost.total, cost.per_sample); did you mean `right.accuracy`?
    wrong.accuracy >= 0.5
    exit 2
    error: evals/quiz.yaml: there is no metric `wrong.accuracy` (there are right.accuracy, errors.share, unscored.share, latency.p50, latency.p95, latency.p99, tokens.input, tokens.output, tokens.total, cost.total, cost.per_sample)
    right.accuracy no-worse-than asl by 0.1
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: there is no prompt or variant `asl` in this run; did you mean `ask`?
    right.accuracy no-worse-than baseline by NaN
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: NaN bounds nothing
    right.accuracy no-worse-than baseline by -0.1
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: a margin is not negative
    latency.p95 no-worse-than baseline by 100
    exit 2
    error: evals/quiz.yaml: gate `latency.p95` cannot be held against another run row by row; bound it with `at_most`, or compare `cost.per_sample`, `errors.share` or what a scorer measures
    ");
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
    insta::assert_snapshot!(told.join("\n"), @"
    metric: right.accuracy
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy` needs `at_least`, `at_most`, `no_worse_than`, `better_than` or `detectable_at_most`
    metric: right.accuracy, margin: 0.1
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy` needs `at_least`, `at_most`, `no_worse_than`, `better_than` or `detectable_at_most`
    metric: right.accuracy, no_worse_than: baseline
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: `no_worse_than` needs a `margin`, the largest loss that does not matter (0.02 is two points); no data can show that nothing at all is lost
    metric: right.accuracy, no_worse_than: baseline, margin: .nan
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: NaN bounds nothing
    metric: right.accuracy, no_worse_than: baseline, better_than: baseline, margin: 0.1
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: `no_worse_than` and `better_than` are two gates; write each by itself
    metric: right.accuracy, no_worse_than: baseline, margin: 0.1, confidence: 0.2
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: `confidence` is a number from 0.5 to 0.999
    metric: right.accuracy, at_least: 0.1, mode: shout
    exit 2
    error: evals/quiz.yaml:7:52: unknown variant `shout`, expected one of block, warn
    metric: right.accuracy, at_leest: 0.1
    exit 2
    error: evals/quiz.yaml:7:31: unknown field `at_leest`, expected one of metric, at_least, at_most, no_worse_than, better_than, margin, confidence, detectable_at_most, slice, mode; did you mean `at_least`?
    ");
}

#[test]
fn a_gate_on_a_baseline_without_one_is_refused_with_the_way_out() {
    let quiz = Quiz::of(4);
    quiz.answers(&signs(3, 1));
    for gate in ["right.accuracy no-worse-than baseline by 0.1", "right.accuracy better-than baseline"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(quiz.eval(&["--gate", gate]).told(&quiz.project), @"
            exit 2
            error: evals/quiz.yaml: gate `right.accuracy` is held against the baseline, and there is none; name a run or an exported file with --baseline, or `none` for the run that is to become the first one
            ");
        }
    }
    assert_eq!(quiz.runs(), 0);
}
