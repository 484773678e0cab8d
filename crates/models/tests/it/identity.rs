//! Which model is meant, known without its key.

use std::path::Path;
use std::sync::Arc;

use carat_core::{Digest, ModelId};
use carat_models::{AnswerSource, FieldOfRow, Recorded, Surroundings, Table, build, model_id};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::asking::{env, spec};

/// The id without anything of the world.
fn id(written: Value) -> ModelId {
    model_id("m", &spec(written), None).unwrap()
}

fn problem(written: Value) -> String {
    model_id("m", &spec(written), None).unwrap_err().to_string()
}

fn with(mut written: Value, more: &Value) -> Value {
    written.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    written
}

fn table(answer: &str) -> Arc<dyn AnswerSource> {
    Arc::new(Table::new([("r1".into(), Recorded::text(answer))]).unwrap())
}

fn azure(more: &Value) -> Value {
    with(json!({"provider": "azure", "base_url": "https://eu.openai.azure.com", "model": "d"}), more)
}

fn oip(more: &Value) -> Value {
    with(json!({"provider": "oip", "base_url": "http://localhost:8000", "model": "d"}), more)
}

/// Settings of every provider, no two of which mean the same model.
fn different() -> Vec<Value> {
    vec![
        json!({"provider": "openai"}),
        json!({"provider": "openai", "model": "other"}),
        json!({"provider": "openai", "base_url": "http://localhost:11434/v1"}),
        json!({"provider": "openai", "base_url": "http://localhost:11434/v2"}),
        json!({"provider": "openai", "base_url": "http://localhost:11434/v1?api-version=1"}),
        json!({"provider": "openai", "api": "responses"}),
        json!({"provider": "openai", "api": "embeddings"}),
        azure(&json!({"api_version": "2024-10-21"})),
        azure(&json!({"api_version": "2025-01-01-preview"})),
        azure(&json!({"api_version": "2024-10-21", "model": "other"})),
        azure(&json!({"api_version": "2024-10-21", "api": "embeddings"})),
        azure(&json!({"base_url": "https://eu.openai.azure.com/openai/v1"})),
        azure(&json!({"base_url": "https://eu.openai.azure.com/openai/v1", "api": "responses"})),
        json!({"provider": "openai", "base_url": "https://eu.openai.azure.com/openai/v1", "model": "d"}),
        json!({"provider": "anthropic"}),
        json!({"provider": "anthropic", "model": "other"}),
        json!({"provider": "anthropic", "base_url": "http://localhost:4000/v1"}),
        oip(&json!({"api": "infer"})),
        oip(&json!({"api": "generate"})),
        oip(&json!({"api": "infer", "model_version": "3"})),
        oip(&json!({"api": "infer", "tensors": {"input": "prompt"}})),
        oip(&json!({"api": "infer", "tensors": {"output": "prompt"}})),
        oip(&json!({"api": "infer", "model": "other"})),
        json!({"provider": "baseline", "model": "echo"}),
        json!({"provider": "baseline", "model": "nearest"}),
        json!({"provider": "recorded", "column": "expected"}),
        json!({"provider": "recorded", "column": "input.body"}),
        json!({"provider": "recorded", "from": "a.jsonl"}),
        json!({"provider": "command", "command": ["a"]}),
        json!({"provider": "command", "command": ["a", "b"]}),
    ]
}

#[test]
fn it_is_the_very_id_of_the_model_that_is_made_of_the_same_settings() {
    let mut digests = Vec::new();
    for written in different() {
        let spec = spec(written);
        let recorded = Some(table("billing"));
        let surroundings = Surroundings { env: &env, folder: Path::new("."), recorded: recorded.clone() };
        let known = model_id("m", &spec, recorded.as_ref()).unwrap();
        assert_eq!(&known, build("m", &spec, &surroundings).unwrap().id());
        digests.push(known.digest);
    }
    let count = digests.len();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), count);
}

/// Recorded runs know models by these digests: a change of one of them would have all of their answers asked again.
#[test]
fn digests_stay_what_they_are() {
    let own = json!({"provider": "openai", "model": "m", "base_url": "https://api.openai.com/v1", "api": "embeddings"});
    assert_eq!(id(json!({"provider": "openai", "api": "embeddings"})).digest, Digest::of_json(&own));
    let deployed = azure(&json!({"api": "chat", "api_version": "2024-10-21"}));
    assert_eq!(id(azure(&json!({"api_version": "2024-10-21"}))).digest, Digest::of_json(&deployed));
    let v1 = json!({"base_url": "https://eu.openai.azure.com/openai/v1"});
    assert_eq!(id(azure(&v1)).digest, Digest::of_json(&with(azure(&v1), &json!({"api": "chat"}))));
    let claude = json!({"provider": "anthropic", "model": "m", "base_url": "https://api.anthropic.com/v1"});
    assert_eq!(id(json!({"provider": "anthropic"})).digest, Digest::of_json(&claude));
    let tensors = json!({"tensors": {"input": null, "output": null}, "model_version": null});
    let inferred = with(oip(&json!({"api": "infer"})), &tensors);
    assert_eq!(id(oip(&json!({"api": "infer"}))).digest, Digest::of_json(&inferred));
    let generated = oip(&json!({"api": "generate", "model_version": "3", "tensors": null}));
    assert_eq!(id(oip(&json!({"api": "generate", "model_version": "3"}))).digest, Digest::of_json(&generated));
    let echo = json!({"provider": "baseline", "model": "echo", "algorithm": 1});
    assert_eq!(id(json!({"provider": "baseline", "model": "echo"})).digest, Digest::of_json(&echo));
    let field = FieldOfRow::parse("expected").unwrap().digest();
    let recorded = json!({"provider": "recorded", "answers": field});
    assert_eq!(id(json!({"provider": "recorded", "column": "expected"})).digest, Digest::of_json(&recorded));
    let command = json!({"provider": "command", "command": ["a", "b"]});
    assert_eq!(id(command.clone()).digest, Digest::of_json(&command));
}

