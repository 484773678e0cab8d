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
    insta::assert_snapshot!(with_project("models:\n  a: { provider: baseline\n  b: [\n"), @"
    exit 2
    error: carat.yaml:2:18: unknown variant `baseline b`, expected one of openai, azure, anthropic, oip, baseline, recorded, command; did you mean `baseline`?
    ");
    insta::assert_snapshot!(with_project("models:\n\ta: b\n"), @"
    exit 2
    error: carat.yaml:2:2: tabs disallowed within this context (block indentation)
    ");
    insta::assert_snapshot!(with_eval("prompts: [sort\nmodels: [echo]\n"), @"
    exit 2
    error: evals/fruit.yaml:2:7: illegal placement of ':' indicator
    ");
}

#[test]
fn unknown_keys_are_told_with_the_nearest() {
    insta::assert_snapshot!(with_project("modles: {}\n"), @"
    exit 2
    error: carat.yaml:1:1: unknown field `modles`, expected one of project, store, models, owners, policy, lifecycles, prices, cache; did you mean `models`?
    ");
    insta::assert_snapshot!(with_project("models:\n  a: { provider: baseline, modle: echo }\n"), @"
    exit 2
    error: carat.yaml:2:28: unknown field `modle`; did you mean `model`?
    ");
    insta::assert_snapshot!(with_project("models:\n  a: { provider: baselin }\n"), @"
    exit 2
    error: carat.yaml:2:18: unknown variant `baselin`, expected one of openai, azure, anthropic, oip, baseline, recorded, command; did you mean `baseline`?
    ");
    insta::assert_snapshot!(with_eval("prompts: [sort]\nmodels: [echo]\ndataset: fruit\ntrails: 2\nscorers: []\n"), @"
    exit 2
    error: evals/fruit.yaml:4:1: unknown field `trails`, expected one of description, prompts, models, dataset, split, tags, trials, inputs, parameters, scorers, graders, slices, cluster, gates; did you mean `trials`?
    ");
}

#[test]
fn unknown_scorers_are_told_with_the_nearest() {
    insta::assert_snapshot!(with_scorers("  - { name: a, exat: {} }\n"), @"
    exit 2
    error: evals/fruit.yaml:5:16: unknown field `exat`; did you mean `exact`?
    ");
    insta::assert_snapshot!(with_scorers("  - { name: a, exact: { trimm: true } }\n"), @"
    exit 2
    error: evals/fruit.yaml:5:25: unknown field `trimm`, expected one of trim, case, nfc, punctuation, articles; did you mean `trim`?
    ");
}

#[test]
fn a_scorer_is_of_one_kind() {
    insta::assert_snapshot!(with_scorers("  - { name: a, exact: {}, contains: {} }\n"), @"
    exit 2
    error: evals/fruit.yaml:5:13: scorer `a` is both `exact` and `contains`; make two scorers of it
    ");
    insta::assert_snapshot!(with_scorers("  - { name: a }\n"), @"
    exit 2
    error: evals/fruit.yaml:5:13: scorer `a` does not say which scorer it is; the kinds are exact, contains, regex, choice, number, numeric_diff, json, json_diff, list, levenshtein, indel, jaro_winkler, wer, cer, rouge, bleu, chrf, ter, squad, tool_calls, refusal, finish_reason, length, latency, cost, embedding, judge, program
    ");
    insta::assert_snapshot!(with_scorers("  - { name: a, exact: {} }\n  - { name: a, exact: {} }\n"), @"
    exit 2
    error: evals/fruit.yaml:6:13: two scorers are called `a`
    ");
    insta::assert_snapshot!(with_scorers("  - { name: a, regex: { pattern: \"(\" } }\n"), @"
    exit 2
    error: evals/fruit.yaml: scorer `a`: regex.pattern: at character 1 of `(`: unclosed group
    ");
}

#[test]
fn a_gate_that_bounds_nothing_is_told_before_the_run() {
    insta::assert_snapshot!(with_scorers("  - { name: a, exact: {} }\ngates:\n  - { metric: a.accuracy }\n"), @"
    exit 2
    error: evals/fruit.yaml: gate `a.accuracy` needs `at_least`, `at_most`, `no_worse_than`, `better_than` or `detectable_at_most`
    ");
}

#[test]
fn a_gate_on_a_metric_that_no_run_can_have_is_told_before_the_run() {
    insta::assert_snapshot!(with_scorers("  - { name: a, exact: {} }\ngates:\n  - { metric: a.acuracy, at_least: 0.5 }\n"), @"
    exit 2
    error: evals/fruit.yaml: there is no metric `a.acuracy` (there are a.accuracy, errors.share, unscored.share, latency.p50, latency.p95, latency.p99, tokens.input, tokens.output, tokens.total, cost.total, cost.per_sample); did you mean `a.accuracy`?
    ");
}

#[test]
fn empty_files_say_what_they_lack() {
    insta::assert_snapshot!(with_project(""), @"
    exit 2
    error: evals/fruit.yaml: there is no model `nearest` under `models` in carat.yaml
    ");
    insta::assert_snapshot!(with_scorers("  []\n"), @"
    exit 2
    error: evals/fruit.yaml:4:1: `scorers` needs at least one member
    ");
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
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: evals/wrong.yaml: there is no prompt `sotr` (prompts/sotr.prompty); did you mean `sort`?
    exit 2
    error: evals/wrong.yaml: there is no model `ecko` under `models` in carat.yaml; did you mean `echo`?
    exit 2
    error: evals/wrong.yaml: dataset friut: there is no such dataset in `PROJECT/datasets`; did you mean `fruit`?
    exit 2
    error: there is no eval `friut` (evals/friut.yaml); did you mean `fruit`?
    exit 2
    error: there is no model `ecko` under `models` in carat.yaml; did you mean `echo`?
    exit 2
    error: there is no prompt `sotr` (prompts/sotr.prompty); did you mean `sort`?
    ");
}

#[test]
fn a_run_that_is_not_there_is_told() {
    let project = Project::small();
    insta::assert_snapshot!(project.carat(&["run", "show"]).told(&project), @"
    exit 2
    error: there are no runs yet; `carat eval` makes one
    ");
    assert_eq!(project.carat(&["eval", "fruit"]).code, Some(0));
    let ended = project.carat(&["run", "show", "@last", "--row", "f-9"]);
    insta::assert_snapshot!(ended.told(&project), @"
    exit 2
    error: run RUN has no row `f-9`; did you mean `f-1`?
    ");
}

#[test]
fn a_folder_without_a_project_is_told() {
    let project = Project::empty();
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"
    exit 2
    error: there is no carat.yaml in PROJECT or any folder above it; run `carat` inside a project, name one with --project, or begin one with `carat init`
    ");
    insta::assert_snapshot!(project.carat(&["--project", "nowhere", "run", "list"]).told(&project), @"
    exit 2
    error: there is no carat.yaml in nowhere; --project takes the folder of a project
    ");
}

#[test]
fn a_wrong_command_line_is_told() {
    let project = Project::small();
    insta::assert_snapshot!(project.carat(&["evl"]).told(&project), @"
    exit 2
    error: unrecognized subcommand 'evl'

      tip: a similar subcommand exists: 'eval'

    Usage: carat [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(project.carat(&["eval", "fruit", "--only", "["]).told(&project), @"
    exit 2
    error: `[` is not a pattern for row ids: unclosed character class; missing ']'
    ");
}
