//! What an application sends is what evals send.

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_openai::types::chat::CreateChatCompletionRequest;
use axum::{Json, Router, routing::post};
use carat::{Message, Rendered, RequestError, Role, ToolCall};
use carat_core::package::Picture;
use carat_core::{Call, Row};
use carat_models::{Surroundings, build};
use serde_json::{Value, json};

use crate::made::{entry, package, packed, place, still, write};

const EVERYTHING: &str = "---
model:
  id: gpt-test
  options:
    temperature: 0
    topP: 0.95
    maxOutputTokens: 8
    seed: 9007199254740993
    stop: [END]
    frequencyPenalty: -0.5
    reasoningEffort: low
    verbosity: low
    logitBias: { '50256': -100 }
    parallelToolCalls: false
    toolChoice: auto
    user: somebody
    metadata: { team: support }
inputs: { city: string }
outputs: { answer: { kind: string }, sure: { kind: float, required: false } }
tools:
  - { name: weather, kind: function, description: Looks outside., parameters: [{ name: city, kind: string }], strict: true }
  - { name: now, kind: function }
---
Be brief.
developer:
No jokes.
user[name=\"ann\"]:
What is it like in {{ city }}? ![map](map.png) ![sky](https://example.org/sky.png)
";

fn rendered(text: &str, variables: &Value) -> Rendered {
    let mut package = package(text);
    let picture = Picture { media_type: "image/png".to_owned(), base64: "iVBORw==".to_owned() };
    if text.contains("map.png") {
        package.pictures.insert("map.png".to_owned(), picture);
    }
    let (_folder, path) = place();
    write(&path, vec![packed("weather", 1, &[], package)]);
    still(&path).get("weather@1").unwrap().render(variables).unwrap().for_compatible_server()
}

fn everything() -> Rendered {
    let call = |arguments: Value| ToolCall { id: "c1".to_owned(), name: "weather".to_owned(), arguments };
    let asks = |arguments: Value| Message {
        content: Vec::new(),
        tool_calls: vec![call(arguments)],
        ..Message::text(Role::Assistant, "")
    };
    let result = Message { tool_call_id: Some("c1".to_owned()), ..Message::text(Role::Tool, "12 degrees") };
    let conversation = [asks(json!({"city": "Bern", "days": [1, 2]})), result.clone(), asks("no JSON".into()), result];
    rendered(EVERYTHING, &json!({"city": "Bern"})).followed_by(conversation)
}

/// What a model of carat sends for the same question.
async fn sent_by_evals(rendered: &Rendered) -> Value {
    let (seen, listener) = (Arc::new(Mutex::new(None)), tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap());
    let spec = json!({
        "provider": "openai", "model": rendered.model(), "base_url": format!("http://{}/v1", listener.local_addr().unwrap())
    });
    let keep = Arc::clone(&seen);
    let answer = |Json(body): Json<Value>| async move {
        *keep.lock().unwrap() = Some(body);
        Json(json!({"choices": [{"message": {"content": "fine"}, "finish_reason": "stop"}]}))
    };
    let app = Router::new().route("/v1/chat/completions", post(answer));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });

    let surroundings = Surroundings { env: &|_| None, folder: Path::new("."), recorded: None };
    let model = build("m", &serde_json::from_value(spec).unwrap(), &surroundings).unwrap();
    let row: Row = serde_json::from_value(json!({"id": "r", "input": {}})).unwrap();
    let request = rendered.request();
    let call = Call { request: &request, request_digest: request.digest(), row: &row, prompt: "weather", trial: 0 };
    model.complete(call).await.unwrap();
    let seen = seen.lock().unwrap().take();
    seen.unwrap()
}

/// What the client would put on the wire, with numbers of one kind and without what is null.
fn sent_by_client(rendered: &Rendered) -> Value {
    let request = CreateChatCompletionRequest::try_from(rendered).unwrap();
    let text = serde_json::to_string(&request).unwrap();
    plain(serde_json::from_str(&text).unwrap())
}

fn plain(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            map.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key, plain(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0 && number.abs() < 1e9) => {
            json!(number.as_f64().unwrap())
        }
        other => other,
    }
}

#[tokio::test]
async fn an_application_sends_what_evals_send() {
    let rendered = everything();
    let by_evals = sent_by_evals(&rendered).await;
    assert_eq!(rendered.body().unwrap(), by_evals);
    assert_eq!(sent_by_client(&rendered), plain(by_evals));
}

