//! The parts of the data, added up by themselves.

use std::collections::BTreeMap;

use crate::event::{PlanOutline, Variant};
use crate::spec::SliceSpec;
use crate::{Row, Sample};

use super::Tally;
use super::report::{SliceReport, metrics_of};
use super::tally::PartOf;

/// What people call a slice: `metadata.language=de`.
pub fn slice_name(by: &str, value: &str) -> String {
    format!("{by}={value}")
}

/// So many values of one field are slices; a field of which each row has its own value is no way to slice.
const MOST: usize = 1000;

/// Tallies by variant, slice and value.
#[derive(Debug, Clone, Default)]
pub struct SliceTallies {
    tallies: BTreeMap<u32, BTreeMap<(usize, String), Tally>>,
}

impl SliceTallies {
    /// Adds a sample to the slices that its row is in. Nothing without the row.
    pub(super) fn add(&mut self, specs: &[SliceSpec], row: &Row, sample: &Sample, part: PartOf<'_>) {
        if specs.is_empty() {
            return;
        }
        let tallies = self.tallies.entry(sample.case.variant).or_default();
        for (index, spec) in specs.iter().enumerate() {
            for value in spec.of(row) {
                if tallies.len() < MOST * specs.len() || tallies.contains_key(&(index, value.clone())) {
                    tallies.entry((index, value)).or_default().add(sample, part);
                }
            }
        }
    }

    /// Forgets the variants that are no longer part of a plan.
    pub(super) fn retain(&mut self, keep: impl Fn(u32) -> bool) {
        self.tallies.retain(|number, _| keep(*number));
    }

    /// The slices of a variant that have enough rows to say something, and the names of those that have not.
    pub(super) fn of_variant(&self, variant: &Variant, plan: &PlanOutline) -> (Vec<SliceReport>, Vec<String>) {
        let Some(tallies) = self.tallies.get(&variant.number) else { return (Vec::new(), Vec::new()) };
        let (mut large, mut small) = (Vec::new(), Vec::new());
        for ((index, value), tally) in tallies {
            let Some(spec) = plan.slices.get(*index) else { continue };
            let name = slice_name(&spec.by, value);
            if tally.samples >= spec.minimum * u64::from(plan.trials.max(1)) {
                let metrics = metrics_of(variant, tally, plan);
                large.push(SliceReport { slice: name, samples: tally.samples, metrics });
            } else {
                small.push(name);
            }
        }
        (large, small)
    }
}
