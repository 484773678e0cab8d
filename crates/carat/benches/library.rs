//! What the library costs an application. `cargo bench -p carat --bench library` prints it; a word behind `--` picks some
//! lines.

#![expect(clippy::unwrap_used, reason = "a benchmark breaks loudly")]

use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use async_openai::types::chat::CreateChatCompletionRequest;
use carat::bundle::{self, Bundle, Entry};
use carat::{Package, Prompts, Split};
use criterion::{Criterion, criterion_group, criterion_main};

/// So many prompts of 2 kB a bundle has.
const PROMPTS: u32 = 200;

const PRODUCTION: &str = "support/triage-7@production";

const SPLIT: &str = "support/triage-7@{production:95,1:5}";

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

fn all(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.carat");
    write(&path, PROMPTS, 0);
    let prompts = Prompts::options().without_watching().open(&path).unwrap();
    let triage = prompts.get(PRODUCTION).unwrap();
    let rendered = triage.render(&TICKET).unwrap();
    let split = Split::read(SPLIT).unwrap();
    // What was opened is taken apart when the time has been taken.
    criterion.bench_function("open", |bench| {
        bench.iter_with_large_drop(|| Prompts::options().without_watching().open(&path).unwrap());
    });
    criterion.bench_function("reload, nothing new", |bench| bench.iter(|| prompts.reload().unwrap()));
    criterion.bench_function("get by label", |bench| bench.iter(|| prompts.get(black_box(PRODUCTION)).unwrap()));
    criterion.bench_function("split, read before", |bench| {
        bench.iter(|| prompts.choose(&split, black_box("user-4711")).unwrap());
    });
    criterion.bench_function("split", |bench| {
        bench.iter(|| prompts.split(black_box(SPLIT), black_box("user-4711")).unwrap());
    });
    criterion.bench_function("render", |bench| bench.iter(|| triage.render(black_box(&TICKET)).unwrap()));
    criterion.bench_function("body as JSON", |bench| bench.iter(|| rendered.body().unwrap()));
    criterion.bench_function("request of async-openai", |bench| {
        bench.iter(|| CreateChatCompletionRequest::try_from(&rendered).unwrap());
    });
    under_reload(criterion, &path);
}

/// What `get` costs while another thread replaces and loads the bundle as fast as it can.
fn under_reload(criterion: &mut Criterion, path: &Path) {
    let prompts = Prompts::options().without_watching().open(path).unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut edition = 0;
            while !is_over.load(Ordering::Relaxed) {
                edition += 1;
                write(path, PROMPTS, edition);
                prompts.reload().unwrap();
            }
        });
        criterion.bench_function("get by label while bundles are loaded", |bench| {
            bench.iter(|| prompts.get(black_box(PRODUCTION)).unwrap());
        });
        is_over.store(true, Ordering::Relaxed);
    });
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

criterion_group!(benches, all);
criterion_main!(benches);
