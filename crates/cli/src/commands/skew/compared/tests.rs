use std::sync::Arc;

use carat_core::prompt::Beside;
use carat_core::{Image, Part, Role, ToolCall};
use serde_json::json;

use super::*;

/// A prompt that says something of everything.
const PROMPT: &str = "---
model:
  id: m
  options:
    max_output_tokens: 8
    reasoning_effort: low
    temperature: 0
    verbosity: low
    additionalProperties: { top_k: 5 }
    response_format:
      type: json_schema
      json_schema: { name: answer, schema: { type: object }, strict: true }
tools:
  - { name: weather, kind: function, description: Looks outside., parameters: { type: object }, strict: true }
---
system:
be brief
";

/// Nothing stands beside it.
struct Alone;

impl Beside for Alone {
    fn text(&mut self, path: &str) -> Result<String, String> {
        Err(path.to_owned())
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        Err(path.to_owned())
    }
}

/// The conversation that the tests of the models put on the wire.
fn everything() -> Vec<Message> {
    let mut look = Message::text(Role::User, "look:");
    let bytes = Some(Arc::from(*b"\x89PNG"));
    look.content.push(Part::Image(Image {
        url: "a.png".into(),
        digest: None,
        media_type: Some("image/png".into()),
        bytes,
    }));
    let url = "https://example.org/a.png".to_owned();
    look.content.push(Part::Image(Image { url, digest: None, media_type: None, bytes: None }));
    let call = ToolCall { id: "c1".into(), name: "weather".into(), arguments: json!({"city": "Bern"}) };
    let asks = Message { content: Vec::new(), tool_calls: vec![call], ..Message::text(Role::Assistant, "") };
    let answers = Message { tool_call_id: Some("c1".to_owned()), ..Message::text(Role::Tool, "12 degrees") };
    vec![Message::text(Role::System, "be brief"), look, asks, answers]
}

/// What the adapter of the models sends of it to `/chat/completions`.
fn chat() -> Value {
    json!({"model": "m", "messages": [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": [{"type": "text", "text": "look:"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
            {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function",
            "function": {"name": "weather", "arguments": "{\"city\":\"Bern\"}"}}]},
        {"role": "tool", "content": "12 degrees", "tool_call_id": "c1"}],
        "tools": [{"type": "function", "function": {"name": "weather", "description": "Looks outside.",
            "parameters": {"type": "object"}, "strict": true}}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": true}},
        "max_tokens": 8, "reasoning_effort": "low", "temperature": 0, "top_k": 5, "verbosity": "low"})
}

/// What it sends to `/responses`.
fn responses() -> Value {
    json!({"model": "m", "input": [
        {"type": "message", "role": "system", "content": "be brief"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "look:"},
            {"type": "input_image", "image_url": "data:image/png;base64,iVBORw==", "detail": "auto"},
            {"type": "input_image", "image_url": "https://example.org/a.png", "detail": "auto"}]},
        {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{\"city\":\"Bern\"}"},
        {"type": "function_call_output", "call_id": "c1", "output": "12 degrees"}],
        "tools": [{"type": "function", "name": "weather", "description": "Looks outside.",
            "parameters": {"type": "object"}, "strict": true}],
        "text": {"format": {"type": "json_schema", "name": "answer", "schema": {"type": "object"}, "strict": true},
            "verbosity": "low"},
        "reasoning": {"effort": "low"}, "max_output_tokens": 8, "temperature": 0, "top_k": 5})
}

/// What is told of a body.
fn told(messages: &[Message], body: &Value) -> String {
    let prompt = Prompt::parse("p", "p.prompty", PROMPT, &mut Alone).unwrap();
    let call = Call::read(&json!({"prompt": "p", "inputs": {}, "request": body}).to_string()).unwrap();
    let held = held_against(&prompt, messages, &call);
    assert!(held.apart.is_empty(), "{:?}", held.apart);
    let told: String = held.findings.iter().map(Finding::text).collect();
    // Without colours.
    let mut parts = told.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |told, part| told + part.split_once('m').unwrap().1)
}

#[test]
fn what_the_models_send_of_a_prompt_is_what_it_says_to_either_api() {
    assert_eq!(told(&everything(), &chat()), "");
    assert_eq!(told(&everything(), &responses()), "");
    // With words beside the call, and what the other API has no place for.
    let mut messages = everything();
    messages[2].content = vec![Part::Text("I look.".to_owned())];
    messages[1].name = Some("ann".to_owned());
    let mut body = responses();
    let said = json!({"type": "message", "role": "assistant", "content": "I look."});
    body["input"].as_array_mut().unwrap().insert(2, said);
    assert_eq!(told(&messages, &body), "");
}

