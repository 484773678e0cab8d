//! Everything behind a number.

use std::process::Command;

use serde_json::Value;

use super::super::project::Project;
use super::super::versions::{desk, said, told, well};

#[test]
fn behind_a_score_stand_the_row_the_versions_the_scorer_the_person_and_the_code() {
    let project = desk();
    well(&project, &["prompt", "save", "sort", "-m", "The first that works"]);
    well(&project, &["prompt", "label", "sort@1", "staging"]);
    well(&project, &["eval", "fruit", "--model", "nearest"]);
    well(&project, &["prompt", "label", "sort@1", "candidate"]);
    well(&project, &["prompt", "label", "sort", "staging", "--remove"]);
    insta::assert_snapshot!(said(&project, &["run", "show", "--why", "f-3"]), @"
    f-3
      row       b381170c3f3d, the same in the file as it is now
      dataset   fruit@1 bec777435a23, saved by Ada Lovelace <ada@example.com> at WHEN
      eval      fruit@1 (evals/fruit.yaml), the same in the spec as it is now
      scorer    answer: choice 754a0ba0dfdd
      run       ID of WHEN
      by        Ada Lovelace <ada@example.com> (by flag)
      code      commit unknown, carat 0.1.0

    sort@1×nearest
      prompt    sort@1 807368b5976f, saved by Ada Lovelace <ada@example.com> at WHEN; staging then; candidate now
      model     nearest@1 c295ae43a4ea, saved by Ada Lovelace <ada@example.com> at WHEN
      request   8686db23025d, answered at attempt 1
      answer    yes
      score     ✓ answer 1.000
    ");
}

#[test]
fn what_has_changed_since_is_told() {
    let project = desk();
    well(&project, &["eval", "fruit", "--model", "nearest"]);
    let rows = std::fs::read_to_string(project.file("datasets/fruit.jsonl")).unwrap();
    project.write("datasets/fruit.jsonl", rows.replace("pineapple", "a pineapple"));
    let spec = std::fs::read_to_string(project.file("evals/fruit.yaml")).unwrap();
    project.write("evals/fruit.yaml", format!("{spec}trials: 2\n"));
    let told = said(&project, &["run", "show", "--why", "f-3"]);
    let changed: Vec<&str> = told.lines().filter(|line| line.contains("another one")).collect();
    assert_eq!(changed.len(), 2, "{told}");
}

#[test]
fn an_exported_run_tells_what_it_holds_and_the_rest_as_unknown() {
    let project = desk();
    well(&project, &["eval", "fruit", "--model", "nearest"]);
    well(&project, &["run", "export", "@last", "run.carat"]);
    let other = Project::small();
    std::fs::copy(project.file("run.carat"), other.file("run.carat")).unwrap();
    insta::assert_snapshot!(said(&other, &["run", "show", "run.carat", "--why", "f-1"]), @"
    f-1
      row       f1a41cb5eeb2, the same in the file as it is now
      dataset   fruit@1 bec777435a23, which this project has no version of
      eval      fruit@1 (evals/fruit.yaml), the same in the spec as it is now
      scorer    answer: choice 754a0ba0dfdd
      run       ID of WHEN
      by        Ada Lovelace <ada@example.com> (by flag)
      code      commit unknown, carat 0.1.0

    sort@1×nearest
      prompt    sort@1 807368b5976f, which this project has no version of
      model     nearest@1 c295ae43a4ea, which this project has no version of
      request   55f26e9db21f, answered at attempt 1
      answer    yes
      score     ✓ answer 1.000
    ");
}

#[test]
fn a_row_or_variant_that_is_not_there_is_told_with_the_nearest() {
    let project = desk();
    well(&project, &["eval", "fruit", "--model", "nearest", "--name", "one"]);
    let told = [["one", "f-33"], ["one:sort@1×nearst", "f-3"]]
        .map(|[run, row]| told(&project, &["run", "show", run, "--why", row]));
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: ID has no row `f-33`; did you mean `f-3`?
    exit 2
    error: ID has no variant `sort@1×nearst`; did you mean `sort@1×nearest`?
    ");
}

#[test]
fn the_account_is_json_as_well_with_the_request_and_the_commit() {
    let project = desk();
    for args in [
        ["init", "-q"].as_slice(),
        &["add", "."],
        &["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "one"],
    ] {
        assert!(Command::new("git").args(args).current_dir(project.path()).status().unwrap().success());
    }
    well(&project, &["eval", "fruit", "--model", "nearest"]);
    let account: Value = serde_json::from_str(&said(&project, &["run", "show", "--why", "f-1", "--json"])).unwrap();
    assert_eq!(account["format"], 1);
    let head = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(project.path()).output().unwrap();
    let head = String::from_utf8(head.stdout).unwrap();
    assert_eq!(account["run"]["made"]["commit"], head.trim());
    assert_eq!(account["run"]["made"]["by"]["source"], "flag");
    assert_eq!(account["samples"][0]["prompt"]["saved"]["by"]["name"], "Ada Lovelace <ada@example.com>");
    assert_eq!(account["samples"][0]["request"]["messages"][0]["role"], "system");
    // A changed file is told by the mark behind the commit.
    let prompt = std::fs::read_to_string(project.file("prompts/sort.prompty")).unwrap();
    project.write("prompts/sort.prompty", prompt.replace("yes or no", "no or yes"));
    well(&project, &["eval", "fruit", "--model", "nearest"]);
    let account: Value = serde_json::from_str(&said(&project, &["run", "show", "--why", "f-1", "--json"])).unwrap();
    assert_eq!(account["run"]["made"]["commit"], format!("{}+", head.trim()));
}

#[test]
fn the_spec_and_what_was_asked_over_it_are_told_apart() {
    let project = desk();
    let spec = |more: &[&str]| -> (Value, Value) {
        well(&project, &[&["eval", "fruit", "--model", "nearest"], more].concat());
        let account: Value = serde_json::from_str(&said(&project, &["run", "show", "--why", "f-1", "--json"])).unwrap();
        (account["run"]["spec"].clone(), account["run"]["asked_digest"].clone())
    };
    let ((plain, asked), (limited, asked_with_more)) = (spec(&[]), spec(&["--trials", "2"]));
    let shown: Value = serde_json::from_str(&said(&project, &["spec", "show", "fruit@1", "--json"])).unwrap();
    assert_eq!(plain, serde_json::json!({"name": "fruit", "version": 1, "digest": shown["digest"]}));
    assert_eq!(plain, limited);
    assert_ne!(asked, asked_with_more);
}
