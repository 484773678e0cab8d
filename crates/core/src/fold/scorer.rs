//! What one scorer said of one variant.

use std::collections::{BTreeMap, HashMap};

use crate::{Labels, RowId, Score, UnscoredKind};

use super::tally::PartOf;
use super::{CorpusTally, ExactSum};

/// What one scorer said of one variant.
#[derive(Debug, Clone, Default)]
pub struct ScorerTally {
    /// Answers with a score.
    pub scored: u64,
    /// Of these, the ones that were judged right or wrong at all.
    pub judged: u64,
    /// Of these, the right ones.
    pub passed: u64,
    /// The sum of the values.
    pub sum: ExactSum,
    /// The sum of their squares.
    pub sum_of_squares: ExactSum,
    /// Answers without a score, by reason.
    pub unscored: BTreeMap<UnscoredKind, u64>,
    /// How often which class was answered where which was expected.
    pub confusion: BTreeMap<Labels, u64>,
    /// How often a judge named which category.
    pub categories: BTreeMap<String, u64>,
    /// For metrics of a whole corpus: what they are computed from.
    pub corpus: CorpusTally,
    /// For repeated cases: values and verdicts by row.
    pub by_row: HashMap<RowId, RowTally>,
    /// Where rows hang together: the same by cluster.
    pub by_cluster: ClusterTallies,
}

/// The repeats of one row.
#[derive(Debug, Clone)]
pub struct RowTally {
    /// Which row.
    pub id: RowId,
    /// The number of its cluster, where rows hang together.
    pub cluster: Option<u32>,
    /// Repeats with a score.
    pub scored: u32,
    /// The sum of their values.
    pub sum: ExactSum,
    /// The sum of their squares.
    pub sum_of_squares: ExactSum,
    /// Of those that were judged, the right ones.
    pub passed: u32,
    /// Repeats that were judged right or wrong.
    pub judged: u32,
}

/// What one scorer said of the rows of each cluster.
#[derive(Debug, Clone, Default)]
pub struct ClusterTallies {
    /// By the cluster's number.
    pub clusters: HashMap<u32, ClusterTally>,
    /// The number by which a cluster's cells know a pair of classes.
    pub labels: HashMap<Labels, u32>,
}

/// What one scorer said of the rows of one cluster.
#[derive(Debug, Clone, Default)]
pub struct ClusterTally {
    /// Answers with a score.
    pub scored: u64,
    /// The sum of their values.
    pub sum: ExactSum,
    /// Answers that were judged right or wrong.
    pub judged: u64,
    /// Of these, the right ones.
    pub passed: u64,
    /// How often which pair of classes came, by the pair's number.
    pub cells: Vec<(u32, u64)>,
}

impl RowTally {
    fn new(id: &RowId, cluster: Option<u32>) -> Self {
        let (sum, sum_of_squares) = (ExactSum::default(), ExactSum::default());
        Self { id: id.clone(), cluster, scored: 0, sum, sum_of_squares, passed: 0, judged: 0 }
    }

    /// Whether some repeats pass and some fail.
    pub const fn flickers(&self) -> bool {
        self.passed > 0 && self.passed < self.judged
    }

    /// The standard deviation of the repeats' values; 0 for fewer than two.
    pub fn deviation(&self) -> f64 {
        if self.scored < 2 {
            return 0.0;
        }
        let n = f64::from(self.scored);
        let mean = self.sum.get() / n;
        ((self.sum_of_squares.get() - n * mean * mean) / (n - 1.0)).max(0.0).sqrt()
    }

    fn add(&mut self, score: &Score) {
        let value = score.value.get();
        self.scored += 1;
        self.sum.add(value);
        self.sum_of_squares.add(value * value);
        self.judged += u32::from(score.pass.is_some());
        self.passed += u32::from(score.pass == Some(true));
    }
}

impl ClusterTallies {
    fn add(&mut self, cluster: u32, score: &Score) {
        let next = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        let cluster = self.clusters.entry(cluster).or_default();
        cluster.scored += 1;
        cluster.sum.add(score.value.get());
        cluster.judged += u64::from(score.pass.is_some());
        cluster.passed += u64::from(score.pass == Some(true));
        let Some(labels) = &score.labels else { return };
        let number = match self.labels.get(labels) {
            Some(number) => *number,
            None => *self.labels.entry(labels.clone()).or_insert(next),
        };
        match cluster.cells.iter_mut().find(|(known, _)| *known == number) {
            Some((_, count)) => *count += 1,
            None => cluster.cells.push((number, 1)),
        }
    }
}

impl ScorerTally {
    pub(super) fn add(&mut self, score: &Score, part: PartOf<'_>) {
        let value = score.value.get();
        self.scored += 1;
        self.sum.add(value);
        self.sum_of_squares.add(value * value);
        self.judged += u64::from(score.pass.is_some());
        self.passed += u64::from(score.pass == Some(true));
        if let Some(labels) = &score.labels {
            count(&mut self.confusion, labels);
        }
        if let Some(category) = &score.category {
            count(&mut self.categories, category);
        }
        if !score.counts.is_empty() {
            self.corpus.add(&score.counts, part);
        }
        if let Some(row) = part.row {
            self.by_row.entry(row.clone()).or_insert_with(|| RowTally::new(row, part.cluster)).add(score);
        }
        if let Some(cluster) = part.cluster {
            self.by_cluster.add(cluster, score);
        }
    }
}

/// Adds one without copying a key that is there already.
fn count<K: Ord + Clone>(counts: &mut BTreeMap<K, u64>, key: &K) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => drop(counts.insert(key.clone(), 1)),
    }
}
