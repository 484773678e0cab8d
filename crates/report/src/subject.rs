//! What a report is about.

use carat_core::Sample;
use carat_core::event::{PlanOutline, Variant};
use carat_core::fold::Report;

/// What a report is about: known before its first sample is written.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What was done, as of the last start or resume.
    pub plan: &'a PlanOutline,
    /// What it came to, with comparisons and gates where there are any.
    pub report: &'a Report,
}

impl<'a> Subject<'a> {
    /// The variant that a sample is of, and its place in the plan. None for a variant that a resume has put out of the plan:
    /// such samples count nowhere, and no report shows them.
    pub(crate) fn variant(&self, sample: &Sample) -> Option<(usize, &'a Variant)> {
        self.plan.variants.iter().enumerate().find(|(_, variant)| variant.number == sample.case.variant)
    }

    /// The place of a scorer in the plan.
    pub(crate) fn scorer(&self, name: &str) -> Option<usize> {
        self.plan.scorers.iter().position(|scorer| *scorer.name == *name)
    }

    /// Whether cases are repeated, so that a sample is told by its repeat as well.
    pub(crate) const fn repeats(&self) -> bool {
        self.plan.trials > 1
    }

    /// The dataset, as people name its version.
    pub(crate) fn dataset(&self) -> String {
        let dataset = &self.report.dataset;
        let version = dataset.version.map(|version| format!("@{version}")).unwrap_or_default();
        format!("{}{version}", dataset.name)
    }
}
