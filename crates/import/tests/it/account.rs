//! Nothing is dropped in silence: a key that this crate has never heard of is in the account, wherever it stands.

use carat_import::{InMemory, Options, openai_evals, promptfoo};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use crate::shown::fixture;

/// Mappings in which every key is somebody's own: variables, metadata, schemas, names of prompts.
const OWN: &[&str] = &[
    "vars",
    "metadata",
    "headers",
    "passthrough",
    "response_format",
    "item_schema",
    "item",
    "sample",
    "schema",
    "sampling_params",
    "assertionTemplates",
    "env",
    "x-own",
];

/// The ways to the mappings of a document that have keys of the source's language.
fn mappings(value: &Value, way: String, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.push(way.clone());
            for (key, value) in map.iter().filter(|(key, _)| !OWN.contains(&key.as_str())) {
                mappings(value, format!("{way}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                mappings(value, format!("{way}/{at}"), found);
            }
        }
        _ => {}
    }
}

/// The document with one more key in one of its mappings.
fn with_key(document: &Value, which: &Index, key: &str, except: &[&str]) -> (Value, String) {
    let mut ways = Vec::new();
    mappings(document, String::new(), &mut ways);
    ways.retain(|way| !except.iter().any(|except| way.contains(except)));
    let way = which.get(&ways).clone();
    let mut document = document.clone();
    if let Some(Value::Object(map)) = document.pointer_mut(&way) {
        map.insert(key.to_owned(), json!(1));
    }
    (document, way)
}

fn config(name: &str) -> (InMemory, Value) {
    let files = fixture(&format!("promptfoo/{name}"));
    let text = files.0["promptfooconfig.yaml"].clone();
    let document = carat_core::yaml::read(&text, "promptfooconfig.yaml").unwrap();
    (files, document)
}

proptest! {
    #[test]
    fn an_unknown_key_of_a_configuration_is_always_told(which: Index, key in "q[a-z]{4,8}") {
        let name = ["simple-test", "eval-self-grading", "eval-rag", "eval-json-output", "multiple-translations-scenarios", "kitchen-sink"]
            [which.index(6)];
        let (mut files, document) = config(name);
        // A value is the assertion's own; messages, what `$ref` leads to and formulas are taken or left out as a whole.
        let (document, way) = with_key(&document, &which, &key, &["/value", "$ref", "/prompts/", "/derivedMetrics"]);
        files.0.insert("promptfooconfig.yaml".to_owned(), document.to_string());
        let imported = promptfoo(&files, "", &Options::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let told = imported.left_out.iter().any(|left| left.what.contains(&key));
        prop_assert!(told, "{key} in {way} of {name} is not told of: {:#?}", imported.left_out);
    }

    #[test]
    fn an_unknown_key_of_an_eval_object_is_always_told(which: Index, key in "q[a-z]{4,8}") {
        let name = ["tickets.json", "bare.json", "recorded.json"][which.index(3)];
        let mut files = fixture("openai/api");
        let document: Value = serde_json::from_str(&files.0[name]).unwrap();
        // What a message to a judge holds besides its text is nobody's.
        let (document, way) = with_key(&document, &which, &key, &["/input", "/content/text", "/template/1/content"]);
        files.0.insert(name.to_owned(), document.to_string());
        let imported = openai_evals(&files, name, &Options::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let told = imported.left_out.iter().any(|left| left.what.contains(&key) || left.why.contains(&key));
        prop_assert!(told, "{key} in {way} of {name} is not told of: {:#?}", imported.left_out);
    }

    #[test]
    fn an_unknown_key_of_a_registry_is_always_told(which: Index, key in "q[a-z]{4,8}") {
        let mut files = fixture("openai/registry");
        let paths: Vec<String> = files.0.keys().filter(|path| path.ends_with(".yaml")).cloned().collect();
        let path = which.get(&paths).clone();
        let document: Value = carat_core::yaml::read(&files.0[&path], &path).unwrap();
        // An eval that is left out is left out as a whole; scores have labels as keys; renamings and pairs are the sample's.
        let except = ["/choice_scores", "/samples_renamings", "/input_outputs", "/own-class.test.v1", "/no-data.test.v1"];
        let (document, way) = with_key(&document, &which, &key, &except);
        // At the top stand names of evals, each of which is one.
        if way.is_empty() {
            return Ok(());
        }
        files.0.insert(path.clone(), document.to_string());
        let imported = openai_evals(&files, "", &Options::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let told = imported.left_out.iter().any(|left| left.what.contains(&key));
        prop_assert!(told, "{key} in {way} of {path} is not told of: {:#?}", imported.left_out);
    }

    #[test]
    fn no_document_breaks_it(document in document()) {
        let files = InMemory([("promptfooconfig.yaml".to_owned(), document.to_string()), ("e.json".to_owned(), document.to_string())].into());
        if let Ok(imported) = promptfoo(&files, "", &Options::default()) {
            crate::readable::reads_back(&imported);
        }
        if let Ok(imported) = openai_evals(&files, "e.json", &Options::default()) {
            crate::readable::reads_back(&imported);
        }
    }
}

/// Documents of the words of both languages in any order.
fn document() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "prompts",
        "providers",
        "tests",
        "vars",
        "assert",
        "type",
        "value",
        "threshold",
        "weight",
        "metric",
        "contains",
        "not-equals",
        "llm-rubric",
        "similar",
        "is-json",
        "regex",
        "defaultTest",
        "scenarios",
        "config",
        "options",
        "transform",
        "output.a",
        "openai:gpt-4o",
        "echo",
        "{{ a }}",
        "{% b %}",
        "user:",
        "file://x.yaml",
        "testing_criteria",
        "string_check",
        "input",
        "reference",
        "operation",
        "eq",
        "graders",
        "multi",
        "{{ item.a }}",
        "{{ sample.output_text }}",
        "calculate_output",
        "id",
        "label",
        "raw",
        "-1",
        "\u{FDD0}",
        "---",
    ]);
    let leaf = prop_oneof![
        word.clone().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from)
    ];
    let inner = leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(word.clone(), inner, 0..6).prop_map(|map| Value::Object(
                map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>()
            )),
        ]
    });
    let key = prop::sample::select(vec![
        "prompts",
        "providers",
        "tests",
        "defaultTest",
        "scenarios",
        "testing_criteria",
        "run",
        "name",
    ]);
    prop::collection::btree_map(key, inner, 1..6)
        .prop_map(|map| Value::Object(map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
}
