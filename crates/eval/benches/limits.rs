//! How near an account's calls come to what its provider bears, and how many are refused on the way, by world.
//!
//! `cargo bench -p carat-eval --bench limits` prints a line a world, on simulated time: in which second nine tenths of the
//! hidden limit were first in service, the share of calls that were refused within the first 30 seconds, over the two and a
//! half minutes after those how much of the limit was in service and the share that was refused, and the cuts in all. Words
//! behind `--` pick worlds by their names. Each figure is the median over seeds, with the least and the most.
//!
//! A call spends a 25th of its time on each way, at most 20 ms, which is not service: of quick calls, 92 % is all of it.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and breaks loudly")]

#[path = "../tests/limits/world.rs"]
mod world;

use std::time::Duration;

use carat_eval::limits::Settings;
use world::{Seen, Turn, World};

const SEEDS: u64 = 5;
const SECOND: Duration = Duration::from_secs(1);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    println!(
        "{:<28} {:>18} {:>18} {:>18} {:>18} {:>12}",
        "world", "90 % in second", "30 s: refused %", "later: used %", "later: refused %", "cuts"
    );
    for (name, bears, world) in worlds() {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word)) {
            report(&name, bears, &world);
        }
    }
}

/// Each with its name, and how many calls are all that there is to be had.
fn worlds() -> Vec<(String, f64, World)> {
    let mut worlds = Vec::new();
    for bears in [1, 3, 50, 400] {
        for latency_ms in [50, 200, 1000, 5000] {
            worlds.push((format!("{bears} calls of {latency_ms} ms"), bears as f64, World::new(bears, latency_ms)));
        }
    }
    for latency_ms in [50, 1000, 5000] {
        let world = World { spread: 0.0, ..World::new(50, latency_ms) };
        worlds.push((format!("50 of exactly {latency_ms} ms"), 50.0, world));
    }
    let fifty = || World::new(50, 1000);
    let turning = |at: u32, turn| World { turns: vec![(at * SECOND, turn)], ..fifty() };
    let minute =
        || World { requests_per_minute: Some(600), settings: Settings::adaptive(16, 64), ..World::new(1000, 1000) };
    let others = [
        ("50, Retry-After: 1", 50.0, World { retry_after: Some(SECOND), ..fifty() }),
        ("50, 1 % refused for nothing", 50.0, World { moods: 0.01, ..fifty() }),
        ("50, a storm of 20 s", 50.0, turning(60, Turn::Storm(20 * SECOND))),
        ("50, a failure of 20 s", 50.0, turning(60, Turn::Breaks(20 * SECOND))),
        ("50, from 35 s on 10", 10.0, turning(35, Turn::Bears(10))),
        ("50, from 35 s on 200", 200.0, turning(35, Turn::Bears(200))),
        ("600 a minute, told", 10.0, World { tells: true, ..minute() }),
        ("600 a minute, Retry-After", 10.0, World { retry_after: Some(SECOND), ..minute() }),
        ("600 a minute, nothing said", 10.0, minute()),
    ];
    worlds.extend(others.map(|(name, bears, world)| (name.to_owned(), bears, world)));
    worlds
}

fn report(name: &str, bears: f64, world: &World) {
    let seen: Vec<Seen> = (1..=SEEDS).map(|seed| live(World { seed, lasts: 180 * SECOND, ..world.clone() })).collect();
    let figure = |of: &dyn Fn(&Seen) -> f64| {
        let mut all: Vec<f64> = seen.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        format!("{:.1} ({:.1}..{:.1})", all[all.len() / 2], all[0], all[all.len() - 1])
    };
    println!(
        "{name:<28} {:>18} {:>18} {:>18} {:>18} {:>12}",
        figure(&|seen| seen.reached(0.9 * bears).map_or(f64::INFINITY, |second| (second + 1) as f64)),
        figure(&|seen| 100.0 * seen.refused(0, 30)),
        figure(&|seen| 100.0 * seen.mean(30, 180) / bears),
        figure(&|seen| 100.0 * seen.refused(30, 180)),
        whole(seen.iter().map(|seen| seen.history.cuts)),
    );
}

/// The median, the least and the most of what is counted.
fn whole(counts: impl Iterator<Item = u64>) -> String {
    let mut all: Vec<u64> = counts.collect();
    all.sort_unstable();
    format!("{} ({}..{})", all[all.len() / 2], all[0], all[all.len() - 1])
}

fn live(world: World) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(world.live())
}
