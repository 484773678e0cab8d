//! Numbers over clusters: where rows hang together, they are not independent, and their clusters are.

use std::collections::HashMap;

use crate::event::ScorerOutline;
use crate::fold::{ClusterTally, ExactSum, ScorerTally};
use crate::stats::{self, CONFIDENCE, Estimate, Weights};

use super::{ClustersReport, Metric};

/// How an interval is called that reaches from end to end of what is possible: all rows are of one cluster, which says
/// nothing of others.
pub(in crate::fold) const UNKNOWN: &str = "unknown";

/// From so many clusters of equal size on, intervals over them are about what they say (Cameron and Miller 2015, "A
/// Practitioner's Guide to Cluster-Robust Inference", section VI, where "few" begins between 20 and 50).
const ENOUGH: f64 = 20.0;

impl ClustersReport {
    /// From the sizes of clusters; `alone` is how many of them are a row without the field.
    pub(in crate::fold) fn new(by: &str, sizes: &[u64], alone: u64) -> Self {
        let clusters = sizes.len() as u64;
        let (sum, squares) = sizes.iter().fold((0.0, 0.0), |(sum, squares), size| {
            let size = *size as f64;
            (sum + size, squares + size * size)
        });
        let effective = if squares > 0.0 { sum * sum / squares } else { 0.0 };
        Self { by: by.to_owned(), clusters, alone, effective, caution: caution(clusters, effective) }
    }
}

fn caution(clusters: u64, effective: f64) -> Option<String> {
    if clusters == 1 {
        let why = "all rows are of one cluster, which tells nothing of others: no interval, and no comparison";
        return Some(why.to_owned());
    }
    let as_many = if effective < 0.9 * clusters as f64 {
        format!(", which count as {effective:.1} of equal size,")
    } else {
        String::new()
    };
    let few = clusters > 0 && effective < ENOUGH;
    few.then(|| {
        format!(
            "{clusters} clusters{as_many} are few, and intervals may be too short; from {ENOUGH} of equal size on they are \
             about right"
        )
    })
}

/// What clusters add up to: of each the sum of its values, and how many these are.
pub(super) struct Parts(Vec<(f64, u64)>);

impl Parts {
    /// Parts without values do not count.
    pub(super) fn of(parts: impl Iterator<Item = (f64, u64)>) -> Self {
        let mut parts: Vec<(f64, u64)> = parts.filter(|(_, size)| *size > 0).collect();
        // In an order that does not depend on who answered first.
        parts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Self(parts)
    }

    /// Of one value a row, each with the number of its cluster.
    fn of_rows(values: impl Iterator<Item = (u32, f64)>) -> Self {
        let mut sums: HashMap<u32, (ExactSum, u64)> = HashMap::new();
        for (cluster, value) in values {
            let (sum, size) = sums.entry(cluster).or_default();
            sum.add(value);
            *size += 1;
        }
        Self::of(sums.into_values().map(|(sum, size)| (sum.get(), size)))
    }

    fn clusters(&self) -> u64 {
        self.0.len() as u64
    }

    fn n(&self) -> u64 {
        self.0.iter().map(|(_, size)| size).sum()
    }

    fn value(&self) -> f64 {
        self.0.iter().map(|(sum, _)| sum).sum::<f64>() / self.n() as f64
    }

    fn mean(&self) -> Option<stats::Clustered> {
        stats::clustered(self.0.iter().copied(), CONFIDENCE)
    }

    fn metric(&self, estimate: Estimate, how: &str) -> Metric {
        Metric::new(estimate, self.n(), how).over(self.clusters())
    }

    /// The interval where clusters do not say how far others lie from them: there is but one, or none differs.
    fn without_spread(&self) -> Option<Metric> {
        let value = self.value();
        if self.clusters() < 2 {
            let anything = Estimate { value, low: 0.0, high: 1.0 };
            return (self.clusters() > 0).then(|| self.metric(anything, UNKNOWN));
        }
        let worst = stats::wilson_of_clusters(value, self.clusters(), CONFIDENCE)?;
        Some(self.metric(worst, "clustered-wilson"))
    }

    /// A share of values that are 0 or 1.
    pub(super) fn share(&self) -> Option<Metric> {
        if self.mean().is_none() {
            return self.without_spread();
        }
        let share = stats::wilson_clustered(self.0.iter().copied(), CONFIDENCE)?;
        Some(self.metric(share, "clustered-wilson"))
    }

    /// The mean of values from 0 to 1.
    pub(super) fn degree(&self) -> Option<Metric> {
        match self.mean() {
            Some(mean) => Some(self.metric(mean.estimate.within(0.0, 1.0), "clustered-t")),
            None => self.without_spread(),
        }
    }
}

