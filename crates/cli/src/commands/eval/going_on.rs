//! `carat eval --resume RUN`

use std::sync::Arc;

use carat_core::compare::Sides;
use carat_core::event::{PlanOutline, Reuse, Variant};
use carat_core::fold::Progress;
use carat_core::{Case, Event, EventKind, RunId};
use carat_eval::Plan;
use carat_eval::resume::{Decisions, Recorded};
use carat_store::{Detail, Store};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::{Session, now};

use super::baseline::Loaded;
use super::carry_out::{Counted, Job, Work, is_compared};
use super::ingredients::Selected;
use super::versions::Pins;
use super::{Args, budget, dry_run};

/// Goes on with a run: pays for no answer twice, does again what has changed, and says how many of each.
pub(super) async fn go_on(args: &Args, reference: &str, session: &Session) -> Result<Exit, Fault> {
    let store = Arc::new(session.store().await?);
    let run = store.find_run(reference).await?.id;
    let mut journal = store.reopen_run(&run).await?;
    let (before, variants) = plans(&store, &run).await?;
    let spec = match args.specs.as_slice() {
        [] => before.spec_file.clone(),
        [spec] => spec.clone(),
        _ => return Err(Fault::mendable("--resume goes on with one run, and so with one spec")),
    };
    let reference = args.baseline().map(str::to_owned).or_else(|| before.baseline.clone());
    let overrides = args.overrides(before.overrides.clone());
    let catalogue = session.catalogue(&store);
    let pinned = Pins(before.pinned.clone());
    let selected = Selected::select(session, &catalogue, &spec, overrides, reference, &pinned).await?;
    let (models, judges) = selected.build(session, &store).await?;
    let mut plan = selected.plan(args, &catalogue, models, judges, &variants).await?;
    plan.outline.name = plan.outline.name.or_else(|| before.name.clone());
    plan.outline.note = plan.outline.note.or_else(|| before.note.clone());
    let baseline = find_baseline(&mut plan.outline, &run, session, &store).await?;
    // Whoever goes on without a word about money goes on with the budget that there was.
    plan.outline.budget = args.budget().or(before.budget);
    plan.outline.sharing = args.sharing(Some(&before.sharing), &session.project.spec)?;
    budget::refuse_unpriced(&plan.outline)?;
    let plan = Arc::new(plan);
    let decisions = decide(&plan, &before, &variants, &store, &run).await?;
    if args.dry_run {
        out::data(&format!("{}\n{}", told(&decisions.reuse, &run), dry_run::gates_of(&plan.outline)))?;
        return Ok(Exit::Fine);
    }
    session.talk(&told(&decisions.reuse, &run));
    let resumed = EventKind::RunResumed { at: now(), plan: plan.outline.clone(), reuse: decisions.reuse };
    let event = Event { seq: journal.next_seq(), elapsed_us: 0, kind: resumed };
    journal.resume(&event, &decisions.superseded, &decisions.restored).await?;
    let counted = count(&store, &run, &plan.outline).await?;
    let purse = budget::purse(plan.outline.budget, &store, &run).await?;
    let (outline, work) = (plan.outline.clone(), Work::Plan(plan));
    let job = Job { outline, work, journal, opening: Vec::new(), counted, decisions, baseline, purse };
    job.carry_out(args, session, store).await
}

/// What a recorded run is to be compared with. It is found before anything is recorded: a run that cannot be compared any
/// more is left as it was. The plan names it for good from then on.
pub(super) async fn find_baseline(
    outline: &mut PlanOutline,
    run: &RunId,
    session: &Session,
    store: &Store,
) -> Result<Option<Loaded>, Fault> {
    let Some(reference) = &outline.baseline else { return Ok(None) };
    let loaded = Loaded::find(reference, &outline.slices, session).await?;
    loaded.refuse_itself(run)?;
    loaded.refuse_unrelated(&count(store, run, outline).await?.sides)?;
    outline.baseline = Some(loaded.reference());
    Ok(Some(loaded))
}

/// The plan as it was last, and all variants that the run ever had.
pub(super) async fn plans(store: &Store, run: &RunId) -> Result<(PlanOutline, Vec<Variant>), Fault> {
    let mut plans = store.plans(run).await?;
    let mut variants: Vec<Variant> = Vec::new();
    for new in plans.iter().flat_map(|plan| &plan.variants) {
        if variants.iter().all(|known| known.number != new.number) {
            variants.push(new.clone());
        }
    }
    let last = plans.pop();
    let last = last.ok_or_else(|| Fault::mendable(format!("run {run} was killed before it began; start a new one")))?;
    Ok((last, variants))
}

async fn decide(
    plan: &Arc<Plan>,
    before: &PlanOutline,
    variants: &[Variant],
    store: &Store,
    run: &RunId,
) -> Result<Decisions, Fault> {
    let recorded = store.recorded(run).await?.into_iter().map(|sample| Recorded {
        seq: sample.seq,
        case: Case { variant: sample.variant, row: sample.row, trial: sample.trial },
        row_digest: sample.row_digest,
        request_digest: sample.request_digest,
        answered: sample.completed,
        scored: sample.scored,
        superseded: sample.superseded,
    });
    let recorded = recorded.collect();
    Ok(tokio::task::block_in_place(|| Decisions::make(plan, before, variants, recorded))?)
}

/// What still counts of the run, folded as if it had just happened.
pub(super) async fn count(store: &Store, run: &RunId, outline: &PlanOutline) -> Result<Counted, Fault> {
    let sides = Sides::grouped(run.as_str(), &outline.slices, outline.cluster.as_ref());
    let mut counted = Counted { progress: Progress::of_plan(outline), sides, ..Counted::default() };
    let detail = if outline.needs_rows() { Detail::Rows } else { Detail::Verdicts };
    let mut replay = store.replay(run, detail).await?;
    while let Some(event) = replay.next().await? {
        counted.progress.apply(&event);
        counted.reasons.apply(&event);
        if is_compared(outline) {
            counted.sides.apply(&event);
        }
    }
    Ok(counted)
}

fn told(reuse: &Reuse, run: &RunId) -> String {
    let parts = [
        (reuse.kept, "kept"),
        (reuse.rescored, "scored again"),
        (reuse.prompt_changed, "asked again (prompt changed)"),
        (reuse.row_changed, "asked again (row changed)"),
        (reuse.model_changed, "asked again (model changed)"),
        (reuse.parameters_changed, "asked again (parameters changed)"),
        (reuse.failed_before, "asked again (no answer before)"),
        (reuse.new, "new"),
    ];
    let said: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    format!("going on with run {run}: {}", if said.is_empty() { "nothing to do".to_owned() } else { said.join(", ") })
}
