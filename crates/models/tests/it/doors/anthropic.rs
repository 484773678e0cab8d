//! Anthropic's messages.

use carat_core::{FinishReason, Message, ModelErrorKind, Request, ResponseFormat, Role, Tool, ToolCall, Usage};
use carat_sim::{AnswerRule, Endpoint, FaultKind, FaultRule, Settings};
use serde_json::{Value, json};

use super::{ANSWER, Door, simulated, with_fault};
use crate::asking::{ask, ask_request, model, request, try_model};
use crate::played::{Played, Step, chunk, event_stream, head_of_stream, json_answer};

fn weather() -> Tool {
    let parameters = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    Tool { name: "weather".to_owned(), description: None, parameters, strict: None }
}

fn played(base_url: &str, stream: bool) -> Value {
    json!({"provider": "anthropic", "model": "m", "base_url": base_url, "stream": stream, "timeout": "5s"})
}

#[tokio::test]
async fn a_conversation_is_answered_as_chat_answers_it() {
    let rules = vec![AnswerRule::on("be brief", "from the rules")];
    let server = simulated(Settings { rules, ..Settings::default() }).await;
    let asked =
        request(&[(Role::System, "be brief"), (Role::User, "one"), (Role::Assistant, "two"), (Role::User, "three")]);
    assert_eq!(Door::Anthropic.ask_with(&server, &asked).await.unwrap().text, "from the rules");
    assert_eq!(server.totals().answered(Endpoint::Messages), 1);
}

#[tokio::test]
async fn what_was_cached_is_part_of_the_input() {
    let plain = simulated(Settings::default()).await;
    let all = Door::Anthropic.ask(&plain).await.unwrap().usage.unwrap();
    assert_eq!(all.cached_input_tokens, Some(0));
    let server = simulated(Settings { cached_share: 0.5, ..Settings::default() }).await;
    let usage = Door::Anthropic.ask(&server).await.unwrap().usage.unwrap();
    assert_eq!(usage, Usage { cached_input_tokens: Some(all.input_tokens / 2), ..all });
    assert_eq!(ask(&*Door::Anthropic.streamed(&server)).await.unwrap().usage, Some(usage));
}

#[tokio::test]
async fn tools_are_called_and_their_results_end_it() {
    let server = simulated(Settings { eager_tools: true, ..Settings::default() }).await;
    let asked = Request { tools: vec![weather()], ..request(&[(Role::User, "hello")]) };
    let whole = Door::Anthropic.ask_with(&server, &asked).await.unwrap();
    let streamed = ask_request(&*Door::Anthropic.streamed(&server), &asked).await.unwrap();
    for answer in [&whole, &streamed] {
        assert_eq!(answer.finish_reason, FinishReason::ToolCalls);
        let call: &ToolCall = &answer.tool_calls[0];
        assert!(
            call.name == "weather" && call.id.starts_with("toolu_") && call.arguments["city"].is_string(),
            "{call:?}"
        );
    }
    let mut again = asked.clone();
    let call = whole.tool_calls[0].clone();
    let result = Message { tool_call_id: Some(call.id.clone()), ..Message::text(Role::Tool, "rain") };
    again.messages.push(Message { content: Vec::new(), tool_calls: vec![call], ..Message::text(Role::Assistant, "") });
    again.messages.push(result);
    let answer = Door::Anthropic.ask_with(&server, &again).await.unwrap();
    assert_eq!((answer.finish_reason, answer.tool_calls.len()), (FinishReason::Stop, 0));
}

#[tokio::test]
async fn an_answer_keeps_to_a_schema() {
    let server = simulated(Settings::default()).await;
    let schema = json!({"type": "object", "properties": {"queue": {"type": "string"}}, "required": ["queue"],
        "additionalProperties": false});
    let format = ResponseFormat::JsonSchema { name: "answer".to_owned(), schema, strict: true };
    let asked = Request { response_format: Some(format), ..request(&[(Role::User, "which queue?")]) };
    let answer = Door::Anthropic.ask_with(&server, &asked).await.unwrap();
    assert!(serde_json::from_str::<Value>(&answer.text).unwrap()["queue"].is_string(), "{}", answer.text);
}

