//! `--json F --jsonl F --junit F …`: what a run came to, as files for others to read.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use carat_core::compare::{Side, SideName};
use carat_core::event::PlanOutline;
use carat_core::fold::Report;
use carat_core::{EventKind, Sample};
use carat_report::{Compared, Format, Pairs, Subject, Writer};
use carat_store::Detail;

use crate::fault::Fault;
use crate::recorded::Recorded;

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
        self.wanted().iter().any(|(_, file)| is_stdout(file))
    }

    /// Tells that a file cannot be written before anything is paid for.
    pub(crate) fn refuse_unwritable(&self) -> Result<(), Fault> {
        if self.wanted().iter().filter(|(_, file)| is_stdout(file)).count() > 1 {
            return Err(Fault::mendable("only one report can go to stdout"));
        }
        self.wanted().iter().filter(|(_, file)| !is_stdout(file)).try_for_each(|(_, file)| refuse_unwritable(file))
    }

    /// Writes all of them. `sides` are those of the report's comparisons; `runs` are the runs that have their samples.
    pub(crate) async fn write(
        &self,
        plan: &PlanOutline,
        report: &Report,
        run: &Recorded,
        sides: &[(&Side, &Side)],
        runs: &[&Recorded],
    ) -> Result<(), Fault> {
        for (format, file) in self.wanted() {
            let subject = Subject { plan, report };
            let fetch = |side: &SideName, seq: u64| fetch(runs, side, seq);
            let mut pairs = Compared::new(sides.iter().copied(), fetch);
            write(format, file, subject, run, &mut pairs).await?;
        }
        Ok(())
    }
}

fn is_stdout(file: &Path) -> bool {
    file == Path::new("-")
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
) -> Result<(), Fault> {
    if is_stdout(file) {
        let out: Box<dyn Write + Send> = Box::new(io::stdout());
        return fill(format, out, subject, run, pairs).await.map_err(|why| unwritten(file, &why));
    }
    let beside = beside(file);
    let written = match std::fs::File::create(&beside) {
        Ok(out) => fill(format, Box::new(out), subject, run, pairs).await,
        Err(error) => Err(error.to_string()),
    };
    let named = written.and_then(|()| std::fs::rename(&beside, file).map_err(|error| error.to_string()));
    named.map_err(|why| {
        let _ = std::fs::remove_file(&beside);
        unwritten(file, &why)
    })
}

fn unwritten(file: &Path, why: &str) -> Fault {
    let advice = "the run is recorded; `carat run show` writes the same report";
    Fault::world(format!("cannot write the report {}: {why}; {advice}", file.display()))
}

async fn fill(
    format: Format,
    out: Box<dyn Write + Send + '_>,
    subject: Subject<'_>,
    run: &Recorded,
    pairs: &mut dyn Pairs,
) -> Result<(), String> {
    let mut writer: Box<dyn Writer + '_> = format.open(out, subject, pairs).map_err(|error| error.to_string())?;
    if format.needs_samples() {
        let each = |event: carat_core::Event| match event.kind {
            EventKind::CaseFinished { sample } => writer.sample(&sample).map_err(Fault::world),
            _ => Ok(()),
        };
        run.events(Detail::Full, each).await.map_err(|fault| fault.message)?;
    }
    match writer.finish(pairs) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        ended => ended.map_err(|error| error.to_string()),
    }
}

/// Tells that a report cannot be written before anything is paid for.
pub(crate) fn refuse_unwritable(file: &Path) -> Result<(), Fault> {
    let beside = beside(file);
    let tried = if file.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        std::fs::File::create(&beside).and_then(|_| std::fs::remove_file(&beside))
    };
    tried.map_err(|error: io::Error| {
        let advice = "name a file in a folder that is there and may be written; nothing has been run";
        Fault::mendable(format!("cannot write the report {}: {error}; {advice}", file.display()))
    })
}

/// Where a report is written before it gets its name.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}

/// Writes the report itself, as JSON: the file is there with all of it, or as it was before.
pub(crate) fn write_json(file: &Path, report: &Report) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(report).map_err(Fault::bug)?;
    let beside = beside(file);
    let written = std::fs::write(&beside, text + "\n").and_then(|()| std::fs::rename(&beside, file));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        unwritten(file, &error.to_string())
    })
}
