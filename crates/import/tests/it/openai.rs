//! Registries and eval objects of OpenAI.

use carat_import::{InMemory, Options, openai_evals};

use crate::readable::reads_back;
use crate::shown::{fixture, whole};

fn imported(name: &str, path: &str) -> String {
    let imported = openai_evals(&fixture(&format!("openai/{name}")), path, &Options::default()).unwrap();
    reads_back(&imported);
    whole(&imported)
}

#[test]
fn a_registry_becomes_an_eval_for_each_of_its_own() {
    insta::assert_snapshot!(imported("registry", ""));
}

#[test]
fn one_file_of_a_registry_is_enough() {
    let imported = openai_evals(&fixture("openai"), "registry/evals/judged.yaml", &Options::default()).unwrap();
    assert_eq!(imported.evals, ["facts", "criteria_test_v1", "humor_test_v1"]);
}

#[test]
fn an_eval_object_with_its_run_becomes_an_eval() {
    insta::assert_snapshot!(imported("api", "tickets.json"));
}

#[test]
fn an_eval_object_alone_says_what_it_lacks() {
    insta::assert_snapshot!(imported("api", "bare.json"));
}

#[test]
fn recorded_answers_are_scored_without_asking() {
    insta::assert_snapshot!(imported("api", "recorded.json"));
}

#[test]
fn what_is_nothing_of_the_kind_is_an_error() {
    let files = InMemory(
        [("a.json".to_owned(), "{\"x\": 1}".to_owned()), ("b.yaml".to_owned(), "a: { id: b }\n".to_owned())].into(),
    );
    let error = |path: &str| openai_evals(&files, path, &Options::default()).unwrap_err().to_string();
    insta::assert_snapshot!(error("a.json"), @"a.json: it is no eval object: it has no `testing_criteria`, and is no grader");
    insta::assert_snapshot!(error("b.yaml"), @"b.yaml: it is no registry of evals: nothing in it has a `class`");
    insta::assert_snapshot!(error(""), @".: there is no registry here: no folder `evals` with .yaml files");
    insta::assert_snapshot!(error("c.txt"), @"c.txt: evals are read from a registry's folder, a .yaml file of it, or a .json file");
}
