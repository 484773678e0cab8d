//! Carrying out a plan: the journal first, then everybody who watches.

use std::path::Path;
use std::sync::{Arc, Mutex};

use carat_core::event::{FORMAT, RunStatus};
use carat_core::fold::{Progress, Report};
use carat_core::spec::GateSpec;
use carat_core::{EventKind, RunId, Sample};
use carat_eval::resume::Decisions;
use carat_eval::run::Recordings;
use carat_eval::{Execution, Plan, RunError, gates};
use carat_store::{Journal, Store};

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
    let gates = selected.eval.spec.gates.clone();
    let plan = selected.plan(args, session, &store, models, &[]).await?;
    let run: RunId = uuid::Uuid::now_v7().to_string().into();
    let at = now();
    let journal = store.begin_run(&run, &plan.outline.eval, args.name.as_deref(), &at).await?;
    let opening = EventKind::RunStarted { format: FORMAT, run, at, plan: plan.outline.clone() };
    let job = Job {
        plan: Arc::new(plan),
        journal,
        opening: vec![opening],
        progress: Progress::default(),
        decisions: Decisions::default(),
        gates,
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
    pub(super) decisions: Decisions,
    pub(super) gates: Vec<GateSpec>,
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
        let mut watcher = Watcher::new(Arc::clone(&progress));
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
        conclude(ended, &progress, &self.gates, args.json.as_deref(), session)
    }
}

/// Says what the run came to, and what that means for the exit code.
fn conclude(
    ended: Result<RunStatus, RunError>,
    progress: &Progress,
    gates: &[GateSpec],
    json: Option<&Path>,
    session: &Session,
) -> Result<Exit, Fault> {
    let Some(mut report) = Report::of(progress) else { return ended.map(|_| Exit::Fine).map_err(Fault::from) };
    report.gates = gates::judge(gates, &report);
    let to_stdout = json == Some(Path::new("-"));
    if let Some(file) = json.filter(|_| !to_stdout) {
        write_report(file, &report)?;
    }
    if to_stdout {
        out::json(&report)?;
        session.talk(&summary::of(&report, progress));
    } else {
        out::data(&summary::of(&report, progress))?;
    }
    session.talk(&summary::next_steps(&report, progress));
    let status = ended?;
    Ok(exit_of(status, &report))
}

fn exit_of(status: RunStatus, report: &Report) -> Exit {
    let nothing_answered = report.variants.iter().all(|variant| variant.samples == variant.errors);
    match status {
        RunStatus::Interrupted => Exit::Interrupted,
        RunStatus::Failed => Exit::World,
        RunStatus::Finished if nothing_answered => Exit::World,
        RunStatus::Finished if report.gates.iter().any(|gate| !gate.holds) => Exit::GateFailed,
        RunStatus::Finished => Exit::Fine,
    }
}

/// The file is there with all of the report, or as it was before.
fn write_report(file: &Path, report: &Report) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(report).map_err(Fault::bug)?;
    let beside = file.with_extension("json.part");
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
