//! Baselines: how they are named, and which ones a run may be compared with.

use serde_json::json;

use super::quiz::{Quiz, signs};

/// A quiz with a baseline of thirty right and ten wrong answers.
fn quiz() -> Quiz {
    let quiz = Quiz::of(40);
    quiz.record("before", &signs(30, 10));
    quiz
}

#[test]
fn a_name_that_leads_nowhere_is_told_with_the_nearest_one() {
    let quiz = quiz();
    let told = ["befor", "before:ask@1×n", "@last~7", "0000", "gone.carat"]
        .map(|baseline| quiz.eval(&["--baseline", baseline]).told(&quiz.project));
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: --baseline befor: no run is called `befor`; did you mean `before`?
    exit 2
    error: --baseline before:ask@1×n: RUN has no variant `ask@1×n` (there are ask@1×m); did you mean `ask@1×m`?
    exit 2
    error: --baseline @last~7: `@last~7` reaches back too far: there are 1 runs, the oldest is `@last~0`
    exit 2
    error: --baseline 0000: no run is called `0000`; the last runs are RUN (before)
    exit 2
    error: --baseline gone.carat: cannot read gone.carat: No such file or directory (os error 2)
    ");
    assert_eq!(quiz.runs(), 1, "nothing has been run");
}

#[test]
fn the_baseline_of_a_run_stays_the_run_that_it_was() {
    let quiz = quiz();
    quiz.answers(&signs(15, 25));
    assert_eq!(quiz.eval(&["--baseline", "@last", "--gate", "right.accuracy better-than baseline"]).code, Some(1));
    let report = quiz.report();
    assert_eq!(report["comparisons"][0]["metrics"][0]["delta"], -0.375);
    // Names and `@last` have moved on since.
    quiz.record("before", &signs(40, 0));
    assert_eq!(quiz.project.report("@last~1")["comparisons"], report["comparisons"]);
    assert_eq!(quiz.project.report("@last~1")["gates"], report["gates"]);
}

#[test]
fn a_baseline_of_other_data_is_refused() {
    let quiz = quiz();
    quiz.rows(|number| json!({"id": format!("z-{number}")}));
    let told = [&["--baseline", "before"][..], &["--baseline", "before", "--common-rows"]]
        .map(|flags| quiz.eval(flags).told(&quiz.project));
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: the baseline was measured on other data: none of the 40 rows to run is among its 40 rows with the same content; take a baseline of this dataset
    exit 2
    error: the baseline was measured on other data: none of the 40 rows to run is among its 40 rows with the same content; take a baseline of this dataset
    ");
    assert_eq!(quiz.runs(), 1, "nothing has been run");
}