#[tokio::test]
async fn a_plain_question_is_the_same_too() {
    let text = "---\nmodel: { id: m, options: { response_format: { type: json_object } } }\n---\n{{ x }}";
    let rendered = rendered(text, &json!({"x": "hi"}));
    let by_evals = sent_by_evals(&rendered).await;
    assert_eq!(by_evals["response_format"], json!({"type": "json_object"}));
    assert_eq!((rendered.body().unwrap(), sent_by_client(&rendered)), (by_evals.clone(), by_evals));
}

#[test]
fn openai_itself_has_its_own_name_for_the_limit() {
    let (_folder, path) = place();
    let text = "---\nmodel: { id: m, options: { max_tokens: 8 } }\n---\nuser:\nhi";
    write(&path, vec![entry("a", 1, &[], text)]);
    let rendered = still(&path).get("a@1").unwrap().render(&()).unwrap();
    let request = CreateChatCompletionRequest::try_from(&rendered).unwrap();
    assert_eq!(request.max_completion_tokens, Some(8));
    let body = rendered.for_compatible_server().body().unwrap();
    assert_eq!((&body["max_tokens"], body.get("max_completion_tokens")), (&json!(8), None));
}

#[test]
fn the_model_is_the_callers_else_the_prompts_else_an_error() {
    let hi = |model: &str| rendered(&format!("---\nname: x\n{model}\n---\nuser:\nhi"), &json!({}));
    let model = |rendered: Rendered| CreateChatCompletionRequest::try_from(rendered).map(|request| request.model);
    assert_eq!(model(hi("model: theirs").for_model("mine")), Ok("mine".to_owned()));
    assert_eq!(model(hi("model: theirs")), Ok("theirs".to_owned()));
    let error = model(hi("")).unwrap_err().to_string();
    let (_, said) = error.split_once("): ").unwrap();
    insta::assert_snapshot!(said, @r#"no model is named; say `.for_model("…")`, or write `model: { id: … }` in the prompt"#);
}

#[test]
fn what_the_client_has_no_place_for_is_an_error_and_not_left_out() {
    let with = |options: &str| {
        let text = format!("---\nmodel: {{ id: m, options: {{ {options} }} }}\n---\nuser:\nhi");
        let rendered = rendered(&text, &json!({}));
        rendered.body().unwrap();
        match CreateChatCompletionRequest::try_from(rendered) {
            Err(RequestError::NoPlace { what, .. }) => what,
            other => unreachable!("{other:?}"),
        }
    };
    assert_eq!(with("topK: 5"), "top_k");
    assert_eq!(with("additionalProperties: { mirostat: { tau: 2 } }"), "mirostat");
    assert_eq!(with("additionalProperties: { stream_options: { include_usage: true, x: 1 } }"), "stream_options.x");
    assert!(with("temperature: hot").contains("f32"), "{}", with("temperature: hot"));
    assert!(with("stop: [{}]").contains("did not match"), "{}", with("stop: [{}]"));
}

#[test]
fn a_message_that_the_client_cannot_say_is_an_error() {
    let named = Message { name: Some("x".to_owned()), ..Message::text(Role::Tool, "12") };
    let with_id = Message { tool_call_id: Some("c1".to_owned()), ..named.clone() };
    let base = rendered("---\nmodel: m\n---\nuser:\nhi", &json!({}));
    let error =
        |message: Message| CreateChatCompletionRequest::try_from(base.clone().followed_by([message])).unwrap_err();
    assert!(matches!(error(named), RequestError::NoPlace { what, .. } if what.contains("tool_call_id")));
    assert!(matches!(error(with_id), RequestError::NoPlace { what, .. } if what == "messages[1].name"));
}

#[test]
fn a_parameter_cannot_replace_what_the_request_says() {
    for parameter in ["model", "messages", "stream", "tools"] {
        let tools = if parameter == "tools" { "tools: [{ name: now }]\n" } else { "" };
        let text =
            format!("---\n{tools}model: {{ id: m, options: {{ extra: {{ {parameter}: x }} }} }}\n---\nuser:\nhi");
        let error = rendered(&text, &json!({})).body().unwrap_err();
        assert!(matches!(&error, RequestError::SaidAlready { parameter: said, .. } if said == parameter), "{error}");
    }
    let text = "---\nmodel: { id: m, options: { max_tokens: 1, extra: { max_tokens: 2 } } }\n---\nuser:\nhi";
    let error = rendered(text, &json!({})).body();
    assert!(error.is_err(), "{error:?}");
}
