//! Carrying out a plan: the journal first, then everybody who watches.

use std::path::Path;
use std::sync::{Arc, Mutex};

use carat_core::compare::{Settings, Sides};
use carat_core::event::{Budget, FORMAT, PlanOutline, RunStatus};
use carat_core::fold::{Progress, Report, Spent, VariantReport};
use carat_core::spec::GateMode;
use carat_core::{Completion, DataError, EventKind, ModelErrorKind, Origin, Question, RunId, Sample, UnscoredKind};
use carat_eval::comparing::{self, Baseline, Compared};
use carat_eval::jury::Jury;
use carat_eval::limits::Waits;
use carat_eval::plan::Judge;
use carat_eval::resume::Decisions;
use carat_eval::run::Recordings;
use carat_eval::{Execution, Plan, Purse, RunError, gates};
use carat_registry::Catalogue;
use carat_store::{Answers, Journal, Store};
use tokio::sync::mpsc;

use crate::commands::run::reasons::Reasons;
use crate::commands::run::summary;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::recorded::Recorded;
use crate::report_files;
use crate::session::{Session, now};

use super::baseline::Loaded;
use super::ingredients::Selected;
use super::watch::{Screen, Watcher};
use super::{Args, budget, cache, dry_run, interrupts};

/// Begins a new run of what was selected, and carries it out; a dry run ends when all has been checked. It may spend what is
/// left of the budget, and leaves what it has not spent.
pub(super) async fn begin(
    args: &Args,
    session: &Session,
    catalogue: &Catalogue,
    selected: Selected,
    left: &mut Budget,
) -> Result<Exit, Fault> {
    let store = Arc::clone(&catalogue.store);
    let baseline = match args.baseline() {
        Some(reference) => {
            let loaded = Loaded::find(reference, &selected.eval.spec.slices, session).await?;
            loaded.refuse_foreign(&*selected.rows, args.common_rows, selected.is_part())?;
            Some(loaded)
        }
        None => None,
    };
    let (models, judges) = selected.build(session, &store).await?;
    let mut plan = selected.plan(args, catalogue, models, judges, &[]).await?;
    plan.outline.baseline = baseline.as_ref().map(Loaded::reference);
    plan.outline.budget = *left;
    plan.outline.sharing = args.sharing(None, &session.project.spec)?;
    budget::refuse_unpriced(&plan.outline)?;
    if args.dry_run {
        out::data(&dry_run::gates_of(&plan.outline))?;
        return Ok(Exit::Fine);
    }
    let run: RunId = uuid::Uuid::now_v7().to_string().into();
    let at = now();
    let journal = store.begin_run(&run, &plan.outline.eval, args.name.as_deref(), &at).await?;
    let opening = EventKind::RunStarted { format: FORMAT, run, at, plan: plan.outline.clone() };
    let purse = Arc::new(Purse::new(*left, Spent::default()));
    let job = Job {
        purse: Arc::clone(&purse),
        outline: plan.outline.clone(),
        work: Work::Plan(Arc::new(plan)),
        journal,
        opening: vec![opening],
        counted: Counted::default(),
        decisions: Decisions::default(),
        baseline,
    };
    let exit = job.carry_out(args, session, store).await;
    *left = purse.left();
    exit
}

/// What is to be done, and where it stands.
pub(super) struct Job {
    pub(super) outline: PlanOutline,
    pub(super) work: Work,
    pub(super) journal: Journal,
    pub(super) opening: Vec<EventKind>,
    /// What was recorded before, already counted.
    pub(super) counted: Counted,
    pub(super) decisions: Decisions,
    pub(super) baseline: Option<Loaded>,
    /// What it may spend, and has spent.
    pub(super) purse: Arc<Purse>,
}

/// Where answers come from.
pub(super) enum Work {
    /// Models are asked.
    Plan(Arc<Plan>),
    /// They are recorded, and scored again.
    Recorded { jury: Arc<Jury>, judges: Arc<[Judge]>, samples: mpsc::Receiver<Result<Sample, DataError>> },
}

/// What events have come to.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) progress: Progress,
    /// Why cases had no answer.
    pub(super) reasons: Reasons,
    /// By row, as far as something is compared.
    pub(super) sides: Sides,
}

