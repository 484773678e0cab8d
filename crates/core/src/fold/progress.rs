//! Where a run stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::{PlanOutline, RunStatus};
use crate::{Event, EventKind, ModelError, RunId, Sample};

use super::tally::PartOf;
use super::{Clusters, ClustersReport, JudgeTally, LimitTally, SliceTallies, Tally};

/// Where a run stands: the fold of its events.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// The last plan of a run, where it is known before the first event.
    last: Option<Box<PlanOutline>>,
    /// Which run.
    pub run: Option<RunId>,
    /// When it started, by the wall clock.
    pub started_at: Option<String>,
    /// When it ended last, by the wall clock; none while it is running.
    pub finished_at: Option<String>,
    /// What is to be done, as of the last start or resume.
    pub plan: Option<PlanOutline>,
    /// How it ended; none while it is running, or when it was killed.
    pub status: Option<RunStatus>,
    /// What each variant's samples add up to, by the variant's number.
    pub variants: BTreeMap<u32, Tally>,
    /// The same for the slices that the plan asks for, as far as samples come with their rows.
    pub slices: SliceTallies,
    clusters: Clusters,
    /// What judging took, by the judge's name.
    pub judges: BTreeMap<Arc<str>, JudgeTally>,
    /// How many calls might be in flight, by the provider's account.
    pub limits: BTreeMap<Arc<str>, LimitTally>,
    /// Cases that were kept, or only scored again, when the run was resumed last.
    pub resumed: u64,
    /// Cases that have ended, of the present plan.
    pub done: u64,
    /// Cases that have ended since the last start or resume.
    pub done_here: u64,
    /// Microseconds since the last start or resume, as of the last event.
    pub elapsed_us: u64,
    /// The models that were given up since the last start or resume, and why.
    pub given_up: Vec<(String, ModelError)>,
}

impl Progress {
    /// For a run whose last plan is known before the first event: from that one on, samples are added up by row, slice and
    /// cluster as that plan wants it, and not as the plan of the moment has it.
    pub fn of_plan(last: &PlanOutline) -> Self {
        Self { last: Some(Box::new(last.clone())), ..Self::default() }
    }

    /// Takes the next event.
    pub fn apply(&mut self, event: &Event) {
        self.elapsed_us = event.elapsed_us;
        match &event.kind {
            EventKind::RunStarted { run, at, plan, .. } => {
                self.run = Some(run.clone());
                self.started_at = Some(at.clone());
                self.begin(plan);
            }
            EventKind::RunResumed { plan, reuse, .. } => {
                self.resumed = reuse.kept + reuse.rescored;
                self.begin(plan);
            }
            // A judge's retries are told with its answer.
            EventKind::AttemptFailed { scorer: Some(_), .. } | EventKind::CaseAnswered { .. } => {}
            EventKind::AttemptFailed { case, scorer: None, .. } => {
                self.variants.entry(case.variant).or_default().retries += 1;
            }
            EventKind::JudgeAnswered { judgement } => {
                self.judges.entry(Arc::clone(&judgement.model.name)).or_default().add(judgement);
            }
            EventKind::CaseFinished { sample } => self.finish(sample),
            EventKind::LimitChanged { account, from, to, why } => {
                self.limits.entry(Arc::clone(account)).or_default().change(event.elapsed_us, (*from, *to), *why);
            }
            EventKind::ModelGivenUp { model, error, .. } => self.given_up.push((model.to_string(), error.clone())),
            EventKind::RunFinished { at, status } => {
                self.status = Some(*status);
                self.finished_at = Some(at.clone());
            }
        }
    }

    fn finish(&mut self, sample: &Sample) {
        self.done += 1;
        self.done_here += 1;
        let tally = self.variants.entry(sample.case.variant).or_default();
        let Some(plan) = self.last.as_deref().or(self.plan.as_ref()) else {
            return tally.add(sample, PartOf::default());
        };
        let part = PartOf {
            row: (plan.trials > 1).then_some(&sample.case.row),
            cluster: plan.cluster.as_ref().map(|spec| self.clusters.number(spec, sample)),
        };
        tally.add(sample, part);
        if let Some(transcript) = &sample.transcript {
            self.slices.add(&plan.slices, &transcript.row, sample, part);
        }
    }

    /// In which clusters the rows are that have been seen; none where they are independent.
    pub(super) fn clusters(&self) -> Option<ClustersReport> {
        let spec = self.plan.as_ref()?.cluster.as_ref()?;
        // Each variant has the same rows; one that has only begun has some of them.
        let largest = self.variants.values().max_by_key(|tally| tally.samples);
        let mut sizes = vec![0; self.clusters.len()];
        for (number, counts) in largest.iter().flat_map(|tally| &tally.clusters) {
            sizes.get_mut(*number as usize).into_iter().for_each(|size| *size = counts.samples);
        }
        Some(ClustersReport::new(spec.by(), &sizes, self.clusters.alone() as u64))
    }

    /// A plan begins, or begins again: what belongs to variants that are no longer part of it does not count.
    fn begin(&mut self, plan: &PlanOutline) {
        let is_planned = |number: u32| plan.variants.iter().any(|variant| variant.number == number);
        self.variants.retain(|number, _| is_planned(*number));
        self.slices.retain(is_planned);
        for variant in &plan.variants {
            self.variants.entry(variant.number).or_default();
        }
        self.done = self.variants.values().map(|tally| tally.samples).sum();
        self.done_here = 0;
        self.status = None;
        self.finished_at = None;
        self.given_up.clear();
        self.plan = Some(plan.clone());
    }

    /// How many cases the plan has in all.
    pub fn total(&self) -> u64 {
        self.plan.as_ref().map_or(0, |plan| plan.cases)
    }

    /// Attempts that were followed by another one, over all variants.
    pub fn retries(&self) -> u64 {
        self.variants.values().map(|tally| tally.retries).sum()
    }
}
