//! What repeats of the same cases say.

use crate::fold::{RowTally, ScorerTally};
use crate::stats;

use super::scorer::over_rows;
use super::{Flicker, Metric, RepeatsReport};

/// The most flickering rows that a report names.
const NAMED: usize = 50;

/// `pass@k` (that at least one of k repeats passes), `pass^k` (that all of them do) and `majority` (that more than half
/// do), each as a mean over rows.
pub(super) fn metrics(tally: &ScorerTally, trials: u32) -> Vec<(String, Option<Metric>)> {
    let mut metrics = Vec::new();
    for k in ks(trials) {
        let of_rows = |estimate: fn(u64, u64, u64) -> Option<f64>| {
            let of_row = |row: &RowTally| estimate(row.judged.into(), row.passed.into(), k.into());
            over_rows(tally.by_row.values().filter_map(|row| Some((row, of_row(row)?))))
        };
        metrics.push((format!("pass@{k}"), of_rows(stats::pass_at_k)));
        metrics.push((format!("pass^{k}"), of_rows(stats::pass_hat_k)));
    }
    let judged = tally.by_row.values().filter(|row| row.judged > 0);
    let majority = judged.map(|row| (row, f64::from(u8::from(row.passed * 2 > row.judged))));
    metrics.push(("majority".to_owned(), over_rows(majority)));
    metrics
}

/// The aggregates that so many repeats of a case have beside the usual ones.
pub fn repeat_aggregates(trials: u32) -> Vec<String> {
    let of_k = ks(trials).flat_map(|k| [format!("pass@{k}"), format!("pass^{k}")]);
    of_k.chain((trials > 1).then(|| "majority".to_owned())).collect()
}

/// The numbers of repeats that people ask for, as far as there are so many.
fn ks(trials: u32) -> impl Iterator<Item = u32> {
    [2, 3, 5, 10, 20, 50, 100].into_iter().filter(move |k| *k < trials).chain((trials > 1).then_some(trials))
}

pub(super) fn report(tally: &ScorerTally) -> RepeatsReport {
    let mut flickering: Vec<&RowTally> = tally.by_row.values().filter(|row| row.flickers()).collect();
    flickering.sort_by(|a, b| a.id.cmp(&b.id));
    let named = flickering.iter().take(NAMED);
    let named = named.map(|row| Flicker { row: row.id.to_string(), passed: row.passed, judged: row.judged });
    RepeatsReport {
        rows: tally.by_row.values().filter(|row| row.scored > 0).count() as u64,
        spread: spread(tally),
        flickering: flickering.len() as u64,
        flickering_rows: named.collect(),
    }
}

/// The mean standard deviation within a row.
fn spread(tally: &ScorerTally) -> Option<f64> {
    // In the order of the ids, so that a resumed run adds up to the same digits.
    let mut rows: Vec<&RowTally> = tally.by_row.values().filter(|row| row.scored > 1).collect();
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    let sum: f64 = rows.iter().map(|row| row.deviation()).sum();
    (!rows.is_empty()).then(|| sum / rows.len() as f64)
}