/// Whether rows have to be kept for a comparison.
pub(crate) const fn is_compared(outline: &PlanOutline) -> bool {
    outline.variants.len() > 1 || outline.baseline.is_some()
}

impl Job {
    /// Runs, tells, reports.
    pub(super) async fn carry_out(self, args: &Args, session: &Session, store: Arc<Store>) -> Result<Exit, Fault> {
        let run = self.journal.run().clone();
        let progress = Arc::new(Mutex::new(self.counted.progress));
        let waits: Arc<Waits> = Arc::default();
        let screen = Screen::open(session.quiet, &self.outline, Arc::clone(&progress), Arc::clone(&waits));
        let told = screen.clone();
        let mut journal = self.journal.on_wait(move |error| told.say(&format!("{error}; waiting for half a minute")));
        let (stop, listener) = interrupts::listen(screen.clone());
        let sides = is_compared(&self.outline).then_some(self.counted.sides);
        let told = session.verbose.then(|| screen.clone());
        let mut watcher = Watcher::new(Arc::clone(&progress), self.counted.reasons, sides, told);
        let since = store.find_run(run.as_str()).await?.started_at;
        let scope = cache::scope(&self.outline.sharing, &run, &session.project.spec);
        let answers = Answers::of(Store::clone(&store), scope);
        let here = Origin { run: run.clone(), since };
        let recordings = StoredSamples { store: Arc::clone(&store), here, answers };
        let execution = Execution {
            opening: self.opening,
            next_seq: journal.next_seq(),
            decisions: Arc::new(self.decisions),
            purse: Arc::clone(&self.purse),
            recordings: Some(Arc::new(recordings)),
            sinks: vec![&mut journal, &mut watcher],
            stop,
            waits,
            now: &now,
        };
        let ended = match self.work {
            Work::Plan(plan) => carat_eval::run(plan, execution).await,
            Work::Recorded { jury, judges, samples } => carat_eval::rescore(jury, judges, samples, execution).await,
        };
        screen.close().await;
        listener.abort();
        journal.close().await;
        let progress = match progress.lock() {
            Ok(progress) => progress.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        };
        let counted = Counted { progress, reasons: watcher.reasons, sides: watcher.sides.unwrap_or_default() };
        let record = store.find_run(run.as_str()).await?;
        let recorded = Recorded::InStore(store, record);
        let conclusion = Conclusion { counted, recorded, baseline: self.baseline, purse: self.purse };
        conclusion.tell(ended, args, session).await
    }
}

/// What a run came to, and what it is compared with.
struct Conclusion {
    counted: Counted,
    recorded: Recorded,
    baseline: Option<Loaded>,
    purse: Arc<Purse>,
}

impl Conclusion {
    /// Says what the run came to, writes the reports, and says what that means for the exit code.
    async fn tell(self, ended: Result<RunStatus, RunError>, args: &Args, session: &Session) -> Result<Exit, Fault> {
        let Counted { progress, reasons, sides } = &self.counted;
        let (Some(mut report), Some(plan)) = (Report::of(progress), progress.plan.as_ref()) else {
            return ended.map(|_| Exit::Fine).map_err(Fault::from);
        };
        let baseline = self.baseline.as_ref().map(|loaded| &loaded.baseline);
        complete(&mut report, plan, sides, baseline.ok_or_else(|| NO_BASELINE.to_owned()));
        let json_to_stdout = args.json.as_deref() == Some(Path::new("-"));
        // Whatever becomes of the files, the person hears what the run came to.
        let written = match args.json.as_deref().filter(|_| !json_to_stdout) {
            Some(file) => report_files::write_json(file, &report),
            None => Ok(()),
        };
        let shown = summary::of(&report, progress, reasons);
        if json_to_stdout {
            out::json(&report)?;
        }
        if json_to_stdout || args.reports.take_stdout() {
            session.talk(&shown)
        } else {
            out::data(&shown)?
        }
        let pairs = comparing::shown(sides, baseline);
        let runs: Vec<&Recorded> =
            [&self.recorded].into_iter().chain(self.baseline.as_ref().map(Loaded::recorded)).collect();
        let written = both(written, args.reports.write(plan, &report, &self.recorded, &pairs, &runs).await);
        session.talk(&summary::next_steps(&report, progress));
        if progress.status == Some(RunStatus::OverBudget) {
            session.talk(&budget::used_up(plan, &self.purse.statement(), report.run.id.get(..13).unwrap_or_default()));
        }
        let status = ended?;
        written?;
        Ok(exit_of(status, &report))
    }
}

