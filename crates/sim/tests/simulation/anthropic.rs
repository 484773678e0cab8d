use carat_sim::{Endpoint, FaultKind, FaultRule, Key, Limits, ModelSettings, Settings};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::{Table, asking};

fn messages(question: &str) -> Value {
    let mut body = asking(question);
    body["max_tokens"] = json!(100);
    body
}

fn post(table: &Table, body: &Value) -> RequestBuilder {
    table.post("messages", body).header("anthropic-version", "2023-06-01")
}

async fn answer(table: &Table, body: &Value) -> Value {
    post(table, body).send().await.unwrap().json().await.unwrap()
}

/// The status, the type and the message of an error.
async fn error(reply: Response) -> (u16, String, String) {
    let status = reply.status().as_u16();
    let body: Value = reply.json().await.unwrap();
    assert_eq!(body["type"], "error");
    let text = |name: &str| body["error"][name].as_str().unwrap().to_owned();
    (status, text("type"), text("message"))
}

async fn refused(table: &Table, body: &Value) -> (u16, String, String) {
    error(post(table, body).send().await.unwrap()).await
}

fn parsed(text: &str) -> Vec<(String, Value)> {
    let event = |event: &str| {
        let (kind, data) = event.strip_prefix("event: ").unwrap().split_once("\ndata: ").unwrap();
        (kind.to_owned(), serde_json::from_str(data).unwrap())
    };
    text.split_terminator("\n\n").map(event).collect()
}

#[tokio::test]
async fn the_same_conversation_gets_the_answer_that_chat_gives() {
    let table = Table::set(Settings { accuracy: 0.5, ..Settings::default() }).await;
    let chat = json!({"model": "m", "messages": [{"role": "system", "content": "Be brief."},
        {"role": "user", "content": "one\ntwo"}, {"role": "assistant", "content": "three"},
        {"role": "user", "content": "four"}]});
    let said: Value = table.chat(&chat).await.json().await.unwrap();
    let body = json!({"model": "m", "max_tokens": 100, "system": [{"type": "text", "text": "Be brief."}], "messages": [
        {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
        {"role": "assistant", "content": "three"}, {"role": "user", "content": "four"}]});
    let message = answer(&table, &body).await;
    assert_eq!(message["content"][0]["text"], said["choices"][0]["message"]["content"]);
    assert_eq!(
        (&message["type"], &message["role"], &message["model"]),
        (&json!("message"), &json!("assistant"), &json!("m"))
    );
    assert_eq!((&message["stop_reason"], &message["stop_sequence"]), (&json!("end_turn"), &Value::Null));
    assert!(message["id"].as_str().unwrap().starts_with("msg_"));
    assert_eq!(message["usage"]["input_tokens"], said["usage"]["prompt_tokens"]);
    assert_eq!(message["usage"]["output_tokens"], said["usage"]["completion_tokens"]);
    assert_eq!(table.sim.totals().answered(Endpoint::Messages), 1);
}

#[tokio::test]
async fn what_was_cached_is_no_input() {
    let table = Table::set(Settings { cached_share: 0.5, ..Settings::default() }).await;
    let said: Value = table.chat(&asking("a question of 12")).await.json().await.unwrap();
    assert_eq!(said["usage"]["prompt_tokens"], 11);
    assert_eq!(said["usage"]["prompt_tokens_details"]["cached_tokens"], 5);
    let usage = &answer(&table, &messages("a question of 12")).await["usage"];
    assert_eq!((&usage["input_tokens"], &usage["cache_read_input_tokens"]), (&json!(6), &json!(5)));
    assert_eq!(usage["cache_creation_input_tokens"], 0);
}

#[tokio::test]
async fn a_stream_says_what_the_plain_message_says() {
    let table = Table::set(Settings::default()).await;
    let mut body = messages("Tell me");
    let plain = answer(&table, &body).await;
    body["stream"] = json!(true);
    let text = post(&table, &body).send().await.unwrap().text().await.unwrap();
    let events = parsed(&text);
    assert!(events.iter().all(|(kind, data)| data["type"] == kind.as_str()));
    let kinds: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds[..3], ["message_start", "ping", "content_block_start"]);
    assert_eq!(kinds[kinds.len() - 3..], ["content_block_stop", "message_delta", "message_stop"]);
    let said: String = events.iter().filter_map(|(_, data)| data["delta"]["text"].as_str()).collect();
    assert_eq!(said, plain["content"][0]["text"].as_str().unwrap());
    let begun = &events[0].1["message"];
    assert_eq!((&begun["content"], &begun["usage"]["input_tokens"]), (&json!([]), &plain["usage"]["input_tokens"]));
    let (_, delta) = &events[events.len() - 2];
    assert_eq!(
        (&delta["delta"]["stop_reason"], &delta["usage"]["output_tokens"]),
        (&json!("end_turn"), &plain["usage"]["output_tokens"])
    );
}

