//! The gates of the eval as it is today, held against a recorded run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use carat_core::RunId;
use carat_core::compare::{Settings, Sides};
use carat_core::event::{PlanOutline, Variant};
use carat_core::fold::{GateReport, Progress, Report};
use carat_core::promotion::Evidence;
use carat_core::spec::GateSpec;
use carat_core::version::{Kind, VersionId};
use carat_eval::comparing::{Baseline, Compared};
use carat_eval::gates::{self, is_against_baseline};
use carat_store::Detail;

use crate::commands::promote::matter::Matter;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::recorded::Recorded;

use super::imports::Imports;
use super::present::Present;
use super::runs::{Group, Run, settings_of, spoken_of};

/// Where runs are judged; each is read once.
pub(super) struct Bench<'m> {
    matter: &'m Matter<'m>,
    present: &'m Present,
    runs: &'m [Run],
    imports: &'m Imports,
    gates: Vec<GateSpec>,
    folded: HashMap<String, Arc<Folded>>,
    /// Gates that had nothing to be held against, the label pointing nowhere.
    not_applicable: usize,
    /// The models on which nothing was found that the label's present version stands for.
    pub(super) without_baseline: BTreeSet<String>,
}

/// What a run's events come to.
struct Folded {
    report: Option<Report>,
    sides: Sides,
    /// The runs from which variants took answers, and when each began, by the numbers of the variants.
    origins: BTreeMap<u32, BTreeMap<RunId, String>>,
}

impl<'m> Bench<'m> {
    pub(super) fn new(matter: &'m Matter<'m>, present: &'m Present, runs: &'m [Run], imports: &'m Imports) -> Self {
        Self {
            matter,
            present,
            runs,
            imports,
            gates: present.gates(),
            folded: HashMap::new(),
            not_applicable: 0,
            without_baseline: BTreeSet::new(),
        }
    }

    /// Whether a run was imported, and the policy takes none of this eval on this model.
    pub(super) fn refuses(&self, run: &Run, model: &str) -> bool {
        let is_imported = self.imports.of_run(run.record.id.as_str()).is_some();
        is_imported && self.matter.policy.refuses_imported(&self.present.eval.name, model)
    }

    /// The command that would make what gates found nothing of; none where nothing is missing, or no command makes it.
    pub(super) fn baseline_command(&self) -> Option<String> {
        let current = self.matter.base().filter(|_| !self.without_baseline.is_empty())?;
        let eval = &self.present.eval.name;
        // A judge that compares has to have something to compare with, which no gate has.
        let first = if self.present.prefers() { "" } else { " --baseline none" };
        match current.kind {
            Kind::Prompt => {
                let models: Vec<&str> = self.without_baseline.iter().map(String::as_str).collect();
                Some(format!("carat eval {eval} --prompt {current} --model {}{first}", models.join(",")))
            }
            Kind::Model => Some(format!("carat eval {eval} --model {current}{first}")),
            // An eval takes the rows that its dataset has now.
            Kind::Dataset | Kind::Eval => None,
        }
    }

    /// What somebody should know besides the evidence.
    pub(super) fn remarks(&self) -> Vec<String> {
        let label = &self.matter.label;
        match self.not_applicable {
            0 => Vec::new(),
            1 => vec![format!("1 gate against the baseline is not applicable: `{label}` points to nothing yet")],
            n => vec![format!("{n} gates against the baseline are not applicable: `{label}` points to nothing yet")],
        }
    }

