//! What is looked at together is corrected together.

use crate::stats;

use super::{COST, Comparison, ERRORS, MetricComparison, UNSCORED};

/// What is looked at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// How good the answers are.
    Quality,
    /// What they cost.
    Costs,
    /// Errors and unscored answers that no row has: nothing can be found there.
    Nothing,
}

impl Family {
    fn of(metric: &MetricComparison) -> Self {
        match &*metric.metric {
            COST => Self::Costs,
            ERRORS | UNSCORED if metric.left == 0.0 && metric.right == 0.0 => Self::Nothing,
            _ => Self::Quality,
        }
    }
}

/// Corrects the p-values of everything that is looked at together (Holm 1979), so that many looks do not find by chance what
/// is not there, and draws the conclusions. What answers cost is no part of that family: it says nothing of how good they
/// are, and must not make the rest harder to show. Costs are corrected among themselves, which leaves that of a single
/// comparison as it is. Nor are errors and unscored answers where neither side has any, so that comparing
/// [`everything`](super::Settings::everything) says the same of the rest. Slices are corrected by themselves, too (Benjamini
/// and Hochberg 1995): they are where to look next, not what to decide by.
pub(super) fn correct(comparisons: &mut [Comparison]) {
    let mut metrics = |family: Family| {
        let all = comparisons.iter_mut().flat_map(|c| &mut c.metrics);
        adjust(all.filter(|metric| Family::of(metric) == family), stats::holm)
    };
    metrics(Family::Costs);
    metrics(Family::Nothing);
    let family = metrics(Family::Quality);
    let slices = comparisons.iter_mut().flat_map(|c| &mut c.slices).map(|slice| &mut slice.comparison);
    adjust(slices, stats::benjamini_hochberg);
    for comparison in comparisons {
        comparison.family = family;
    }
}

/// Corrects one family, and says how many tests it has.
fn adjust<'a>(tests: impl Iterator<Item = &'a mut MetricComparison>, adjusted: fn(&[f64]) -> Vec<f64>) -> u64 {
    let mut tests: Vec<_> = tests.filter(|test| test.p.is_some()).collect();
    let p: Vec<f64> = tests.iter().filter_map(|test| test.p).collect();
    for (test, p) in tests.iter_mut().zip(adjusted(&p)) {
        test.adjusted_p = Some(p);
    }
    let family = tests.len() as u64;
    for test in tests {
        test.conclude(family);
    }
    family
}
