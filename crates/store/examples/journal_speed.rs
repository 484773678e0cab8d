//! How fast a journal takes samples, and how much room they take on disk.
//!
//! ```sh
//! cargo run --release -p carat-store --example journal_speed [SAMPLES [FOLDER]]
//! ```
//!
//! Time on the processor is that of the whole process, SQLite's threads and the kernel included.

#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use carat_core::request::Parameters;
use carat_core::{
    Case, Completion, Event, EventKind, FinishReason, Grade, Labels, Message, Outcome, Request, Role, Row, Sample,
    Score, Sink, Transcript, Usage,
};
use carat_store::Store;
use serde_json::json;

/// What is recorded.
struct Load {
    name: &'static str,
    /// How many variants each row is asked in.
    variants: u64,
    /// Whether each variant puts the ticket in words of its own, so that no long message is sent twice.
    unshared: bool,
    /// How long the system message is, which all requests have in common.
    system: usize,
}

const LOADS: [Load; 4] = [
    Load { name: "short, 4 prompts", variants: 4, unshared: true, system: 60 },
    Load { name: "short, 4 models", variants: 4, unshared: false, system: 60 },
    Load { name: "short, 1 variant", variants: 1, unshared: false, system: 60 },
    Load { name: "long, 4 models", variants: 4, unshared: false, system: 2000 },
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let samples = arguments.next().map_or(Ok(40_000), |number| number.parse())?;
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("carat-journal-speed"), Into::into);
    println!("{:<18}{:>6}{:>14}{:>16}{:>14}", "load", "batch", "samples/s", "CPU µs/sample", "disk/payload");
    for load in &LOADS {
        let events: Vec<Event> = (0..samples).map(|number| event(number, load)).collect();
        let payload: usize = events.iter().map(payload).sum();
        for batch in [1, 8, 256] {
            let (seconds, cpu) = record(&folder, &events, batch).await?;
            let disk = std::fs::metadata(folder.join("carat.db"))?.len();
            std::fs::remove_dir_all(&folder)?;
            let count = samples as f64;
            println!(
                "{:<18}{batch:>6}{:>14.0}{:>16.1}{:>14.2}",
                load.name,
                count / seconds,
                cpu * 1e6 / count,
                disk as f64 / payload as f64
            );
        }
    }
    Ok(())
}

/// Records everything; seconds by the clock and on the processor until the last batch is in.
async fn record(folder: &Path, events: &[Event], batch: usize) -> Result<(f64, f64), Box<dyn Error>> {
    let file = folder.join("carat.db");
    let store = Store::open(&file.to_string_lossy()).await?;
    let mut journal = store.begin_run(&"019f0000-0000".into(), "triage", None, "2026-01-01T00:00:00Z").await?;
    let (start, cpu) = (Instant::now(), processor_seconds()?);
    for batch in events.chunks(batch) {
        journal.emit(batch).await?;
    }
    let spent = (start.elapsed().as_secs_f64(), processor_seconds()? - cpu);
    journal.close().await;
    store.close().await;
    Ok(spent)
}

/// A ticket of about 300 characters, no two of them alike.
fn event(number: u64, load: &Load) -> Event {
    let (row, variant) = (number / load.variants, number % load.variants);
    // Numbers that look like chance and are not.
    let words: String =
        (0..36).map(|word| format!(" {:07x}", (row * 37 + word) * 2_654_435_761 % 0xfff_ffff)).collect();
    let input = json!({ "body": words }).as_object().cloned().unwrap_or_default();
    let row = Row {
        id: format!("t-{row:06}").into(),
        input,
        expected: Some("billing".into()),
        tags: vec!["de".into()],
        split: Some("test".into()),
        metadata: serde_json::Map::new(),
        messages: Vec::new(),
    };
    let system = "Answer with one word. ".repeat(load.system / 22 + 1);
    let ticket = if load.unshared { format!("{variant}:{words}") } else { words };
    let request = Request {
        messages: vec![Message::text(Role::System, &system[..load.system]), Message::text(Role::User, ticket)],
        tools: Vec::new(),
        response_format: None,
        parameters: Parameters([("temperature".to_owned(), 0.into())].into()),
    };
    let sample = Sample {
        case: Case { variant: u32::try_from(variant).unwrap_or(0), row: row.id.clone(), trial: 0 },
        row_digest: row.digest(),
        request_digest: Some(request.digest()),
        outcome: answered(),
        attempts: 1,
        latency_us: Some(400_000 + number),
        transcript: Some(Arc::new(Transcript { row: Arc::new(row), request: Some(Arc::new(request)) })),
    };
    Event {
        seq: number,
        elapsed_us: 1_000_000 + number * 100,
        kind: EventKind::CaseFinished { sample: Box::new(sample) },
    }
}

fn answered() -> Outcome {
    let completion = Completion {
        text: "billing".into(),
        finish_reason: FinishReason::Stop,
        usage: Some(Usage { input_tokens: 141, output_tokens: 1, cached_input_tokens: None, reasoning_tokens: None }),
        ..Completion::default()
    };
    let labels = Labels { expected: "billing".into(), predicted: Some("billing".into()) };
    let score = Score { labels: Some(labels), ..Score::from(Grade::Pass(true)) };
    Outcome::Completed { completion, scores: vec![("queue".into(), score)], unscored: Vec::new() }
}

/// The bytes of the request and the answer of an event, as JSON.
fn payload(event: &Event) -> usize {
    let EventKind::CaseFinished { sample } = &event.kind else { return 0 };
    let request = sample.transcript.as_ref().and_then(|transcript| transcript.request.as_ref());
    let Outcome::Completed { completion, .. } = &sample.outcome else { return 0 };
    let length = |json: Result<String, serde_json::Error>| json.map_or(0, |json| json.len());
    length(serde_json::to_string(&request)) + length(serde_json::to_string(completion))
}

/// What the process has spent on the processor so far (Linux), in seconds: user and system, in hundredths.
fn processor_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 =
        behind_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(ticks / 100.0)
}
