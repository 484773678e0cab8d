//! `carat diff`: what is compared with what.

use serde_json::{Value, json};

use super::quiz::{Quiz, signs};

#[test]
fn two_runs_are_shown_side_by_side() {
    let quiz = Quiz::of(12);
    quiz.record("before", &signs(10, 2));
    quiz.record("after", &format!("--{}+-", "+".repeat(8)));
    insta::assert_snapshot!(quiz.project.carat(&["diff", "before", "after", "--rows", "2"]).shown(&quiz.project), @"");
}

#[test]
fn variants_of_one_run_are_compared_with_its_first() {
    let quiz = Quiz::of(6);
    quiz.project.write("carat.yaml", "models:\n  m: { provider: recorded, from: answers.jsonl }\n  echo: { provider: baseline, model: echo }\n");
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
    insta::assert_snapshot!(told.join(""), @"");
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
    insta::assert_snapshot!(quiz.project.carat(&["diff", "before", "after"]).told(&quiz.project), @"");
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
    insta::assert_snapshot!(told.split_once("\n\n").unwrap().0, @"");
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
    insta::assert_snapshot!(serde_json::to_string_pretty(&one["rows"]).unwrap(), @"");
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
