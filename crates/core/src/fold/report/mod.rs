//! The report: what a run came to.

mod clustered;
mod judging;
mod limits;
mod repeats;
mod scorer;
mod shape;
mod variant;

use crate::event::{RunStatus, Variant};

use super::{Progress, Tally};

pub(super) use clustered::UNKNOWN;
pub use repeats::repeat_aggregates;
pub(super) use variant::metrics as metrics_of;

pub use shape::{
    ClassReport, ClustersReport, CostReport, DatasetReport, Flicker, GateReport, JudgeReport, LatencyReport,
    LimitReport, LimitStep, Metric, ModelReport, PromptReport, RepeatsReport, Report, RunReport, SliceReport,
    TokensReport, VariantReport,
};

impl Report {
    /// The report of a run that has started, without comparisons and gates. None before that.
    pub fn of(progress: &Progress) -> Option<Self> {
        let plan = progress.plan.as_ref()?;
        let made = plan.made.as_ref();
        let empty = Tally::default();
        let of_variant = |variant: &Variant| {
            let tally = progress.variants.get(&variant.number).unwrap_or(&empty);
            let mut report = VariantReport::of(variant, tally, plan);
            (report.slices, report.small_slices) = progress.slices.of_variant(variant, plan);
            report
        };
        Some(Self {
            format: 1,
            run: RunReport {
                id: progress.run.as_ref()?.to_string(),
                eval: plan.eval.clone(),
                name: plan.name.clone(),
                started_at: progress.started_at.clone().unwrap_or_default(),
                finished_at: progress.finished_at.clone(),
                status: status_word(progress.status).to_owned(),
                cases: plan.cases,
                samples: progress.done,
                resumed: progress.resumed,
                cached: progress.variants.values().map(|tally| tally.cached).sum(),
                by: made.map(|made| made.by.name.clone()),
                commit: made.and_then(|made| made.commit.clone()),
                tool: made.map(|made| made.tool.clone()),
            },
            dataset: DatasetReport {
                name: plan.dataset.name.clone(),
                version: plan.dataset.version,
                digest: plan.dataset.digest.to_string(),
                rows: plan.dataset.rows,
            },
            clusters: progress.clusters(),
            variants: plan.variants.iter().map(of_variant).collect(),
            judges: judging::reports(plan, &progress.judges),
            limits: limits::reports(&progress.limits),
            comparisons: Vec::new(),
            gates: Vec::new(),
        })
    }

    /// The variant of this label.
    pub fn variant(&self, label: &str) -> Option<&VariantReport> {
        self.variants.iter().find(|variant| variant.variant == label)
    }

    /// Whether every case of the plan has ended.
    pub const fn is_complete(&self) -> bool {
        self.run.samples == self.run.cases
    }
}

/// The word for how a run ended.
const fn status_word(status: Option<RunStatus>) -> &'static str {
    match status {
        Some(RunStatus::Finished) => "finished",
        Some(RunStatus::Interrupted) => "interrupted",
        Some(RunStatus::Failed) => "failed",
        Some(RunStatus::OverBudget) => "over_budget",
        None => "unfinished",
    }
}