#[test]
fn the_name_in_the_project_is_part_of_the_id_and_not_of_the_digest() {
    let written = spec(json!({"provider": "openai", "model": "gpt-test"}));
    let (first, second) = (model_id("a", &written, None).unwrap(), model_id("b", &written, None).unwrap());
    assert_eq!((&*first.name, &*second.name), ("a", "b"));
    assert_eq!(first.digest, second.digest);
}

#[test]
fn recorded_answers_that_change_are_another_model() {
    let written = spec(json!({"provider": "recorded", "from": "a.jsonl"}));
    let digest = |answer: &str| model_id("m", &written, Some(&table(answer))).unwrap().digest;
    assert_eq!(digest("billing"), digest("billing"));
    assert_ne!(digest("billing"), digest("technical"));
}

#[test]
fn no_key_and_no_variable_is_needed() {
    let written = json!({"provider": "openai", "api_key_env": "NOT_SET", "headers": {"X-Team": "${NOT_SET_EITHER}"}});
    let nowhere = Surroundings { env: &|_| None, folder: Path::new("."), recorded: None };
    assert!(build("m", &spec(written.clone()), &nowhere).is_err());
    assert_eq!(id(written), id(json!({"provider": "openai"})));
}

#[test]
fn settings_that_mean_no_model_are_told_as_when_it_is_made() {
    let surroundings = Surroundings { env: &env, folder: Path::new("."), recorded: None };
    for written in [
        json!({"provider": "openai", "base_url": "localhost:8080/v1"}),
        json!({"provider": "openai", "command": ["x"]}),
        json!({"provider": "openai", "api": "embeddings", "stream": true}),
        json!({"provider": "baseline", "model": "nearst"}),
        json!({"provider": "recorded"}),
        json!({"provider": "recorded", "column": "expcted"}),
        json!({"provider": "recorded", "from": "a.jsonl"}),
        json!({"provider": "command"}),
        json!({"provider": "command", "command": [""]}),
        json!({"provider": "command", "command": ["x"], "api": "embeddings"}),
    ] {
        let told = build("m", &spec(written.clone()), &surroundings).map(|_| ()).unwrap_err();
        assert_eq!(problem(written), told.to_string());
    }
}

fn deciding() -> impl Strategy<Value = Value> {
    let address = prop::sample::select(vec!["http://a.example/v1", "http://b.example/v1", "https://a.example/v1"]);
    let api = prop::sample::select(vec!["chat", "responses", "embeddings"]);
    let model = prop::sample::select(vec!["small", "large"]);
    (address, api, model).prop_map(
        |(base_url, api, model)| json!({"provider": "openai", "base_url": base_url, "api": api, "model": model}),
    )
}

/// Any of the settings that decide how a model is asked, and not what it answers.
fn incidental() -> impl Strategy<Value = Value> {
    let all = vec![
        ("api_key_env", json!("OTHER_KEY")),
        ("organization", json!("org-1")),
        ("headers", json!({"X-Team": "${TEAM}"})),
        ("parameters", json!({"temperature": 0.5})),
        ("limits", json!({"concurrency": 2})),
        ("timeout", json!("5s")),
        ("total_timeout", json!("1m")),
        ("retries", json!(0)),
        ("price", json!({"input": 1.0, "output": 2.0})),
    ];
    let some = prop::sample::subsequence(all.clone(), 0..=all.len());
    some.prop_map(|some| some.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

proptest! {
    #[test]
    fn what_decides_answers_decides_the_id_and_nothing_else_does(
        first in deciding(), second in deciding(), around_first in incidental(), around_second in incidental(),
    ) {
        let ids = (id(with(first.clone(), &around_first)), id(with(second.clone(), &around_second)));
        prop_assert_eq!(ids.0 == ids.1, first == second);
    }

    #[test]
    fn every_word_of_a_command_decides_its_id(
        first in prop::collection::vec("[ab]{1,2}", 1..4), second in prop::collection::vec("[ab]{1,2}", 1..4),
        limit in prop::option::of(1_u64..900),
    ) {
        let of = |command: &[String], more: &Value| id(with(json!({"provider": "command", "command": command}), more));
        let more = limit.map_or_else(|| json!({}), |limit| json!({"timeout": format!("{limit}s"), "retries": limit}));
        prop_assert_eq!(of(&first, &json!({})) == of(&second, &more), first == second);
    }
}
