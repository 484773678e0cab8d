//! Differences summed by cluster.

use std::collections::HashMap;

use crate::compare::differences::{Differences, unless_same};
use crate::compare::paired::Paired;
use crate::stats;

/// The sums of differences, and how many rows each is of. Clusters come in the order of their first rows' ids, so that they do
/// not depend on who answered first.
pub(super) struct Clustered {
    sums: Vec<f64>,
    sizes: Vec<u64>,
}

impl Clustered {
    pub(super) fn of(differences: &Differences, paired: &Paired<'_>) -> Self {
        let mut numbers: HashMap<Option<u32>, usize> = HashMap::new();
        let mut clustered = Self { sums: Vec::new(), sizes: Vec::new() };
        for (value, place) in differences.values.iter().zip(&differences.places) {
            let number = *numbers.entry(paired.cluster(*place)).or_insert(clustered.sums.len());
            if number == clustered.sums.len() {
                clustered.sums.push(0.0);
                clustered.sizes.push(0);
            }
            clustered.sums[number] += value;
            clustered.sizes[number] += 1;
        }
        // What rounding leaves of wins and losses that cancel is no difference.
        clustered.sums.iter_mut().for_each(|sum| *sum = unless_same(*sum));
        clustered
    }

    pub(super) fn len(&self) -> usize {
        self.sums.len()
    }

    pub(super) fn sums(&self) -> &[f64] {
        &self.sums
    }

    pub(super) fn sizes(&self) -> &[u64] {
        &self.sizes
    }

    fn mean(&self, confidence: f64) -> Option<stats::Clustered> {
        stats::clustered(self.sums.iter().copied().zip(self.sizes.iter().copied()), confidence)
    }

    /// Half of the interval's width; none where no cluster differs from the others.
    pub(super) fn half(&self, confidence: f64) -> Option<f64> {
        self.mean(confidence).map(|mean| (mean.estimate.high - mean.estimate.low) / 2.0)
    }

    /// The standard error.
    pub(super) fn se(&self) -> Option<f64> {
        self.mean(stats::CONFIDENCE).map(|mean| mean.se)
    }

    /// The two-sided p-value of the t-test.
    pub(super) fn p(&self) -> Option<f64> {
        self.mean(stats::CONFIDENCE).map(|mean| mean.p())
    }
}
