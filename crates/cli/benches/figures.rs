//! The figures that carat promises, measured on the real binary against the simulated server in a process of its own.
//!
//! `cargo bench -p carat-cli --bench figures` prints them all; a word behind `--` picks some: `rate`, `latency`, `rows`,
//! `start`, `nearest`, `compare`, `reports`, `warm`, `million`, `delete`. Machines are noisy: each line is the median of several runs, with the least and the most.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and breaks loudly")]

use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use carat_core::EventKind;
use carat_store::{Detail, Store};
use tempfile::TempDir;

const REPEATS: usize = 5;

fn main() {
    let all: Vec<String> = std::env::args().skip(1).collect();
    // Cargo says so when it wants figures; a test runner that looks for tests here finds none.
    if !all.iter().any(|arg| arg == "--bench" || arg == "serve") {
        return;
    }
    let args: Vec<String> = all.into_iter().filter(|arg| !arg.starts_with("--")).collect();
    if args.first().is_some_and(|arg| arg == "serve") {
        serve(args[1].parse().unwrap());
        return;
    }
    let wants = |name: &str| args.is_empty() || args.iter().any(|arg| name.contains(arg.as_str()));
    println!("{:<44} {:>12} {:>12} {:>12}  promised", "figure", "median", "least", "most");
    let benches: [(&str, fn()); 10] = [
        ("rate", rate),
        ("latency", latency),
        ("rows", rows),
        ("start", start),
        ("nearest", nearest),
        ("compare", compare),
        ("reports", reports),
        ("warm", warm),
        ("million", million),
        ("delete", delete),
    ];
    benches.iter().filter(|(name, _)| wants(name)).for_each(|(_, bench)| bench());
}

/// Serves answers after so many milliseconds until stdin is closed.
fn serve(latency_ms: u64) {
    let settings = serde_json::json!({"latency": {"p50_ms": latency_ms}});
    let settings: carat_sim::Settings = serde_json::from_value(settings).unwrap();
    let server = carat_sim::Simulation::new(settings).start_on_thread("127.0.0.1:0").unwrap();
    println!("{}", server.base_url());
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().lines().next();
}

/// The simulated server in a process of its own, so that its CPU is not counted.
struct Server {
    process: Child,
    base_url: String,
}

