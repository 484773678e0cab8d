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
fn nothing_outside_of_the_folder_is_read() {
    let config = "prompts: ['file://../secret.txt', '../secret.txt', 'file://link.txt', 'file://../*.txt', 'file://linked/*.txt', fine.txt]
providers: [echo]
tests: [{ vars: { a: 'file://ABSOLUTE/secret.txt', b: file://../nothing.txt }, assert: [{ type: contains, value: 'file://../secret.txt' }] }]
";
    let project = Project::empty();
    let absolute = project.path().canonicalize().unwrap().display().to_string();
    project.write("suite/promptfooconfig.yaml", config.replace("ABSOLUTE", &absolute));
    project.write("suite/fine.txt", "Fine {{a}}");
    project.write("secret.txt", "SECRET");
    project.write("elsewhere/a.txt", "SECRET");
    std::os::unix::fs::symlink("../secret.txt", project.file("suite/link.txt")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", project.file("suite/linked")).unwrap();
    let ended = project.carat(&["import", "promptfoo", "suite", "--json"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let account: serde_json::Value = serde_json::from_str(&ended.data).unwrap();
    let refused = account["left_out"].as_array().unwrap().iter().filter(|left| {
        left["advice"] == "copy the file into that folder, name it there, and import again" && left["loss"] == "lost"
    });
    assert_eq!(refused.map(|left| 1 + left["more"].as_u64().unwrap()).sum::<u64>(), 8, "{account:#}");
    for file in account["files"].as_array().unwrap() {
        let text = std::fs::read_to_string(project.file(file["path"].as_str().unwrap())).unwrap();
        assert!(!text.contains("SECRET"), "{file}: {text}");
    }
}

#[test]
fn a_configuration_that_was_named_is_read_although_it_is_a_link() {
    let project = with_config(CONFIG);
    std::fs::create_dir(project.file("other")).unwrap();
    std::os::unix::fs::symlink("../suite/promptfooconfig.yaml", project.file("other/promptfooconfig.yaml")).unwrap();
    let ended = project.carat(&["import", "promptfoo", "other/promptfooconfig.yaml", "--dry-run"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    insta::assert_snapshot!(project.carat(&["import", "promptfoo", "other"]).told(&project), @r"
    exit 2
    error: promptfooconfig.yaml: it lies outside of the folder that is imported, and only what is in there is read
    ");
}

#[test]
fn samples_outside_of_the_registry_are_not_read_and_without_an_eval_it_is_said() {
    let project = Project::empty();
    let sample = "{\"input\": [{\"role\": \"user\", \"content\": \"SECRET\"}], \"ideal\": \"Rome\"}\n";
    project.write("secret.jsonl", sample);
    let samples = project.path().canonicalize().unwrap().join("secret.jsonl").display().to_string();
    let entries = format!(
        "dangling: {{ id: nothere.v0 }}\nmine.v1: {{ class: 'my:Mine' }}\na.v1:\n  class: evals.elsuite.basic.match:Match\n  args: {{ samples_jsonl: '{samples}' }}\n\
         b.v1:\n  class: evals.elsuite.basic.match:Match\n  args: {{ samples_jsonl: ../../secret.jsonl }}\n"
    );
    project.write("registry/evals/a.yaml", entries);
    for path in ["registry", "registry/evals/a.yaml"] {
        let ended = project.carat(&["import", "openai-evals", path]);
        let told = ended.told(&project);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert_eq!(ended.data.matches("it lies outside of the folder").count(), 2, "{ended:?}");
        assert!(ended.data.contains("it leads to `nothere.v0`, and there is no such entry"), "{ended:?}");
        assert!(ended.data.contains("the class `my:Mine`") && ended.data.contains("it is unknown here"), "{ended:?}");
        assert!(told.contains("no eval has been made of it; why is said above"), "{told}");
    }
    assert!(!project.file("datasets").exists());
}

#[test]
fn one_file_of_a_registry_finds_its_samples_in_the_registry() {
    let project = Project::empty();
    project.write(
        "registry/data/c.jsonl",
        "{\"input\": [{\"role\": \"user\", \"content\": \"Rome\"}], \"ideal\": \"Rome\"}\n",
    );
    project.write("registry/evals/a.yaml", "a.v1: { class: 'x:Match', args: { samples_jsonl: c.jsonl } }\n");
    let ended = project.carat(&["import", "openai-evals", "registry/evals/a.yaml", "--model", "echo"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.talk.contains("next: carat eval"), "{ended:?}");
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
