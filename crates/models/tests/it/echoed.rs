//! Servers and programs that say the key which they were given: it is in nothing that is kept.

use std::time::Duration;

use carat_core::{Completion, ModelError};
use carat_models::{Server, Surroundings};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::asking::{KEY, ask, env, model, spec};
use crate::played::{Played, Step, chunk, event_stream, head_of_stream, json_answer};

fn keyed(server: &Played, more: &Value) -> Value {
    let mut written = json!({"provider": "openai", "model": "m", "base_url": server.base_url, "api_key_env": "MY_KEY"});
    written.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    written
}

async fn answered(step: Step, more: Value) -> Completion {
    let server = Played::always(step).await;
    let completion = ask(&*model(keyed(&server, &more))).await.unwrap();
    assert!(server.requests()[0].contains(KEY), "the key was sent");
    completion
}

/// The answer as it is recorded, in which the key is nowhere.
fn kept(completion: &Completion) -> Value {
    let kept = serde_json::to_value(completion).unwrap();
    assert!(!kept.to_string().contains(KEY), "{kept}");
    kept
}

#[tokio::test]
async fn a_key_in_a_whole_chat_answer_is_not_kept() {
    let call = json!({"id": KEY, "function": {"name": KEY, "arguments": json!({"key": KEY, KEY: [KEY]}).to_string()}});
    let bare = json!({"id": "b", "function": {"name": "g", "arguments": {"deep": [{"key": KEY}]}}});
    let said =
        json!({"content": format!("{KEY}, again {KEY}"), "refusal": KEY, "reasoning": KEY, "tool_calls": [call, bare]});
    let body =
        json!({"id": format!("id-{KEY}"), "model": KEY, "system_fingerprint": KEY, "choices": [{"message": said}]});
    let kept = kept(&answered(Step::Say(json_answer(&body.to_string())), json!({})).await);
    assert_eq!(kept["text"], "***, again ***");
    assert_eq!(
        [&kept["refusal"], &kept["answered_by"], &kept["response_id"]],
        [&json!("***"), &json!("***"), &json!("id-***")]
    );
    assert_eq!(kept["tool_calls"][0]["arguments"], json!({"key": "***", "***": ["***"]}));
    assert_eq!(kept["tool_calls"][1]["arguments"], json!({"deep": [{"key": "***"}]}));
}

#[tokio::test]
async fn a_key_in_an_answer_of_the_responses_api_is_not_kept() {
    let output = json!([
        {"type": "reasoning", "summary": [{"text": KEY}]},
        {"type": "message", "content": [{"type": "output_text", "text": KEY}, {"type": "refusal", "refusal": KEY}]},
        {"type": "function_call", "call_id": KEY, "name": "f", "arguments": format!("not json {KEY}")},
    ]);
    let body = json!({"id": KEY, "model": KEY, "status": "completed", "output": output});
    let step = Step::Say(json_answer(&body.to_string()));
    let kept = kept(&answered(step, json!({"api": "responses"})).await);
    assert_eq!([&kept["text"], &kept["tool_calls"][0]["arguments"]], ["***", "not json ***"]);
}

#[tokio::test]
async fn a_key_that_a_stream_has_in_pieces_is_not_kept() {
    for at in 1..KEY.len() {
        let (before, after) = KEY.split_at(at);
        let delta = |content: &str| json!({"choices": [{"delta": {"content": content}}]}).to_string();
        let call = |piece: &str| {
            let call = json!([{"index": 0, "id": "c", "function": {"name": "f", "arguments": piece}}]);
            json!({"choices": [{"delta": {"tool_calls": call}}]}).to_string()
        };
        let stop = json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}).to_string();
        let events = [
            delta(&format!("a {before}")),
            delta(after),
            call(&format!("{{\"k\":\"{before}")),
            call(&format!("{after}\"}}")),
            stop,
            "[DONE]".to_owned(),
        ];
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        let kept = kept(&answered(Step::Say(event_stream(&events)), json!({"stream": true})).await);
        assert_eq!((&kept["text"], &kept["tool_calls"][0]["arguments"]), (&json!("a ***"), &json!({"k": "***"})));
    }
}

