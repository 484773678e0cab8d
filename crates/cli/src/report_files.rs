//! `--json F --jsonl F --junit F …`: what a run came to, as files for others to read.

mod kept;
mod place;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use carat_core::compare::{Side, SideName};
use carat_core::event::PlanOutline;
use carat_core::fold::Report;
use carat_core::{EventKind, Sample};
use carat_report::{Compared, Format, Pairs, Subject, Writer};
use carat_store::Detail;

use crate::fault::Fault;
use crate::recorded::Recorded;

pub(crate) use place::Draft;
use place::Place;

/// Files that others read; - is stdout.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ReportFiles {
    /// Write every sample as a line of JSON
    #[arg(long, value_name = "F", help_heading = "Reports (- is stdout)")]
    jsonl: Option<PathBuf>,
    /// Write JUnit XML, which CI systems read as tests
    #[arg(long, value_name = "F", help_heading = "Reports (- is stdout)")]
    junit: Option<PathBuf>,
    /// Write Markdown for the comment on a pull request
    #[arg(long, value_name = "F", help_heading = "Reports (- is stdout)")]
    markdown: Option<PathBuf>,
    /// Write a page for a browser, with all that it needs
    #[arg(long, value_name = "F", help_heading = "Reports (- is stdout)")]
    html: Option<PathBuf>,
    /// Write every sample as a row of CSV
    #[arg(long, value_name = "F", help_heading = "Reports (- is stdout)")]
    csv: Option<PathBuf>,
    /// Write every sample as a row of Parquet
    #[arg(long, value_name = "F", help_heading = "Reports (- is stdout)")]
    parquet: Option<PathBuf>,
}

impl ReportFiles {
    fn wanted(&self) -> Vec<(Format, &Path)> {
        let of = [
            (Format::JsonLines, &self.jsonl),
            (Format::Junit, &self.junit),
            (Format::Markdown, &self.markdown),
            (Format::Html, &self.html),
            (Format::Csv, &self.csv),
            (Format::Parquet, &self.parquet),
        ];
        of.into_iter().filter_map(|(format, file)| Some((format, file.as_deref()?))).collect()
    }

    /// Whether any is to be written.
    pub(crate) fn any(&self) -> bool {
        !self.wanted().is_empty()
    }

    /// Whether one of them goes to stdout, so that nothing else may.
    pub(crate) fn take_stdout(&self) -> bool {
        self.wanted().iter().any(|(_, file)| matches!(Place::of(file), Ok(Place::Stdout)))
    }

    /// Tells that a file cannot be written, or would have to take two reports, before anything is paid for. `json` is where
    /// the report itself goes.
    pub(crate) fn refuse_unwritable(&self, json: Option<&Path>) -> Result<(), Fault> {
        let mut taken: Vec<(Place, &Path)> = Vec::new();
        for file in json.into_iter().chain(self.wanted().into_iter().map(|(_, file)| file)) {
            let place = writable(file)?;
            if let Some((_, other)) = taken.iter().find(|(other, _)| *other == place) {
                return Err(twice(&place, other, file));
            }
            taken.push((place, file));
        }
        Ok(())
    }

    /// Writes all of them; one that fails keeps no other from being written. `sides` are those of the report's comparisons;
    /// `runs` are the runs that have their samples.
    pub(crate) async fn write(
        &self,
        plan: &PlanOutline,
        report: &Report,
        run: &Recorded,
        sides: &[(&Side, &Side)],
        runs: &[&Recorded],
    ) -> Result<(), Fault> {
        let mut failures = Vec::new();
        for (format, file) in self.wanted() {
            let subject = Subject { plan, report };
            let fetch = |side: &SideName, seq: u64| fetch(runs, side, seq);
            let mut pairs = Compared::new(sides.iter().copied(), fetch);
            if let Err(why) = write(format, file, subject, run, &mut pairs).await {
                failures.push(failure(file, &why));
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(unwritten(&failures)) }
    }
}

/// The place of a file that can be written.
fn writable(file: &Path) -> Result<Place, Fault> {
    let tried = Place::of(file).and_then(|place| place.try_out().map(|()| place));
    tried.map_err(|error| {
        let advice = "name a file in a folder that is there and may be written; nothing has been run";
        Fault::mendable(format!("{}; {advice}", failure(file, &error)))
    })
}

fn twice(place: &Place, file: &Path, other: &Path) -> Fault {
    if *place == Place::Stdout {
        return Fault::mendable("only one report can go to stdout");
    }
    let (file, other) = (file.display(), other.display());
    Fault::mendable(format!("{file} and {other} are one file, which takes one report; nothing has been run"))
}

/// The sample of a side, from the run that recorded it. Reports are written one sample after the other, and wait.
fn fetch(runs: &[&Recorded], side: &SideName, seq: u64) -> io::Result<Option<Sample>> {
    let Some(run) = runs.iter().find(|run| run.name() == side.run) else { return Ok(None) };
    let sample = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(run.sample(seq)));
    sample.map(Some).map_err(|fault| io::Error::other(fault.message))
}

