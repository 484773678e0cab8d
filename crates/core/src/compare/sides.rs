//! The sides of a run: the fold of its events.

use crate::event::PlanOutline;
use crate::spec::{ClusterSpec, SliceSpec};
use crate::{Event, EventKind};

use super::Side;

/// The sides of a run: the fold of its events, one side a variant.
#[derive(Debug, Clone, Default)]
pub struct Sides {
    run: String,
    grouping: Grouping,
    sides: Vec<Side>,
}

/// What is known of a side beyond its plan.
#[derive(Debug, Clone, Default)]
struct Grouping {
    slices: Vec<SliceSpec>,
    cluster: Option<ClusterSpec>,
    /// Whether that holds whatever the plans say.
    is_last_word: bool,
}

impl Sides {
    /// For a file of this name; a run has its own name, and needs none here. Rows are put together by `slices` where samples
    /// come with their rows; by those of the plan where there are none here.
    pub fn new(run: impl Into<String>, slices: &[SliceSpec]) -> Self {
        let grouping = Grouping { slices: slices.to_vec(), ..Grouping::default() };
        Self { run: run.into(), grouping, sides: Vec::new() }
    }

    /// The same where rows are put together in this way, and in no other, from the first event on: for a run whose last plan
    /// is known, and differs from those before it.
    pub fn grouped(run: impl Into<String>, slices: &[SliceSpec], cluster: Option<&ClusterSpec>) -> Self {
        let grouping = Grouping { slices: slices.to_vec(), cluster: cluster.cloned(), is_last_word: true };
        Self { run: run.into(), grouping, sides: Vec::new() }
    }

    /// Takes the next event.
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunStarted { run, plan, .. } => {
                if self.run.is_empty() {
                    run.as_str().clone_into(&mut self.run);
                }
                self.begin(plan);
            }
            EventKind::RunResumed { plan, .. } => self.begin(plan),
            EventKind::CaseFinished { sample } => {
                if let Some(side) = self.sides.iter_mut().find(|side| side.number() == sample.case.variant) {
                    side.add(event.seq, sample);
                }
            }
            EventKind::AttemptFailed { .. }
            | EventKind::CaseAnswered { .. }
            | EventKind::JudgeAnswered { .. }
            | EventKind::LimitChanged { .. }
            | EventKind::ModelGivenUp { .. }
            | EventKind::RunFinished { .. } => {}
        }
    }

    fn begin(&mut self, plan: &PlanOutline) {
        let mut before = std::mem::take(&mut self.sides);
        let Grouping { slices, cluster, is_last_word } = &self.grouping;
        let slices = if slices.is_empty() && !is_last_word { &plan.slices } else { slices };
        let cluster = if *is_last_word { cluster } else { &plan.cluster };
        for variant in &plan.variants {
            let known = before.iter().position(|side| side.number() == variant.number);
            let side = match known {
                Some(index) => before.swap_remove(index).of_plan(plan, cluster.as_ref()),
                None => Side::new(&self.run, variant, plan, (slices, cluster.as_ref())),
            };
            self.sides.push(side);
        }
    }

    /// The sides, in the order of the plan.
    pub fn all(&self) -> &[Side] {
        &self.sides
    }

    /// The side of this variant, by its label.
    pub fn of_variant(&self, label: &str) -> Option<&Side> {
        self.sides.iter().find(|side| side.name().variant == label)
    }
}