#[tokio::test]
async fn a_key_that_a_stream_of_the_responses_api_has_in_pieces_is_not_kept() {
    let (before, after) = KEY.split_at(7);
    let delta = |piece: &str| chunk(&json!({"type": "response.output_text.delta", "delta": piece}).to_string());
    let end = chunk(&json!({"type": "response.completed", "response": {"id": KEY, "status": "completed"}}).to_string());
    let pieces = vec![head_of_stream(), delta(before), delta(after), end, b"0\r\n\r\n".to_vec()];
    let step = Step::Trickle(pieces, Duration::from_millis(2));
    let kept = kept(&answered(step, json!({"stream": true, "api": "responses"})).await);
    assert_eq!([&kept["text"], &kept["response_id"]], ["***", "***"]);
}

#[tokio::test]
async fn the_secret_value_of_a_header_is_not_kept_and_a_teams_name_is() {
    let body = json!({"choices": [{"message": {"content": format!("{KEY} for support")}}]});
    let server = Played::always(Step::Say(json_answer(&body.to_string()))).await;
    let environment = |name: &str| match name {
        "TEAM" => Some("support".to_owned()),
        name => env(name),
    };
    let written = json!({"provider": "openai", "model": "m", "base_url": server.base_url,
        "headers": {"X-Team": "${TEAM}", "X-Gate": "v1 ${GATE_KEY}"}});
    let surroundings = Surroundings { env: &environment, folder: ".".as_ref(), recorded: None };
    let model = carat_models::build("m", &spec(written), &surroundings).unwrap();
    assert_eq!(kept(&ask(&*model).await.unwrap())["text"], "*** for support");
}

#[tokio::test]
async fn a_key_in_a_list_of_models_is_not_handed_on() {
    let list = json!({"data": [{"id": format!("m-{KEY}")}]});
    let server = Played::always(Step::Say(json_answer(&list.to_string()))).await;
    let surroundings = Surroundings { env: &env, folder: ".".as_ref(), recorded: None };
    let server = Server::of("m", &spec(keyed(&server, &json!({}))), &surroundings).unwrap();
    let reply = server.get("/models", Duration::from_secs(5)).await.unwrap();
    assert_eq!(reply.body, r#"{"data":[{"id":"m-***"}]}"#);
}

#[cfg(unix)]
mod programs {
    use super::*;

    async fn run(script: &str, more: Value) -> Result<Completion, ModelError> {
        let mut written = json!({"provider": "command", "command": ["sh", "-c", script]});
        written.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask(&*model(written)).await
    }

    #[tokio::test]
    async fn a_key_in_the_answer_of_a_program_is_not_kept() {
        let saying = format!(r#"echo '{{"output": "a {KEY}"}}'"#);
        for (script, more) in [
            (saying.clone(), json!({"api_key_env": "MY_KEY"})),
            (format!(": $OTHER_KEY; {saying}"), json!({})),
            (saying.clone(), json!({})),
        ] {
            // What the tests write into the script stands for what a real program has from its environment.
            let script = script.replace(KEY, "sk-test''-1234567890").replace("''", "'\"\"'");
            assert_eq!(kept(&run(&script, more).await.unwrap())["text"], "a ***", "{script}");
        }
    }

    #[tokio::test]
    async fn a_key_in_the_complaints_of_a_program_is_not_shown() {
        let key = "printf 'sk-test-'; printf 1234567890";
        for script in [
            format!("{key}; exit 0"),
            format!("({key}) >&2; exit 3"),
            // So long that the end is all that is kept, and begins in the middle of a key.
            format!("i=0; while [ $i -lt 400 ]; do ({key}) >&2; i=$((i+1)); done; exit 3"),
        ] {
            let error = run(&script, json!({})).await.unwrap_err();
            assert!(error.message.contains("***"), "{}", error.message);
            assert!(!error.message.contains("1234567890") && !error.message.contains("890"), "{}", error.message);
        }
    }

    #[tokio::test]
    async fn the_key_that_a_program_needs_has_to_be_there() {
        let written = json!({"provider": "command", "command": ["true"], "api_key_env": "NOT_SET"});
        let error = crate::asking::try_model(written).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("the variable NOT_SET is not set"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn an_answer_without_the_key_is_kept_letter_by_letter(text in "\\PC{1,200}") {
        prop_assume!(!text.contains(KEY));
        let body = json!({"choices": [{"message": {"content": text}}]}).to_string();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let completion = runtime.block_on(answered(Step::Say(json_answer(&body)), json!({})));
        prop_assert_eq!(completion.text, text);
    }
}