/// Of two things that were done, whatever failed.
fn both(one: Result<(), Fault>, other: Result<(), Fault>) -> Result<(), Fault> {
    match (one, other) {
        (Err(one), Err(other)) => Err(Fault { message: format!("{}; {}", one.message, other.message), ..one }),
        (one, other) => one.and(other),
    }
}

/// Why gates on a baseline fail where none was named.
const NO_BASELINE: &str = "there is no baseline; name one with --baseline";

/// Adds to a report what its rows say when they are compared, and whether the gates hold.
pub(crate) fn complete(report: &mut Report, plan: &PlanOutline, sides: &Sides, baseline: Result<&Baseline, String>) {
    let compared = Compared::of_run(sides, baseline, plan, &Settings::default());
    report.gates = gates::judge(&plan.gates, report, &compared);
    report.comparisons = compared.shown;
}

fn exit_of(status: RunStatus, report: &Report) -> Exit {
    // A variant without a single answer has not been measured, whatever the others say.
    let mut silent = report.variants.iter().filter(|variant| variant.samples == variant.errors).peekable();
    let missed = |gate: &carat_core::fold::GateReport| !gate.holds && gate.mode == GateMode::Block;
    match status {
        RunStatus::Interrupted => Exit::Interrupted,
        RunStatus::Failed => Exit::World,
        RunStatus::OverBudget => Exit::OverBudget,
        RunStatus::Finished if silent.peek().is_some() => {
            if silent.all(is_mendable) {
                Exit::Mendable
            } else {
                Exit::World
            }
        }
        RunStatus::Finished if report.gates.iter().any(missed) => Exit::GateFailed,
        RunStatus::Finished => report.variants.iter().map(of_silent_scorers).fold(Exit::Fine, Exit::graver),
    }
}

/// A scorer that had nothing to say of any answer has measured nothing, whatever the others say.
fn of_silent_scorers(variant: &VariantReport) -> Exit {
    let has_spoken = |scorer: &str| {
        let mut names = variant.metrics.keys().filter_map(|name| name.rsplit_once('.'));
        names.any(|(of, _)| of == scorer)
    };
    let silent = variant.unscored_because.iter().filter(|(scorer, _)| !has_spoken(scorer));
    let of_one = |(_, reasons): (&String, &std::collections::BTreeMap<String, u64>)| {
        if reasons.contains_key(UnscoredKind::JudgeFailed.as_str()) { Exit::World } else { Exit::Mendable }
    };
    silent.map(of_one).fold(Exit::Fine, Exit::graver)
}

/// Whether it was prompts and data that kept a variant from being answered, rather than the world.
fn is_mendable(variant: &VariantReport) -> bool {
    let by_hand = [ModelErrorKind::NoExamples, ModelErrorKind::NotRecorded].map(ModelErrorKind::as_str);
    variant.failures.keys().all(|kind| kind == "unrendered" || by_hand.contains(&kind.as_str()))
}

/// The samples of a run, for answers that are scored again, and those of all runs, for questions that were answered before.
struct StoredSamples {
    store: Arc<Store>,
    /// The run itself.
    here: Origin,
    /// What was answered before, as far as it may be used.
    answers: Answers,
}

#[async_trait::async_trait]
impl Recordings for StoredSamples {
    async fn sample(&self, seq: u64) -> Result<Sample, String> {
        self.store.sample_at(&self.here.run, seq).await.map_err(|error| error.to_string())
    }

    async fn answered(&self, questions: &[Question]) -> Result<Vec<Option<Completion>>, String> {
        self.answers.find(questions).await.map_err(|error| error.to_string())
    }

    fn here(&self) -> Origin {
        self.here.clone()
    }

    async fn judged(&self, question: &Question) -> Result<Option<Completion>, String> {
        self.answers.judged(question).await.map_err(|error| error.to_string())
    }
}
