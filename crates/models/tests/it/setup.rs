//! Settings that cannot be, and what tells models apart.

use carat_core::Digest;
use carat_models::{Surroundings, build};
use serde_json::{Value, json};

use crate::asking::{KEY, model, spec, try_model};

fn problem(written: Value) -> String {
    try_model(written).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_missing_key_names_its_variable_and_the_model() {
    let surroundings = Surroundings { env: &|_| None, folder: ".".as_ref(), recorded: None };
    let written = spec(json!({"provider": "openai"}));
    let error = build("gpt-5-mini", &written, &surroundings).map(|_| ()).unwrap_err();
    insta::assert_snapshot!(error, @"model `gpt-5-mini`: it needs a key, and the variable OPENAI_API_KEY is not set; set it (`export OPENAI_API_KEY=…`), or name another one with `api_key_env`");
    let local = spec(json!({"provider": "openai", "base_url": "http://localhost:1/v1"}));
    assert!(build("m", &local, &surroundings).is_ok());
    let named = spec(json!({"provider": "openai", "base_url": "http://localhost:1/v1", "api_key_env": "X_KEY"}));
    assert!(build("m", &named, &surroundings).is_err());
}

#[test]
fn a_key_in_place_of_its_variable_is_not_repeated() {
    let error = problem(json!({"provider": "openai", "api_key_env": "sk-proj-hunter2"}));
    assert!(error.contains("not the key") && !error.contains("hunter2"), "{error}");
}

#[test]
fn an_unknown_baseline_is_told_with_the_nearest() {
    insta::assert_snapshot!(problem(json!({"provider": "baseline", "model": "nearst"})), @"model `m`: there is no baseline `nearst` (there are nearest and echo); did you mean `nearest`?");
}

#[test]
fn a_setting_of_another_provider_is_refused() {
    insta::assert_snapshot!(problem(json!({"provider": "openai", "command": ["x"]})), @"model `m`: `command` does not belong to provider `openai`; leave it out, or is it another provider?");
    for written in [
        json!({"provider": "baseline", "model": "echo", "base_url": "http://x"}),
        json!({"provider": "recorded", "column": "expected", "stream": true}),
        json!({"provider": "command", "command": ["x"], "api": "responses"}),
    ] {
        assert!(problem(written).contains("does not belong"));
    }
}

#[test]
fn a_setting_that_is_needed_is_asked_for() {
    insta::assert_snapshot!(problem(json!({"provider": "command"})), @"model `m`: provider `command` needs `command`: the program and its arguments, such as `command: [python3, answer.py]`");
    assert!(problem(json!({"provider": "recorded"})).contains("needs `from`"));
    assert!(problem(json!({"provider": "recorded", "column": "expcted"})).contains("did you mean `expected`"));
    assert!(problem(json!({"provider": "recorded", "from": "a.jsonl"})).contains("have not been read"));
}

#[test]
fn a_credential_among_the_headers_is_refused_and_not_repeated() {
    let error = problem(json!({"provider": "openai", "headers": {"Authorization": format!("Bearer {KEY}")}}));
    insta::assert_snapshot!(error, @"model `m`: the header `Authorization` carries a credential; name the variable that holds the key with `api_key_env` instead");
}

#[test]
fn a_credential_in_any_setting_is_refused_with_the_way_out_and_not_repeated() {
    let told = |written: Value| {
        let error = problem(written);
        assert!(!error.contains("hunter2") && !error.contains(KEY), "{error}");
        error
    };
    insta::assert_snapshot!(told(json!({"provider": "command", "command": ["ask", "--api-key", "hunter2"]})), @"model `m`: `command` holds a credential; take it out, and let the program read it from its environment, which is carat's; in `sh -c` it is `$NAME`");
    insta::assert_snapshot!(told(json!({"provider": "openai", "parameters": {"extra": {"api_key": "hunter2"}}})), @"model `m`: `parameters.extra.api_key` holds a credential; parameters are sent and recorded with every request; take it out, and name the variable that holds the key with `api_key_env`");
    insta::assert_snapshot!(told(json!({"provider": "openai", "model": KEY})), @"model `m`: `model` holds a credential; take it out, and name the variable that holds the key with `api_key_env`");
    for written in [
        json!({"provider": "command", "command": ["sh", "-c", format!("MY_KEY={KEY} ask")]}),
        json!({"provider": "command", "command": ["curl", "https://me:hunter2@example.org"]}),
        json!({"provider": "openai", "headers": {"X-Team": format!("Bearer {KEY}")}}),
        json!({"provider": "openai", "parameters": {"stop": ["a", KEY]}}),
        json!({"provider": "openai", "parameters": {KEY: 1}}),
        json!({"provider": "openai", "base_url": "https://example.org/v1?api_key=hunter2"}),
        json!({"provider": "openai", "base_url": "me:hunter2@example.org/v1"}),
        json!({"provider": "openai", "organization": KEY}),
        json!({"provider": "recorded", "from": format!("https://example.org/{KEY}.jsonl")}),
    ] {
        assert!(told(written).contains("holds a credential"));
    }
    let as_variable = json!({"provider": "openai", "api_key_env": "hf_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF2h"});
    assert!(problem(as_variable).contains("not the key"));
}

#[test]
fn what_names_a_variable_is_no_credential() {
    for written in [
        json!({"provider": "command", "command": ["ask", "--api-key", "$MY_KEY", "--key-env", "MY_KEY"]}),
        json!({"provider": "command", "command": ["sh", "-c", "curl -H \"Authorization: Bearer $MY_KEY\" http://h/"]}),
        json!({"provider": "openai", "api_key_env": "MY_KEY", "headers": {"X-Gate": "Bearer ${GATE_KEY}"}}),
        json!({"provider": "openai", "api_key_env": "MY_KEY", "parameters": {"max_output_tokens": 8, "stop": ["token:"]}}),
    ] {
        assert!(try_model(written).is_ok());
    }
}

#[test]
fn a_bad_address_is_told_with_a_good_one() {
    let error = problem(json!({"provider": "openai", "base_url": "localhost:8080/v1"}));
    assert!(error.ends_with("did you mean `http://localhost:8080/v1`?"), "{error}");
}

#[test]
fn the_digest_of_a_model_is_that_of_what_decides_its_answers() {
    let digest = |written: Value| model(written).id().digest;
    let filled_in = json!({"provider": "openai", "model": "m", "base_url": "https://api.openai.com/v1", "api": "chat"});
    assert_eq!(digest(json!({"provider": "openai"})), Digest::of_json(&filled_in));
    let written = json!({"provider": "openai", "model": "m", "base_url": "https://API.openai.com/v1/", "timeout": "5s",
        "api_key_env": "OTHER_KEY", "stream": true, "limits": {"concurrency": 2}});
    assert_eq!(digest(written), Digest::of_json(&filled_in));
    assert_ne!(digest(json!({"provider": "openai", "api": "responses"})), Digest::of_json(&filled_in));
    let command = json!({"provider": "command", "command": ["a", "b"]});
    assert_eq!(digest(command.clone()), Digest::of_json(&command));
}
