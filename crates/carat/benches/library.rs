//! What the library costs an application. `cargo bench -p carat --bench library` prints it; a word behind `--` picks some
//! lines.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and breaks loudly")]

use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_openai::types::chat::CreateChatCompletionRequest;
use carat::bundle::{self, Bundle, Entry};
use carat::{Package, Prompts, Split};

/// The median of so many times is printed.
const REPEATS: usize = 15;

/// So many prompts of 2 kB a bundle has.
const PROMPTS: u32 = 200;

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
outputs:
  queue: { kind: string, enumValues: [billing, technical, account, other] }
  confidence: { kind: float }
---
system:
You sort the incoming tickets. Answer with one word: billing, technical, account or other.
RULES
user:
{% if subject %}Subject: {{ subject }}

{% endif %}{{ body }}
";

#[derive(serde::Serialize)]
struct Ticket {
    subject: &'static str,
    body: &'static str,
}

const TICKET: Ticket = Ticket { subject: "Charged twice", body: "I was charged twice for the hub." };

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // Cargo says so when it wants figures; a test runner that looks for tests here finds none.
    if !args.iter().any(|arg| arg == "--bench") {
        return;
    }
    let words: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.carat");
    write(&path, PROMPTS, 0);
    println!(
        "{PROMPTS} prompts of 2 kB, {} kB of bundle; the median of {REPEATS} times",
        path.metadata().unwrap().len() / 1000
    );
    let prompts = Prompts::options().without_watching().open(&path).unwrap();
    let triage = prompts.get("support/triage-7@production").unwrap();
    let rendered = triage.render(&TICKET).unwrap();
    let split = Split::read("support/triage-7@{production:95,1:5}").unwrap();
    if words.is_empty() || words.iter().any(|word| "open".contains(word.as_str())) {
        println!("{:<44} {:>12.3} µs", "open", open(&path) * 1e6);
    }
    let lines: [(&str, u32, &dyn Fn()); 8] = [
        ("reload, nothing new", 20, &|| keep(prompts.reload().unwrap())),
        ("get by label", 100_000, &|| keep(prompts.get("support/triage-7@production").unwrap())),
        ("get by digest", 10_000, &|| keep(prompts.get("support/triage-7@0123456789ab").is_err())),
        ("split, read before", 10_000, &|| keep(prompts.choose(&split, "user-4711").unwrap())),
        ("split", 10_000, &|| keep(prompts.split("support/triage-7@{production:95,1:5}", "user-4711").unwrap())),
        ("render", 10_000, &|| keep(triage.render(&TICKET).unwrap())),
        ("body as JSON", 10_000, &|| keep(rendered.body().unwrap())),
        ("request of async-openai", 10_000, &|| keep(CreateChatCompletionRequest::try_from(&rendered).unwrap())),
    ];
    for (name, rounds, run) in
        lines.iter().filter(|(name, ..)| words.is_empty() || words.iter().any(|word| name.contains(word.as_str())))
    {
        println!("{name:<44} {:>12.3} µs", median(*rounds, run) * 1e6);
    }
    if words.is_empty() {
        under_reload(&path);
    }
}

/// Seconds to open a bundle. What was opened is taken apart when the time has been taken.
fn open(path: &Path) -> f64 {
    let mut times: Vec<f64> = (0..20 * REPEATS)
        .map(|_| {
            let start = Instant::now();
            let prompts = Prompts::options().without_watching().open(path).unwrap();
            let time = start.elapsed().as_secs_f64();
            keep(prompts);
            time
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What `get` costs on a thread while another one replaces and loads the bundle as fast as it can.
fn under_reload(path: &Path) {
    let prompts = Prompts::options().without_watching().open(path).unwrap();
    let is_over = AtomicBool::new(false);
    let mut times: Vec<Duration> = Vec::with_capacity(10_000_000);
    let mut reloads = 0;
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut times: Vec<Duration> = Vec::with_capacity(10_000_000);
            while !is_over.load(Ordering::Relaxed) && times.len() < times.capacity() {
                let start = Instant::now();
                keep(prompts.get("support/triage-7@production").unwrap());
                times.push(start.elapsed());
            }
            times
        });
        for edition in 1..=50 {
            write(path, PROMPTS, edition);
            reloads += u32::from(prompts.reload().unwrap());
        }
        is_over.store(true, Ordering::Relaxed);
        times = reader.join().unwrap();
    });
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_nanos();
    println!(
        "get while {reloads} bundles are loaded, {} times: median {} ns, 99 % {} ns, 99.99 % {} ns, longest {} ns",
        times.len(),
        at(0.5),
        at(0.99),
        at(0.9999),
        at(1.0)
    );
}

fn write(path: &Path, prompts: u32, edition: u32) {
    let rules: String = (0..12)
        .map(|rule| {
            format!("- Rule {rule}.{edition}: a ticket about an invoice, a charge or a refund belongs to billing.\n")
        })
        .collect();
    let text = FRONT.replace("RULES", &rules);
    let prompts = (0..prompts).map(|number| {
        let name = format!("support/triage-{number}");
        let text = text.replace("incoming", &format!("incoming ({number})"));
        let file = format!("prompts/{name}.prompty");
        let package = Package { file, text, includes: Default::default(), pictures: Default::default() };
        let digest = package.prompt(&name).unwrap().digest();
        Entry { name, version: 1, digest, labels: ["production".to_owned()].into(), package }
    });
    bundle::write(path, &Bundle { prompts: prompts.collect() }).unwrap();
}

/// Seconds for one round.
fn median(rounds: u32, run: &dyn Fn()) -> f64 {
    let mut times: Vec<f64> = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            (0..rounds).for_each(|_| run());
            start.elapsed().as_secs_f64() / f64::from(rounds)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[REPEATS / 2]
}

/// Uses a result, so that it has to be computed.
fn keep<T>(result: T) {
    drop(black_box(result));
}
