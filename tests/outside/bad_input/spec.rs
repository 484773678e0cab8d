//! Broken `carat.yaml` and `evals/*.yaml`, and names that lead nowhere.

use crate::outside::project::Project;

/// What `carat eval fruit` says where this is `carat.yaml`.
fn with_project(text: &str) -> String {
    let project = Project::small();
    project.write("carat.yaml", text);
    project.carat(&["eval", "fruit"]).told(&project)
}

/// What `carat eval fruit` says where this is the eval.
fn with_eval(text: &str) -> String {
    let project = Project::small();
    project.write("evals/fruit.yaml", text);
    project.carat(&["eval", "fruit"]).told(&project)
}

/// What it says where these are the scorers.
fn with_scorers(scorers: &str) -> String {
    with_eval(&format!("prompts: [sort]\nmodels: [echo]\ndataset: fruit\nscorers:\n{scorers}"))
}

#[test]
fn broken_yaml_is_told_with_line_and_column() {
    insta::assert_snapshot!(with_project("models:\n  a: { provider: baseline\n  b: [\n"), @"");
    insta::assert_snapshot!(with_project("models:\n\ta: b\n"), @"");
    insta::assert_snapshot!(with_eval("prompts: [sort\nmodels: [echo]\n"), @"");
}

#[test]
fn unknown_keys_are_told_with_the_nearest() {
    insta::assert_snapshot!(with_project("modles: {}\n"), @"");
    insta::assert_snapshot!(with_project("models:\n  a: { provider: baseline, modle: echo }\n"), @"");
    insta::assert_snapshot!(with_project("models:\n  a: { provider: baselin }\n"), @"");
    insta::assert_snapshot!(with_eval("prompts: [sort]\nmodels: [echo]\ndataset: fruit\ntrails: 2\nscorers: []\n"), @"");
}

#[test]
fn unknown_scorers_are_told_with_the_nearest() {
    insta::assert_snapshot!(with_scorers("  - { name: a, exat: {} }\n"), @"");
    insta::assert_snapshot!(with_scorers("  - { name: a, exact: { trimm: true } }\n"), @"");
}

#[test]
fn a_scorer_is_of_one_kind() {
    insta::assert_snapshot!(with_scorers("  - { name: a, exact: {}, contains: {} }\n"), @"");
    insta::assert_snapshot!(with_scorers("  - { name: a }\n"), @"");
    insta::assert_snapshot!(with_scorers("  - { name: a, exact: {} }\n  - { name: a, exact: {} }\n"), @"");
    insta::assert_snapshot!(with_scorers("  - { name: a, regex: { pattern: \"(\" } }\n"), @"");
}

#[test]
fn a_gate_that_bounds_nothing_is_told_before_the_run() {
    insta::assert_snapshot!(with_scorers("  - { name: a, exact: {} }\ngates:\n  - { metric: a.accuracy }\n"), @"");
}

#[test]
fn empty_files_say_what_they_lack() {
    insta::assert_snapshot!(with_project(""), @"");
    insta::assert_snapshot!(with_scorers("  []\n"), @"");
}

#[test]
fn names_that_lead_nowhere_are_told_with_the_nearest_and_the_file() {
    let project = Project::small();
    let eval = "prompts: [sort]\nmodels: [echo]\ndataset: fruit\nscorers:\n  - { name: a, exact: {} }\n";
    let mut told = Vec::new();
    for (name, wrong) in [("sort", "sotr"), ("echo", "ecko"), ("fruit", "friut")] {
        project.write("evals/wrong.yaml", eval.replace(name, wrong));
        told.push(project.carat(&["eval", "wrong"]).told(&project));
    }
    told.push(project.carat(&["eval", "friut"]).told(&project));
    told.push(project.carat(&["eval", "fruit", "--model", "ecko"]).told(&project));
    told.push(project.carat(&["prompt", "show", "sotr"]).told(&project));
    insta::assert_snapshot!(told.join(""), @"");
}

#[test]
fn a_run_that_is_not_there_is_told() {
    let project = Project::small();
    insta::assert_snapshot!(project.carat(&["run", "show"]).told(&project), @"");
    assert_eq!(project.carat(&["eval", "fruit"]).code, Some(0));
    let ended = project.carat(&["run", "show", "@last", "--row", "f-9"]);
    insta::assert_snapshot!(ended.told(&project), @"");
}

#[test]
fn a_folder_without_a_project_is_told() {
    let project = Project::empty();
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"");
    insta::assert_snapshot!(project.carat(&["--project", "nowhere", "run", "list"]).told(&project), @"");
}

#[test]
fn a_wrong_command_line_is_told() {
    let project = Project::small();
    insta::assert_snapshot!(project.carat(&["evl"]).told(&project), @"");
    insta::assert_snapshot!(project.carat(&["eval", "fruit", "--only", "["]).told(&project), @"");
}
