//! Carrying out a plan: the journal first, then everybody who watches.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use carat_core::event::{FORMAT, RunStatus};
use carat_core::fold::{Progress, Report, VariantReport};
use carat_core::{EventKind, ModelErrorKind, RunId, Sample};
use carat_eval::resume::Decisions;
use carat_eval::run::Recordings;
use carat_eval::{Execution, Plan, RunError, gates};
use carat_store::{Journal, Store};

use crate::commands::run::reasons::Reasons;
use crate::commands::run::summary;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::{Session, now};

use super::ingredients::Selected;
use super::watch::{Screen, Watcher};
use super::{Args, interrupts, models};

/// Begins a new run of what was selected, and carries it out.
pub(super) async fn begin(args: &Args, session: &Session, selected: Selected) -> Result<Exit, Fault> {
    let store = Arc::new(session.store().await?);
    let models = models::build_models(&selected.eval.spec.models, session, &store).await?;
    let plan = selected.plan(args, session, Some(&store), models, &[]).await?;
    let run: RunId = uuid::Uuid::now_v7().to_string().into();
    let at = now();
    let journal = store.begin_run(&run, &plan.outline.eval, args.name.as_deref(), &at).await?;
    let opening = EventKind::RunStarted { format: FORMAT, run, at, plan: plan.outline.clone() };
    let job = Job {
        plan: Arc::new(plan),
        journal,
        opening: vec![opening],
        progress: Progress::default(),
        reasons: Reasons::default(),
        decisions: Decisions::default(),
    };
    job.carry_out(args, session, store).await
}

/// A plan, and where it stands.
pub(super) struct Job {
    pub(super) plan: Arc<Plan>,
    pub(super) journal: Journal,
    pub(super) opening: Vec<EventKind>,
    /// What was recorded before, already counted.
    pub(super) progress: Progress,
    /// Why cases had no answer before.
    pub(super) reasons: Reasons,
    pub(super) decisions: Decisions,
}

impl Job {
    /// Runs, tells, reports.
    pub(super) async fn carry_out(self, args: &Args, session: &Session, store: Arc<Store>) -> Result<Exit, Fault> {
        let run = self.journal.run().clone();
        let progress = Arc::new(Mutex::new(self.progress));
        let screen = Screen::open(session.quiet, &self.plan.outline, Arc::clone(&progress));
        let told = screen.clone();
        let mut journal = self.journal.on_wait(move |error| told.say(&format!("{error}; waiting for half a minute")));
        let (stop, listener) = interrupts::listen(screen.clone());
        let mut watcher = Watcher::new(Arc::clone(&progress), self.reasons, session.verbose.then(|| screen.clone()));
        let execution = Execution {
            opening: self.opening,
            next_seq: journal.next_seq(),
            decisions: Arc::new(self.decisions),
            recordings: Some(Arc::new(StoredSamples { store: Arc::clone(&store), run })),
            sinks: vec![&mut journal, &mut watcher],
            stop,
            now: &now,
        };
        let ended = carat_eval::run(Arc::clone(&self.plan), execution).await;
        screen.close().await;
        listener.abort();
        journal.close().await;
        let progress = match progress.lock() {
            Ok(progress) => progress.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        };
        let folded = Folded { progress, reasons: watcher.reasons };
        conclude(ended, &folded, args.json.as_deref(), session)
    }
}

/// What a run's events have come to.
struct Folded {
    progress: Progress,
    reasons: Reasons,
}

/// Says what the run came to, and what that means for the exit code.
fn conclude(
    ended: Result<RunStatus, RunError>,
    Folded { progress, reasons }: &Folded,
    json: Option<&Path>,
    session: &Session,
) -> Result<Exit, Fault> {
    let Some(mut report) = Report::of(progress) else { return ended.map(|_| Exit::Fine).map_err(Fault::from) };
    report.gates = gates::judge(&progress.plan.as_ref().map(|plan| plan.gates.clone()).unwrap_or_default(), &report);
    let to_stdout = json == Some(Path::new("-"));
    // Whatever becomes of the file, the person hears what the run came to.
    let written = json.filter(|_| !to_stdout).map_or(Ok(()), |file| write_report(file, &report));
    if to_stdout {
        out::json(&report)?;
        session.talk(&summary::of(&report, progress, reasons));
    } else {
        out::data(&summary::of(&report, progress, reasons))?;
    }
    session.talk(&summary::next_steps(&report, progress));
    let status = ended?;
    written?;
    Ok(exit_of(status, &report))
}

fn exit_of(status: RunStatus, report: &Report) -> Exit {
    // A variant without a single answer has not been measured, whatever the others say.
    let mut silent = report.variants.iter().filter(|variant| variant.samples == variant.errors).peekable();
    match status {
        RunStatus::Interrupted => Exit::Interrupted,
        RunStatus::Failed => Exit::World,
        RunStatus::Finished if silent.peek().is_some() => {
            if silent.all(is_mendable) {
                Exit::Mendable
            } else {
                Exit::World
            }
        }
        RunStatus::Finished if report.gates.iter().any(|gate| !gate.holds) => Exit::GateFailed,
        RunStatus::Finished => Exit::Fine,
    }
}

/// Whether it was prompts and data that kept a variant from being answered, rather than the world.
fn is_mendable(variant: &VariantReport) -> bool {
    let by_hand = [ModelErrorKind::NoExamples, ModelErrorKind::NotRecorded].map(ModelErrorKind::as_str);
    variant.failures.keys().all(|kind| kind == "unrendered" || by_hand.contains(&kind.as_str()))
}

/// Tells that a report cannot be written before anything is paid for.
pub(super) fn refuse_unwritable(file: &Path) -> Result<(), Fault> {
    let beside = beside(file);
    let tried = if file.is_dir() {
        Err(std::io::ErrorKind::IsADirectory.into())
    } else {
        std::fs::File::create(&beside).and_then(|_| std::fs::remove_file(&beside))
    };
    tried.map_err(|error| {
        let advice = "name a file in a folder that is there and may be written; nothing has been run";
        Fault::mendable(format!("cannot write the report {}: {error}; {advice}", file.display()))
    })
}

/// Where a report is written before it gets its name.
fn beside(file: &Path) -> PathBuf {
    file.with_extension("json.part")
}

/// The file is there with all of the report, or as it was before.
fn write_report(file: &Path, report: &Report) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(report).map_err(Fault::bug)?;
    let beside = beside(file);
    let written = std::fs::write(&beside, text + "\n").and_then(|()| std::fs::rename(&beside, file));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        let advice = "the run is recorded; `carat run show @last --json` prints the same report";
        Fault::world(format!("cannot write the report {}: {error}; {advice}", file.display()))
    })
}

/// The samples of a run, for answers that are scored again.
struct StoredSamples {
    store: Arc<Store>,
    run: RunId,
}

#[async_trait::async_trait]
impl Recordings for StoredSamples {
    async fn sample(&self, seq: u64) -> Result<Sample, String> {
        self.store.sample_at(&self.run, seq).await.map_err(|error| error.to_string())
    }
}
