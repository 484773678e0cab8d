//! `carat run list | show | resume | export | import | delete`

pub(crate) mod reasons;
pub(crate) mod summary;

mod delete;
pub(crate) mod effort;
mod export;
mod import;
mod miss;
mod row;
mod show;
mod why;

use std::path::PathBuf;

use carat_core::event::RunStatus;
use carat_store::RunRecord;
use serde_json::json;

use crate::commands::eval;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD, ODD};
use crate::report_files::ReportFiles;
use crate::session::Session;
use crate::table::{Cell, Table};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// All runs, newest first
    List {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// What a run came to: scores, confusion, failures
    Show {
        /// A run's id or the beginning of it, its name, @last or @last~1
        #[arg(default_value = "@last")]
        run: String,
        /// One row in full: what was asked, answered and scored
        #[arg(long, value_name = "ID", conflicts_with = "json")]
        row: Option<String>,
        /// All that is behind the scores of one row: its versions, models, scorers, judges, who ran it and from which commit
        #[arg(long, value_name = "ID", conflicts_with = "row")]
        why: Option<String>,
        /// Why the question of one row was asked, and not answered from an earlier run: which part of it changed
        #[arg(long, value_name = "ID", conflicts_with_all = ["row", "why", "json"])]
        why_miss: Option<String>,
        /// The report as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        files: ReportFiles,
    },
    /// Go on with a run that was interrupted, killed or has failures
    Resume {
        /// A run's id or the beginning of it, its name, @last or @last~1
        #[arg(default_value = "@last")]
        run: String,
        /// The most calls in flight for each model
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
        concurrency: Option<u16>,
        /// Write the report as JSON to a file, or to stdout as -
        #[arg(long, value_name = "F")]
        json: Option<PathBuf>,
    },
    /// Write a run to one file, which diffs and reports read as they read the store
    Export {
        /// A run's id or the beginning of it, its name, @last or @last~1
        run: String,
        /// A .carat file, a .jsonl file for the samples one a line, or - for stdout [default: RUN-ID.carat]
        file: Option<PathBuf>,
        /// Overwrite the file if it is there
        #[arg(long)]
        force: bool,
    },
    /// Take the run of an exported file into the store
    Import {
        /// The file
        file: PathBuf,
    },
    /// Delete runs, and give their room back
    Delete(delete::Args),
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    match &args.verb {
        Verb::List { limit, json } => list(session, *limit, *json).await,
        Verb::Show { run, row: Some(row), .. } => row::show(session, run, row).await,
        Verb::Show { run, why: Some(row), json, .. } => why::show(session, run, row, *json).await,
        Verb::Show { run, why_miss: Some(row), .. } => miss::show(session, run, row).await,
        Verb::Show { run, json, files, .. } => show::show(session, run, *json, files).await,
        Verb::Resume { run, concurrency, json } => {
            eval::run(&eval::Args::resuming(run.clone(), json.clone(), *concurrency), session).await
        }
        Verb::Export { run, file, force } => export::export(session, run, file.as_deref(), *force).await,
        Verb::Import { file } => import::import(session, file).await,
        Verb::Delete(args) => delete::delete(session, args).await,
    }
}

async fn list(session: &Session, limit: usize, json: bool) -> Result<Exit, Fault> {
    let store = session.store().await?;
    let runs = store.runs().await?;
    let word = |run: &RunRecord| match run.status {
        Some(RunStatus::Finished) => "finished",
        Some(RunStatus::Interrupted) => "interrupted",
        Some(RunStatus::Failed) => "failed",
        Some(RunStatus::OverBudget) => "over budget",
        None if store.is_running(&run.id).unwrap_or(false) => "running",
        None => "killed",
    };
    if json {
        let entry = |run: &RunRecord| {
            json!({"id": run.id, "eval": run.eval, "name": run.name, "started_at": run.started_at,
                   "status": word(run), "samples": run.samples})
        };
        out::json(&json!({"format": 1, "runs": runs.iter().take(limit).map(entry).collect::<Vec<_>>()}))?;
        return Ok(Exit::Fine);
    }
    let mut table = Table::new(["run", "eval", "name", "started", "status", ">samples"]);
    for run in runs.iter().take(limit) {
        let style = match word(run) {
            "finished" => GOOD,
            "running" => ODD,
            _ => BAD,
        };
        table.row(vec![
            // As much as finds the run again; see `summary::next_steps`.
            Cell::from(run.id.as_str()).or_short(run.id.as_str().get(..13).unwrap_or(run.id.as_str())),
            run.eval.as_str().into(),
            Cell::styled(FAINT, run.name.as_deref().unwrap_or("–")),
            run.started_at.get(..16).unwrap_or(&run.started_at).replace('T', " ").into(),
            Cell::styled(style, word(run)),
            run.samples.to_string().into(),
        ]);
    }
    if table.is_empty() {
        session.talk("no runs yet; `carat eval SPEC` makes one");
    } else {
        out::data(&table.fitted())?;
        if runs.len() > limit {
            session.talk(&format!("{} more; --limit shows them", runs.len() - limit));
        }
    }
    Ok(Exit::Fine)
}
