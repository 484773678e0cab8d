//! What was sent in production, held against the prompts that it says it came from.

mod apis;
mod conversation;

use serde_json::{Value, json};

use super::super::project::Project;
use super::super::versions::{desk, said, told, well};

/// A prompt with two versions.
fn sorted() -> Project {
    let project = desk();
    project.write("prompts/ask.prompty", ASK);
    well(&project, &["prompt", "save", "ask"]);
    project.write("prompts/ask.prompty", ASK.replace("Answer yes or no.", "Say yes or no, nothing else."));
    well(&project, &["prompt", "save", "ask"]);
    project
}

const ASK: &str = "---
model: { options: { temperature: 0 } }
inputs:
  thing: { kind: string }
---
system:
Answer yes or no.
user:
Is {{ thing }} a fruit?
";

fn call(prompt: Value, thing: &str, messages: &[(&str, &str)]) -> Value {
    let messages: Vec<Value> =
        messages.iter().map(|(role, content)| json!({"role": role, "content": content})).collect();
    json!({"prompt": prompt, "inputs": {"thing": thing}, "messages": messages})
}

fn capture(project: &Project, calls: &[Value]) {
    project.write("captured.jsonl", calls.iter().map(|call| format!("{call}\n")).collect::<String>());
}

#[test]
fn calls_that_are_what_their_version_says_agree_whichever_version_it_is() {
    let project = sorted();
    let (first, second) = (("system", "Answer yes or no."), ("system", "Say yes or no, nothing else."));
    capture(
        &project,
        &[
            call(json!("ask@1"), "an apple", &[first, ("user", "Is an apple a fruit?")]),
            call(json!({"name": "ask", "version": 2}), "a pear", &[second, ("user", "Is a pear a fruit?")]),
            // The newer word for the same rules, and a conversation behind the prompt's own messages.
            call(json!("ask@1"), "x", &[("developer", first.1), ("user", "Is x a fruit?"), ("assistant", "no")]),
        ],
    );
    insta::assert_snapshot!(told(&project, &["prompt", "check", "--against", "captured.jsonl"]), @"
    exit 0
    3 captured calls: 3 as their prompt says
    not compared: conversation in 1 call
    ");
}

#[test]
fn every_difference_is_told_with_its_line() {
    let project = sorted();
    let rules = ("system", "Answer yes or no.");
    let mut parameters = call(json!("ask@1"), "x", &[rules, ("user", "Is x a fruit?")]);
    parameters["parameters"] = json!({"temperature": 0.7, "top_p": 1});
    let mut body = json!({"prompt": "ask@1", "inputs": {"thing": "x"}});
    body["request"] = json!({"model": "gpt", "temperature": 0.0, "tools": [{"type": "function", "function": {"name": "look"}}],
        "messages": [{"role": "system", "content": [{"type": "text", "text": "Answer yes or no."}]}, {"role": "user", "content": "Is x a fruit?"}]});
    capture(
        &project,
        &[
            call(json!("ask@1"), "x", &[("system", "Answer yes, or no."), ("user", "Is y a fruit?")]),
            call(json!("ask@1"), "x", &[("user", "Answer yes or no.")]),
            parameters,
            body,
            call(json!("ask@9"), "x", &[rules]),
            call(json!({"name": "ask", "digest": format!("sha256:{}", "0".repeat(64))}), "x", &[rules]),
            json!({"prompt": "ask@1", "inputs": {"thong": "x"}, "messages": []}),
        ],
    );
    insta::assert_snapshot!(told(&project, &["prompt", "check", "--against", "captured.jsonl"]), @"
    exit 1
    captured.jsonl:1  ask@1
      message 1: prompt (A) and sent (B)
      - A      Answer yes or no.
      + B      Answer yes, or no.
      message 2: prompt (A) and sent (B)
      - A      Is x a fruit?
      + B      Is y a fruit?
    captured.jsonl:2  ask@1
      message 1: the prompt says system, sent was user
      message 2 was not sent
      prompt   user: Is x a fruit?
    captured.jsonl:3  ask@1
      temperature: 0 in the prompt, 0.7 sent
      top_p: nothing in the prompt, 1 sent
    captured.jsonl:4  ask@1
      tools: none in the prompt, look sent
    captured.jsonl:5  ask@9
      the prompt `ask` has no version 9; there are versions 1 to 2
    captured.jsonl:6  ask (000000000000)
      no version of `ask` has the digest sha256:0000000000000000000000000000000000000000000000000000000000000000
    captured.jsonl:7  ask@1
      cannot be rendered: prompts/ask.prompty: input `thing` is declared, but not given (given: thong); did you mean `thong`?
    7 captured calls: 4 differ, 1 cannot be rendered, 2 of a version that this project does not know
    not compared: model in 1 call
    ");
    let ended = project.carat(&["prompt", "check", "--against", "captured.jsonl", "--json"]);
    let told: Value = serde_json::from_str(&ended.data).unwrap();
    assert_eq!(ended.code, Some(1));
    assert_eq!(told["told"][0]["findings"][0]["what"], "text");
    assert_eq!((&told["calls"], &told["same"], &told["differ"]), (&json!(7), &json!(0), &json!(4)));
}

#[test]
fn lines_that_are_no_captured_call_are_told_and_the_others_are_checked() {
    let project = sorted();
    let good = call(json!("ask@1"), "x", &[("system", "Answer yes or no."), ("user", "Is x a fruit?")]);
    let bad = call(json!("ask@1"), "x", &[("system", "Answer!"), ("user", "Is x a fruit?")]);
    let with = |key: &str, value: Value| {
        let mut call = good.clone();
        call[key] = value;
        call.to_string()
    };
    let deep = format!("{{\"prompt\": \"ask@1\", \"messages\": {}", "[".repeat(100_000));
    let lines = [
        good.to_string(),
        "no json".to_owned(),
        "[\"ask@1\"]".to_owned(),
        "{\"prompt\": \"ask@1\"".to_owned(),
        String::new(),
        deep,
        json!({"prompt": "ask@1"}).to_string(),
        json!({"prompt": "ask@1", "messages": []}).to_string(),
        json!({"inputs": {}, "messages": []}).to_string(),
        with("messages", json!("x".repeat(100_000))),
        with("messages", json!([{"role": "user", "content": {"a": "b"}}])),
        with("messages", json!([7])),
        with("tools", json!([7])),
        with("response_format", json!(7)),
        with("model", json!(["m"])),
        with("parameters", json!([0])),
        with("request", json!("\u{1b}[2J")),
        with("prompt", json!({"name": "ask", "digest": 7})),
        with("at", json!("whenever")).replace("ask@1", "ask@latest"),
        // Of no matter where nothing asks for it.
        with("at", json!("whenever")),
        bad.to_string(),
    ];
    project.write("captured.jsonl", lines.join("\n"));
    insta::assert_snapshot!(told(&project, &["prompt", "check", "--against", "captured.jsonl"]), @r#"
    exit 2
    captured.jsonl:2
      cannot be read: it is no JSON object; a captured call has `prompt`, `inputs` and `messages` (or `request`)
    captured.jsonl:3
      cannot be read: it is no JSON object; a captured call has `prompt`, `inputs` and `messages` (or `request`)
    captured.jsonl:4
      cannot be read: EOF while parsing an object at column 18
    captured.jsonl:6
      cannot be read: recursion limit exceeded at column 159
    captured.jsonl:7
      cannot be read: there is neither `messages` nor a `request` with messages; a captured call has `prompt`, `inputs` and `messages` (or `request`)
    captured.jsonl:8
      cannot be read: there are no `inputs`; a captured call has `prompt`, `inputs` and `messages` (or `request`)
    captured.jsonl:9
      cannot be read: neither `prompt` nor a stamp in `request.metadata` says where it came from
    captured.jsonl:10
      cannot be read: `messages` is "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…; it is a list
    captured.jsonl:11
      cannot be read: the content of a message is an object; it is a text or a list of parts
    captured.jsonl:12
      cannot be read: a message has no `role`
    captured.jsonl:13
      cannot be read: a tool is 7; it is an object
    captured.jsonl:14
      cannot be read: `response_format` is 7 without a `type`
    captured.jsonl:15
      cannot be read: `model` is a list; it is a name
    captured.jsonl:16
      cannot be read: `parameters` is a list; it is an object
    captured.jsonl:17
      cannot be read: `request` is "\u001b[2J"; it is an object
    captured.jsonl:18
      cannot be read: `prompt.digest` is 7; it is `sha256:` and 64 hexadecimal digits
    captured.jsonl:19
      cannot be read: `at` is "whenever"; it is a moment such as 2026-10-03T12:00:00Z
    captured.jsonl:21  ask@1
      message 1: prompt (A) and sent (B)
      - A      Answer yes or no.
      + B      Answer!
    3 captured calls: 2 as their prompt says, 1 differs; 17 lines cannot be read
    "#);
    let ended = project.carat(&["prompt", "check", "--against", "captured.jsonl", "--json"]);
    assert!(!ended.acts());
    let told_of: Value = serde_json::from_str(&ended.data).unwrap();
    assert_eq!((&told_of["calls"], &told_of["unreadable"], &told_of["differ"]), (&json!(3), &json!(17), &json!(1)));
    assert_eq!((&told_of["told"][0]["line"], &told_of["told"][0]["prompt"]), (&json!(2), &Value::Null));
    assert_eq!(told_of["told"][0]["findings"][0]["what"], "unreadable");
}

#[test]
fn many_lines_that_cannot_be_read_hide_no_difference() {
    let project = sorted();
    let bad = call(json!("ask@1"), "x", &[("system", "Answer!"), ("user", "Is x a fruit?")]);
    project.write("captured.jsonl", format!("{}{bad}\n", "?\n".repeat(1000)));
    let told = told(&project, &["prompt", "check", "--against", "captured.jsonl"]);
    let tail: Vec<&str> = told.lines().rev().take(6).collect();
    insta::assert_snapshot!(tail.into_iter().rev().collect::<Vec<_>>().join("\n"), @"
    captured.jsonl:1001  ask@1
      message 1: prompt (A) and sent (B)
      - A      Answer yes or no.
      + B      Answer!
    … and 980 more
    1 captured call: 1 differs; 1000 lines cannot be read
    ");
}

#[test]
fn a_file_with_nothing_in_it_is_told_and_so_is_one_that_is_not_there() {
    let project = sorted();
    project.write("captured.jsonl", "\n");
    let told_of = ["missing.jsonl", "captured.jsonl", "prompts"]
        .map(|file| told(&project, &["prompt", "check", "--against", file]));
    insta::assert_snapshot!(told_of.concat(), @"
    exit 2
    error: missing.jsonl: No such file or directory (os error 2)
    exit 4
    error: captured.jsonl has no captured calls
    exit 2
    error: prompts: Is a directory (os error 21)
    ");
}

/// A prompt with all that a request may have besides its messages.
const FULL: &str = "---
model: { id: small-1, options: { temperature: 0, metadata: { team: a }, additionalProperties: { mirostat: 2 } } }
inputs:
  thing: { kind: string }
tools:
  - name: look
    kind: function
    description: Looks it up.
    parameters: { type: object, properties: { what: { type: string } } }
outputs:
  answer: { kind: string }
---
user:
Is {{ thing }} a fruit?
";

/// The body of a call that says just what the prompt says.
fn full_body() -> Value {
    let answer = json!({"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"],
        "additionalProperties": false});
    json!({"model": "small-1", "temperature": 0, "mirostat": 2, "stream": true,
        "metadata": {"team": "a", "feature": "b"},
        "messages": [{"role": "user", "content": "Is x a fruit?"}],
        "tools": [{"type": "function", "function": {"name": "look", "description": "Looks it up.",
            "parameters": {"properties": {"what": {"type": "string"}}, "type": "object"}}}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "full", "schema": answer}}})
}

#[test]
fn tools_output_format_and_model_are_compared_by_what_they_say() {
    let project = desk();
    project.write("prompts/full.prompty", FULL);
    well(&project, &["prompt", "save", "full"]);
    let call = |request: Value| json!({"prompt": "full@1", "inputs": {"thing": "x"}, "request": request});
    let changed = |pointer: &str, value: Value| {
        let mut body = full_body();
        *body.pointer_mut(pointer).unwrap() = value;
        call(body)
    };
    let mut bare = full_body();
    for key in ["tools", "response_format", "model"] {
        bare.as_object_mut().unwrap().remove(key);
    }
    let mut foreign = full_body();
    foreign["prediction"] = json!({"type": "content", "content": "\u{1b}[2J"});
    // Carat's own shapes, beside the body.
    let mut own = call(json!({"messages": full_body()["messages"], "temperature": 0.0, "mirostat": 2,
        "metadata": {"team": "a"}}));
    own["tools"] = json!([full_body()["tools"][0]["function"]]);
    own["response_format"] = full_body()["response_format"]["json_schema"].clone();
    own["response_format"]["type"] = "json_schema".into();
    capture(
        &project,
        &[
            call(full_body()),
            own,
            changed("/tools/0/function/parameters/properties/what/type", json!("integer")),
            changed("/tools/0/function/description", json!("Does it.")),
            changed("/tools/0/function/name", json!("\u{1b}find")),
            changed("/response_format/json_schema/schema/required", json!([])),
            changed("/response_format", json!({"type": "json_object"})),
            changed("/model", json!("large-1")),
            changed("/mirostat", json!(1)),
            changed("/metadata/team", json!("b")),
            call(bare),
            call(foreign),
        ],
    );
    insta::assert_snapshot!(told(&project, &["prompt", "check", "--against", "captured.jsonl"]), @r#"
    exit 1
    captured.jsonl:3  full@1
      tool look: prompt → sent
      $.parameters.properties.what.type: "string" → "integer"
    captured.jsonl:4  full@1
      tool look: prompt → sent
      $.description: "Looks it up." → "Does it."
    captured.jsonl:5  full@1
      tools: look in the prompt, ␛find sent
    captured.jsonl:6  full@1
      response_format: prompt → sent
      $.schema.required[0]: "answer" → nothing
    captured.jsonl:7  full@1
      response_format: json_schema in the prompt, json_object sent
    captured.jsonl:8  full@1
      model: small-1 in the prompt, large-1 sent
    captured.jsonl:9  full@1
      mirostat: 2 in the prompt, 1 sent
    captured.jsonl:10  full@1
      metadata: {"team":"a"} in the prompt, {"team":"b","feature":"b"} sent
    captured.jsonl:11  full@1
      tools: look in the prompt, none sent
      response_format: json_schema in the prompt, text sent
    captured.jsonl:12  full@1
      prediction: nothing in the prompt, {"type":"content","content":"\u001b[2J"} sent
    12 captured calls: 2 as their prompt says, 10 differ
    not compared: metadata in 10 calls, stream in 11 calls
    "#);
}

#[test]
fn a_label_is_where_it_pointed_when_the_call_was_made() {
    let project = sorted();
    well(&project, &["prompt", "label", "ask@1", "production"]);
    let then = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string();
    well(&project, &["prompt", "label", "ask@2", "production"]);
    let called = |reference: &str, at: Option<&str>, rules: &str| {
        let mut call = call(json!(reference), "x", &[("system", rules), ("user", "Is x a fruit?")]);
        call["at"] = json!(at);
        call
    };
    let (first, second) = ("Answer yes or no.", "Say yes or no, nothing else.");
    let calls = [
        called("ask@production", Some(&then), first),
        called("ask@production", Some(&then), second),
        called("ask@production", Some("2999-01-01T00:00:00Z"), second),
        called("ask@latest", Some(&then), second),
        called("ask@production", Some("2020-01-01T00:00:00Z"), first),
        called("ask@production", None, second),
        called("ask@production", None, first),
    ];
    capture(&project, &calls);
    insta::assert_snapshot!(told(&project, &["prompt", "check", "--against", "captured.jsonl"]), @"
    exit 1
    captured.jsonl:2  ask@production, version 1
      message 1: prompt (A) and sent (B)
      - A      Answer yes or no.
      + B      Say yes or no, nothing else.
    captured.jsonl:5  ask@production
      the prompt `ask` had no label `production` at WHEN; it was put there first at WHEN
    captured.jsonl:7  ask@production, version 2
      message 1: prompt (A) and sent (B)
      - A      Say yes or no, nothing else.
      + B      Answer yes or no.
    7 captured calls: 4 as their prompt says, 2 differ, 1 of a version that this project does not know
    captured.jsonl:6: ask@production names a label, and there is no `at`; such calls are held against what labels point to now
    ");
}

#[test]
fn without_a_prompt_the_stamp_in_the_metadata_of_the_request_names_it() {
    let project = sorted();
    let shown: Value = serde_json::from_str(&said(&project, &["prompt", "log", "ask", "--json"])).unwrap();
    let digest = shown.to_string().split("sha256:").nth(1).unwrap()[..64].to_owned();
    let call = |metadata: Value, rules: &str| {
        json!({"inputs": {"thing": "x"}, "request": {"temperature": 0, "metadata": metadata,
            "messages": [{"role": "system", "content": rules}, {"role": "user", "content": "Is x a fruit?"}]}})
    };
    let second = "Say yes or no, nothing else.";
    let stamp =
        json!({"prompt": "ask", "prompt_version": "2", "prompt_digest": format!("sha256:{digest}"), "team": "a"});
    let mut beside = call(stamp.clone(), second);
    beside["messages"] = beside["request"]["messages"].take();
    beside["request"] = json!({"metadata": stamp});
    capture(
        &project,
        &[
            call(stamp, second),
            beside,
            call(json!({"prompt": "ask", "prompt_version": "1"}), second),
            call(json!({}), second),
        ],
    );
    insta::assert_snapshot!(told(&project, &["prompt", "check", "--against", "captured.jsonl"]), @"
    exit 2
    captured.jsonl:3  ask@1
      message 1: prompt (A) and sent (B)
      - A      Answer yes or no.
      + B      Say yes or no, nothing else.
    captured.jsonl:4
      cannot be read: neither `prompt` nor a stamp in `request.metadata` says where it came from
    3 captured calls: 2 as their prompt says, 1 differs; 1 line cannot be read
    not compared: metadata in 1 call
    ");
}

#[test]
fn only_the_prompts_that_are_named_are_looked_at() {
    let project = sorted();
    let rules = ("system", "Answer yes or no.");
    capture(
        &project,
        &[call(json!("ask@1"), "x", &[rules, ("user", "Is x a fruit?")]), call(json!("sort"), "x", &[rules])],
    );
    assert!(
        said(&project, &["prompt", "check", "ask", "--against", "captured.jsonl"]).starts_with("1 captured call: 1 as")
    );
    assert_eq!(project.carat(&["prompt", "check", "nobody", "--against", "captured.jsonl"]).code, Some(4));
}