#[tokio::test]
async fn an_empty_purse_is_told_in_the_servers_words() {
    let server = with_fault(FaultKind::QuotaExhausted).await;
    let error = Door::Anthropic.ask(&server).await.unwrap_err();
    assert_eq!((error.kind, error.status), (ModelErrorKind::BadRequest, Some(400)));
    assert!(error.message.contains("Your credit balance is too low"), "{}", error.message);
}

#[tokio::test]
async fn a_stream_that_turns_to_an_error_is_asked_again() {
    let faults = vec![FaultRule::first(FaultKind::StreamErrorEvent, 1)];
    let server = simulated(Settings { faults, ..Settings::default() }).await;
    let model = Door::Anthropic.streamed(&server);
    let error = ask(&*model).await.unwrap_err();
    assert_eq!((error.kind, error.status), (ModelErrorKind::Server, Some(200)));
    assert!(error.message.starts_with("the server answered with an error: Overloaded"), "{}", error.message);
    assert_eq!(ask(&*model).await.unwrap().text, ANSWER);
}

#[tokio::test]
async fn a_stream_leaves_its_connection_for_the_next_one() {
    let text = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#;
    let server = Played::always(Step::Say(event_stream(&[text, r#"{"type":"message_stop"}"#]))).await;
    let model = model(played(&server.base_url, true));
    for _ in 0..5 {
        assert_eq!(ask(&*model).await.unwrap().text, "a");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_stream_whose_connection_ends_after_the_reason_is_whole() {
    let text = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#;
    let end = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#;
    let server = Played::always(Step::SayAndClose([head_of_stream(), chunk(text), chunk(end)].concat())).await;
    assert_eq!(ask(&*model(played(&server.base_url, true))).await.unwrap().finish_reason, FinishReason::Stop);
    let server = Played::always(Step::Reset([head_of_stream(), chunk(text)].concat())).await;
    let error = ask(&*model(played(&server.base_url, true))).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Connection, "{}", error.message);
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_understood() {
    let whole = r#"{"content": [{"type": "text", "text": "billing"}], "stop_reason": "end_turn"}"#;
    let server = Played::always(Step::Say(json_answer(whole))).await;
    assert_eq!(ask(&*model(played(&server.base_url, true))).await.unwrap().text, "billing");
}

#[tokio::test]
async fn what_is_no_message_cannot_be_read() {
    for body in ["", "hello", "{}", "[]", r#"{"choices": []}"#, r#"{"content": {}}"#] {
        let server = Played::always(Step::Say(json_answer(body))).await;
        let error = ask(&*model(played(&server.base_url, false))).await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::Malformed, "{body}");
        assert!(error.message.ends_with("speak Anthropic's API?"), "{}", error.message);
    }
}

#[tokio::test]
async fn what_the_api_cannot_say_is_not_sent() {
    let server = simulated(Settings::default()).await;
    let mut asked = request(&[(Role::User, "hello")]);
    asked.parameters.0.insert("seed".to_owned(), json!(1));
    let error = Door::Anthropic.ask_with(&server, &asked).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::BadRequest);
    assert_eq!(error.message, "not sent: Anthropic's API has no parameter `seed`; leave it out for this model");
    assert_eq!(server.totals().requests(Endpoint::Messages), 0);
}

#[test]
fn settings_that_anthropic_has_no_use_for_are_refused() {
    let problem = |written: Value| try_model(written).map(|_| ()).unwrap_err().to_string();
    insta::assert_snapshot!(problem(json!({"provider": "anthropic", "organization": "o"})), @"model `m`: `organization` does not belong to provider `anthropic`; leave it out, or is it another provider?");
    insta::assert_snapshot!(problem(json!({"provider": "anthropic", "api": "embeddings"})), @"model `m`: `api` does not belong to provider `anthropic`; leave it out, or is it another provider?");
    insta::assert_snapshot!(problem(json!({"provider": "anthropic", "base_url": "https://api.anthropic.com"})), @"model `m`: `base_url` lacks the version of the API; write `https://api.anthropic.com/v1`, or leave it out");
    insta::assert_snapshot!(problem(json!({"provider": "anthropic", "base_url": "https://api.anthropic.com/v1/messages"})), @"model `m`: `base_url` names one call of the API; write the base: `https://api.anthropic.com/v1`");
}
