//! `carat diff`: what is compared with what.

use serde_json::{Value, json};

use super::quiz::{Quiz, signs};

#[test]
fn two_runs_are_shown_side_by_side() {
    let quiz = Quiz::of(12);
    quiz.record("before", &signs(10, 2));
    quiz.record("after", &format!("--{}+-", "+".repeat(8)));
    insta::assert_snapshot!(quiz.project.carat(&["diff", "before", "after", "--rows", "2"]).shown(&quiz.project), @r#"
    exit 0
    A  ask@1×m  RUN
    B  ask@1×m  RUN
    12 rows on both sides

    metric               A       B  B - A  95 %            p, corrected  wins  losses  ties
    right.accuracy  83.3 %  75.0 %   -8.3  [-39.7, +24.4]        1.0000     1       2     9

    right.accuracy: no difference shown (-8.3 points, 95 % -39.7 to +24.4, p = 1.00, 12 pairs); with 12 rows only differences above 50.0 points can be seen

    2 regressed, 1 improved

    q-01  regressed
      input    {"question":"Is 1 a number?"}
      expected yes
      - A      yes
      + B      no
      right: pass → fail

    q-02  regressed
      input    {"question":"Is 2 a number?"}
      expected yes
      - A      yes
      + B      no
      right: pass → fail

    1 more rows; --rows shows them
    "#);
}

#[test]
fn variants_of_one_run_are_compared_with_its_first() {
    let quiz = Quiz::of(6);
    quiz.project.write(
        "carat.yaml",
        "models:\n  m: { provider: recorded, from: answers.jsonl }\n  echo: { provider: baseline, model: echo }\n",
    );
    quiz.answers("++++--");
    assert_eq!(quiz.eval(&["--model", "m,echo"]).code, Some(0));
    let all = quiz.project.carat(&["diff", "--rows", "0"]);
    assert!(all.data.starts_with("A  ask@1×m") && all.data.contains("\nB  ask@1×echo"), "{all:?}");
    let named = quiz.project.carat(&["diff", "@last", "ask@1×echo", "--rows", "0"]);
    assert_eq!(named.data, all.data);
    let turned = quiz.project.carat(&["diff", "@last:ask@1×echo", "@last:ask@1×m", "--rows", "0"]);
    assert!(turned.data.starts_with("A  ask@1×echo") && turned.data.contains("\nB  ask@1×m"), "{turned:?}");
}

#[test]
fn what_has_no_other_side_is_told() {
    let quiz = Quiz::of(4);
    quiz.record("before", &signs(3, 1));
    quiz.project.write("prompts/beg.prompty", "user:\nPlease: {{ question }}\n");
    assert_eq!(quiz.eval(&["--prompt", "ask", "--prompt", "beg", "--name", "two"]).code, Some(0));
    quiz.project.write("prompts/plead.prompty", "user:\nI beg you: {{ question }}\n");
    quiz.project.write("prompts/pray.prompty", "user:\nI pray: {{ question }}\n");
    assert_eq!(quiz.eval(&["--prompt", "plead", "--prompt", "pray", "--name", "others"]).code, Some(0));
    let told = [
        &["diff", "before"][..],
        &["diff", "before", "nobody"],
        &["diff", "before:bag@1×m", "two"],
        &["diff", "two:ask@1×m", "ask@1×m"],
        &["diff", "two", "others"],
        &["diff", "before", "two", "--scorer", "rigth"],
    ]
    .map(|args| quiz.project.carat(args).told(&quiz.project));
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: run RUN has one variant, ask@1×m; name what to compare it with: carat diff A B
    exit 2
    error: no run is called `nobody`; the last runs are RUN (others), RUN (two), RUN (before)
    exit 2
    error: RUN has no variant `bag@1×m` (there are ask@1×m)
    exit 2
    error: a variant is not compared with itself
    exit 2
    error: no variant of A (ask@1×m, beg@1×m) has its like in B (plead@1×m, pray@1×m); name one of each: RUN:VARIANT
    exit 2
    error: --scorer: there is no scorer `rigth`; did you mean `right`?
    ");
}

#[test]
fn two_runs_without_a_common_row_are_no_comparison() {
    let quiz = Quiz::of(4);
    quiz.record("before", &signs(3, 1));
    quiz.rows(|number| match number {
        1 | 2 => json!({"id": format!("z-{number}")}),
        _ => json!({"expected": "no"}),
    });
    // The new rows have no answers; those of the others are of another content.
    assert_eq!(quiz.eval(&["--name", "after"]).code, Some(0));
    insta::assert_snapshot!(quiz.project.carat(&["diff", "before", "after"]).told(&quiz.project), @"
    exit 2
    error: the two have no row in common: 2 rows are only in A, 2 only in B, and 2 have the same id and other content; were they measured on the same data?
    ");
}

#[test]
fn rows_of_one_side_alone_and_changed_ones_are_set_apart() {
    let quiz = Quiz::of(6);
    quiz.record("before", &signs(5, 1));
    quiz.rows(|number| match number {
        1 => json!({"id": "q-new"}),
        2 => json!({"input": {"question": "Is two a number?"}}),
        _ => json!({}),
    });
    assert_eq!(quiz.eval(&["--name", "after"]).code, Some(0));
    let told = quiz.project.carat(&["diff", "before", "after"]).shown(&quiz.project);
    insta::assert_snapshot!(told.split_once("\n\n").unwrap().0, @"
    exit 0
    A  ask@1×m  RUN
    B  ask@1×m  RUN
    4 rows on both sides
    ! 1 only in A, set apart: q-01
    ! 1 only in B, set apart: q-new
    ! 1 with the same id and other content, set apart: q-02
    ");
}

#[test]
fn as_json_there_are_the_comparisons_and_the_rows() {
    let quiz = Quiz::of(4);
    quiz.record("before", "++-+");
    quiz.record("after", "-++.");
    let ended = quiz.project.carat(&["diff", "before", "after", "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let diff: Value = serde_json::from_str(&ended.data).unwrap();
    assert_eq!(diff["format"], 1);
    let one = &diff["diffs"][0];
    // The same shape as in a report.
    let shape = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(shape(&one["comparison"]), ["left", "right", "rows", "metrics", "family"]);
    assert_eq!(one["comparison"]["metrics"][0]["metric"], "right.accuracy");
    assert_eq!(one["changed"], 3);
    insta::assert_snapshot!(serde_json::to_string_pretty(&one["rows"]).unwrap(), @r#"
    [
      {
        "row": "q-04",
        "change": "error",
        "flipped": false,
        "deltas": {
          "right": null
        },
        "left": {
          "output": "yes",
          "scores": {
            "right": {
              "value": 1.0,
              "pass": true
            }
          }
        },
        "right": {
          "output": null,
          "error": "not-recorded: `m` has no recorded answer for row `q-04`; record one, or leave the row out"
        },
        "difference": null
      },
      {
        "row": "q-01",
        "change": "regressed",
        "flipped": true,
        "deltas": {
          "right": -1.0
        },
        "left": {
          "output": "yes",
          "scores": {
            "right": {
              "value": 1.0,
              "pass": true
            }
          }
        },
        "right": {
          "output": "no",
          "scores": {
            "right": {
              "value": 0.0,
              "pass": false
            }
          }
        },
        "difference": {
          "words": [
            [
              "removed",
              "yes"
            ],
            [
              "added",
              "no"
            ]
          ]
        }
      },
      {
        "row": "q-03",
        "change": "improved",
        "flipped": true,
        "deltas": {
          "right": 1.0
        },
        "left": {
          "output": "no",
          "scores": {
            "right": {
              "value": 0.0,
              "pass": false
            }
          }
        },
        "right": {
          "output": "yes",
          "scores": {
            "right": {
              "value": 1.0,
              "pass": true
            }
          }
        },
        "difference": {
          "words": [
            [
              "removed",
              "no"
            ],
            [
              "added",
              "yes"
            ]
          ]
        }
      }
    ]
    "#);
    let few = quiz.project.carat(&["diff", "before", "after", "--json", "--rows", "1"]);
    let few: Value = serde_json::from_str(&few.data).unwrap();
    assert_eq!((few["diffs"][0]["rows"].as_array().unwrap().len(), &few["diffs"][0]["changed"]), (1, &3.into()));
}

#[test]
fn the_same_seed_gives_the_same_numbers() {
    let quiz = Quiz::of(20);
    quiz.record("before", &signs(15, 5));
    quiz.record("after", &signs(10, 10));
    let diff = |seed: &str| quiz.project.carat(&["diff", "before", "after", "--json", "--seed", seed]).data;
    assert_eq!(diff("7"), diff("7"));
    let seed = |seed: &str| -> Value { serde_json::from_str(&diff(seed)).unwrap() };
    let bootstrap = |diff: &Value| diff["diffs"][0]["comparison"]["metrics"][0]["bootstrap"].clone();
    assert_eq!(bootstrap(&seed("7"))["seed"], 7);
    assert_eq!(bootstrap(&seed("8"))["seed"], 8);
}