    /// Says which gates do not hold. A run that cannot be read proves nothing.
    pub(super) async fn judge(&mut self, group: &Group<'_>, evidence: &mut Evidence) -> Result<(), Fault> {
        match self.judged(group, evidence).await {
            Err(fault) if fault.exit == Exit::Bug => Err(fault),
            Err(fault) => {
                evidence.flaw = Some(fault.message);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn judged(&mut self, group: &Group<'_>, evidence: &mut Evidence) -> Result<(), Fault> {
        let folded = self.fold(group.run).await?;
        let Some(report) = &folded.report else {
            evidence.flaw = Some("it was killed before it began".to_owned());
            return Ok(());
        };
        evidence.finished_at.clone_from(&report.run.finished_at);
        evidence.gates = self.gates.len();
        for variant in &group.variants {
            if is_silent(report, &variant.label) {
                evidence.flaw = Some(format!("{} got not one answer in it", variant.label));
                return Ok(());
            }
            self.look_at_origins(folded.origins.get(&variant.number), evidence);
            let missed = self.held(group.run, variant, &folded, report).await?;
            evidence.failed_gates.extend(missed);
        }
        Ok(())
    }

    /// Answers that were taken from the record are as old, and from as far away, as they were there.
    fn look_at_origins(&self, origins: Option<&BTreeMap<RunId, String>>, evidence: &mut Evidence) {
        for (run, since) in origins.into_iter().flatten() {
            if evidence.oldest_answer.as_ref().is_none_or(|oldest| since < oldest) {
                evidence.oldest_answer = Some(since.clone());
            }
            if evidence.taken_in.is_none() {
                evidence.taken_in = self.imports.of_run(run.as_str()).cloned();
            }
        }
    }

    /// The gates that a variant misses, in words.
    async fn held(
        &mut self,
        run: &Run,
        variant: &Variant,
        folded: &Folded,
        report: &Report,
    ) -> Result<Vec<String>, Fault> {
        let (gates, baseline) = match self.matter.base().cloned() {
            None => (self.without_baseline(), Err("there is nothing to compare with yet".to_owned())),
            Some(current) if self.gates.iter().any(is_against_baseline) => {
                (self.gates.clone(), self.baseline(run, variant, &current).await?)
            }
            Some(_) => (self.gates.clone(), Err("no gate compares".to_owned())),
        };
        let plan = PlanOutline { gates, ..run.plan.clone() };
        let settings = Settings { resamples: 0, ..Settings::default() };
        let judged = tokio::task::block_in_place(|| {
            let compared = Compared::of_run(&folded.sides, baseline.as_ref().map_err(Clone::clone), &plan, &settings);
            gates::judge(&plan.gates, report, &compared)
        });
        let missed = judged.iter().filter(|gate| !gate.holds && (gate.variant == variant.label || gate.variant == "–"));
        Ok(missed.map(|gate| in_words(gate, variant, self.matter.subject.kind)).collect())
    }

    /// The gates without what they hold against the baseline.
    fn without_baseline(&mut self) -> Vec<GateSpec> {
        self.not_applicable = self.gates.iter().filter(|gate| is_against_baseline(gate)).count();
        gates::without_baseline(&self.gates)
    }

    /// The variant that the version stands for which the label points to: in the same run, else in the newest that is whole; else why
    /// there is none.
    async fn baseline(
        &mut self,
        run: &Run,
        variant: &Variant,
        current: &VersionId,
    ) -> Result<Result<Baseline, String>, Fault> {
        let matter = self.matter;
        let others = self.runs.iter().filter(|other| other.record.id != run.record.id);
        for candidate in [run].into_iter().chain(others) {
            let Some(like) = like(candidate, variant, current) else { continue };
            if self.refuses(candidate, &variant.model.name) {
                continue;
            }
            let is_other = candidate.record.id != run.record.id;
            if is_other && !(has_same_rows(candidate, run, current) && self.is_whole(candidate).await?) {
                continue;
            }
            let sides = self.fold(candidate).await?.sides.clone();
            return Ok(Ok(Baseline { sides, variant: Some(like.label.clone()) }));
        }
        let (place, model) = (matter.place(), &variant.model.name);
        self.without_baseline.insert(model.to_string());
        let how = match current.kind {
            Kind::Dataset => format!(", make one with {current} for its dataset"),
            Kind::Prompt | Kind::Model | Kind::Eval => String::new(),
        };
        Ok(Err(format!("there is no run of {current}, {place}, with {model} as it is in that run{how}")))
    }

    /// Whether another run was measured as this one.
    async fn is_whole(&self, run: &Run) -> Result<bool, Fault> {
        let ended = run.ended(self.matter).await?;
        Ok(self.present.flaw(self.matter, &run.plan, &ended).await?.is_none())
    }

    async fn fold(&mut self, run: &Run) -> Result<Arc<Folded>, Fault> {
        let id = run.record.id.to_string();
        if let Some(folded) = self.folded.get(&id) {
            return Ok(Arc::clone(folded));
        }
        let plan = &run.plan;
        let mut progress = Progress::of_plan(plan);
        let mut sides = Sides::grouped(id.as_str(), &plan.slices, plan.cluster.as_ref());
        let recorded = Recorded::InStore(Arc::clone(self.matter.store()), run.record.clone());
        let detail = if plan.needs_rows() { Detail::Rows } else { Detail::Verdicts };
        recorded
            .events(detail, |event| {
                progress.apply(&event);
                sides.apply(&event);
                Ok(())
            })
            .await?;
        let folded = Arc::new(Folded {
            report: Report::of(&progress),
            sides,
            origins: progress.variants.iter().map(|(number, tally)| (*number, tally.origins.clone())).collect(),
        });
        self.folded.insert(id, Arc::clone(&folded));
        Ok(folded)
    }
}

/// The variant of a run that has the label's present version and is otherwise the same.
fn like<'r>(run: &'r Run, variant: &Variant, current: &VersionId) -> Option<&'r Variant> {
    let is_same = |other: &&Variant| {
        let same_prompt = other.prompt.digest == variant.prompt.digest;
        let same_model = other.model == variant.model && settings_of(other) == settings_of(variant);
        match current.kind {
            Kind::Prompt => same_model,
            Kind::Model => same_prompt,
            Kind::Dataset => same_prompt && same_model,
            Kind::Eval => false,
        }
    };
    let has_current = |other: &&Variant| spoken_of(&run.plan, other, current) == Some(current.digest);
    run.plan.variants.iter().filter(has_current).find(is_same)
}

/// Rows that only one side has decide nothing, and so could hide what got worse. Between versions of a dataset there is no
/// other way.
fn has_same_rows(run: &Run, other: &Run, current: &VersionId) -> bool {
    current.kind == Kind::Dataset || run.plan.dataset.digest == other.plan.dataset.digest
}

/// Whether a variant has not been measured at all.
fn is_silent(report: &Report, label: &str) -> bool {
    let variant = report.variants.iter().find(|variant| variant.variant == label);
    variant.is_none_or(|variant| variant.samples == variant.errors)
}

/// `queue.accuracy: measured 0.5000 …`; with the variant, where one of several is meant.
fn in_words(gate: &GateReport, variant: &Variant, kind: Kind) -> String {
    let slice = gate.slice.as_ref().map(|slice| format!(" on {slice}")).unwrap_or_default();
    let of = if kind == Kind::Prompt { String::new() } else { format!(" of {}", variant.label) };
    format!("{}{slice}{of}: {}", gate.metric, gate.because)
}
