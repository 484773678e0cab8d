//! OpenAI's graders, one by one.

use carat_core::spec::ScorerSpec;
use carat_import::scorers_of_grader;
use serde_json::{Value, json};

fn check(reference: &str, operation: &str) -> Value {
    json!({"type": "string_check", "name": "x", "input": "{{ sample.output_text }}", "reference": reference, "operation": operation})
}

fn scorer(grader: &Value) -> ScorerSpec {
    let scorers = scorers_of_grader(grader, "x").unwrap();
    assert_eq!(scorers.len(), 1);
    scorers.into_iter().next().unwrap()
}

fn refused(grader: &Value) -> String {
    scorers_of_grader(grader, "x").unwrap_err().to_string()
}

#[test]
fn a_reference_may_be_words_or_a_value_of_the_row() {
    assert_eq!(scorer(&check("{{ item.label }}", "eq")).expected.as_deref(), Some("{{ input.label }}"));
    assert_eq!(scorer(&check("yes", "ne")).expected.as_deref(), Some("yes"));
    assert!(scorer(&check("yes", "ne")).invert);
    assert_eq!(scorer(&check("a {% b", "like")).expected.as_deref(), Some("{{ \"a {% b\" }}"));
}

#[test]
fn what_is_not_supported_is_named() {
    insta::assert_snapshot!(refused(&json!([])), @"grader `x`: it is no mapping");
    insta::assert_snapshot!(refused(&json!({"type": "string_chek"})), @"grader `x`: there is no type `string_chek`; did you mean `string_check`?");
    insta::assert_snapshot!(refused(&check("a", "is")), @"grader `x`: the operation `is` is none of eq, ne, like, ilike");
    insta::assert_snapshot!(refused(&check("{{ item.a | upper }}", "eq")), @"grader `x`: `{{ item.a | upper }}` in a template is neither `item.…` nor `sample.output_text` nor `sample.output_json.…`");
    insta::assert_snapshot!(refused(&json!({"type": "string_check", "input": "x {{ sample.output_text }}", "reference": "a", "operation": "like"})), @"grader `x`: `x {{ sample.output_text }}` is not the answer alone; write `{{ sample.output_text }}`");
    insta::assert_snapshot!(refused(&json!({"type": "string_check", "input": "a", "reference": "b", "operation": "eq", "strict": true})), @"grader `x`: `strict` is not known");
    insta::assert_snapshot!(refused(&json!({"type": "python", "source": "…"})), @r#"grader `x`: a `python` grader is a program that OpenAI runs; save its `source` as a file that reads the row and the answer as JSON from standard input and writes {"score": …}, and make it a scorer: `program: { command: [python3, grade.py] }`"#);
    insta::assert_snapshot!(refused(&json!({"type": "text_similarity", "input": "{{sample.output_text}}", "reference": "b", "evaluation_metric": "gleu"})), @"grader `x`: carat has no measure `gleu`; use `bleu`, `chrf`, `rouge_1`, `rouge_2` or `rouge_l`, with a threshold of its own");
    insta::assert_snapshot!(refused(&json!({"type": "multi", "graders": {"a": check("x", "eq")}, "calculate_output": "sqrt(a)"})), @"grader `x`: `calculate_output` is `sqrt(a)`, and here an overall score is a weighted mean: the function `sqrt`; make it a scorer `program`");
    insta::assert_snapshot!(refused(&json!({"type": "multi", "graders": {"a": {"type": "python", "source": ""}}, "calculate_output": "b"})), @"grader `x`: `calculate_output` names `b`, which is no grader");
}

#[test]
fn a_weight_is_the_product_of_all_formulas_on_the_way() {
    let grader = json!({
        "type": "multi",
        "calculate_output": "0.5 * inner + 0.5 * c",
        "graders": {
            "inner": {"type": "multi", "calculate_output": "(a + b) / 2", "graders": {"a": check("a", "eq"), "b": check("b", "eq"), "d": check("d", "eq")}},
            "c": check("c", "eq"),
        },
    });
    let scorers = scorers_of_grader(&grader, "all").unwrap();
    let weights: Vec<(&str, Option<f64>)> =
        scorers.iter().map(|scorer| (scorer.name.as_str(), scorer.weight)).collect();
    assert_eq!(
        weights,
        [("all_inner_a", Some(0.25)), ("all_inner_b", Some(0.25)), ("all_inner_d", None), ("all_c", Some(0.5))]
    );
}

#[test]
fn a_threshold_on_a_range_is_a_part_of_it() {
    let grader = json!({"type": "score_model", "model": "m", "input": [{"role": "user", "content": "Rate {{ sample.output_text }}"}], "range": [1, 5], "pass_threshold": 4});
    let spec = scorer(&grader);
    assert_eq!(spec.threshold, Some(0.75));
    let judge = spec.judge.unwrap();
    assert_eq!(
        (judge.rubric.as_deref(), judge.scale.map(|scale| (scale.worst, scale.best))),
        (Some("Rate [the answer]"), Some((1, 5)))
    );
}

#[test]
fn graders_of_any_depth_end() {
    let mut grader = check("a", "eq");
    for _ in 0..50 {
        grader = json!({"type": "multi", "graders": {"a": grader}, "calculate_output": "a"});
    }
    assert!(refused(&grader).ends_with("graders are nested too deeply"));
}
