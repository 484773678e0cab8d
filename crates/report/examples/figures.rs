//! What reports cost: seconds and peak memory for 100,000 samples in every format, each in a process of its own.
//!
//!     cargo run --release -p carat-report --example figures
//!     cargo run --release -p carat-report --example figures -- html report.html 5000 hostile
//!
//! The second writes one report of so many rows on two variants, to look at.

#[path = "../tests/reports/made.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "shared with the tests, which need more of it")]
mod made;

use std::error::Error;
use std::fs::File;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;

use carat_report::Format;

use made::Made;

type Outcome = Result<(), Box<dyn Error>>;

const ROWS: u64 = 50_000;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => all(),
        [format, file, rows] => one(format, file, Made { rows: rows.parse()?, hostile: false }),
        [format, file, rows, "hostile"] => one(format, file, Made { rows: rows.parse()?, hostile: true }),
        _ => Err("figures [FORMAT FILE ROWS [hostile]]".into()),
    }
}

/// Each format in a process of its own, so that one's peak is not another's.
fn all() -> Outcome {
    let folder = std::env::temp_dir().join(format!("carat-figures-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    writeln!(
        io::stdout(),
        "{} samples\n{:<10} {:>8} {:>10} {:>10} {:>10}",
        2 * ROWS,
        "format",
        "seconds",
        "folded MB",
        "peak MB",
        "file MB"
    )?;
    for format in Format::ALL {
        let file = folder.join(format!("report.{}", format.as_str()));
        let me = Command::new(std::env::current_exe()?);
        let status = { me }.args([format.as_str().as_ref(), file.as_os_str(), ROWS.to_string().as_ref()]).status()?;
        if !status.success() {
            return Err(format!("{} could not be written", format.as_str()).into());
        }
    }
    Ok(std::fs::remove_dir_all(folder)?)
}

fn one(format: &str, file: &str, made: Made) -> Outcome {
    let known = Format::ALL.into_iter().find(|known| known.as_str() == format);
    let format = known.ok_or_else(|| format!("there is no format `{format}`"))?;
    // What is folded is there before the first sample is written, and is not the writer's.
    let folded = made.folded();
    let before = peak_mb()?;
    let began = Instant::now();
    made::write_to(format, made, &folded, &mut File::create(file)?)?;
    let seconds = began.elapsed().as_secs_f64();
    let size = std::fs::metadata(file)?.len() as f64 / 1e6;
    writeln!(io::stdout(), "{:<10} {seconds:>8.2} {before:>10.0} {:>10.0} {size:>10.1}", format.as_str(), peak_mb()?)?;
    Ok(())
}

/// The most memory that the process has had, as Linux tells it.
fn peak_mb() -> Result<f64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM in /proc/self/status")?;
    let kb: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kb / 1e3)
}
