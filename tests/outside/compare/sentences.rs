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
    insta::assert_snapshot!(ended.shown(&project), @"
    exit 0
    triage on tickets@1, 334 rows: 668 cases  run RUN

    variant                            queue.accuracy        queue.f1_macro        verbatim.accuracy     failures  cost
    support/triage@1×nearest            56.6 % [51.2, 61.8]   53.9 % [48.4, 59.4]   56.6 % [51.2, 61.8]  none         –
    support/triage-few-shot@1×nearest   75.7 % [70.9, 80.0]   71.9 % [66.6, 77.3]   75.7 % [70.9, 80.0]  none         –

    support/triage-few-shot@1×nearest against support/triage@1×nearest
      queue.accuracy: better by 19.2 points (95 % +12.6 to +25.7, p < 0.0001, 334 pairs); with 334 rows only differences above 9.3 points can be seen
      queue.f1_macro: better by 18.0 points (95 % +10.8 to +25.3, p < 0.0001, 334 pairs); with 334 rows only differences above 10.3 points can be seen
      verbatim.accuracy: better by 19.2 points (95 % +12.6 to +25.7, p < 0.0001, 334 pairs); with 334 rows only differences above 9.3 points can be seen
    ");
}

#[test]
fn a_better_prompt_is_called_better_and_a_worse_one_worse() {
    let (few, many) = (signs(20, 20), signs(35, 5));
    insta::assert_snapshot!([sentence(&few, &many), sentence(&many, &few)].join("\n"), @"
    better by 37.5 points (95 % +24.2 to +53.0, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    worse by 37.5 points (95 % -53.0 to -24.2, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    ");
}

#[test]
fn the_same_score_from_other_rows_is_no_sameness() {
    // Ten rows are lost and ten others are won: nothing has been shown, and the interval says how little that is.
    let before = signs(20, 20);
    let after = format!("{}{}{}{}", "-".repeat(10), "+".repeat(10), "+".repeat(10), "-".repeat(10));
    insta::assert_snapshot!([sentence(&before, &after), sentence(&before, &before)].join("\n"), @"
    no difference shown (+0.0 points, 95 % -21.8 to +21.8, p = 1.00, 40 pairs); with 40 rows only differences above 31.7 points can be seen
    no row differs (95 % -8.8 to +8.8, p = 1.00, 40 pairs); with 40 rows only differences above 15.0 points can be seen
    ");
}

#[test]
fn few_rows_can_show_nothing_and_that_is_said() {
    let told = [sentence("+", "+"), sentence("+", "-"), sentence("+++++", "-----"), sentence("++++++", "------")];
    insta::assert_snapshot!(told.join("\n"), @"
    no row differs (95 % -79.3 to +79.3, p = 1.00, 1 pair); 1 row can show no difference at all
    no difference shown (-100.0 points, 95 % -100.0 to +58.7, p = 1.00, 1 pair); 1 row can show no difference at all
    no difference shown (-100.0 points, 95 % -100.0 to -13.1, p = 0.06, 5 pairs); 5 rows can show no difference at all
    worse by 100.0 points (95 % -100.0 to -21.9, p = 0.03, 6 pairs); with 6 rows only differences above 100.0 points can be seen
    ");
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
    insta::assert_snapshot!(metric["sentence"].as_str().unwrap(), @"no difference shown (-33.3 points, 95 % -55.0 to +9.9, p = 0.008, 8 pairs); with 8 rows only differences above 32.4 points can be seen");
}

#[test]
fn answers_that_were_lost_are_a_finding_of_their_own() {
    let (before, after) = (signs(30, 10), format!("{}{}", ".".repeat(10), signs(20, 10)));
    let quiz = Quiz::of(40);
    quiz.record("before", &before);
    quiz.answers(&after);
    insta::assert_snapshot!(quiz.eval(&["--baseline", "before"]).shown(&quiz.project), @"
    exit 0
    quiz on questions@1, 40 rows: 40 cases  run RUN

    variant  right.accuracy        failures         cost
    ask@1×m   66.7 % [48.8, 80.8]  10 not-recorded     –

    ✗ not-recorded: `m` has no recorded answer for row `q-01`; record one, or leave the row out

    ask@1×m against ask@1×m of RUN
      right.accuracy: no row differs (95 % -11.4 to +11.4, p = 1.00, 30 pairs); with 30 rows only differences above 20.0 points can be seen
      errors.share: worse by 25.0 points (95 % -40.2 to -14.0, p = 0.002, 0.004 corrected for 2 tests, 40 pairs); with 40 rows only differences above 19.4 points can be seen
    ");
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
    insta::assert_snapshot!(told.join("\n"), @r#"
    "right.accuracy": "no difference shown (-15.0 points, 95 % -29.1 to -4.9, p = 0.03, 0.09 corrected for 3 tests, 40 pairs); with 40 rows only differences above 16.0 points can be seen"
    "close.mean": "no difference shown (-15.0 points, 95 % -29.1 to -4.9, p = 0.03, 0.09 corrected for 3 tests, 40 pairs); with 40 rows only differences above 16.0 points can be seen"
    "word.accuracy": "no row differs (95 % -8.8 to +8.8, p = 1.00, 40 pairs); with 40 rows only differences above 15.0 points can be seen"
    "#);
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
    insta::assert_snapshot!(serde_json::to_string_pretty(metric).unwrap(), @r#"
    {
      "metric": "right.accuracy",
      "higher_is_better": true,
      "left": 0.8,
      "right": 0.575,
      "pairs": 40,
      "lost": 0,
      "delta": -0.2250000000000001,
      "low": -0.401809,
      "high": -0.038883,
      "interval": "tango",
      "confidence": 0.95,
      "p": 0.035156,
      "test": "mcnemar",
      "adjusted_p": 0.035156,
      "wins": 3,
      "losses": 12,
      "ties": 25,
      "flipped": {
        "to_fail": 12,
        "to_pass": 3,
        "to_fail_rows": [
          "q-21",
          "q-22",
          "q-23",
          "q-24",
          "q-25",
          "q-26",
          "q-27",
          "q-28",
          "q-29",
          "q-30",
          "q-31",
          "q-32"
        ],
        "to_pass_rows": [
          "q-33",
          "q-34",
          "q-35"
        ]
      },
      "detectable": 0.255503,
      "bootstrap": {
        "low": -0.4,
        "high": -0.05,
        "resamples": 10000,
        "seed": 1
      },
      "finding": "worse",
      "sentence": "worse by 22.5 points (95 % -40.2 to -3.9, p = 0.04, 40 pairs); with 40 rows only differences above 25.6 points can be seen"
    }
    "#);
}