/// A mean over rows of which some hang together.
pub(super) fn over_rows(values: impl Iterator<Item = (u32, f64)>) -> Option<Metric> {
    Parts::of_rows(values).degree()
}

/// The share of right answers.
pub(super) fn pass_rate(tally: &ScorerTally) -> Option<Metric> {
    let clusters = tally.by_cluster.clusters.values();
    Parts::of(clusters.map(|cluster| (cluster.passed as f64, cluster.judged))).share()
}

/// The mean value.
pub(super) fn mean(tally: &ScorerTally) -> Option<Metric> {
    let clusters = tally.by_cluster.clusters.values();
    Parts::of(clusters.map(|cluster| (cluster.sum.get(), cluster.scored))).degree()
}

/// Macro F1 of a confusion matrix, from the influence of each cluster.
pub(super) fn f1_macro(scorer: &ScorerOutline, tally: &ScorerTally, counts: &[Vec<u64>]) -> Option<Metric> {
    let (f1, _) = stats::f1_macro(counts, CONFIDENCE)?;
    let influence = stats::f1_macro_influence(counts)?;
    let clusters = cells(scorer, tally);
    let of_cluster = |cells: &Vec<Cell>| {
        let sum = cells.iter().map(|(i, j, times)| influence[*i][*j] * *times as f64).sum::<f64>();
        // What rounding leaves of influences that cancel would pass for certainty.
        (if sum.abs() < 1e-9 { 0.0 } else { sum }, size(cells))
    };
    let parts = Parts::of(clusters.iter().map(of_cluster));
    let value = f1.value;
    let (estimate, how) = match parts.mean() {
        Some(mean) => {
            let half = (mean.estimate.high - mean.estimate.low) / 2.0;
            let around = Estimate { value, low: value - half, high: value + half };
            (around.within(0.0, 1.0), "clustered-delta")
        }
        None if parts.clusters() < 2 => (Estimate { value, low: 0.0, high: 1.0 }, UNKNOWN),
        // The smallest class counts as much as the others, and may be in few clusters.
        None => {
            let has = |class: usize| clusters.iter().filter(|cells| cells.iter().any(|(i, ..)| *i == class)).count();
            let smallest = (0..counts.len()).map(has).filter(|clusters| *clusters > 0).min()?;
            (stats::wilson_of_clusters(value, smallest as u64, CONFIDENCE)?, "clustered-wilson")
        }
    };
    Some(parts.metric(estimate, how))
}

/// Cohen's kappa of a square table.
pub(super) fn kappa(
    scorer: &ScorerOutline,
    tally: &ScorerTally,
    table: &[Vec<u64>],
    weights: Weights,
) -> Option<Metric> {
    let is_rated = |(.., answered, _): &Cell| *answered < table.len();
    let mut clusters = cells(scorer, tally);
    clusters.iter_mut().for_each(|cells| cells.retain(is_rated));
    clusters.retain(|cells| !cells.is_empty());
    let parts = Parts::of(clusters.iter().map(|cells| (0.0, size(cells))));
    if parts.clusters() < 2 {
        let value = stats::cohen_kappa(table, weights, CONFIDENCE)?.estimate.value;
        return Some(parts.metric(Estimate { value, low: -1.0, high: 1.0 }, UNKNOWN));
    }
    let kappa = stats::cohen_kappa_clustered(table, weights, &clusters, CONFIDENCE)?;
    Some(parts.metric(kappa.estimate, "clustered-delta"))
}

/// Which class was expected, which one answered, and how often.
type Cell = (usize, usize, u64);

fn size(cells: &[Cell]) -> u64 {
    cells.iter().map(|(.., times)| times).sum()
}

/// The cells of the confusion matrix that each cluster fills, always in the same order.
fn cells(scorer: &ScorerOutline, tally: &ScorerTally) -> Vec<Vec<Cell>> {
    let class = |name: &str| scorer.classes.iter().position(|known| known == name);
    let labels = &tally.by_cluster.labels;
    let places: HashMap<u32, (usize, usize)> = labels
        .iter()
        .filter_map(|(labels, number)| {
            let answered = labels.predicted.as_deref().and_then(class).unwrap_or(scorer.classes.len());
            Some((*number, (class(&labels.expected)?, answered)))
        })
        .collect();
    let of_cluster = |cluster: &ClusterTally| {
        let cells = cluster.cells.iter().filter_map(|(number, times)| {
            let (expected, answered) = places.get(number)?;
            Some((*expected, *answered, *times))
        });
        let mut cells: Vec<Cell> = cells.collect();
        cells.sort_unstable();
        cells
    };
    let mut clusters: Vec<Vec<Cell>> = tally.by_cluster.clusters.values().map(of_cluster).collect();
    clusters.sort_unstable();
    clusters
}
