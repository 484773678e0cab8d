//! Calls of the Responses API, and all that a body may say to either API.

use super::*;

/// What `full_body` says, to the other API.
fn flat_body() -> Value {
    let full = full_body();
    let mut tool = full["tools"][0]["function"].clone();
    tool["type"] = "function".into();
    tool["strict"] = false.into();
    let mut format = full["response_format"]["json_schema"].clone();
    format["type"] = "json_schema".into();
    json!({"model": "small-1", "temperature": 0, "mirostat": 2, "metadata": {"team": "a"}, "store": false,
        "input": "Is x a fruit?", "tools": [tool], "text": {"format": format}})
}

#[test]
fn a_call_of_the_responses_api_is_held_against_the_same_prompt() {
    let project = desk();
    project.write("prompts/full.prompty", FULL);
    well(&project, &["prompt", "save", "full"]);
    let call = |request: Value| json!({"prompt": "full@1", "inputs": {"thing": "x"}, "request": request});
    let with = |key: &str, value: Value| {
        let mut body = flat_body();
        body[key] = value;
        call(body)
    };
    let mut unsaid = flat_body();
    unsaid["tools"][0].as_object_mut().unwrap().remove("strict");
    let items = json!([{"role": "user", "content": [{"type": "input_text", "text": "Is x a fruit?"}]},
        {"type": "reasoning", "id": "r", "summary": []},
        {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "yes"}]);
    let elsewhere = json!([{"type": "item_reference", "id": "m1"}, {"role": "user", "content": "Is x a fruit?"}]);
    capture(
        &project,
        &[
            call(flat_body()),
            with("input", items),
            with("input", json!("Is y a fruit?")),
            with("input", elsewhere),
            with("instructions", json!("Be brief.")),
            with("text", json!({"verbosity": "high"})),
            call(unsaid),
            with("reasoning", json!({"effort": "high"})),
            with("max_output_tokens", json!(8)),
            with("previous_response_id", json!("\u{1b}resp")),
        ],
    );
    insta::assert_snapshot!(told(&project, &["prompt", "check", "--against", "captured.jsonl"]), @r#"
    exit 1
    captured.jsonl:3  full@1
      message 1: prompt (A) and sent (B)
      - A      Is x a fruit?
      + B      Is y a fruit?
    captured.jsonl:4  full@1
      message 1 of what was sent is not the prompt's
      sent     item_reference: id: "m1", type: "item_reference"
    captured.jsonl:5  full@1
      message 1 of what was sent is not the prompt's
      sent     system: Be brief.
    captured.jsonl:6  full@1
      verbosity: nothing in the prompt, "high" sent
      response_format: json_schema in the prompt, text sent
    captured.jsonl:7  full@1
      tool look: prompt → sent
      $.strict: false → true
    captured.jsonl:8  full@1
      reasoning_effort: nothing in the prompt, "high" sent
    captured.jsonl:9  full@1
      max_output_tokens: nothing in the prompt, 8 sent
    captured.jsonl:10  full@1
      previous_response_id: nothing in the prompt, "\u001bresp" sent
    10 captured calls: 2 as their prompt says, 8 differ
    not compared: conversation in 1 call, store in 10 calls
    "#);
}

#[test]
fn instructions_are_the_rules_of_a_prompt() {
    let project = sorted();
    let call = |rules: &str| {
        json!({"prompt": "ask@1", "inputs": {"thing": "x"},
            "request": {"model": "m", "instructions": rules, "input": "Is x a fruit?", "temperature": 0}})
    };
    capture(&project, &[call("Answer yes or no."), call("Answer!")]);
    insta::assert_snapshot!(told(&project, &["prompt", "check", "--against", "captured.jsonl"]), @"
    exit 1
    captured.jsonl:2  ask@1
      message 1: prompt (A) and sent (B)
      - A      Answer yes or no.
      + B      Answer!
    2 captured calls: 1 as their prompt says, 1 differs
    not compared: model in 2 calls
    ");
}

#[test]
fn what_stands_twice_in_a_line_has_to_be_the_same() {
    let project = sorted();
    let good = call(json!("ask@1"), "x", &[("system", "Answer yes or no."), ("user", "Is x a fruit?")]);
    let with = |request: Value| {
        let mut call = good.clone();
        call["request"] = request;
        call["parameters"] = json!({"temperature": 0});
        call
    };
    capture(
        &project,
        &[
            with(json!({"messages": good["messages"], "temperature": 0.0})),
            with(json!({"messages": [], "temperature": 0})),
            with(json!({"input": "Is x a fruit?"})),
            with(json!({"temperature": 1})),
            with(json!({"max_tokens": 8, "max_completion_tokens": 9})),
            with(json!({"input": null, "instructions": null, "seed": null})),
        ],
    );
    insta::assert_snapshot!(told(&project, &["prompt", "check", "--against", "captured.jsonl"]), @"
    exit 2
    captured.jsonl:2
      cannot be read: `messages` and `request.messages` are not the same; one of them was sent
    captured.jsonl:3
      cannot be read: there are `messages`, and a `request` with `input` or `instructions`; one of them was sent
    captured.jsonl:4  ask@1
      parameters.temperature: nothing in the prompt, 0 sent
      temperature: 0 in the prompt, 1 sent
    captured.jsonl:5  ask@1
      max_completion_tokens: nothing in the prompt, 9 sent
      max_output_tokens: nothing in the prompt, 8 sent
    4 captured calls: 2 as their prompt says, 2 differ; 2 lines cannot be read
    ");
}
