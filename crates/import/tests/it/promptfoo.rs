//! Configurations of promptfoo.

use carat_import::{InMemory, Loss, Options, promptfoo};

use crate::readable::reads_back;
use crate::shown::{fixture, whole};

fn imported(name: &str) -> String {
    let imported = promptfoo(&fixture(&format!("promptfoo/{name}")), "", &Options::default()).unwrap();
    reads_back(&imported);
    whole(&imported)
}

#[test]
fn a_table_of_tests_becomes_rows_and_its_expectations_one_scorer() {
    insta::assert_snapshot!(imported("simple-csv"));
}

#[test]
fn assertions_of_some_rows_are_scorers_with_a_tag() {
    insta::assert_snapshot!(imported("simple-test"));
}

#[test]
fn what_stands_in_the_default_test_holds_for_every_row() {
    insta::assert_snapshot!(imported("eval-self-grading"));
}

#[test]
fn files_among_the_variables_are_read() {
    insta::assert_snapshot!(imported("eval-rag"));
}

#[test]
fn ways_into_json_become_parts_that_are_looked_at() {
    insta::assert_snapshot!(imported("eval-json-output"));
}

#[test]
fn scenarios_are_multiplied_out() {
    insta::assert_snapshot!(imported("multiple-translations-scenarios"));
}

#[test]
fn whatever_has_no_counterpart_is_named_with_its_reason() {
    insta::assert_snapshot!(imported("kitchen-sink"));
}

fn of_text(config: &str) -> Result<carat_import::Imported, carat_import::ImportError> {
    promptfoo(&InMemory([("promptfooconfig.yaml".to_owned(), config.to_owned())].into()), "", &Options::default())
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_place() {
    let error = |config: &str| of_text(config).unwrap_err().to_string();
    insta::assert_snapshot!(error("prompts: [a\ntests: 1\n"), @"promptfooconfig.yaml:2: illegal placement of ':' indicator");
    insta::assert_snapshot!(error("- a\n"), @"promptfooconfig.yaml: it is no configuration of promptfoo: expected a mapping");
    let none = promptfoo(&InMemory::default(), "", &Options::default()).unwrap_err();
    insta::assert_snapshot!(none, @".: there is no promptfooconfig.yaml here; name the configuration's file");
    let program = promptfoo(&InMemory::default(), "promptfooconfig.ts", &Options::default()).unwrap_err();
    insta::assert_snapshot!(program, @"promptfooconfig.ts: a configuration is read as YAML or JSON; one that is a program has to be written out first");
}

#[test]
fn rows_are_multiplied_out_as_promptfoo_does() {
    let config =
        "prompts: ['{{a}}{{b}}{{c}}']\nproviders: [echo]\ntests:\n  - vars: { a: [x, y], b: ['1', '2'], c: [1, 2] }\n";
    let imported = of_text(config).unwrap();
    let dataset = &imported.files.iter().find(|(path, _)| path.starts_with("datasets")).unwrap().1;
    let inputs: Vec<String> = dataset
        .lines()
        .map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap()["input"].to_string())
        .collect();
    assert_eq!(
        inputs,
        [
            r#"{"a":"x","b":"1","c":[1,2]}"#,
            r#"{"a":"x","b":"2","c":[1,2]}"#,
            r#"{"a":"y","b":"1","c":[1,2]}"#,
            r#"{"a":"y","b":"2","c":[1,2]}"#,
        ]
    );
}

#[test]
fn values_that_would_multiply_without_bound_are_left_out() {
    let values = vec!["x"; 100].join(", ");
    let vars: Vec<String> = (0..5).map(|at| format!("v{at}: [{values}]")).collect();
    let imported = of_text(&format!("prompts: [a]\ntests:\n  - vars: {{ {} }}\n", vars.join(", "))).unwrap();
    assert!(imported.left_out.iter().any(|left| left.why.contains("200000")), "{:?}", imported.left_out);
}

#[test]
fn a_key_is_never_carried_over() {
    let imported = of_text(
        "prompts: [a]\nproviders:\n  - { id: 'openai:gpt-4o', config: { apiKey: sk-secret, headers: { api-key: sk-secret } } }\n  - 'https://user:sk-secret@example.org/v1'\n",
    )
    .unwrap();
    assert!(!whole(&imported).contains("sk-secret"), "{}", whole(&imported));
}

#[test]
fn a_person_may_name_eval_models_and_judge() {
    let files = InMemory(
        [(
            "suite.yaml".to_owned(),
            "prompts: [a]\ntests: [{ assert: [{ type: llm-rubric, value: good }] }]\n".to_owned(),
        )]
        .into(),
    );
    let options = Options { name: Some("mine".to_owned()), models: vec!["m".to_owned()], judge: Some("j".to_owned()) };
    let imported = promptfoo(&files, "suite.yaml", &options).unwrap();
    let eval = &imported.files.iter().find(|(path, _)| path.starts_with("evals")).unwrap().1;
    insta::assert_snapshot!(eval, @r#"
    # Imported from suite.yaml.
    prompts: [mine/prompt]
    models: [m]
    dataset: mine
    scorers:
      - { name: llm_rubric, judge: { model: j, rubric: good } }
    "#);
    assert!(imported.models.is_empty());
    assert!(imported.left_out.iter().all(|left| left.loss == Loss::Incidental), "{:?}", imported.left_out);
}

#[test]
fn an_answer_that_exists_already_is_not_asked_for_again() {
    let imported = of_text("prompts: [a]\nproviders: [echo]\ntests: [{ providerOutput: yes it is, assert: [{ type: contains, value: yes }] }]\n").unwrap();
    let eval = &imported.files.iter().find(|(path, _)| path.starts_with("evals")).unwrap().1;
    assert!(eval.contains("models: [recorded]"), "{eval}");
    assert!(
        whole(&imported).contains("recorded: { provider: recorded, column: metadata.output }"),
        "{}",
        whole(&imported)
    );
}

#[test]
fn aliases_and_merged_keys_of_yaml_are_followed() {
    let config = "prompts: [a]\nproviders: [echo]\nx: &x { type: contains, value: a }\ntests:\n  - assert: [*x, { <<: *x, value: b }]\n";
    let imported = of_text(config).unwrap();
    let eval = &imported.files.iter().find(|(path, _)| path.starts_with("evals")).unwrap().1;
    assert!(eval.contains("contains: { all: [a] }") && eval.contains("contains: { all: [b] }"), "{eval}");
}
