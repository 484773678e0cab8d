//! What it costs to read a prompt and to render one. `cargo bench -p carat-prompt --bench prompt` prints it; a word behind
//! `--` picks some lines.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark prints, and looks at the clock"
)]

use std::hint::black_box;
use std::time::Instant;

use carat_prompt::prompt::Beside;
use carat_prompt::{Digest, Image, Package, Prompt};
use serde_json::{Map, Value, json};

/// How often each thing is done before its time is taken; the median of [`REPEATS`] such times is printed.
const ROUNDS: u32 = 500;
const REPEATS: usize = 9;

/// Front matter as people write it, with tools and an output format.
const FRONT: &str = "---
name: Ticket triage
description: Names the queue that a support ticket belongs to.
authors: [support-tools]
tags: [support, triage]
model:
  id: gpt-5-mini
  options: { temperature: 0, maxOutputTokens: 64 }
inputs:
  subject: { kind: string, description: The subject line; empty for chats }
  body: { kind: string, description: \"The customer's words\" }
  history: { kind: array, default: [] }
outputs:
  queue: { kind: string, enumValues: [billing, technical, account, other] }
  confidence: { kind: float }
---
";

const BODY: &str = "system:
You sort the incoming tickets of Sprigwell, a maker of garden sensors. Answer with one word: billing, technical, account or other.
{# Nobody but us reads this. #}
{% for turn in history %}
user:
{{ turn.body }}
assistant:
{{ turn.queue }}
{% endfor %}
user:
{% if subject %}Subject: {{ subject }}

{% endif %}{{ body }}
";

struct Nothing;

impl Beside for Nothing {
    fn text(&mut self, path: &str) -> Result<String, String> {
        Err(format!("there is no {path}"))
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        Err(format!("there is no {path}"))
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // Cargo says so when it wants figures; a test runner that looks for tests here finds none.
    if !args.iter().any(|arg| arg == "--bench") {
        return;
    }
    let words: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
    let text = prompt_of(2048);
    let (prompt, package) = Package::pack("support/triage", "triage.prompty", &text, &mut Nothing).unwrap();
    let line = serde_json::to_string(&package).unwrap();
    let front = Prompt::front_json("support/triage", &text).unwrap();
    let (input, few) = (input(), variables());
    println!("a prompt of {} bytes; the median of {REPEATS} times {ROUNDS} rounds", text.len());
    let lines: [(&str, &dyn Fn()); 8] = [
        ("read a prompt", &|| keep(Prompt::parse("support/triage", "triage.prompty", &text, &mut Nothing).unwrap())),
        ("read it with its front matter as JSON", &|| {
            keep(Prompt::parse_with_front("support/triage", "triage.prompty", &text, &front, &mut Nothing).unwrap());
        }),
        ("read its front matter alone", &|| keep(Prompt::parse("a", "a", FRONT, &mut Nothing).unwrap())),
        ("read its body alone", &|| keep(Prompt::parse("a", "a", &text[FRONT.len()..], &mut Nothing).unwrap())),
        ("read the JSON of its package", &|| keep(serde_json::from_str::<Package>(&line).unwrap())),
        ("digest of the JSON of its package", &|| keep(Digest::of_bytes(line.as_bytes()))),
        ("render it, two short values", &|| keep(prompt.render(&few, &[], &no_picture).unwrap())),
        ("render it, a conversation of ten turns", &|| keep(prompt.render(&input, &[], &no_picture).unwrap())),
    ];
    for (name, run) in
        lines.iter().filter(|(name, _)| words.is_empty() || words.iter().any(|word| name.contains(word.as_str())))
    {
        println!("{name:<52} {:>9.2} µs", median(run) * 1e6);
    }
}

/// A prompt of at least so many bytes.
fn prompt_of(bytes: usize) -> String {
    let mut text = format!("{FRONT}{BODY}");
    let mut rules = String::new();
    for number in 1.. {
        if text.len() + rules.len() >= bytes {
            break;
        }
        rules.push_str(&format!(
            "- Rule {number}: a ticket about an invoice, a charge or a refund belongs to billing.\n"
        ));
    }
    text = text.replace("{# Nobody", &format!("{rules}{{# Nobody"));
    text
}

fn variables() -> Map<String, Value> {
    let Value::Object(input) = json!({"subject": "Charged twice", "body": "I was charged twice for the hub."}) else {
        return Map::new();
    };
    input
}

fn input() -> Map<String, Value> {
    let turns: Vec<Value> =
        (0..10).map(|turn| json!({"body": format!("Ticket {turn} is about money."), "queue": "billing"})).collect();
    let mut input = variables();
    input.insert("history".to_owned(), Value::Array(turns));
    input
}

fn no_picture(path: &str) -> Result<Image, String> {
    Err(format!("there is no {path}"))
}

/// Seconds for one round.
fn median(run: &dyn Fn()) -> f64 {
    let mut times: Vec<f64> = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            (0..ROUNDS).for_each(|_| run());
            start.elapsed().as_secs_f64() / f64::from(ROUNDS)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[REPEATS / 2]
}

/// Uses a result, so that it has to be computed.
fn keep<T>(result: T) {
    drop(black_box(result));
}
