//! The examples, run against the simulated server.

#![expect(clippy::unwrap_used, reason = "a test breaks loudly, in its helpers too")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use carat::Package;
use carat::bundle::{self, Bundle, Entry};
use carat_sim::{AnswerRule, Running, Settings, Simulation};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

#[path = "../examples/chat.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is a program, whose main is for people")]
mod chat;
#[path = "../examples/service.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is a program, whose main is for people")]
mod service;
#[path = "../examples/split.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is a program, whose main is for people")]
mod split;
#[path = "../examples/streaming.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is a program, whose main is for people")]
mod streaming;
#[path = "../examples/structured.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is a program, whose main is for people")]
mod structured;
#[path = "../examples/tools.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is a program, whose main is for people")]
mod tools;

const TRIAGE: &str = include_str!("../examples/prompts/support/triage.prompty");
const ORDER: &str = include_str!("../examples/prompts/support/order.prompty");
const STATUS: &str = include_str!("../examples/prompts/support/status.prompty");
const REAL_TRIAGE: &str = include_str!("../../../prompts/support/triage.prompty");
const REAL_FEW_SHOT: &str = include_str!("../../../prompts/support/triage-few-shot.prompty");

fn entry(name: &str, version: u32, labels: &[&str], text: &str) -> Entry {
    let file = format!("prompts/{name}.prompty");
    let package = Package { file, text: text.to_owned(), includes: Default::default(), pictures: Default::default() };
    packed(name, version, labels, package)
}

/// A triage prompt of the repository in production, with what it includes.
fn real_entry(text: &str) -> Entry {
    let includes = [
        ("_queues.jinja", include_str!("../../../prompts/support/_queues.jinja")),
        ("triage-examples.jinja", include_str!("../../../prompts/support/triage-examples.jinja")),
    ];
    let used = includes.into_iter().filter(|(file, _)| text.contains(file));
    let includes = used.map(|(file, text)| (file.to_owned(), text.to_owned())).collect();
    let file = "prompts/support/triage.prompty".to_owned();
    let package = Package { file, text: text.to_owned(), includes, pictures: Default::default() };
    packed("support/triage", 1, &["production"], package)
}

fn packed(name: &str, version: u32, labels: &[&str], package: Package) -> Entry {
    let digest = package.prompt(name).unwrap().digest();
    let labels: BTreeSet<String> = labels.iter().map(|label| (*label).to_owned()).collect();
    Entry { name: name.to_owned(), version, digest, labels, package }
}

/// The prompts of the examples, and a second version of one of them.
fn write_bundle(path: &Path, production: u32) {
    let labels = |version: u32| if version == production { ["production"] } else { ["candidate"] };
    let careful = TRIAGE.replace("Answer with one word", "Think of the invoice first. Answer with one word");
    let prompts = vec![
        entry("support/triage", 1, &labels(1), TRIAGE),
        entry("support/triage", 2, &labels(2), &careful),
        entry("support/order", 1, &["production"], ORDER),
        entry("support/status", 4, &["production"], STATUS),
    ];
    bundle::write(path, &Bundle { prompts }).unwrap();
}

fn bundle() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.carat");
    write_bundle(&path, 1);
    (folder, path)
}

async fn server(rules: Vec<AnswerRule>, eager_tools: bool) -> Running {
    let settings = Settings { rules, eager_tools, ..Settings::default() };
    Simulation::new(settings).start("127.0.0.1:0").await.unwrap()
}

#[tokio::test]
async fn chat_names_the_answer_and_the_version_that_it_came_from() {
    let (_folder, path) = bundle();
    let server = server(vec![AnswerRule::on("charged twice", "billing")], false).await;
    let said = chat::run(&server.base_url(), &path).await.unwrap();
    assert!(said.starts_with("billing, says support/triage@1 (sha256:"), "{said}");
}

#[tokio::test]
async fn streaming_shows_the_pieces_of_the_answer() {
    let (_folder, path) = bundle();
    let server = server(vec![AnswerRule::on("I cannot log in.", "the technical queue it is")], false).await;
    let mut pieces = Vec::new();
    streaming::run(&server.base_url(), &path, |piece| pieces.push(piece.to_owned())).await.unwrap();
    assert_eq!(pieces.concat(), "the technical queue it is");
    assert!(pieces.len() > 2, "{pieces:?}");
}

