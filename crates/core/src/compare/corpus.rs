//! Metrics of a whole corpus, as differences row by row.

use crate::corpus::{CorpusMetric, Smoothing};
use crate::stats;

use super::aggregate::known;
use super::differences::{Both, Differences, outcome};
use super::side::Column;

/// A metric of the whole corpus, linearised on both sides.
///
/// # Errors
/// Why it cannot be compared: no row has a value on both sides, or one of the sides is where the metric [jumps](jump).
pub(super) fn differences(
    metric: &CorpusMetric,
    columns: (&Column, &Column),
    pairs: &[(u32, u32)],
) -> Result<Differences, String> {
    let scored = |column: &Column, row: u32| (column.cells[row as usize].scored > 0).then_some(row);
    let both = Both::of(pairs.iter().map(|(l, r)| (scored(columns.0, *l), scored(columns.1, *r))));
    let Both { values: rows, places, lost } = both;
    let left = known(Linear::at(metric, rows.iter().map(|(l, _)| columns.0.counts_of(*l))))?;
    let right = known(Linear::at(metric, rows.iter().map(|(_, r)| columns.1.counts_of(*r))))?;
    for (side, linear) in [("left", &left), ("right", &right)] {
        if let Some(because) = jump(metric, linear) {
            return Err(format!("the {side} side {because}"));
        }
    }
    let influence =
        |(l, r): &(u32, u32)| (left.influence(columns.0.counts_of(*l)), right.influence(columns.1.counts_of(*r)));
    let influences = Both { values: rows.iter().map(influence).collect(), places, lost };
    let mean = |column: &Column, row: u32| column.cells[row as usize].mean().unwrap_or(0.0);
    let outcome = outcome(rows.iter().map(|(l, r)| mean(columns.1, *r) - mean(columns.0, *l)));
    let differences = Differences::linearised((left.value, right.value), influences, outcome);
    Ok(if metric.higher_is_better() { differences } else { differences.lower_is_better_by_rate() })
}

/// Why the metric has no slope at these sums, and so no interval by the delta method: BLEU jumps with the first match of an
/// order of n-grams that has none, whatever its smoothing, and errors without a length are no rate.
fn jump(metric: &CorpusMetric, linear: &Linear) -> Option<&'static str> {
    match *metric {
        CorpusMetric::Bleu { max_order, effective_order, .. } => {
            let unmatched = CorpusMetric::Bleu { max_order, effective_order, smoothing: Smoothing::Exp };
            (linear.value <= 0.0 || unmatched.depends_on_size(&linear.sums)).then_some(
                "has no match for some order of n-grams, and its BLEU would jump with the first one, so that nothing tells \
                 how far off it is; compare more rows, or chrF",
            )
        }
        CorpusMetric::ErrorRate => {
            metric.depends_on_size(&linear.sums).then_some("has no length to hold its errors against, and so no rate")
        }
        CorpusMetric::Chrf { .. } | CorpusMetric::Ter | CorpusMetric::Share => None,
    }
}

/// A corpus metric at the sums of its counts, and how it changes with each.
struct Linear {
    n: f64,
    sums: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

impl Linear {
    fn at<'a>(metric: &CorpusMetric, rows: impl Iterator<Item = &'a [u64]>) -> Option<Self> {
        let mut sums = vec![0_u64; metric.width()];
        let mut n = 0_u64;
        for counts in rows {
            n += 1;
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        let sums: Vec<f64> = sums.iter().map(|sum| *sum as f64).collect();
        let value = metric.value(&sums).filter(|_| n > 0)?;
        Some(Self { n: n as f64, gradient: stats::gradient(|sums| metric.value(sums), &sums)?, sums, value })
    }

    /// What one row adds to the metric, so that the mean over all rows is 0.
    fn influence(&self, counts: &[u64]) -> f64 {
        let parts = self.gradient.iter().zip(counts.iter().zip(&self.sums));
        self.n * parts.map(|(slope, (count, sum))| slope * (*count as f64 - sum / self.n)).sum::<f64>()
    }
}
