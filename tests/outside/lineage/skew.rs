//! What was sent in production, held against the prompts that it says it came from.

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
    let messages: Vec<Value> = messages.iter().map(|(role, content)| json!({"role": role, "content": content})).collect();
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
    captured.jsonl:4  ask@1
      tools: none in the prompt, look sent
    captured.jsonl:5  ask@9
      the prompt `ask` has no version 9; there are versions 1 to 2
    captured.jsonl:6  ask (000000000000)
      no version of `ask` has the digest sha256:0000000000000000000000000000000000000000000000000000000000000000
    captured.jsonl:7  ask@1
      cannot be rendered: prompts/ask.prompty: input `thing` is declared, but not given (given: thong); did you mean `thong`?
    7 captured calls: 4 differ, 1 cannot be rendered, 2 of a version that this project does not know
    ");
    let ended = project.carat(&["prompt", "check", "--against", "captured.jsonl", "--json"]);
    let told: Value = serde_json::from_str(&ended.data).unwrap();
    assert_eq!(ended.code, Some(1));
    assert_eq!(told["told"][0]["findings"][0]["what"], "text");
    assert_eq!((&told["calls"], &told["same"], &told["differ"]), (&json!(7), &json!(0), &json!(4)));
}

#[test]
fn a_file_that_is_no_capture_is_told_by_line() {
    let project = sorted();
    let mut told_of = told(&project, &["prompt", "check", "--against", "missing.jsonl"]);
    for text in ["{\"prompt\": \"ask@1\"}\n", "\n\nno json\n", "{\"prompt\": \"ask\", \"inputs\": {}}\n", ""] {
        project.write("captured.jsonl", text);
        told_of.push_str(&told(&project, &["prompt", "check", "--against", "captured.jsonl"]));
    }
    insta::assert_snapshot!(told_of, @"
    exit 2
    error: missing.jsonl: No such file or directory (os error 2)
    exit 2
    error: captured.jsonl:1: missing field `inputs` at line 1 column 19; a captured call has `prompt`, `inputs` and `messages` (or `request`)
    exit 2
    error: captured.jsonl:3: expected ident at line 1 column 2; a captured call has `prompt`, `inputs` and `messages` (or `request`)
    exit 2
    error: captured.jsonl:1: there is neither `messages` nor a `request` with messages
    exit 4
    error: captured.jsonl has no captured calls
    ");
}

#[test]
fn only_the_prompts_that_are_named_are_looked_at() {
    let project = sorted();
    let rules = ("system", "Answer yes or no.");
    capture(&project, &[call(json!("ask@1"), "x", &[rules, ("user", "Is x a fruit?")]), call(json!("sort"), "x", &[rules])]);
    assert!(said(&project, &["prompt", "check", "ask", "--against", "captured.jsonl"]).starts_with("1 captured calls: 1 as"));
    assert_eq!(project.carat(&["prompt", "check", "nobody", "--against", "captured.jsonl"]).code, Some(4));
}
