//! `carat eval --rescore RUN`: the recorded answers, scored again with the scorers of the spec as it is now.

use std::collections::HashMap;
use std::sync::Arc;

use carat_core::event::{PlanOutline, Reuse};
use carat_core::spec::{EvalSpec, Price};
use carat_core::{DataError, Event, EventKind, Sample};
use carat_eval::gates;
use carat_eval::plan::{PlannedModel, outlined};
use carat_eval::resume::Decisions;
use carat_store::Store;
use tokio::sync::mpsc;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::{Session, now};

use super::carry_out::{Job, Work};
use super::going_on::{count, find_baseline, plans};
use super::graders;
use super::ingredients::made;
use super::jury::Assembled;
use super::models::Models;
use super::versions::Pins;
use super::{Args, budget, dry_run};

/// So many answers are read ahead.
const AHEAD: usize = 64;

/// Scores every recorded answer again. No model is asked but those that judge. What was asked stays as it was recorded,
/// whatever has become of prompts and rows since.
pub(super) async fn rescore(args: &Args, reference: &str, session: &Session) -> Result<Exit, Fault> {
    let store = Arc::new(session.store().await?);
    let run = store.find_run(reference).await?.id;
    let mut journal = store.reopen_run(&run).await?;
    let (before, _) = plans(&store, &run).await?;
    let spec_file = match args.specs.as_slice() {
        [] => before.spec_file.clone(),
        [spec] => spec.clone(),
        _ => return Err(Fault::mendable("--rescore scores one run, and so with one spec")),
    };
    let catalogue = session.catalogue(&store);
    let mut eval = catalogue.eval(&spec_file).await?.eval;
    graders::read(&mut eval)?;
    let spec = eval.spec.clone().with(&args.overrides(before.overrides.clone()));
    let baseline = args.baseline().map(str::to_owned).or_else(|| before.baseline.clone());
    let (mut models, mut pins) = (Models::default(), Pins::default());
    models.find_judges(&spec.scorers, &catalogue, (&Pins(before.pinned.clone()), &mut pins)).await;
    let assembled = Assembled::of(&spec.scorers, &eval.file, baseline.as_deref(), &models, session).await?;
    let judges = assembled.judges(&models, session, &store).await?;
    let before = PlanOutline { made: Some(made(&catalogue)), ..before };
    let mut outline = rescored(before, &spec, baseline, &assembled, &judges)
        .map_err(|why| Fault::mendable(format!("{}: {why}", eval.file)))?;
    outline.budget = args.budget().or(outline.budget);
    outline.sharing = args.sharing(Some(&outline.sharing), &session.project.spec)?;
    budget::refuse_unpriced(&outline)?;
    gates::check(&outline).map_err(|why| Fault::mendable(format!("{}: {why}", eval.file)))?;
    let answered = answered(&store, &run, &outline).await?;
    let told = format!("{} recorded answers of run {run} to score again", answered.len());
    if answered.is_empty() {
        return Err(Fault::nothing(told));
    }
    let concurrency = args.concurrency.map(usize::from);
    let judges = judges.into_iter().map(|judge| judge.judging(concurrency)).collect::<Result<_, _>>()?;
    let baseline = find_baseline(&mut outline, &run, session, &store).await?;
    if args.dry_run {
        out::data(&format!("{told}\n{}", dry_run::gates_of(&outline)))?;
        return Ok(Exit::Fine);
    }
    session.talk(&format!("scoring {} recorded answers again; no model is asked but judges", answered.len()));
    let reuse = Reuse { rescored: answered.len() as u64, ..Reuse::default() };
    let resumed = EventKind::RunResumed { at: now(), plan: outline.clone(), reuse };
    let event = Event { seq: journal.next_seq(), elapsed_us: 0, kind: resumed };
    journal.resume(&event, &answered, &[]).await?;
    let counted = count(&store, &run, &outline).await?;
    let purse = budget::purse(outline.budget, &store, &run).await?;
    let prices: HashMap<u32, Price> =
        outline.variants.iter().filter_map(|variant| Some((variant.number, variant.price?))).collect();
    let work = Work::Recorded {
        jury: Arc::new(assembled.jury.priced(prices)),
        judges,
        samples: read(Arc::clone(&store), run, answered),
    };
    let job =
        Job { outline, work, journal, opening: Vec::new(), counted, decisions: Decisions::default(), baseline, purse };
    job.carry_out(args, session, store).await
}

/// The plan as it was, with other scorers, slices and gates.
fn rescored(
    before: PlanOutline,
    spec: &EvalSpec,
    baseline: Option<String>,
    assembled: &Assembled,
    judges: &[PlannedModel],
) -> Result<PlanOutline, String> {
    let digest = |scorer: &carat_core::spec::ScorerSpec| assembled.digests.get(&scorer.name).copied();
    outlined(before, spec, &digest, judges.iter().map(PlannedModel::outline).collect(), baseline)
}

/// The numbers of the samples that count and have an answer.
async fn answered(store: &Store, run: &carat_core::RunId, outline: &PlanOutline) -> Result<Vec<u64>, Fault> {
    let recorded = store.recorded(run).await?;
    // An answer that waited for its scores when the run was stopped counts as well, if its variant is still there.
    let is_planned = |number: u32| outline.variants.iter().any(|variant| variant.number == number);
    let counts = recorded
        .into_iter()
        .filter(|sample| sample.completed && is_planned(sample.variant) && (!sample.superseded || !sample.scored));
    let mut latest: HashMap<_, u64> = HashMap::new();
    for sample in counts {
        let seq = latest.entry((sample.variant, sample.row, sample.trial)).or_default();
        *seq = (*seq).max(sample.seq);
    }
    let mut answered: Vec<u64> = latest.into_values().collect();
    answered.sort_unstable();
    Ok(answered)
}

/// Reads the samples ahead of their scoring.
fn read(store: Arc<Store>, run: carat_core::RunId, seqs: Vec<u64>) -> mpsc::Receiver<Result<Sample, DataError>> {
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        for seq in seqs {
            let sample = store.sample_at(&run, seq).await.map_err(|error| DataError {
                file: format!("run {run}"),
                line: None,
                message: error.to_string(),
            });
            if send.send(sample).await.is_err() {
                return;
            }
        }
    });
    receive
}