#[test]
fn changed_and_new_rows_are_refused_unless_the_common_ones_are_asked_for() {
    let quiz = quiz();
    quiz.rows(|number| match number {
        3 => json!({"input": {"question": "Is three a number?"}}),
        4 => json!({"expected": "no"}),
        5 => json!({"id": "q-new"}),
        _ => json!({}),
    });
    insta::assert_snapshot!(quiz.eval(&["--baseline", "before"]).told(&quiz.project), @"
    exit 2
    error: the baseline was measured on other rows: of 40 rows to run it has 37 with the same content, 2 with other content and lacks 1, and 1 of its own are not to be run; take a new baseline, or add --common-rows to compare the 37 that both have
    ");
    assert_eq!(quiz.runs(), 1, "nothing has been run");
    let gate = "right.accuracy no-worse-than baseline by 0.2";
    insta::assert_snapshot!(quiz.eval(&["--baseline", "before", "--common-rows", "--gate", gate]).shown(&quiz.project), @"
    exit 0
    quiz on questions@2, 40 rows: 40 cases  run RUN

    variant  right.accuracy        failures        cost
    ask@1×m   71.8 % [56.2, 83.5]  1 not-recorded     –

    ✗ not-recorded: `m` has no recorded answer for row `q-new`; record one, or leave the row out

    ask@1×m against ask@1×m of RUN
      right.accuracy: no row differs (95 % -9.4 to +9.4, p = 1.00, 37 pairs); with 37 rows only differences above 16.2 points can be seen
      errors.share: no row differs (95 % -9.4 to +9.4, p = 1.00, 37 pairs); with 37 rows only differences above 16.2 points can be seen
      rows set apart: 1 only there, 1 only here, 2 changed since

    gates
    ✓ holds   right.accuracy  ask@1×m
              no worse by 0.2: at worst -0.0941; no row differs (95 % -9.4 to +9.4, p = 1.00, 37 pairs); with 37 rows only differences above 16.2 points can be seen; rows left out: 1 only in the baseline, 1 only here, 2 changed
    ");
    insta::assert_snapshot!(quiz.eval(&["--common-rows"]).told(&quiz.project).split("\n\n").next().unwrap(), @"
    exit 2
    error: the following required arguments were not provided:
      --baseline <REF>
    ");
}

#[test]
fn a_part_of_the_rows_is_compared_with_the_same_part() {
    let quiz = quiz();
    quiz.answers(&format!("{}{}", signs(10, 10), signs(10, 10)));
    let told = quiz.eval(&["--baseline", "before", "--limit", "20"]).shown(&quiz.project);
    insta::assert_snapshot!(told.split_once("\n\n").unwrap().1, @"
    variant  right.accuracy        failures  cost
    ask@1×m   50.0 % [29.9, 70.1]  none         –

    ask@1×m against ask@1×m of RUN
      right.accuracy: worse by 50.0 points (95 % -70.1 to -25.8, p = 0.002, 20 pairs); with 20 rows only differences above 32.1 points can be seen
      rows set apart: 20 only there
    ");
}

#[test]
fn every_variant_is_compared_with_its_like_or_all_with_the_one_that_is_named() {
    let quiz = Quiz::of(40);
    quiz.project.write("prompts/beg.prompty", "user:\nPlease: {{ question }}\n");
    let both = ["--prompt", "ask", "--prompt", "beg"];
    quiz.answers(&signs(30, 10));
    assert_eq!(quiz.eval(&[&both[..], &["--name", "before"]].concat()).code, Some(0));
    quiz.answers(&signs(20, 20));
    let sides = |baseline: &str| -> Vec<String> {
        assert_eq!(quiz.eval(&[&both[..], &["--baseline", baseline]].concat()).code, Some(0));
        let report = quiz.report();
        let comparisons = report["comparisons"].as_array().unwrap().iter();
        comparisons.map(|both| format!("{} against {}", both["right"]["variant"], both["left"]["variant"])).collect()
    };
    assert_eq!(sides("before"), [r#""ask@1×m" against "ask@1×m""#, r#""beg@1×m" against "beg@1×m""#]);
    assert_eq!(sides("before:beg@1×m"), [r#""ask@1×m" against "beg@1×m""#, r#""beg@1×m" against "beg@1×m""#]);
}

#[test]
fn a_new_version_of_a_prompt_is_compared_with_the_old_one() {
    let quiz = quiz();
    quiz.project.write("prompts/ask.prompty", "system:\nThink first.\nuser:\n{{ question }}\n");
    quiz.answers(&signs(20, 20));
    let told = quiz.eval(&["--baseline", "before"]).shown(&quiz.project);
    assert!(told.contains("ask@2×m against ask@1×m of RUN"), "{told}");
}

#[test]
fn the_run_that_is_to_become_the_first_baseline_is_held_against_none_and_says_so() {
    let quiz = Quiz::of(4);
    quiz.answers(&signs(3, 1));
    let flags = ["--gate", "right.accuracy no-worse-than baseline by 0.1", "--gate", "right.accuracy >= 0.01"];
    let first = [&["eval", "quiz", "--baseline", "none", "--name", "first"], flags.as_slice()].concat();
    let first = quiz.project.carat(&first);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(first.talk.contains("there is no baseline yet: 1 gate against it left out"), "{first:?}");
    let gates = quiz.project.report("first")["gates"].as_array().unwrap().len();
    assert_eq!(gates, 1);
    // A resume is the same run.
    assert_eq!(quiz.project.carat(&["run", "resume", "first"]).code, Some(0));
    let second = quiz.eval(&[&["--baseline", "first"], flags.as_slice()].concat());
    assert!(second.data.contains("against"), "{second:?}");
}
