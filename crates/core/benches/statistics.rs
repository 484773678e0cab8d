//! What resampling costs. `cargo bench -p carat-core --bench statistics` prints it; a word behind `--` picks some lines.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark prints, and looks at the clock")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use carat_core::stats::{clustered_bootstrap, mcnemar, paired_bootstrap, sign_flip, tango};

const PAIRS: usize = 100_000;
const RESAMPLES: u32 = 10_000;
const REPEATS: usize = 5;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // Cargo says so when it wants figures; a test runner that looks for tests here finds none.
    if !args.iter().any(|arg| arg == "--bench") {
        return;
    }
    let words: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{RESAMPLES} resamples of {PAIRS} pairs on {threads} cores; the median of {REPEATS} runs");
    println!("{:<52} {:>10} {:>14}", "", "in all", "a value drawn");
    let (few, many, mixed) = (few_values(), many_values(), mixed_values());
    let (sums, sizes) = clusters();
    let drawn = PAIRS as f64 * f64::from(RESAMPLES);
    let lines: [(&str, f64, &dyn Fn()); 8] = [
        ("bootstrap, differences of passes", drawn, &|| keep(paired_bootstrap(&few, RESAMPLES, 0.95, 1))),
        ("bootstrap, differences of degrees", drawn, &|| keep(paired_bootstrap(&many, RESAMPLES, 0.95, 1))),
        ("bootstrap, degrees that mostly tie", drawn, &|| keep(paired_bootstrap(&mixed, RESAMPLES, 0.95, 1))),
        ("bootstrap, 20,000 clusters", sums.len() as f64 * f64::from(RESAMPLES), &|| {
            keep(clustered_bootstrap(&sums, &sizes, RESAMPLES, 0.95, 1));
        }),
        ("bootstrap, 60 differences of degrees", 60.0 * f64::from(RESAMPLES), &|| {
            keep(paired_bootstrap(&many[..60], RESAMPLES, 0.95, 1));
        }),
        ("sign flips, differences of degrees", drawn, &|| keep(sign_flip(&many, RESAMPLES, 1))),
        ("McNemar, a million pairs that differ", 1.0, &|| keep(mcnemar(499_000, 501_000))),
        ("Tango, a million pairs", 1.0, &|| keep(tango(400_000, 99_000, 101_000, 400_000, 0.95))),
    ];
    for (name, drawn, run) in
        lines.iter().filter(|(name, _, _)| words.is_empty() || words.iter().any(|word| name.contains(word.as_str())))
    {
        let time = median(run);
        println!("{name:<52} {:>7.2} ms {:>11.3} ns", time.as_secs_f64() * 1e3, time.as_secs_f64() * 1e9 / drawn);
    }
}

fn median(run: &dyn Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[REPEATS / 2]
}

/// Differences of scores of 0 and 1.
fn few_values() -> Vec<f64> {
    (0..PAIRS).map(|i| [0.0, 0.0, 1.0, 0.0, -1.0, 0.0, 1.0][i % 7]).collect()
}

/// Differences that are all distinct.
fn many_values() -> Vec<f64> {
    (0..PAIRS).map(|i| (i as f64 * 0.618_033_988_75).fract() - 0.48).collect()
}

/// Nine of ten tie; the others are distinct.
fn mixed_values() -> Vec<f64> {
    many_values().into_iter().enumerate().map(|(i, value)| if i % 10 == 0 { value } else { 0.0 }).collect()
}

fn clusters() -> (Vec<f64>, Vec<u64>) {
    let values = many_values();
    let chunks = values.chunks(5);
    (chunks.clone().map(|cluster| cluster.iter().sum()).collect(), chunks.map(|cluster| cluster.len() as u64).collect())
}

/// Uses a result, so that it has to be computed.
fn keep<T>(result: T) {
    drop(black_box(result));
}
