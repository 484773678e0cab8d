use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::asking;

struct Program(Child);

impl Program {
    /// Starts it with these arguments and reads what it says once it listens.
    fn start(arguments: &[&str]) -> (Self, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carat-sim"));
        let mut program = Self(command.args(arguments).stdout(Stdio::piped()).spawn().unwrap());
        let mut line = String::new();
        BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (program, line)
    }
}

/// Where chats go, by what the program said.
fn chats(line: &str) -> String {
    let launched: Value = serde_json::from_str(line).unwrap();
    format!("{}/chat/completions", launched["launched"]["base_url"].as_str().unwrap())
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test]
async fn the_program_says_where_it_listens_and_answers_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let answers = folder.path().join("answers.jsonl");
    std::fs::write(&answers, "{\"question\": \"q\", \"answer\": \"told\"}\n").unwrap();
    let (_program, line) =
        Program::start(&["--port", "0", "--key", "sk-program", "--answers", answers.to_str().unwrap()]);
    assert!(!line.contains("sk-program"));
    let call = reqwest::Client::new().post(chats(&line)).bearer_auth("sk-program").body(asking("q").to_string());
    let answer: Value = call.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["choices"][0]["message"]["content"], "told");
}

#[tokio::test]
async fn a_rule_of_the_command_line_comes_before_those_of_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.json");
    let rules = r#"{"rules": [{"match": "q", "answer": "of the file"}, {"answer": "to all"}]}"#;
    std::fs::write(&file, rules).unwrap();
    let rule = r#"{"match": "quest", "answer": "of the line"}"#;
    let (_program, line) = Program::start(&["--settings", file.to_str().unwrap(), "--rule", rule]);
    for (question, said) in [("quest", "of the line"), ("q", "of the file"), ("x", "to all")] {
        let call = reqwest::Client::new().post(chats(&line)).body(asking(question).to_string());
        let answer: Value = call.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["choices"][0]["message"]["content"], said);
    }
}

#[test]
fn a_rule_that_is_none_ends_the_program_with_its_cause() {
    let output = Command::new(env!("CARGO_BIN_EXE_carat-sim")).args(["--rule", r#"{"match": "x"}"#]).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("missing field `answer`"), "{said}");
}

#[test]
fn settings_that_cannot_be_read_end_the_program_with_their_cause() {
    let output = Command::new(env!("CARGO_BIN_EXE_carat-sim")).args(["--settings", "missing.json"]).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("carat-sim: cannot read missing.json: "), "{said}");
}