#[tokio::test]
async fn tools_are_called_and_answered() {
    let (_folder, path) = bundle();
    let server = server(vec![AnswerRule::on("is on its way", "It will be there tomorrow.")], true).await;
    let said = tools::run(&server.base_url(), &path, "Where is order 4711?").await.unwrap();
    assert_eq!(said, "It will be there tomorrow.");
    assert_eq!(server.totals().answered.values().sum::<u64>(), 2);
}

#[tokio::test]
async fn structured_answers_become_a_struct() {
    let (_folder, path) = bundle();
    let rule = AnswerRule { verbatim: true, ..AnswerRule::on("HUB-2", r#"{"sku": "HUB-2", "quantity": 3}"#) };
    let server = server(vec![rule], false).await;
    let order = structured::run(&server.base_url(), &path, "Three of HUB-2, please.").await.unwrap();
    assert_eq!(order, structured::Order { sku: "HUB-2".to_owned(), quantity: 3 });
}

#[tokio::test]
async fn a_split_asks_each_version_for_its_customers() {
    let (_folder, path) = bundle();
    let server = server(vec![AnswerRule::always("billing")], false).await;
    let counts = split::run(&server.base_url(), &path, 100).await.unwrap();
    let of = |version: &str| {
        let mine = counts.iter().filter(|(attributes, _)| attributes.contains(version));
        mine.map(|(_, count)| *count).sum::<u32>()
    };
    assert_eq!(of(""), 100);
    assert_eq!(of(r#"("gen_ai.prompt.version", "1")"#) + of(r#"("gen_ai.prompt.version", "2")"#), 100);
    assert!((3..=20).contains(&of(r#"("gen_ai.prompt.version", "2")"#)), "{counts:?}");
}

#[tokio::test]
async fn a_service_takes_up_a_new_version_without_a_restart() {
    let (_folder, path) = bundle();
    let rules = vec![AnswerRule::on("Think of the invoice first", "billing"), AnswerRule::always("other")];
    let server = server(rules, false).await;
    let address = serve(&server, None, &path).await;
    let client = reqwest::Client::new();
    let triage = || async {
        let asked = client.post(format!("{address}/triage")).json(&json!({ "body": "Where is it?" })).send().await;
        asked.unwrap().json::<Value>().await.unwrap()
    };
    let health = || async {
        let asked = client.get(format!("{address}/health")).send().await.unwrap();
        (asked.status().as_u16(), asked.json::<Value>().await.unwrap())
    };
    let first = triage().await;
    assert_eq!((&first["queue"], &first["prompt"]["version"]), (&json!("other"), &json!(1)));

    std::fs::write(&path, "{").unwrap();
    until(|| async { health().await.0 == 503 }).await;
    assert!(health().await.1["error"].as_str().unwrap().contains("is no bundle"), "{:?}", health().await);
    assert_eq!(triage().await, first);

    write_bundle(&path, 2);
    until(|| async { triage().await["prompt"]["version"] == 2 }).await;
    assert_eq!(triage().await["queue"], "billing");
    assert_eq!(health().await.0, 200);
}

/// The prompts of the repository name no model, and a chat has no subject.
#[tokio::test]
async fn a_service_serves_the_prompts_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.carat");
    for prompt in [REAL_TRIAGE, REAL_FEW_SHOT] {
        let prompts = vec![real_entry(prompt)];
        bundle::write(&path, &Bundle { prompts }).unwrap();
        let server = server(vec![AnswerRule::on("charged twice", "billing")], false).await;
        let address = serve(&server, Some("a-model"), &path).await;
        let asked = reqwest::Client::new().post(format!("{address}/triage"));
        let asked = asked.json(&json!({ "body": "I was charged twice." })).send().await.unwrap();
        assert_eq!(asked.status().as_u16(), 200, "{}", asked.text().await.unwrap());
        let answer: Value = asked.json().await.unwrap();
        assert_eq!((&answer["queue"], &answer["prompt"]["version"]), (&json!("billing"), &json!(1)));
    }
}

/// The address of the service in front of this server.
async fn serve(server: &Running, model: Option<&'static str>, bundle: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (base_url, bundle) = (server.base_url(), bundle.to_owned());
    tokio::spawn(async move { service::run(&base_url, model, &bundle, listener).await.unwrap() });
    address
}

/// Waits for something that takes a moment.
async fn until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap();
}
