//! The recorded runs of an eval, newest first, and what each of them shows.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::Digest;
use carat_core::event::{PlanOutline, Variant};
use carat_core::promotion::{Evidence, EvidenceId};
use carat_core::spec::EvalSpec;
use carat_core::version::{Kind, VersionId};
use carat_store::RunRecord;

use crate::commands::promote::matter::Matter;
use crate::fault::Fault;

use super::datasets::{Datasets, Used};
use super::imports::Imports;
use super::judging::Bench;
use super::present::{Ended, Present};
use super::surroundings::{compared_with_another, other_surroundings};

/// So many runs of an eval are looked at, besides those that are known to have used the version.
const LOOKED_AT: usize = 200;

/// So many runs are judged for each model before the search for one that counts is given up.
const JUDGED: usize = 10;

/// A run with its plan as it was last.
pub(super) struct Run {
    pub(super) record: RunRecord,
    pub(super) plan: PlanOutline,
    /// Whether it went on after it had been stopped, so that it may have ended after runs that began later.
    went_on: bool,
}

impl Run {
    /// What is known of it besides its plan.
    pub(super) async fn ended(&self, matter: &Matter<'_>) -> Result<Ended, Fault> {
        let is_running = matter.store().is_running(&self.record.id).unwrap_or(false);
        Ok(Ended { status: self.record.status, is_running, spec: self.spec(matter).await? })
    }

    /// The spec that it was made by, where the store has it.
    async fn spec(&self, matter: &Matter<'_>) -> Result<Option<EvalSpec>, Fault> {
        let Some(spec) = &self.plan.spec_version else { return Ok(None) };
        let catalogue = &matter.shelf.catalogue;
        // By content: a run that came from another store has the numbers of that store.
        let mut versions = catalogue.store.version_by_digest(Kind::Eval, &spec.digest).await?;
        let Some(version) = versions.pop() else { return Ok(None) };
        // One that cannot be read any more is not known.
        Ok(catalogue.eval_of(&version.id).await.ok().map(|found| found.eval.spec))
    }
}

/// The variants of one run that say something of one version on one model.
pub(super) struct Group<'r> {
    pub(super) run: &'r Run,
    pub(super) model: String,
    /// The version that they speak of.
    subject: Digest,
    pub(super) variants: Vec<&'r Variant>,
}

/// What the runs of an eval show of a version.
pub(super) struct Shown {
    /// Newest first.
    pub(super) evidence: Vec<Evidence>,
    /// What somebody should know besides.
    pub(super) remarks: Vec<String>,
    /// The models on which gates found nothing to be held against.
    pub(super) without_baseline: BTreeSet<String>,
    /// The command that makes it.
    pub(super) baseline_command: Option<String>,
}

/// Looks through the runs of an eval. The newest that counts decides: older runs are not judged any more.
pub(super) async fn evidence(matter: &Matter<'_>, present: &Present, imports: &Imports) -> Result<Shown, Fault> {
    let runs = runs_of(matter, &present.eval.name).await?;
    let mut datasets = Datasets::of_project(matter);
    let mut bench = Bench::new(matter, present, &runs, imports);
    let mut judged: BTreeMap<String, Judged> = BTreeMap::new();
    let mut all = Vec::new();
    for run in &runs {
        for group in groups(&run.plan, &matter.subject, run) {
            let dataset = datasets.of(&run.plan, &present.eval.spec.dataset).await?;
            let mut evidence = as_recorded(present, &group, &dataset);
            evidence.taken_in = imports.of_run(&evidence.id.run).cloned();
            let so_far = judged.entry(group.model.clone()).or_default();
            // What will not count need not be judged, and must not keep what will from being looked at.
            let is_ours = group.subject == matter.subject.digest;
            if is_ours && !bench.refuses(run, &group.model) {
                evidence.flaw = flaw(matter, present, &group).await?.or(dataset.flaw);
                if evidence.flaw.is_none() && !so_far.is_enough_before(run) {
                    bench.judge(&group, &mut evidence).await?;
                    so_far.note(&evidence);
                } else if evidence.flaw.is_none() {
                    continue;
                }
            }
            all.push(evidence);
        }
    }
    let (remarks, baseline_command) = (bench.remarks(), bench.baseline_command());
    Ok(Shown { evidence: all, remarks, without_baseline: bench.without_baseline, baseline_command })
}

/// How the search for evidence on a model stands.
#[derive(Default)]
struct Judged {
    runs: usize,
    is_decided: bool,
}

