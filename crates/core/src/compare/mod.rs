//! Two variants on the same rows, set side by side.
//!
//! Rows are joined by their identity, never by position. A row whose content differs between the sides is set apart, and so
//! is one that only one side has. What is compared is paired: the difference row by row, with the interval and the p-value
//! that pairing earns. Repeats of a row are averaged first, so that they do not pass for independent rows.

mod aggregate;
mod corpus;
mod differences;
mod pairing;
mod rows;
mod sentence;
mod shape;
mod side;
mod slices;
#[cfg(test)]
mod tests;

use crate::stats;

pub use pairing::Pairing;
pub use rows::{Change, RowChange, rows_in_order_of_harm};
pub use shape::{
    BootstrapReport, Comparison, Finding, MetricComparison, NotCompared, RowsReport, SideReport, SliceComparison,
};
pub use side::{Side, SideName, Sides};

use differences::Differences;

/// What the answers cost.
const COST: &str = "cost.per_sample";

/// How many samples have no answer.
const ERRORS: &str = "errors.share";

/// How many answers some scorer had nothing to say about.
const UNSCORED: &str = "unscored.share";

/// How two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The share of intervals that hold the true difference.
    pub confidence: f64,
    /// So many times the pairs are drawn again for the bootstrap; 0 for none.
    pub resamples: u32,
    /// Where its random numbers begin.
    pub seed: u64,
    /// Whether errors and unscored answers are compared too where neither side has any.
    pub everything: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { confidence: stats::CONFIDENCE, resamples: 10_000, seed: 1, everything: false }
    }
}

/// Compares the right side with the left one.
pub fn compare(left: &Side, right: &Side, settings: &Settings) -> Comparison {
    let pairing = Pairing::of(left, right);
    let mut metrics = Vec::new();
    let mut not_compared = Vec::new();
    for (metric, paired) in aggregate::all(left, right, &pairing, settings.everything) {
        match paired {
            Ok(paired) => metrics.push(MetricComparison::of(metric, &paired, settings)),
            Err(because) => not_compared.push(NotCompared { metric, because }),
        }
    }
    let slices = slices::compare(left, right, &pairing, settings);
    let mut comparison = Comparison {
        left: left.report(),
        right: right.report(),
        rows: pairing.report(),
        metrics,
        slices,
        not_compared,
        family: 0,
    };
    correct(std::slice::from_mut(&mut comparison));
    comparison
}

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
/// is not there. What answers cost is no part of that family: it says nothing of how good they are, and must not make the
/// rest harder to show. Costs are corrected among themselves, which leaves that of a single comparison as it is. Nor are
/// errors and unscored answers where neither side has any, so that comparing [`everything`](Settings::everything) says the
/// same of the rest. Slices are corrected by themselves, too (Benjamini and Hochberg 1995): they are where to look next, not
/// what to decide by.
pub fn correct(comparisons: &mut [Comparison]) {
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
