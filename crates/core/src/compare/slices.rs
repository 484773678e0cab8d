//! The parts of the data, compared by themselves.

use crate::fold::slice_name;

use super::paired::Paired;
use super::{MetricComparison, Settings, SliceComparison, aggregate};

/// The main metric of every scorer, on every slice that has enough rows. Where rows are clustered, a slice of one cluster is
/// not compared.
pub(super) fn compare(paired: &Paired<'_>, settings: &Settings) -> Vec<SliceComparison> {
    // The right side's own slices: it is the newer one, and its rows are the same.
    let right = paired.right;
    let settings = Settings { resamples: 0, ..*settings };
    let mut compared = Vec::new();
    for (number, (spec, value)) in (0_u32..).zip(&right.slice_names) {
        let spec = &right.slice_specs[*spec];
        let is_in = |(_, row): &&(u32, u32)| right.rows[*row as usize].slices.contains(&number);
        let pairs: Vec<_> = paired.pairs.iter().filter(is_in).copied().collect();
        if (pairs.len() as u64) < spec.minimum {
            continue;
        }
        let part = paired.on_slice(&pairs);
        let found = aggregate::main(&part).into_iter().filter_map(|measured| {
            let comparison = MetricComparison::of(measured, &part, &settings).ok()?;
            Some(SliceComparison { slice: slice_name(&spec.by, value), comparison })
        });
        compared.extend(found);
    }
    compared.sort_by(|a, b| (&a.slice, &a.comparison.metric).cmp(&(&b.slice, &b.comparison.metric)));
    compared
}
