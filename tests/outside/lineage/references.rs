//! Evals take versions wherever they take names.

use serde_json::Value;

use super::super::project::Project;
use super::super::versions::{desk, told, well};

/// The eval of the small project on one prompt, one model and one dataset.
fn eval_on(project: &Project, prompt: &str, model: &str, dataset: &str) {
    project.write(
        "evals/fruit.yaml",
        format!(
            "prompts: [\"{prompt}\"]\nmodels: [\"{model}\"]\ndataset: \"{dataset}\"\nscorers:\n  - {{ name: answer, choice: {{ options: [\"yes\", \"no\"] }} }}\n"
        ),
    );
}

fn variants(report: &Value) -> Vec<&str> {
    report["variants"].as_array().unwrap().iter().map(|variant| variant["variant"].as_str().unwrap()).collect()
}

/// The small project after one eval, and with all of its files changed since.
fn changed() -> Project {
    let project = desk();
    eval_on(&project, "sort", "nearest", "fruit");
    well(&project, &["eval", "fruit", "--name", "before"]);
    let prompt = std::fs::read_to_string(project.file("prompts/sort.prompty")).unwrap();
    project.write("prompts/sort.prompty", prompt.replace("Is it a fruit?", "Does it grow on a tree?"));
    project.write("carat.yaml", "models:\n  nearest: { provider: baseline, model: echo }\n");
    project
        .write("datasets/fruit.jsonl", "{\"id\": \"f-9\", \"input\": {\"thing\": \"pear\"}, \"expected\": \"yes\"}\n");
    project
}

#[test]
fn an_eval_of_old_versions_does_what_it_did_whatever_has_become_of_the_files() {
    let project = changed();
    eval_on(&project, "sort@1", "nearest@1", "fruit@1");
    well(&project, &["eval", "fruit", "--name", "again"]);
    let (before, again) = (project.report("before"), project.report("again"));
    assert_eq!(variants(&again), ["sort@1×nearest@1"]);
    assert_eq!(again["dataset"], before["dataset"]);
    assert_eq!(again["variants"][0]["metrics"]["answer.accuracy"], before["variants"][0]["metrics"]["answer.accuracy"]);
    assert_eq!(again["variants"][0]["prompt"]["digest"], before["variants"][0]["prompt"]["digest"]);
    assert_eq!(again["variants"][0]["model"]["digest"], before["variants"][0]["model"]["digest"]);
}

#[test]
fn a_label_means_where_it_points_when_the_run_begins_and_a_resume_goes_on_with_that() {
    let project = changed();
    well(&project, &["prompt", "label", "sort@1", "staging"]);
    well(&project, &["prompt", "save", "sort"]);
    eval_on(&project, "sort@staging", "nearest@1", "fruit@1");
    well(&project, &["eval", "fruit", "--name", "labelled", "--limit", "2"]);
    assert_eq!(variants(&project.report("labelled")), ["sort@1×nearest@1"]);
    well(&project, &["prompt", "label", "sort@2", "staging"]);
    let resumed = well(&project, &["run", "resume", "labelled"]);
    assert!(resumed.talk.contains("2 kept"), "{resumed:?}");
    assert_eq!(variants(&project.report("labelled")), ["sort@1×nearest@1"]);
    well(&project, &["eval", "fruit", "--name", "later"]);
    assert_eq!(variants(&project.report("later")), ["sort@2×nearest@1"]);
}

#[test]
fn versions_that_are_not_there_are_told_before_anything_is_paid_for() {
    let project = changed();
    let mut told_of = String::new();
    for (prompt, model, dataset) in [
        ("sort@7", "nearest", "fruit"),
        ("sort@stagin", "nearest", "fruit"),
        ("sort@0", "nearest", "fruit"),
        ("sorrt@1", "nearest", "fruit"),
        ("sort", "nearest@4", "fruit"),
        ("sort", "nearest", "fruit@2"),
        ("sort", "nearest", "fruit@12345678"),
    ] {
        eval_on(&project, prompt, model, dataset);
        told_of.push_str(&told(&project, &["eval", "fruit"]));
    }
    told_of.push_str(&told(&project, &["eval", "fruit@1", "--prompt", "sort@staging"]));
    insta::assert_snapshot!(told_of, @"
    exit 2
    error: evals/fruit.yaml: the prompt `sort` has no version 7; there is version 1
    exit 2
    error: evals/fruit.yaml: the prompt `sort` has no label `stagin`; there is version 1
    exit 2
    error: evals/fruit.yaml: `sort@0` names no version: versions are numbered from 1
    exit 2
    error: evals/fruit.yaml: there is no prompt `sorrt`, neither as a file nor as a version; did you mean `sort`?
    exit 2
    error: evals/fruit.yaml: the model `nearest` has no version 4; there is version 1
    exit 2
    error: evals/fruit.yaml: the dataset `fruit` has no version 2; there is version 1
    exit 2
    error: evals/fruit.yaml: the dataset `fruit` has no version with a digest that begins with 12345678; there is version 1
    exit 2
    error: the prompt `sort` has no label `staging`; there is version 1
    ");
}

#[test]
fn a_model_version_whose_recorded_answers_have_changed_is_refused() {
    let project = desk();
    project.write("datasets/said.jsonl", "{\"id\": \"f-1\", \"output\": \"yes\"}\n");
    project.write("carat.yaml", "models:\n  m: { provider: recorded, from: datasets/said.jsonl }\n");
    eval_on(&project, "sort", "m", "fruit");
    assert_eq!(project.carat(&["eval", "fruit"]).code, Some(0));
    project.write("datasets/said.jsonl", "{\"id\": \"f-1\", \"output\": \"no\"}\n");
    eval_on(&project, "sort", "m@1", "fruit");
    insta::assert_snapshot!(told(&project, &["eval", "fruit"]), @"
    exit 2
    error: the model m@1 cannot be had as it was: the recorded answers that its settings name have changed since; use `m`, the model as it is now
    ");
}

#[test]
fn a_run_over_a_part_of_the_rows_keeps_none_of_a_dataset_and_a_whole_one_keeps_them_all() {
    let project = desk();
    eval_on(&project, "sort", "nearest", "fruit");
    well(&project, &["eval", "fruit", "--limit", "1"]);
    let rows = std::fs::read_to_string(project.file("datasets/fruit.jsonl")).unwrap();
    project.write("datasets/fruit.jsonl", rows.lines().next().unwrap());
    let refused = told(&project, &["dataset", "show", "fruit@1", "--row", "f-3"]);
    project.write("datasets/fruit.jsonl", &rows);
    well(&project, &["eval", "fruit"]);
    project.write("datasets/fruit.jsonl", rows.lines().next().unwrap());
    let kept = told(&project, &["dataset", "show", "fruit@1", "--row", "f-3"]);
    insta::assert_snapshot!(format!("{refused}{kept}"), @r#"
    exit 2
    error: of the dataset fruit@1 (bec777435a23) only the name is known: its rows were not kept, and the file has changed since; they are kept when all of them are evaluated, and by `carat dataset save`
    exit 0
    {
      "id": "f-3",
      "input": {
        "thing": "pineapple"
      },
      "expected": "yes",
      "split": "test"
    }
    "#);
}
