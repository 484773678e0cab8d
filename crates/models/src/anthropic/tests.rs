use carat_core::{FinishReason, Image, Message, Part, Request, ResponseFormat, Role, ToolCall, Usage};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::answer::read;
use super::body::MessagesBody;
use crate::wire::Failure;
use crate::wire::asked::{any_request, everything, is_sent_or_refused, plain, with_parameters};

/// A request with something of everything that this API knows.
fn all() -> Request {
    let mut request = everything();
    request.parameters.0.remove("verbosity");
    request
}

fn body(request: &Request) -> Value {
    serde_json::to_value(MessagesBody::new("m", request, false).unwrap()).unwrap()
}

fn refused(request: &Request) -> String {
    match MessagesBody::new("m", request, false) {
        Err(Failure::Unsendable(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

fn turns(messages: Vec<Message>) -> Request {
    Request { messages, ..plain("") }
}

fn say(role: Role, text: &str) -> Message {
    Message::text(role, text)
}

#[test]
fn a_plain_question_is_that_and_the_limit_that_has_to_be_said() {
    let turn = json!({"role": "user", "content": [{"type": "text", "text": "hello"}]});
    assert_eq!(body(&plain("hello")), json!({"model": "m", "max_tokens": 4096, "messages": [turn]}));
    let streamed = serde_json::to_value(MessagesBody::new("m", &plain("hello"), true).unwrap()).unwrap();
    assert_eq!(streamed["stream"], true);
}

#[test]
fn everything_of_a_request_reaches_the_server() {
    insta::assert_json_snapshot!(body(&all()), @r#"
    {
      "model": "m",
      "system": [
        {
          "type": "text",
          "text": "be brief"
        }
      ],
      "messages": [
        {
          "role": "user",
          "content": [
            {
              "type": "text",
              "text": "look:"
            },
            {
              "type": "image",
              "source": {
                "type": "base64",
                "media_type": "image/png",
                "data": "iVBORw=="
              }
            },
            {
              "type": "image",
              "source": {
                "type": "url",
                "url": "https://example.org/a.png"
              }
            }
          ]
        },
        {
          "role": "assistant",
          "content": [
            {
              "type": "tool_use",
              "id": "c1",
              "name": "weather",
              "input": {
                "city": "Bern"
              }
            }
          ]
        },
        {
          "role": "user",
          "content": [
            {
              "type": "tool_result",
              "tool_use_id": "c1",
              "content": [
                {
                  "type": "text",
                  "text": "12 degrees"
                }
              ]
            }
          ]
        }
      ],
      "tools": [
        {
          "name": "weather",
          "description": "Looks outside.",
          "input_schema": {
            "type": "object"
          },
          "strict": true
        }
      ],
      "max_tokens": 8,
      "output_config": {
        "format": {
          "type": "json_schema",
          "schema": {
            "type": "object"
          }
        },
        "effort": "low"
      },
      "temperature": 0,
      "top_k": 5
    }
    "#);
}

#[test]
fn parameters_have_the_names_that_anthropic_has_for_them() {
    let sent = |parameters: Value, name: &str| body(&with_parameters(&parameters))[name].take();
    assert_eq!(sent(json!({"max_output_tokens": 8}), "max_tokens"), 8);
    assert_eq!(sent(json!({"max_completion_tokens": 8}), "max_tokens"), 8);
    assert_eq!(sent(json!({"stop": "END"}), "stop_sequences"), json!(["END"]));
    assert_eq!(sent(json!({"stop": ["a", "b"]}), "stop_sequences"), json!(["a", "b"]));
    assert_eq!(sent(json!({"user": "u-1"}), "metadata"), json!({"user_id": "u-1"}));
    assert_eq!(sent(json!({"thinking": {"type": "adaptive"}}), "thinking"), json!({"type": "adaptive"}));
    assert_eq!(sent(json!({"n": 1}), "n"), Value::Null);
}

#[test]
fn the_choice_of_a_tool_is_said_in_anthropics_words() {
    let choice = |parameters: Value| body(&with_parameters(&parameters))["tool_choice"].take();
    assert_eq!(choice(json!({"tool_choice": "required"})), json!({"type": "any"}));
    assert_eq!(choice(json!({"tool_choice": "none", "parallel_tool_calls": false})), json!({"type": "none"}));
    let named = json!({"type": "function", "function": {"name": "f"}});
    let one = json!({"type": "tool", "name": "f", "disable_parallel_tool_use": true});
    assert_eq!(choice(json!({"tool_choice": named, "parallel_tool_calls": false})), one);
    let one = json!({"type": "auto", "disable_parallel_tool_use": true});
    assert_eq!(choice(json!({"parallel_tool_calls": false})), one);
    assert_eq!(choice(json!({"parallel_tool_calls": true})), Value::Null);
    assert!(refused(&with_parameters(&json!({"tool_choice": "maybe"}))).starts_with("`tool_choice` is neither"));
}

#[test]
fn messages_of_one_side_are_one_turn_and_later_rules_stand_where_they_came() {
    let result = |id: &str, text: &str| Message { tool_call_id: Some(id.to_owned()), ..say(Role::Tool, text) };
    let request = turns(vec![
        say(Role::System, "a"),
        say(Role::Developer, "b"),
        say(Role::User, "c"),
        say(Role::Assistant, "d"),
        result("t1", "e"),
        result("t2", ""),
        say(Role::User, "f"),
        say(Role::System, "g"),
    ]);
    let body = body(&request);
    let text = |text: &str| json!({"type": "text", "text": text});
    assert_eq!(body["system"], json!([text("a"), text("b")]));
    let results = json!([{"type": "tool_result", "tool_use_id": "t1", "content": [text("e")]},
        {"type": "tool_result", "tool_use_id": "t2"}, text("f")]);
    let expected = json!([{"role": "user", "content": [text("c")]}, {"role": "assistant", "content": [text("d")]},
        {"role": "user", "content": results}, {"role": "system", "content": [text("g")]}]);
    assert_eq!(body["messages"], expected);
}

#[test]
fn a_picture_in_a_data_url_is_sent_as_its_bytes() {
    let picture = |url: &str| {
        let image = Image { url: url.to_owned(), digest: None, media_type: None, bytes: None };
        let mut request = plain("look:");
        request.messages[0].content.push(Part::Image(image));
        request
    };
    let source = body(&picture("data:image/gif;name=a;base64,R0lG"))["messages"][0]["content"][1]["source"].take();
    assert_eq!(source, json!({"type": "base64", "media_type": "image/gif", "data": "R0lG"}));
    assert!(refused(&picture("data:text/plain,hello")).contains("Base64"));
    assert!(refused(&picture("a.png")).contains("has not been read"));
}

#[test]
fn what_cannot_be_said_in_this_api_is_refused_in_words() {
    insta::assert_snapshot!(refused(&with_parameters(&json!({"seed": 1}))), @"Anthropic's API has no parameter `seed`; leave it out for this model");
    insta::assert_snapshot!(refused(&Request { response_format: Some(ResponseFormat::JsonObject), ..plain("x") }), @"Anthropic's API has no output format for any JSON object; write the schema of the answer (`json_schema`)");
    insta::assert_snapshot!(refused(&turns(vec![say(Role::System, "x")])), @"Anthropic's API wants a message of the user, and this request has none");
    insta::assert_snapshot!(refused(&plain("")), @"a message of the role `user` is empty, which Anthropic's API does not take");
    insta::assert_snapshot!(refused(&turns(vec![say(Role::Tool, "x")])), @"a message of the role `tool` does not say which call it answers");
    let named = Message { name: Some("Ann".to_owned()), ..say(Role::User, "x") };
    insta::assert_snapshot!(refused(&turns(vec![named])), @"Anthropic's API knows no names of speakers; leave `name` out");
    let call = ToolCall { id: "c".to_owned(), name: "f".to_owned(), arguments: json!("not json") };
    let called = Message { tool_calls: vec![call], ..say(Role::Assistant, "") };
    insta::assert_snapshot!(refused(&turns(vec![called])), @"the arguments of the call of `f` are no JSON object, as Anthropic's API wants them");
    for twice in [
        json!({"system": "x"}),
        json!({"max_output_tokens": 1, "max_tokens": 2}),
        json!({"stop": "a", "stop_sequences": []}),
        json!({"reasoning_effort": "low", "output_config": {}}),
        json!({"user": "a", "metadata": {}}),
    ] {
        assert!(refused(&with_parameters(&twice)).ends_with("the request says it already"), "{twice}");
    }
}

#[test]
fn a_whole_message_is_understood_in_full() {
    let content = json!([{"type": "thinking", "thinking": "hm", "signature": "x"}, {"type": "text", "text": "a"},
        {"type": "tool_use", "id": "t1", "name": "f", "input": {"x": 1}}, {"type": "text", "text": "b"}]);
    let usage = json!({"input_tokens": 3, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 100, "output_tokens": 7});
    let message = json!({"id": "msg_1", "model": "m", "content": content, "stop_reason": "tool_use", "usage": usage});
    let answer = read(message.to_string().as_bytes(), "m").unwrap();
    assert_eq!((answer.text.as_str(), answer.finish_reason, answer.answered_by), ("ab", FinishReason::ToolCalls, None));
    let call = ToolCall { id: "t1".to_owned(), name: "f".to_owned(), arguments: json!({"x": 1}) };
    assert_eq!((answer.tool_calls, answer.response_id.as_deref()), (vec![call], Some("msg_1")));
    let usage = Usage { input_tokens: 123, output_tokens: 7, cached_input_tokens: Some(100), reasoning_tokens: None };
    assert_eq!(answer.usage, Some(usage));
}

#[test]
fn every_reason_to_stop_has_its_meaning() {
    let reason = |word: &str| {
        let message = json!({"content": [], "stop_reason": word});
        read(message.to_string().as_bytes(), "m").unwrap().finish_reason
    };
    let words = [
        "end_turn",
        "stop_sequence",
        "max_tokens",
        "tool_use",
        "refusal",
        "model_context_window_exceeded",
        "pause_turn",
    ];
    let meant = words.map(|word| reason(word).as_str()).join(" ");
    assert_eq!(meant, "stop stop length tool_calls content_filter length unknown");
}

#[test]
fn what_is_no_message_cannot_be_read() {
    for body in ["", "[]", "{}", r#"{"content": "x"}"#, r#"{"content": [1]}"#] {
        assert!(matches!(read(body.as_bytes(), "m"), Err(Failure::Unreadable(_))), "{body}");
    }
    let error = r#"{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}"#;
    assert!(matches!(read(error.as_bytes(), "m"), Err(Failure::Told(_))));
}

proptest! {
    #[test]
    fn every_request_is_sent_or_refused_in_words(request in any_request(), stream in any::<bool>()) {
        is_sent_or_refused(MessagesBody::new("m", &request, stream))?;
    }

    #[test]
    fn any_answer_is_read_without_a_panic(content in "[\\[\\]{}\",:a-z0-9]{0,40}") {
        let _ = read(format!(r#"{{"content":[{content}]}}"#).as_bytes(), "m");
        let _ = read(content.as_bytes(), "m");
    }
}