#[test]
fn every_place_of_a_chat_is_held_against_the_prompt() {
    for (place, value, expected) in [
        ("/messages/0/name", json!("x"), "message 1: name: nothing in the prompt, \"x\" sent"),
        ("/messages/0/refusal", json!("no"), "message 1: refusal: nothing in the prompt, \"no\" sent"),
        (
            "/messages/1/content/0/cache_control",
            json!(1),
            "message 2: content[0].cache_control: nothing in the prompt, 1 sent",
        ),
        (
            "/messages/1/content/1/image_url/url",
            json!("data:image/png;base64,AAAA"),
            "message 2: pictures a.png, https://example.org/a.png in the prompt, data:image/png;base64,AAAA, \
             https://example.org/a.png sent",
        ),
        (
            "/messages/1/content/2/image_url/detail",
            json!("low"),
            "message 2: pictures a.png, https://example.org/a.png in the prompt, data:image/png;base64,iVBORw==, \
             https://example.org/a.png (detail low) sent",
        ),
        (
            "/messages/2/tool_calls/0/function/arguments",
            json!("{\"city\": \"Basel\"}"),
            "message 3: tool calls, prompt → sent\n  $[0].function.arguments.city: \"Bern\" → \"Basel\"",
        ),
        (
            "/messages/2/tool_calls/0/id",
            json!("c2"),
            "message 3: tool calls, prompt → sent\n  $[0].id: \"c1\" → \"c2\"",
        ),
        ("/messages/3/tool_call_id", json!("c2"), "message 4: tool_call_id: \"c1\" in the prompt, \"c2\" sent"),
        ("/messages/3/tool_calls", json!({"a": 1}), "message 4: tool_calls: nothing in the prompt, {\"a\":1} sent"),
        ("/tools/0/function/examples", json!([1]), "tool weather: prompt → sent\n  $.examples: nothing → [1]"),
        (
            "/response_format/json_schema/strict",
            json!(false),
            "response_format: prompt → sent\n  $.strict: true → false",
        ),
        ("/functions", json!([]), "functions: nothing in the prompt, [] sent"),
        ("/instructions", json!("x"), "instructions: nothing in the prompt, \"x\" sent"),
        ("/seed", json!(1), "seed: nothing in the prompt, 1 sent"),
    ] {
        let mut body = chat();
        let (outer, key) = place.rsplit_once('/').unwrap();
        body.pointer_mut(outer).unwrap()[key] = value;
        assert_eq!(told(&everything(), &body), format!("  {expected}\n"), "{place}");
    }
}

#[test]
fn every_place_of_the_responses_api_is_held_against_the_prompt() {
    for (place, value, expected) in [
        ("/instructions", json!("x"), "message 1 of what was sent is not the prompt's\n  sent     system: x"),
        (
            "/input/2/arguments",
            json!("{"),
            "message 3: tool calls, prompt → sent\n  $[0].function.arguments: {\"city\":\"Bern\"} → \"{\"",
        ),
        ("/input/3/call_id", json!("c2"), "message 4: tool_call_id: \"c1\" in the prompt, \"c2\" sent"),
        ("/input/3/output", json!("13"), "message 4: prompt (A) and sent (B)\n  - A      12 degrees\n  + B      13"),
        ("/tools/0/strict", json!(null), ""),
        ("/tools/0/parameters", json!({}), "tool weather: prompt → sent\n  $.parameters.type: \"object\" → nothing"),
        ("/text/format/name", json!("b"), "response_format: prompt → sent\n  $.name: \"answer\" → \"b\""),
        ("/text/format", json!(null), "response_format: json_schema in the prompt, text sent"),
        ("/text/verbosity", json!("high"), "verbosity: \"low\" in the prompt, \"high\" sent"),
        ("/reasoning/effort", json!("high"), "reasoning_effort: \"low\" in the prompt, \"high\" sent"),
        ("/reasoning/summary", json!("auto"), "reasoning.summary: nothing in the prompt, \"auto\" sent"),
        ("/max_output_tokens", json!(9), "max_output_tokens: 8 in the prompt, 9 sent"),
        ("/previous_response_id", json!("r"), "previous_response_id: nothing in the prompt, \"r\" sent"),
        ("/conversation", json!("r"), "conversation: nothing in the prompt, \"r\" sent"),
        ("/prompt", json!({"id": "p"}), "prompt: nothing in the prompt, {\"id\":\"p\"} sent"),
        ("/truncation", json!("auto"), "truncation: nothing in the prompt, \"auto\" sent"),
    ] {
        let mut body = responses();
        let (outer, key) = place.rsplit_once('/').unwrap();
        let outer = body.pointer_mut(outer).unwrap();
        match (key.parse::<usize>(), value) {
            (Ok(at), value) => outer[at] = value,
            (Err(_), value) => outer[key] = value,
        }
        let expected = if expected.is_empty() { String::new() } else { format!("  {expected}\n") };
        assert_eq!(told(&everything(), &body), expected, "{place}");
    }
}

#[test]
fn where_pictures_stand_between_words_is_compared() {
    let mut body = chat();
    body["messages"][1]["content"].as_array_mut().unwrap().swap(0, 1);
    let expected = "  message 2: pictures behind so many bytes of text: 5, 5 in the prompt, 0, 5 sent\n";
    assert_eq!(told(&everything(), &body), expected);
}

#[test]
fn of_tools_in_another_order_each_is_still_compared() {
    let mut body = chat();
    let tools = body["tools"].as_array_mut().unwrap();
    tools[0]["function"]["description"] = "Looks.".into();
    tools.insert(0, json!({"type": "web_search"}));
    let expected = "  tools: weather in the prompt, web_search, weather sent\n  tool weather: prompt → sent\n  \
                    $.description: \"Looks outside.\" → \"Looks.\"\n";
    assert_eq!(told(&everything(), &body), expected);
}

#[test]
fn of_thousands_of_differences_fifty_are_told_and_all_are_counted() {
    let mut body = chat();
    let messages = body["messages"].as_array_mut().unwrap();
    messages.extend(vec![json!({"role": "system", "content": "x"}); 1000]);
    let told = told(&everything(), &body);
    assert_eq!((told.lines().count(), told.lines().last()), (101, Some("  … and 950 more differences")));
}
