//! What a metric of a whole corpus is computed from.

mod spread;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::RowId;
use crate::corpus::CorpusMetric;
use crate::stats::{self, Estimate};

use super::tally::PartOf;

use spread::Spread;

/// The counts of all answers, and of all pairs of counts their products: enough for the metric and, by the delta method, for
/// its interval. Whole numbers, so that the order of adding does not matter, and no memory for each answer unless cases are
/// repeated.
#[derive(Debug, Clone, Default)]
pub struct CorpusTally {
    n: u64,
    sums: Vec<u64>,
    /// The upper triangle, row by row.
    products: Vec<u128>,
    /// For repeated cases: the counts by row, of which the products are made at the end.
    by_row: HashMap<RowId, Vec<u64>>,
    /// Where rows hang together: how many answers each cluster has, and their counts.
    by_cluster: HashMap<u32, (u64, Vec<u64>)>,
}

/// How an interval is called: by the delta method, by Wilson's, and where nothing is known.
struct Words {
    delta: &'static str,
    wilson: &'static str,
}

const OVER_ROWS: Words = Words { delta: "delta", wilson: "wilson" };
const OVER_CLUSTERS: Words = Words { delta: "clustered-delta", wilson: "clustered-wilson" };

impl CorpusTally {
    /// Adds the counts of one answer, with what it is a part of.
    pub(super) fn add(&mut self, counts: &[u32], part: PartOf<'_>) {
        self.sums.resize(counts.len().max(self.sums.len()), 0);
        add_counts(&mut self.sums, counts);
        if let Some(cluster) = part.cluster {
            let (n, sums) = self.by_cluster.entry(cluster).or_insert_with(|| (0, vec![0; counts.len()]));
            *n += 1;
            add_counts(sums, counts);
        }
        if let Some(row) = part.row {
            add_counts(self.by_row.entry(row.clone()).or_insert_with(|| vec![0; counts.len()]), counts);
            return;
        }
        self.n += 1;
        let counts: Vec<u64> = counts.iter().map(|count| u64::from(*count)).collect();
        add_products(&mut self.products, &counts);
    }

    /// How many clusters have answers, where rows hang together.
    pub fn clusters(&self) -> Option<u64> {
        (!self.by_cluster.is_empty()).then_some(self.by_cluster.len() as u64)
    }

    /// The metric with its interval over answers (rows, where cases are repeated; clusters, where rows hang together), over
    /// how many answers or rows, and how the interval was made: `delta` where the delta method knows, else `wilson`, and
    /// `clustered-delta` and `clustered-wilson` over clusters; `unknown`, from end to end of what is possible, where there is
    /// but one cluster. None without answers, without a length to divide errors by, and where no answer differs and nothing
    /// bounds how far one could.
    ///
    /// The delta method would take two things for certain that are not:
    ///
    /// * **That there can be no matches where none were seen.** BLEU with an order of n-grams without a match is 0, or what
    ///   smoothing makes of it, and jumps with the first match: it has no slope. Its lower end is 0 then. Its upper end is
    ///   that of the BLEU in which such an order has the precision that it may still have, the upper end of Wilson's interval
    ///   for none of as many answers as have n-grams of that order.
    /// * **That all answers are like those seen**, where these do not differ. Wilson's interval on the value stands in, as it
    ///   does for means; an unseen answer is then wrong in all of its words at worst.
    pub fn interval(&self, metric: &CorpusMetric, confidence: f64) -> Option<(Estimate, u64, &'static str)> {
        if self.sums.len() != metric.width() {
            return None;
        }
        let (n, spread) = (self.rows(), self.spread()?);
        let sums: Vec<f64> = self.sums.iter().map(|sum| *sum as f64).collect();
        let value = metric.value(&sums)?;
        if *metric == CorpusMetric::ErrorRate && metric.depends_on_size(&sums) {
            return None;
        }
        let (lowest, highest) = metric.range();
        if matches!(&spread, Spread::Clusters(clusters) if clusters.len() < 2) {
            let anything = Estimate { value, low: lowest, high: highest };
            return highest.is_finite().then_some((anything, n, super::report::UNKNOWN));
        }
        let words = if matches!(spread, Spread::Clusters(_)) { OVER_CLUSTERS } else { OVER_ROWS };
        let half = |at: &[f64]| {
            let gradient = stats::gradient(|sums| metric.value(sums), at)?;
            Some(spread.half(&sums, &gradient, confidence))
        };
        let (estimate, how) = match with_unseen_matches(metric, &sums, spread.units(), confidence) {
            Some(matching) => {
                let high = metric.value(&matching)? + half(&matching)?;
                (Estimate { value, low: lowest, high: high.max(value) }, words.wilson)
            }
            None => {
                let half = half(&sums)?;
                (Estimate { value, low: value - half, high: value + half }, words.delta)
            }
        };
        if estimate.high - estimate.low > NO_WIDTH {
            return Some((estimate.within(lowest, highest), n, how));
        }
        Some((alike(metric, value, spread.units(), &sums, confidence)?, n, words.wilson))
    }

