//! Sources of other tools, imported into a project and run.

use super::project::Project;

const CONFIG: &str = "description: Fruit or not
prompts: ['Is {{thing}} a fruit? Answer yes or no.']
providers: [echo]
tests:
  - { description: An apple, vars: { thing: apple }, assert: [{ type: contains, value: yes }] }
  - { description: A hammer, vars: { thing: hammer }, assert: [{ type: contains, value: no }] }
";

fn with_config(config: &str) -> Project {
    let project = Project::empty();
    project.write("suite/promptfooconfig.yaml", config);
    project
}

#[test]
fn a_configuration_is_imported_and_runs() {
    let project = with_config(CONFIG);
    let ended = project.carat(&["import", "promptfoo", "suite"]);
    insta::assert_snapshot!(format!("{}{}", ended.data, ended.told(&project)), @r"
    wrote datasets/suite.jsonl
    wrote evals/suite.yaml
    wrote prompts/suite/prompt.prompty
    wrote carat.yaml
    exit 0
    ");
    let ended = project.carat(&["eval", "suite", "-q"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.data.contains("contains.accuracy"), "{ended:?}");
}

#[test]
fn what_decides_results_and_is_lost_is_told_and_ends_with_2() {
    let config = CONFIG.replace("{ type: contains, value: no }", "{ type: javascript, value: 'true' }");
    let project = with_config(&config);
    let ended = project.carat(&["import", "promptfoo", "suite/promptfooconfig.yaml", "-q"]);
    insta::assert_snapshot!(format!("{}{}", ended.data, ended.told(&project)), @r#"
    wrote datasets/suite.jsonl
    wrote evals/suite.yaml
    wrote prompts/suite/prompt.prompty
    wrote carat.yaml

    not carried over, or not as it was
    ✗ lost       the assertion `javascript`  promptfooconfig.yaml: tests[1].assert[0]
        it is a program, which runs inside of promptfoo
        → make it a scorer `program: { command: […] }`: a program that reads a row and the answer as JSON and writes {"score": …, "reason": …}
    exit 2
    "#);
}

#[test]
fn nothing_is_written_over_unless_it_is_said() {
    let project = with_config(CONFIG);
    project.write("evals/suite.yaml", "mine");
    let refused = project.carat(&["import", "promptfoo", "suite"]);
    insta::assert_snapshot!(refused.told(&project), @r"
    exit 2
    error: there is something else in evals/suite.yaml already; write over with --force, or give it another name with --name
    ");
    assert!(!project.file("datasets/suite.jsonl").exists());
    assert_eq!(project.carat(&["import", "promptfoo", "suite", "--force"]).code, Some(0));
    assert_ne!(std::fs::read_to_string(project.file("evals/suite.yaml")).unwrap(), "mine");
    let again = project.carat(&["import", "promptfoo", "suite"]);
    assert!(again.data.contains("as it was evals/suite.yaml"), "{again:?}");
}

#[test]
fn a_project_file_that_is_there_is_left_as_it_is() {
    let project = with_config(&CONFIG.replace("[echo]", "[echo, 'openai:gpt-5-mini']"));
    project.write("carat.yaml", "models:\n  echo: { provider: baseline, model: echo }\n");
    let ended = project.carat(&["import", "promptfoo", "suite", "--name", "fruit"]);
    insta::assert_snapshot!(format!("{}{}", ended.data, ended.told(&project)), @r"
    wrote datasets/fruit.jsonl
    wrote evals/fruit.yaml
    wrote prompts/fruit/prompt.prompty

    to add to carat.yaml
    models:
      gpt-5-mini: { provider: openai, model: gpt-5-mini }
    exit 0
    carat.yaml is left as it is: add the models above to it
    ");
    assert!(!std::fs::read_to_string(project.file("carat.yaml")).unwrap().contains("gpt-5-mini"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let project = with_config(CONFIG);
    let ended = project.carat(&["import", "promptfoo", "suite", "--dry-run", "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let account: serde_json::Value = serde_json::from_str(&ended.data).unwrap();
    assert_eq!((&account["written"], &account["evals"][0]), (&false.into(), &"suite".into()));
    assert_eq!(account["files"][1], serde_json::json!({"path": "evals/suite.yaml", "what": "new"}));
    assert!(!project.file("carat.yaml").exists() && !project.file("evals").exists());
}

#[test]
fn a_source_that_cannot_be_read_is_told() {
    let project = with_config("prompts: [a\nb: 1\n");
    insta::assert_snapshot!(project.carat(&["import", "promptfoo", "suite"]).told(&project), @r"
    exit 2
    error: promptfooconfig.yaml:2: illegal placement of ':' indicator
    ");
    insta::assert_snapshot!(project.carat(&["import", "openai-evals", "nowhere"]).told(&project), @r"
    exit 2
    error: there is nothing at nowhere
    ");
}

#[test]
fn a_registry_is_imported_and_runs_on_a_model_of_the_project() {
    let project = Project::empty();
    project.write("carat.yaml", "models:\n  echo: { provider: baseline, model: echo }\n");
    project.write(
        "registry/evals/capitals.yaml",
        "capitals:\n  id: capitals.v1\ncapitals.v1:\n  class: evals.elsuite.basic.match:Match\n  args: { samples_jsonl: c.jsonl }\n",
    );
    project.write(
        "registry/data/c.jsonl",
        "{\"input\": [{\"role\": \"user\", \"content\": \"Rome\"}], \"ideal\": \"Rome\"}\n{\"input\": [{\"role\": \"user\", \"content\": \"Ulm\"}], \"ideal\": \"Bonn\"}\n",
    );
    let ended = project.carat(&["import", "openai-evals", "registry", "--model", "echo"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended = project.carat(&["eval", "capitals", "-q"]);
    assert!(ended.code == Some(0) && ended.data.contains("50.0 %"), "{ended:?}");
}