impl Server {
    fn start(latency_ms: u64) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["serve", &latency_ms.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut base_url = String::new();
        std::io::BufReader::new(process.stdout.take().unwrap()).read_line(&mut base_url).unwrap();
        Self { process, base_url: base_url.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A project with so many rows of some 200 characters.
fn project(rows: u64, base_url: &str, concurrency: u32) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "carat.yaml",
        format!(
            "models:\n  served: {{ provider: openai, base_url: \"{base_url}\", model: m, limits: {{ concurrency: {concurrency} }} }}\n  nearest: {{ provider: baseline, model: nearest }}\n"
        ),
    );
    write("prompts/ask.prompty", PROMPT.to_owned());
    write(
        "prompts/shots.prompty",
        std::fs::read_to_string(example("prompts/support/triage-few-shot.prompty")).unwrap(),
    );
    for file in ["triage-examples.jinja", "_queues.jinja"] {
        write(
            &format!("prompts/{file}"),
            std::fs::read_to_string(example(&format!("prompts/support/{file}"))).unwrap(),
        );
    }
    let mut file = std::io::BufWriter::new(std::fs::File::create_new(prepare(&folder, "datasets/rows.jsonl")).unwrap());
    for row in 0..rows {
        let queue = ["billing", "technical", "account", "other"][usize::try_from(row % 4).unwrap()];
        writeln!(
            file,
            r#"{{"id":"r-{row}","input":{{"subject":"Ticket {row}","body":"The {queue} thing number {row} was charged twice since the update of the app, and the sensor in bed {} says nothing at all. What shall I do about it before Monday?"}},"expected":"{queue}"}}"#,
            row % 17
        )
        .unwrap();
    }
    file.flush().unwrap();
    for (eval, prompt, model) in [("served", "ask", "served"), ("nearest", "shots", "nearest")] {
        write(
            &format!("evals/{eval}.yaml"),
            format!(
                "prompts: [{prompt}]\nmodels: [{model}]\ndataset: rows\nscorers:\n  - {{ name: queue, choice: {{ options: [billing, technical, account, other] }} }}\n"
            ),
        );
    }
    folder
}

fn prepare(folder: &TempDir, name: &str) -> std::path::PathBuf {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

fn example(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

const PROMPT: &str = "---
inputs:
  subject: { kind: string }
  body: { kind: string }
---
system:
You sort the incoming tickets of a help desk. Answer with one word, the queue: billing, technical, account or other.
user:
Subject: {{ subject }}

{{ body }}
";

/// What a run of the program took.
#[derive(Debug, Clone, Copy)]
struct Taken {
    wall: Duration,
    cpu: Duration,
    peak_mb: f64,
}

/// Runs the program to its end, watching it from outside.
fn carat(folder: &Path, args: &[&str]) -> Taken {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_carat"))
        .args(args)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let proc = format!("/proc/{}", child.id());
    let mut peak_kb = 0.0_f64;
    let cpu = loop {
        let status = std::fs::read_to_string(format!("{proc}/status")).unwrap_or_default();
        let high =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak_kb = peak_kb.max(high.unwrap_or(0.0));
        let stat = std::fs::read_to_string(format!("{proc}/stat")).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        if fields[0] == "Z" {
            // A zombie still knows what it used, in ticks of 10 ms.
            let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
            break Duration::from_millis(ticks * 10);
        }
        std::thread::sleep(Duration::from_micros(500));
    };
    let wall = began.elapsed();
    let ended = child.wait().unwrap();
    assert!(ended.success(), "carat {args:?} ended with {ended}");
    Taken { wall, cpu, peak_mb: peak_kb / 1024.0 }
}

fn again(times: usize, mut run: impl FnMut() -> Taken) -> Vec<Taken> {
    (0..times).map(|_| run()).collect()
}

fn tell(figure: &str, taken: &[Taken], unit: &str, promised: &str, measure: impl Fn(&Taken) -> f64) {
    let mut values: Vec<f64> = taken.iter().map(measure).collect();
    values.sort_by(f64::total_cmp);
    let shown = |value: f64| if value >= 100.0 { format!("{value:.0} {unit}") } else { format!("{value:.3} {unit}") };
    let (least, most) = (values[0], values[values.len() - 1]);
    println!(
        "{figure:<44} {:>12} {:>12} {:>12}  {promised}",
        shown(values[values.len() / 2]),
        shown(least),
        shown(most)
    );
}

fn fresh(folder: &TempDir) -> &Path {
    let _ = std::fs::remove_dir_all(folder.path().join(".carat"));
    folder.path()
}

fn rate() {
    const ROWS: u64 = 10_000;
    let server = Server::start(0);
    let folder = project(ROWS, &server.base_url, 64);
    let taken = again(REPEATS, || carat(fresh(&folder), &["eval", "served"]));
    tell("10,000 rows at 0 ms: samples a second", &taken, "/s", ">= 5000", |t| ROWS as f64 / t.wall.as_secs_f64());
    tell("10,000 rows at 0 ms: CPU a sample", &taken, "ms", "<= 0.15", |t| t.cpu.as_secs_f64() * 1e3 / ROWS as f64);
    tell("10,000 rows: peak memory", &taken, "MB", "<= 60", |t| t.peak_mb);
    let (ratio, bytes) = disk(folder.path());
    println!(
        "{:<44} {:>12} ({bytes:.0} bytes of request and answer a sample)  <= 1.5",
        "disk / recorded bytes",
        format!("{ratio:.2}")
    );
}

/// The size of the store by the bytes of the requests and answers that it holds, and the latter for each sample.
fn disk(folder: &Path) -> (f64, f64) {
    let file = folder.join(".carat/carat.db");
    let on_disk: u64 = std::fs::read_dir(folder.join(".carat"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap())
        .filter(|metadata| metadata.is_file())
        .map(|metadata| metadata.len())
        .sum();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (bytes, samples) = runtime.block_on(async {
        let store = Store::open(file.to_str().unwrap()).await.unwrap();
        let run = store.find_run("@last").await.unwrap();
        let mut replay = store.replay(&run.id, Detail::Full).await.unwrap();
        let (mut bytes, mut samples) = (0, 0);
        while let Some(event) = replay.next().await.unwrap() {
            if let EventKind::CaseFinished { sample } = event.kind {
                let request = &sample.transcript.as_ref().unwrap().request;
                bytes += serde_json::to_string(request).unwrap().len();
                if let carat_core::Outcome::Completed { completion, .. } = &sample.outcome {
                    bytes += serde_json::to_string(completion).unwrap().len();
                }
                samples += 1;
            }
        }
        (bytes, samples)
    });
    (on_disk as f64 / bytes as f64, bytes as f64 / f64::from(samples))
}

fn latency() {
    const ROWS: u64 = 20_000;
    let server = Server::start(50);
    let folder = project(ROWS, &server.base_url, 256);
    let taken = again(3, || carat(fresh(&folder), &["eval", "served"]));
    let ideal = (ROWS as f64 / 256.0).ceil() * 0.050;
    tell("20,000 rows at 50 ms, 256 wide: of the ideal", &taken, "", ">= 0.90", |t| ideal / t.wall.as_secs_f64());
}

fn rows() {
    const ROWS: u64 = 100_000;
    let server = Server::start(0);
    let folder = project(ROWS, &server.base_url, 64);
    let taken = again(1, || carat(fresh(&folder), &["eval", "served"]));
    tell("100,000 rows: peak memory", &taken, "MB", "<= 100", |t| t.peak_mb);
    tell("100,000 rows at 0 ms: samples a second", &taken, "/s", "", |t| ROWS as f64 / t.wall.as_secs_f64());
}

fn start() {
    let folder = project(1, "http://127.0.0.1:1/v1", 1);
    let version = again(21, || carat(folder.path(), &["--version"]));
    tell("carat --version", &version, "ms", "<= 15", |t| t.wall.as_secs_f64() * 1e3);
    let one = again(11, || carat(fresh(&folder), &["eval", "nearest"]));
    tell("an eval of one row, new store", &one, "ms", "<= 80", |t| t.wall.as_secs_f64() * 1e3);
    let again_one = again(11, || carat(folder.path(), &["eval", "nearest"]));
    tell("an eval of one row, store there", &again_one, "ms", "<= 80", |t| t.wall.as_secs_f64() * 1e3);
}

fn nearest() {
    const ROWS: u64 = 100_000;
    let folder = project(ROWS, "http://127.0.0.1:1/v1", 16);
    let taken = again(1, || carat(fresh(&folder), &["eval", "nearest"]));
    tell("100,000 rows, nearest of 40 examples", &taken, "s", "<= 20", |t| t.wall.as_secs_f64());
    tell("100,000 rows, nearest: peak memory", &taken, "MB", "<= 100", |t| t.peak_mb);
    tell("100,000 rows, nearest: CPU a sample", &taken, "ms", "", |t| t.cpu.as_secs_f64() * 1e3 / ROWS as f64);
}

/// A project whose rows carry two answers each, and two recorded runs of so many samples that give them: verdicts that
/// differ on some rows, and degrees that differ on most.
fn compared(rows: u64) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(prepare(&folder, name), text).unwrap();
    write(
        "carat.yaml",
        "models:\n  before: { provider: recorded, column: metadata.before }\n  after: { provider: recorded, column: metadata.after }\n",
    );
    write("prompts/ask.prompty", PROMPT);
    let mut file = std::io::BufWriter::new(std::fs::File::create_new(prepare(&folder, "datasets/rows.jsonl")).unwrap());
    let queues = ["billing", "technical", "account", "other"];
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 100
    };
    for row in 0..rows {
        let queue = queues[usize::try_from(row % 4).unwrap()];
        let mut answer = |right: u64| match next() {
            luck if luck < right => queue.to_owned(),
            luck => queues[usize::try_from((row + 1 + luck % 3) % 4).unwrap()].to_owned(),
        };
        let (before, after) = (answer(76), answer(78));
        writeln!(
            file,
            r#"{{"id":"r-{row}","input":{{"subject":"Ticket {row}","body":"The {queue} thing number {row} was charged twice since the update, and the sensor says nothing at all. What shall I do about it before Monday?"}},"expected":"{queue}","metadata":{{"before":"{before}","after":"{after}"}}}}"#
        )
        .unwrap();
    }
    file.flush().unwrap();
    for model in ["before", "after"] {
        let spec = format!(
            "prompts: [ask]\nmodels: [{model}]\ndataset: rows\nscorers:\n  - {{ name: queue, choice: {{ options: [billing, technical, account, other] }} }}\n  - {{ name: close, levenshtein: {{}} }}\n"
        );
        write(&format!("evals/{model}.yaml"), &spec);
        carat(folder.path(), &["eval", model]);
    }
    folder
}

fn compare() {
    let folder = compared(100_000);
    let taken = again(REPEATS, || carat(folder.path(), &["diff", "@last~1", "@last", "--rows", "0"]));
    tell("two runs of 100,000 compared, 10,000 resamples", &taken, "s", "<= 2", |t| t.wall.as_secs_f64());
    tell("two runs of 100,000 compared: peak memory", &taken, "MB", "<= 300", |t| t.peak_mb);
}

fn reports() {
    let folder = compared(100_000);
    for (format, file) in [
        ("jsonl", "r.jsonl"),
        ("junit", "r.xml"),
        ("markdown", "r.md"),
        ("html", "r.html"),
        ("csv", "r.csv"),
        ("parquet", "r.parquet"),
    ] {
        let taken = again(1, || carat(folder.path(), &["run", "show", "@last", &format!("--{format}"), file]));
        tell(&format!("{format} of 100,000 samples"), &taken, "s", "", |t| t.wall.as_secs_f64());
        tell(&format!("{format} of 100,000 samples: peak memory"), &taken, "MB", "<= 150", |t| t.peak_mb);
    }
}

/// Every question has been asked before: the server is gone, so that whoever asked it again would break.
fn warm() {
    const ROWS: u64 = 100_000;
    let server = Server::start(0);
    let folder = project(ROWS, &server.base_url, 64);
    carat(folder.path(), &["eval", "served"]);
    drop(server);
    let taken = again(3, || carat(folder.path(), &["eval", "served"]));
    tell("100,000 cases, all answered before", &taken, "s", "<= 8", |t| t.wall.as_secs_f64());
    tell("100,000 cases, answered before: peak memory", &taken, "MB", "<= 100", |t| t.peak_mb);
    tell("100,000 cases, answered before: CPU a sample", &taken, "ms", "", |t| t.cpu.as_secs_f64() * 1e3 / ROWS as f64);
}

fn million() {
    const ROWS: u64 = 100_000;
    let few = project(ROWS, "http://127.0.0.1:1/v1", 16);
    let few = again(3, || carat(fresh(&few), &["eval", "nearest"]));
    let many = project(ROWS * 10, "http://127.0.0.1:1/v1", 16);
    let many = again(1, || carat(fresh(&many), &["eval", "nearest"]));
    let mut walls: Vec<f64> = few.iter().map(|t| t.wall.as_secs_f64()).collect();
    walls.sort_by(f64::total_cmp);
    tell("100,000 rows, nearest", &few, "s", "", |t| t.wall.as_secs_f64());
    tell("1,000,000 rows, nearest", &many, "s", "", |t| t.wall.as_secs_f64());
    tell("1,000,000 rows by ten times 100,000", &many, "", "0.85 to 1.15", |t| {
        t.wall.as_secs_f64() / 10.0 / walls[walls.len() / 2]
    });
    tell("1,000,000 rows, nearest: peak memory", &many, "MB", "<= 150", |t| t.peak_mb);
}

fn delete() {
    let folder = project(100_000, "http://127.0.0.1:1/v1", 16);
    let length = || std::fs::metadata(folder.path().join(".carat/carat.db")).unwrap().len() as f64 / 1e6;
    // The rows of a version would stay: they belong to the dataset. Of a part of a dataset none are kept.
    carat(folder.path(), &["eval", "nearest", "--limit", "1"]);
    let empty = length();
    carat(folder.path(), &["eval", "nearest", "--limit", "99999"]);
    let full = length();
    let taken = again(1, || carat(folder.path(), &["run", "delete", "@last"]));
    tell("100,000 samples deleted, and their room", &taken, "s", "", |t| t.wall.as_secs_f64());
    tell("100,000 samples deleted: peak memory", &taken, "MB", "<= 100", |t| t.peak_mb);
    println!(
        "{:<44} {:>12} ({full:.1} MB with the samples, {empty:.1} MB without)",
        "the store after that",
        format!("{:.1} MB", length())
    );
}
