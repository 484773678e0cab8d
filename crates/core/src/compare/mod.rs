//! Two variants on the same rows, set side by side.
//!
//! Rows are joined by their identity, never by position. A row whose content differs between the sides is set apart, and so
//! is one that only one side has. What is compared is paired: the difference row by row, with the interval and the p-value
//! that pairing earns. Repeats of a row are averaged first, so that they do not pass for independent rows; rows that hang
//! together are taken as the clusters that they are.

mod aggregate;
mod conclusion;
mod corpus;
mod differences;
mod family;
mod flips;
mod inference;
mod paired;
mod pairing;
mod rows;
mod sentence;
mod shape;
mod side;
mod sides;
mod slices;
#[cfg(test)]
mod tests;

use crate::stats;

pub use pairing::Pairing;
pub use rows::{Change, RowChange, rows_in_order_of_harm};
pub use shape::{
    BootstrapReport, Comparison, Finding, FlippedRows, MetricComparison, NotCompared, RowsReport, SideReport,
    SliceComparison,
};
pub use side::{Side, SideName};
pub use sides::Sides;

use family::correct;
use paired::Paired;

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

/// Compares the right side with the left one. Several comparisons that are looked at together are made by [`compare_all`].
pub fn compare(left: &Side, right: &Side, settings: &Settings) -> Comparison {
    let mut comparison = uncorrected(left, right, settings);
    correct(std::slice::from_mut(&mut comparison));
    comparison
}

/// Compares each right side with its left one, given as left and right. Their p-values are corrected together: who looks at
/// twenty numbers finds one by chance.
pub fn compare_all<'a>(sides: impl IntoIterator<Item = (&'a Side, &'a Side)>, settings: &Settings) -> Vec<Comparison> {
    let uncorrected = |(left, right): (&Side, &Side)| uncorrected(left, right, settings);
    let mut comparisons: Vec<Comparison> = sides.into_iter().map(uncorrected).collect();
    correct(&mut comparisons);
    comparisons
}

/// A comparison without conclusions, which depend on what else is looked at.
fn uncorrected(left: &Side, right: &Side, settings: &Settings) -> Comparison {
    let pairing = Pairing::of(left, right);
    let paired = Paired::on_all(left, right, &pairing);
    let (mut metrics, mut not_compared) = (Vec::new(), Vec::new());
    for measured in aggregate::all(&paired, settings.everything) {
        match MetricComparison::of(measured, &paired, settings) {
            Ok(metric) => metrics.push(metric),
            Err(not) => not_compared.push(not),
        }
    }
    Comparison {
        left: left.report(),
        right: right.report(),
        rows: pairing.report(),
        clustered_by: right.cluster_spec.as_ref().map(|spec| spec.by().to_owned()),
        metrics,
        slices: slices::compare(&paired, settings),
        not_compared,
        family: 0,
    }
}