#[tokio::test]
async fn tools_are_called_and_their_results_end_it() {
    let table = Table::set(Settings { eager_tools: true, ..Settings::default() }).await;
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    let mut body = messages("Weather?");
    body["tools"] = json!([{"name": "other", "input_schema": {}}, {"name": "weather", "input_schema": schema}]);
    body["tool_choice"] = json!({"type": "tool", "name": "weather"});
    let message = answer(&table, &body).await;
    let used = &message["content"][0];
    assert_eq!(
        (&message["stop_reason"], &used["type"], &used["name"]),
        (&json!("tool_use"), &json!("tool_use"), &json!("weather"))
    );
    assert!(used["input"]["city"].is_string());

    body["stream"] = json!(true);
    let text = post(&table, &body).send().await.unwrap().text().await.unwrap();
    let pieces: String = parsed(&text).iter().filter_map(|(_, data)| data["delta"]["partial_json"].as_str()).collect();
    assert_eq!(serde_json::from_str::<Value>(&pieces).unwrap(), used["input"]);

    body["stream"] = json!(false);
    body["tool_choice"] = json!({"type": "auto"});
    assert_eq!(answer(&table, &body).await["content"][0]["name"], "other");
    let result =
        json!([{"type": "tool_result", "tool_use_id": used["id"], "content": [{"type": "text", "text": "rain"}]}]);
    body["messages"] = json!([{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": [used]},
        {"role": "user", "content": result}]);
    assert_eq!(answer(&table, &body).await["stop_reason"], "end_turn");
}

#[tokio::test]
async fn the_reason_says_what_cut_or_stopped_an_answer() {
    for (fault, reason, content) in [
        (FaultKind::FinishLength, "max_tokens", json!([{"type": "text", "text": "The answe"}])),
        (FaultKind::ContentFilter, "refusal", json!([{"type": "text", "text": ""}])),
        (FaultKind::NullContent, "end_turn", json!([])),
    ] {
        let table = Table::with_fault(fault).await;
        let message = answer(&table, &messages("What is 2+2?")).await;
        assert_eq!((&message["stop_reason"], &message["content"]), (&json!(reason), &content));
    }
}

#[tokio::test]
async fn a_request_that_lacks_something_is_refused_as_anthropic_refuses_it() {
    let table = Table::set(Settings::default()).await;
    let reply = table.post("messages", &messages("x")).send().await.unwrap();
    let expected = (400, "invalid_request_error".to_owned(), "anthropic-version: header is required".to_owned());
    assert_eq!(error(reply).await, expected);
    let spoilt = |name: &str, value: Value| {
        let mut body = messages("x");
        body[name] = value;
        body
    };
    for (body, part) in [
        (spoilt("max_tokens", Value::Null), "max_tokens: Field required"),
        (spoilt("temperature", json!(1.5)), "temperature: range: 0..1"),
        (spoilt("messages", json!([])), "at least one message"),
        (spoilt("messages", json!([{"role": "system", "content": "x"}])), "Unexpected role \"system\""),
        (spoilt("messages", json!([{"role": "user", "content": [{"type": "text", "text": ""}]}])), "must be non-empty"),
    ] {
        let (status, kind, message) = refused(&table, &body).await;
        assert_eq!((status, kind.as_str()), (400, "invalid_request_error"));
        assert!(message.contains(part), "{message}");
    }
}

#[tokio::test]
async fn keys_models_and_faults_are_refused_in_its_shape() {
    let models = [("m".to_owned(), ModelSettings::default())].into();
    let key = Some(Key::from("sk-ant"));
    let table = Table::set(Settings { key, models, strict_models: true, ..Settings::default() }).await;
    let keyed = |body: &Value| post(&table, body).header("x-api-key", "sk-ant").send();
    for call in [post(&table, &messages("x")), post(&table, &messages("x")).bearer_auth("sk-ant")] {
        let (status, kind, _) = error(call.send().await.unwrap()).await;
        assert_eq!((status, kind.as_str()), (401, "authentication_error"));
    }
    let mut body = messages("x");
    assert_eq!(keyed(&body).await.unwrap().status(), 200);
    body["model"] = json!("other");
    assert_eq!(error(keyed(&body).await.unwrap()).await.1, "not_found_error");
    for (fault, status, kind) in [
        (FaultKind::Overloaded, 529, "overloaded_error"),
        (FaultKind::ServerError, 500, "api_error"),
        (FaultKind::RateLimitedSeconds, 429, "rate_limit_error"),
        (FaultKind::QuotaExhausted, 400, "invalid_request_error"),
        (FaultKind::ContextLengthExceeded, 400, "invalid_request_error"),
    ] {
        let told = refused(&Table::with_fault(fault).await, &messages("x")).await;
        assert_eq!((told.0, told.1.as_str()), (status, kind));
    }
    let table = Table::with_rule(FaultRule::first(FaultKind::StreamErrorEvent, 1)).await;
    let mut body = messages("x");
    body["stream"] = json!(true);
    let text = post(&table, &body).send().await.unwrap().text().await.unwrap();
    let (kind, data) = parsed(&text).pop().unwrap();
    assert_eq!((kind.as_str(), &data["error"]["type"]), ("error", &json!("overloaded_error")));
}

#[tokio::test]
async fn limits_reset_at_an_instant() {
    let limits =
        Limits { requests_per_minute: Some(1), tokens_per_minute: Some(1_000), headers: true, ..Limits::default() };
    let table = Table::set(Settings { limits, ..Settings::default() }).await;
    let reply = post(&table, &messages("x")).send().await.unwrap();
    let header = |reply: &Response, name: &str| reply.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header(&reply, "anthropic-ratelimit-requests-limit"), "1");
    assert_eq!(header(&reply, "anthropic-ratelimit-requests-remaining"), "0");
    assert_eq!(header(&reply, "anthropic-ratelimit-tokens-remaining"), "900");
    let reset = header(&reply, "anthropic-ratelimit-requests-reset");
    assert!(reset.ends_with('Z') && reset.len() == 20, "{reset}");
    assert!(reply.headers().contains_key("request-id") && !reply.headers().contains_key("x-ratelimit-limit-requests"));
    assert_eq!(refused(&table, &messages("x")).await.1, "rate_limit_error");
}