    /// How many answers there are; rows, where cases are repeated.
    fn rows(&self) -> u64 {
        if self.by_row.is_empty() { self.n } else { self.by_row.len() as u64 }
    }

    fn spread(&self) -> Option<Spread<'_>> {
        if !self.by_cluster.is_empty() {
            let clusters = self.by_cluster.values().map(|(n, sums)| (*n, sums.as_slice()));
            return Some(Spread::Clusters(clusters.collect()));
        }
        if self.by_row.is_empty() {
            return (self.n > 0).then_some(Spread::Rows(self.n, Cow::Borrowed(&self.products)));
        }
        let mut products = Vec::new();
        self.by_row.values().for_each(|counts| add_products(&mut products, counts));
        Some(Spread::Rows(self.rows(), Cow::Owned(products)))
    }
}

/// Less than this is what numeric slopes leave of an interval without width: at the kink of BLEU's brevity penalty, where all
/// outputs are as long as their references, two slopes cancel but for the step of a derivative.
const NO_WIDTH: f64 = 2e-5;

/// The sums of BLEU with as many matches as orders without any may still have; none where every order has some.
fn with_unseen_matches(metric: &CorpusMetric, sums: &[f64], n: u64, confidence: f64) -> Option<Vec<f64>> {
    let CorpusMetric::Bleu { max_order, .. } = *metric else { return None };
    let mut sums = sums.to_vec();
    // As `CorpusMetric::Bleu` says: two lengths, the matches of each order, the n-grams of each order.
    let (matches, grams) = sums.get_mut(2..)?.split_at_mut(usize::from(max_order));
    let mut changed = false;
    for (matches, grams) in matches.iter_mut().zip(grams).filter(|(matches, _)| **matches <= 0.0) {
        // No more answers have n-grams of this order than there are such n-grams. Where there are none nothing is known.
        let answers = n.min(*grams as u64);
        *grams = grams.max(1.0);
        *matches = *grams * stats::wilson(0, answers, confidence).map_or(1.0, |unseen| unseen.high);
        changed = true;
    }
    changed.then_some(sums)
}

/// The interval where no answer differs from the others.
fn alike(metric: &CorpusMetric, value: f64, n: u64, sums: &[f64], confidence: f64) -> Option<Estimate> {
    let answers = match metric {
        // Answers without a decision say nothing of a share.
        CorpusMetric::Share => n.min(sums.get(1).copied().unwrap_or_default() as u64),
        CorpusMetric::Bleu { .. } | CorpusMetric::Chrf { .. } | CorpusMetric::Ter | CorpusMetric::ErrorRate => n,
    };
    // A rate above 1 is a share of nothing. Without squares there is no spread, for which a mean has Wilson's interval.
    let mean = stats::mean(answers, value * answers as f64, 0.0, confidence).filter(|_| value <= 1.0);
    mean.map(|(estimate, _)| Estimate { value, ..estimate })
}

fn add_counts(sums: &mut [u64], counts: &[u32]) {
    sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u64::from(*count));
}

fn add_products(products: &mut Vec<u128>, counts: &[u64]) {
    products.resize(counts.len() * (counts.len() + 1) / 2, 0);
    let mut cell = products.iter_mut();
    for (i, a) in counts.iter().enumerate() {
        for (b, product) in counts[i..].iter().zip(&mut cell) {
            *product += u128::from(*a) * u128::from(*b);
        }
    }
}