impl Judged {
    const fn is_enough_before(&self, run: &Run) -> bool {
        self.is_decided && !run.went_on || self.runs >= JUDGED
    }

    fn note(&mut self, evidence: &Evidence) {
        self.runs += 1;
        self.is_decided |= evidence.flaw.is_none() && evidence.dataset_superseded.is_none();
    }
}

/// The runs of an eval that have a plan, newest first.
async fn runs_of(matter: &Matter<'_>, eval: &str) -> Result<Vec<Run>, Fault> {
    let store = matter.store();
    let recent = store.runs().await?.into_iter().filter(|run| run.eval == eval).take(LOOKED_AT);
    let mut records: Vec<RunRecord> = recent.collect();
    let known: BTreeSet<String> = records.iter().map(|run| run.id.to_string()).collect();
    let used = store.runs_with_version(&matter.subject.digest).await?.into_iter().map(|(run, _)| run);
    records.extend(used.filter(|run| run.eval == eval && !known.contains(run.id.as_str())));
    let mut runs = Vec::with_capacity(records.len());
    for record in records {
        let mut plans = store.plans(&record.id).await?;
        let went_on = plans.len() > 1;
        runs.extend(plans.pop().map(|plan| Run { record, plan, went_on }));
    }
    Ok(runs)
}

/// What of a run speaks of the thing: its prompt on each model, the model with all prompts, the dataset on each model with
/// all prompts.
fn groups<'r>(plan: &'r PlanOutline, subject: &VersionId, run: &'r Run) -> Vec<Group<'r>> {
    let mut groups: Vec<Group<'r>> = Vec::new();
    for variant in &plan.variants {
        let Some(spoken_of) = spoken_of(plan, variant, subject) else { continue };
        let model = variant.model.name.to_string();
        let is_same = |group: &&mut Group<'_>| group.model == model && group.subject == spoken_of;
        match groups.iter_mut().find(is_same).filter(|_| subject.kind != Kind::Prompt) {
            Some(group) => group.variants.push(variant),
            None => groups.push(Group { run, model, subject: spoken_of, variants: vec![variant] }),
        }
    }
    groups
}

/// The version of a variant's model. An older carat recorded no more than which model it is.
pub(super) fn settings_of(variant: &Variant) -> Digest {
    variant.settings.map_or(variant.model.digest, |settings| settings.digest)
}

/// The version of the thing that a variant used; none if it used another thing.
pub(super) fn spoken_of(plan: &PlanOutline, variant: &Variant, subject: &VersionId) -> Option<Digest> {
    let of = |name: &str, digest: Digest| (digest == subject.digest || name == subject.name).then_some(digest);
    match subject.kind {
        Kind::Prompt => of(&variant.prompt.name, variant.prompt.digest),
        Kind::Model => {
            of(&variant.model.name, variant.settings.map_or(variant.model.digest, |settings| settings.digest))
        }
        Kind::Dataset => of(&plan.dataset.name, plan.dataset.whole.unwrap_or(plan.dataset.digest)),
        Kind::Eval => None,
    }
}

/// The facts that need no judgement.
fn as_recorded(present: &Present, group: &Group<'_>, dataset: &Used) -> Evidence {
    let record = &group.run.record;
    let labels: Vec<&str> = group.variants.iter().map(|variant| variant.label.as_str()).collect();
    let id = EvidenceId { run: record.id.to_string(), variant: labels.join(", "), dataset: dataset.version.clone() };
    Evidence {
        id,
        eval: present.eval.name.clone(),
        model: group.model.clone(),
        subject: group.subject,
        // A run that is not judged is not said to be younger than it is.
        finished_at: record.status.is_some().then(|| record.started_at.clone()),
        flaw: None,
        dataset_superseded: dataset.superseded.clone(),
        failed_gates: Vec::new(),
        gates: 0,
        taken_in: None,
        oldest_answer: None,
    }
}

/// Why a run of this very version says nothing of it.
async fn flaw(matter: &Matter<'_>, present: &Present, group: &Group<'_>) -> Result<Option<String>, Fault> {
    let ended = group.run.ended(matter).await?;
    // What cannot be told to be the same is not.
    let flaw = present.flaw(matter, &group.run.plan, &ended).await.unwrap_or_else(|fault| Some(fault.message));
    if flaw.is_some() {
        return Ok(flaw);
    }
    if let Some(flaw) = other_surroundings(matter, present, group).await {
        return Ok(Some(flaw));
    }
    compared_with_another(matter, present, &group.run.plan).await
}
