use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::asking;

struct Program(Child);

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
    let mut command = Command::new(env!("CARGO_BIN_EXE_carat-sim"));
    command.args(["--port", "0", "--key", "sk-program", "--answers"]).arg(&answers).stdout(Stdio::piped());
    let mut program = Program(command.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.contains("sk-program"));
    let launched: Value = serde_json::from_str(&line).unwrap();
    let url = format!("{}/chat/completions", launched["launched"]["base_url"].as_str().unwrap());
    let call = reqwest::Client::new().post(url).bearer_auth("sk-program").body(asking("q").to_string());
    let answer: Value = call.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["choices"][0]["message"]["content"], "told");
}

#[test]
fn settings_that_cannot_be_read_end_the_program_with_their_cause() {
    let output = Command::new(env!("CARGO_BIN_EXE_carat-sim")).args(["--settings", "missing.json"]).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("carat-sim: cannot read missing.json: "), "{said}");
}
