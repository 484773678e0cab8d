//! The parts of the data, compared by themselves.

use crate::fold::slice_name;

use super::{MetricComparison, Pairing, Settings, Side, SliceComparison, aggregate};

/// The main metric of every scorer, on every slice that has enough rows.
pub(super) fn compare(left: &Side, right: &Side, pairing: &Pairing, settings: &Settings) -> Vec<SliceComparison> {
    // The right side's own slices: it is the newer one, and its rows are the same.
    let settings = Settings { resamples: 0, ..*settings };
    let mut compared = Vec::new();
    for (number, (spec, value)) in (0_u32..).zip(&right.slice_names) {
        let spec = &right.slice_specs[*spec];
        let is_in = |(_, row): &&(u32, u32)| right.rows[*row as usize].slices.contains(&number);
        let pairs: Vec<_> = pairing.pairs.iter().filter(is_in).copied().collect();
        if (pairs.len() as u64) < spec.minimum {
            continue;
        }
        for (at, scorer) in left.scorers.iter().enumerate() {
            let same =
                right.scorers.iter().position(|other| other.name == scorer.name && other.digest == scorer.digest);
            let Some(to) = same else { continue };
            let main = format!("{}.{}", scorer.name, aggregate::main_aggregate(scorer));
            for (metric, differences) in aggregate::of_scorer(left, right, (at, to), &pairs) {
                if let Ok(differences) = differences
                    && metric == main
                {
                    let comparison = MetricComparison::of(metric, &differences, &settings);
                    compared.push(SliceComparison { slice: slice_name(&spec.by, value), comparison });
                }
            }
        }
    }
    compared.sort_by(|a, b| (&a.slice, &a.comparison.metric).cmp(&(&b.slice, &b.comparison.metric)));
    compared
}
