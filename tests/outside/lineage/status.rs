//! Where a project stands, by facts, and one next step.

use serde_json::Value;

use super::super::project::Project;
use super::super::versions::{desk, said, well};

fn next(project: &Project) -> (Value, String) {
    let status: Value = serde_json::from_str(&said(project, &["status", "--json"])).unwrap();
    (status["reached"].clone(), status["next"]["do"].as_str().unwrap_or_default().to_owned())
}

fn add(project: &Project, name: &str, text: &str) {
    let there = std::fs::read_to_string(project.file(name)).unwrap();
    project.write(name, there + text);
}

fn git(project: &Project, args: &[&str]) {
    let done = std::process::Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
        .args(args)
        .current_dir(project.path())
        .status();
    assert!(done.unwrap().success());
}

/// One label that asks for evidence, and one that does not.
const POLICY: &str = "{ production: { owner: true }, staging: { needs: [{ eval: fruit }] } }";

#[test]
fn a_project_climbs_one_step_at_a_time() {
    let mut project = desk();
    project.write(".gitignore", ".carat/\n");
    let mut steps = Vec::new();
    let mut told = |project: &Project| steps.push(next(project));
    told(&project);
    git(&project, &["init", "-q"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-qm", "all"]);
    told(&project);
    well(&project, &["eval", "fruit", "--limit", "1"]);
    told(&project);
    well(&project, &["eval", "fruit"]);
    told(&project);
    let yaml = std::fs::read_to_string(project.file("carat.yaml")).unwrap();
    let spec = std::fs::read_to_string(project.file("evals/fruit.yaml")).unwrap();
    project.write("evals/fruit.yaml", format!("{spec}gates:\n  - {{ metric: errors.share, at_most: 0.9 }}\n"));
    told(&project);
    project.write("carat.yaml", format!("{yaml}owners: {{ prompts: \"@ada\" }}\n"));
    told(&project);
    project.write(
        "carat.yaml",
        format!("{yaml}owners: {{ prompts: \"@ada\" }}\npolicy: {{ production: {{ owner: true }} }}\n"),
    );
    told(&project);
    well(&project, &["prompt", "promote", "sort", "--to", "production"]);
    told(&project);
    project.write("carat.yaml", format!("{yaml}owners: {{ prompts: \"@ada\" }}\npolicy: {POLICY}\n"));
    told(&project);
    git(&project, &["commit", "-qam", "gates"]);
    well(&project, &["prompt", "promote", "sort", "--to", "staging", "--run"]);
    told(&project);
    project.set("CI", "true");
    project.set("GITHUB_ACTOR", "ada");
    let mut in_ci = project.command(&["eval", "fruit"]);
    assert!(in_ci.env_remove("CARAT_ACTOR").output().unwrap().status.success());
    told(&project);
    let steps: Vec<String> = steps.iter().map(|(reached, next)| format!("{reached}: {next}")).collect();
    insta::assert_snapshot!(steps.join("\n"), @r#"
    null: git init && git add . && git commit
    null: carat eval fruit
    null: carat eval fruit
    "reproducible": add `gates:` to evals/fruit.yaml; `carat eval fruit` tells the intervals to choose them by
    "reproducible": add `owners:` to carat.yaml, such as `{ prompts: "@team" }`
    "reproducible": add `policy: { production: { needs: [{ eval: fruit }] } }` to carat.yaml
    "reproducible": add `needs: [{ eval: fruit }]` to the policy of production in carat.yaml
    "reproducible": add `needs: [{ eval: fruit }]` to the policy of production in carat.yaml
    "reproducible": carat prompt promote sort --to staging
    "reproducible": run `carat eval` in CI: docs/ci.md has recipes, and `carat run import` takes such a run into this store
    "gated": capture calls in the application, and hold them against their prompts: docs/skew.md
    "#);
}

#[test]
fn the_ladder_is_told_with_what_each_rung_rests_on() {
    let project = desk();
    let yaml = std::fs::read_to_string(project.file("carat.yaml")).unwrap();
    project.write("carat.yaml", format!("project: orchard\n{yaml}"));
    insta::assert_snapshot!(said(&project, &["status"]), @"
    orchard is not reproducible yet

    reproducible  what was measured can be measured again
      ✓ prompts and golden rows: 2 prompts and 1 dataset
      ✓ evals: 1 spec
      – a history of the files: the project has no git commit
      – a recorded run: no eval has been run to its end
      – versions: sort has no version with the content that its file has now

    gated  what is worse is stopped
      – gates: the eval fruit has none that stops a build
      – owners: nobody answers for prompts and data
      – a policy: any version may be put anywhere
      – a promotion with evidence: nothing has been promoted
      – evals in CI: this store has no run that a CI system made

    monitored  what happens in production is seen
      – production: carat does not watch production yet; `carat prompt check --against FILE` holds captured calls against their prompts

    next
      git init && git add . && git commit
    ");
}

/// A project with this policy, an owner, and an eval with a gate that holds.
fn with_policy(policy: &str) -> Project {
    let project = desk();
    add(&project, "carat.yaml", &format!("owners: {{ prompts: \"@ada\" }}\npolicy: {{ {policy} }}\n"));
    add(&project, "evals/fruit.yaml", "gates:\n  - { metric: errors.share, at_most: 0.9 }\n");
    project
}

/// What a rung rests on, and the step that leads to it.
fn rung(project: &Project, what: &str) -> String {
    let status: Value = serde_json::from_str(&said(project, &["status", "--json"])).unwrap();
    let check = status["checks"].as_array().unwrap().iter().find(|check| check["what"] == what).unwrap();
    let told = |key: &str| check[key].as_str().unwrap_or("–").to_owned();
    format!("{}\n{}", told("because"), told("next"))
}

fn change(project: &Project) {
    add(project, "prompts/sort.prompty", "\nOne word.\n");
}

#[test]
fn a_promotion_counts_by_its_evidence_and_as_long_as_it_is_in_force() {
    const RUNG: &str = "a promotion with evidence";
    let promote = ["prompt", "promote", "sort", "--to", "production"];
    let project = with_policy("production: { needs: [{ eval: fruit }] }");
    insta::assert_snapshot!(rung(&project, RUNG), @"
    nothing has been promoted
    carat prompt promote sort --to production
    ");
    well(&project, &[&promote[..], &["--emergency", "it burns"]].concat());
    insta::assert_snapshot!(rung(&project, RUNG), @"
    what is in force came there without any
    with the next version: carat prompt promote sort --to production
    ");
    change(&project);
    well(&project, &[&promote[..], &["--run"]].concat());
    insta::assert_snapshot!(rung(&project, RUNG), @"
    in force for 1 label
    –
    ");
    change(&project);
    well(&project, &[&promote[..], &["--emergency", "again"]].concat());
    insta::assert_snapshot!(rung(&project, RUNG), @"
    what is in force came there without any
    with the next version: carat prompt promote sort --to production
    ");
    well(&project, &["prompt", "rollback", "sort", "--label", "production"]);
    insta::assert_snapshot!(rung(&project, RUNG), @"
    in force for 1 label
    –
    ");
    well(&project, &["prompt", "rollback", "sort", "--label", "production", "--to", "1", "--why", "it burns again"]);
    insta::assert_snapshot!(rung(&project, RUNG), @"
    what is in force came there without any
    with the next version: carat prompt promote sort --to production
    ");
}

#[test]
fn what_is_proposed_is_shown_before_anything_else_is() {
    let project = with_policy("production: { needs: [{ eval: fruit }], reviewers: 1 }");
    let ended = project.carat(&["prompt", "promote", "sort", "--to", "production", "--run"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let rung = rung(&project, "a promotion with evidence");
    let (because, next) = rung.split_once('\n').unwrap();
    assert_eq!(because, "sort@1 is proposed for production");
    let command: Vec<&str> = next.split(' ').skip(1).collect();
    assert_eq!(command[..2], ["promotion", "show"]);
    assert!(well(&project, &command).data.contains("sort@1"));
}

#[test]
fn owners_and_a_policy_count_if_they_are_about_something() {
    let told = |owners: &str, policy: &str| {
        let project = desk();
        add(&project, "carat.yaml", &format!("owners: {{ {owners} }}\npolicy: {{ {policy} }}\n"));
        format!("{}\n{}", rung(&project, "owners"), rung(&project, "a policy"))
    };
    insta::assert_snapshot!(told("prompts/suport: \"@a\"", "production: { needs: [{ eval: friut }] }"), @"
    `prompts/suport` is the name of nothing; did you mean `prompts/support`?
    correct `owners` in carat.yaml
    that of production: it needs the eval `friut`, and there is no evals/friut.yaml; did you mean `fruit`?
    correct `needs` in carat.yaml
    ");
    insta::assert_snapshot!(told("prompts: \" \"", "production: { needs: [{ eval: fruit, models: [neerest] }] }"), @r#"
    nobody answers for prompts and data
    add `owners:` to carat.yaml, such as `{ prompts: "@team" }`
    that of production: it needs the eval `fruit` on the model `neerest`, which carat.yaml does not name; did you mean `nearest`?
    correct `needs` in carat.yaml
    "#);
    insta::assert_snapshot!(told("prompts/support: \"@a\"", "production: {}, staging: { author_may_approve: true }"), @"
    carat.yaml names them
    –
    for production, staging, and it asks for nothing
    add `needs: [{ eval: fruit }]` to the policy of production in carat.yaml
    ");
    insta::assert_snapshot!(told("prompts/support: \"@a\", models: \"@b\"", "production: {}, staging: { reviewers: 1 }"), @"
    carat.yaml names them
    –
    for production, staging
    –
    ");
}

#[test]
fn an_eval_that_cannot_be_read_is_the_next_step() {
    let project = desk();
    project.write("evals/fruit.yaml", "prompts: [sort]\nmodls: [nearest]\n");
    insta::assert_snapshot!(next(&project).1, @"mend it: evals/fruit.yaml:2:1: unknown field `modls`, expected one of description, prompts, models, dataset, split, tags, trials, inputs, parameters, scorers, graders, slices, cluster, gates; did you mean `models`?");
}