/// The file is there with all of the report, or as it was before.
async fn write(
    format: Format,
    file: &Path,
    subject: Subject<'_>,
    run: &Recorded,
    pairs: &mut dyn Pairs,
) -> Result<(), String> {
    let opened = Place::of(file).and_then(|place| place.open());
    let (out, draft) = opened.map_err(|error| error.to_string())?;
    fill(format, out, subject, run, pairs).await?;
    draft.map_or(Ok(()), Draft::keep).map_err(|error| error.to_string())
}

fn failure(file: &Path, why: &dyn std::fmt::Display) -> String {
    format!("cannot write the report {}: {why}", file.display())
}

fn unwritten(failures: &[String]) -> Fault {
    let advice = "the run is recorded; `carat run show` writes the same report";
    Fault::world(format!("{}; {advice}", failures.join("; ")))
}

/// Writes a report of a recorded run. That nobody reads on is no fault.
///
/// # Errors
/// Why it cannot be written, or the run cannot be read, in words.
pub(crate) async fn fill(
    format: Format,
    out: Box<dyn Write + Send + '_>,
    subject: Subject<'_>,
    run: &Recorded,
    pairs: &mut dyn Pairs,
) -> Result<(), String> {
    let left = Arc::new(AtomicBool::new(false));
    let out = Box::new(WhileRead { out, left: Arc::clone(&left) });
    let mut writer: Box<dyn Writer + '_> = format.open(out, subject, pairs).map_err(|error| error.to_string())?;
    if format.needs_samples() {
        let each = |event: carat_core::Event| match event.kind {
            // An end of the reading, and of nothing else.
            EventKind::CaseFinished { .. } if left.load(Ordering::Relaxed) => Err(Fault::world("nobody reads on")),
            EventKind::CaseFinished { sample } => writer.sample(&sample).map_err(Fault::world),
            _ => Ok(()),
        };
        let read = run.events(Detail::Full, each).await;
        if left.load(Ordering::Relaxed) {
            return Ok(());
        }
        read.map_err(|fault| fault.message)?;
    }
    writer.finish(pairs).map_err(|error| error.to_string())
}

/// Hands on what is written until nobody reads it any more (`| head`), and drops the rest.
struct WhileRead<'a> {
    out: Box<dyn Write + Send + 'a>,
    left: Arc<AtomicBool>,
}

impl WhileRead<'_> {
    fn unless_left<T>(&self, done: io::Result<T>, otherwise: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.left.store(true, Ordering::Relaxed);
                Ok(otherwise)
            }
            done => done,
        }
    }
}

impl Write for WhileRead<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        let done = self.out.write(bytes);
        self.unless_left(done, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        self.unless_left(done, ())
    }
}

/// Writes the report itself, as JSON: the file is there with all of it, or as it was before.
pub(crate) fn write_json(file: &Path, report: &Report) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(report).map_err(Fault::bug)? + "\n";
    let written = Place::of(file).and_then(|place| {
        let (out, draft) = place.open()?;
        let mut out = WhileRead { out, left: Arc::default() };
        out.write_all(text.as_bytes()).and_then(|()| out.flush())?;
        draft.map_or(Ok(()), Draft::keep)
    });
    written.map_err(|error| unwritten(&[failure(file, &error)]))
}
