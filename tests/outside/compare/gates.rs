//! Gates: which changes they let pass, and why not.

use super::quiz::{Quiz, signs};

const GATE: &str = "right.accuracy no-worse-than baseline by 0.1";

#[test]
fn a_change_of_nothing_passes() {
    let same = signs(30, 10);
    insta::assert_snapshot!(Quiz::changed(&same, &same, GATE), @"
    exit 0
    quiz on questions@1, 40 rows: 40 cases  run RUN

    variant  right.accuracy        failures  cost
    ask@1×m   75.0 % [59.8, 85.8]  none         –

    ask@1×m against ask@1×m of RUN
      right.accuracy: no row differs (95 % -8.8 to +8.8, p = 1.00, 40 pairs); with 40 rows only differences above 15.0 points can be seen

    gates
    ✓ holds   right.accuracy  ask@1×m
              no worse by 0.1: at worst -0.0876; no row differs (95 % -8.8 to +8.8, p = 1.00, 40 pairs); with 40 rows only differences above 15.0 points can be seen
    ");
}

#[test]
fn a_regression_is_missed_with_exit_code_1_and_the_reason() {
    insta::assert_snapshot!(Quiz::changed(&signs(30, 10), &signs(15, 25), GATE), @"
    exit 1
    quiz on questions@1, 40 rows: 40 cases  run RUN

    variant  right.accuracy        failures  cost
    ask@1×m   37.5 % [24.2, 53.0]  none         –

    ask@1×m against ask@1×m of RUN
      right.accuracy: worse by 37.5 points (95 % -53.0 to -24.2, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen

    gates
    ✗ missed  right.accuracy  ask@1×m
              worse by more than 0.1: at best -0.2422; worse by 37.5 points (95 % -53.0 to -24.2, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    ");
}

#[test]
fn an_improvement_passes() {
    insta::assert_snapshot!(Quiz::changed(&signs(15, 25), &signs(30, 10), GATE), @"
    exit 0
    quiz on questions@1, 40 rows: 40 cases  run RUN

    variant  right.accuracy        failures  cost
    ask@1×m   75.0 % [59.8, 85.8]  none         –

    ask@1×m against ask@1×m of RUN
      right.accuracy: better by 37.5 points (95 % +24.2 to +53.0, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen

    gates
    ✓ holds   right.accuracy  ask@1×m
              no worse by 0.1: at worst +0.2422; better by 37.5 points (95 % +24.2 to +53.0, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    ");
}

#[test]
fn no_difference_shown_is_not_enough() {
    // Two rows of forty are lost: nothing significant, and yet they may stand for ten points.
    insta::assert_snapshot!(Quiz::changed(&signs(30, 10), &signs(28, 12), GATE), @"
    exit 1
    quiz on questions@1, 40 rows: 40 cases  run RUN

    variant  right.accuracy        failures  cost
    ask@1×m   70.0 % [54.6, 81.9]  none         –

    ask@1×m against ask@1×m of RUN
      right.accuracy: no difference shown (-5.0 points, 95 % -16.5 to +4.2, p = 0.50, 40 pairs); with 40 rows only differences above 15.0 points can be seen

    gates
    ✗ missed  right.accuracy  ask@1×m
              may be worse by more than 0.1: at worst -0.1650; no difference shown (-5.0 points, 95 % -16.5 to +4.2, p = 0.50, 40 pairs); with 40 rows only differences above 15.0 points can be seen
    ");
}

#[test]
fn better_than_wants_the_whole_gain_and_not_a_glimpse_of_it() {
    let (before, better) = (signs(15, 25), signs(30, 10));
    let gate = |text| Quiz::changed(&before, &better, text).lines().last().map(str::to_owned).unwrap();
    let told = ["right.accuracy better-than baseline", "right.accuracy better-than baseline by 0.3"].map(gate);
    insta::assert_snapshot!(told.join("\n"), @"
    better by more than 0: at worst +0.2422; better by 37.5 points (95 % +24.2 to +53.0, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    not shown to be better by more than 0.3: at worst +0.2422; better by 37.5 points (95 % +24.2 to +53.0, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    ");
}

#[test]
fn warnings_are_told_and_do_not_block() {
    let quiz = Quiz::of(40);
    quiz.record("before", &signs(30, 10));
    quiz.answers(&signs(15, 25));
    let ended = quiz.eval(&["--baseline", "before", "--gate", GATE, "--gate", "warn"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told = ended.data.split_once("gates\n").unwrap().1;
    insta::assert_snapshot!(told, @"
    ! missed  right.accuracy  ask@1×m
              worse by more than 0.1: at best -0.2422; worse by 37.5 points (95 % -53.0 to -24.2, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    ");
    // One gate that warns does not excuse another one that blocks.
    quiz.spec(
        "gates:\n  - { metric: right.accuracy, no_worse_than: baseline, margin: 0.1, mode: warn }\n  - { metric: right.accuracy, at_least: 0.5 }\n",
    );
    assert_eq!(quiz.eval(&["--baseline", "before"]).code, Some(1));
    assert_eq!(quiz.eval(&["--baseline", "before", "--gate", "warn"]).code, Some(0));
    assert_eq!(quiz.eval(&["--baseline", "before", "--gate", "block"]).code, Some(1));
}

#[test]
fn lost_answers_are_named_and_caught_by_a_gate_on_errors() {
    let (before, after) = (signs(30, 10), format!("{}{}", ".".repeat(10), signs(20, 10)));
    let told = Quiz::changed(&before, &after, "errors.share no-worse-than baseline by 0.05");
    assert!(told.starts_with("exit 1\n"), "{told}");
    insta::assert_snapshot!(told.split_once("gates\n").unwrap().1, @"
    ✗ missed  errors.share  ask@1×m
              worse by more than 0.05: at best -0.1405; worse by 25.0 points (95 % -40.2 to -14.0, p = 0.002, 0.004 corrected for 2 tests, 40 pairs); with 40 rows only differences above 19.4 points can be seen
    ");
    let told = Quiz::changed(&before, &after, GATE);
    assert!(told.contains("10 rows lost their score, and count as lost"), "{told}");
}

#[test]
fn data_that_are_too_small_to_see_what_matters_do_not_pass() {
    let quiz = Quiz::of(40);
    quiz.spec("gates:\n  - { metric: right.accuracy, detectable_at_most: 0.2 }\n");
    quiz.answers(&signs(30, 10));
    assert_eq!(quiz.project.carat(&["eval", "quiz", "-q", "--name", "before"]).code, Some(2), "there is no baseline");
    quiz.spec("");
    quiz.record("before", &signs(30, 10));
    quiz.spec("gates:\n  - { metric: right.accuracy, detectable_at_most: 0.2 }\n");
    let same = quiz.eval(&["--baseline", "before"]).shown(&quiz.project);
    quiz.answers(&signs(15, 25));
    let other = quiz.eval(&["--baseline", "before"]).shown(&quiz.project);
    let gates = [same, other].map(|told| told.split_once("gates\n").unwrap().1.to_owned());
    insta::assert_snapshot!(gates.join("\n"), @"
    ✓ holds   right.accuracy  ask@1×m
              differences from 0.1500 on can be seen, at most 0.2

    ✗ missed  right.accuracy  ask@1×m
              only differences from 0.2172 on can be seen, not those from 0.2
    ");
}

#[test]
fn a_gate_between_prompts_of_one_run_needs_no_baseline_and_spares_the_reference() {
    let quiz = Quiz::of(40);
    quiz.project.write("prompts/beg.prompty", "user:\nPlease: {{ question }}\n");
    quiz.answers(&signs(30, 10));
    quiz.project.write(
        "evals/quiz.yaml",
        "prompts: [ask, beg]\nmodels: [m]\ndataset: questions\nscorers:\n  - { name: right, exact: {} }\ngates:\n  - { metric: right.accuracy, no_worse_than: ask, margin: 0.1 }\n",
    );
    let told = quiz.eval(&[]).shown(&quiz.project);
    assert!(told.starts_with("exit 0\n"), "{told}");
    insta::assert_snapshot!(told.split_once("gates\n").unwrap().1, @"
    ✓ holds   right.accuracy  beg@1×m
              no worse by 0.1: at worst -0.0876; no row differs (95 % -8.8 to +8.8, p = 1.00, 40 pairs); with 40 rows only differences above 15.0 points can be seen
    ");
}

#[test]
fn a_bound_and_a_comparison_in_one_gate_have_to_hold_both() {
    let quiz = Quiz::of(40);
    quiz.record("before", &signs(30, 10));
    let gate = "gates:\n  - { metric: right.accuracy, at_least: BOUND, no_worse_than: baseline, margin: 0.1 }\n";
    for (bound, signs, code) in [("0.5", signs(30, 10), 0), ("0.7", signs(30, 10), 1), ("0.1", signs(15, 25), 1)] {
        quiz.spec(&gate.replace("BOUND", bound));
        quiz.answers(&signs);
        assert_eq!(quiz.eval(&["--baseline", "before"]).code, Some(code), "{bound} {signs}");
    }
}

#[test]
fn how_sure_a_gate_wants_to_be_decides_how_wide_its_interval_is() {
    let quiz = Quiz::of(40);
    quiz.record("before", &signs(30, 10));
    let gate = "gates:\n  - { metric: right.accuracy, no_worse_than: baseline, margin: 0.1, confidence: SURE }\n";
    for (sure, code) in [("0.8", 0), ("0.95", 0), ("0.99", 1)] {
        quiz.spec(&gate.replace("SURE", sure));
        assert_eq!(quiz.eval(&["--baseline", "before"]).code, Some(code), "{sure}");
    }
}

#[test]
fn a_recorded_run_is_judged_by_its_own_gates_for_good() {
    let quiz = Quiz::of(40);
    quiz.record("before", &signs(30, 10));
    quiz.answers(&signs(15, 25));
    assert_eq!(quiz.eval(&["--baseline", "before", "--gate", GATE]).code, Some(1));
    let gates = quiz.report()["gates"].clone();
    assert_eq!((&gates[0]["holds"], &gates[0]["mode"]), (&false.into(), &"block".into()));
    // Whatever the spec says now, and whatever is run meanwhile.
    quiz.spec("gates:\n  - { metric: right.accuracy, at_least: 0.01 }\n");
    quiz.record("before", &signs(10, 30));
    assert_eq!(quiz.project.report("@last~1")["gates"], gates);
}
