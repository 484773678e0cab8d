//! Which rows flipped.

use super::FlippedRows;
use super::differences::{Pair, SAME};
use super::paired::Paired;

/// A row whose share of passes changed.
struct Flip {
    place: u32,
    /// By how much the share changed.
    rate: f64,
    /// By how much the value did.
    value: f64,
}

impl FlippedRows {
    /// From the shares of a row's answers that pass on both sides, and the mean values, pair by pair.
    pub(super) fn of(paired: &Paired<'_>, pairs: impl Iterator<Item = (Pair, Pair)>) -> Self {
        let (mut to_fail, mut to_pass) = (Vec::new(), Vec::new());
        for (place, (rates, values)) in (0_u32..).zip(pairs) {
            let (Some(rate), value) = (change(rates), change(values).unwrap_or(0.0)) else { continue };
            let flips = if rate < 0.0 { &mut to_fail } else { &mut to_pass };
            if rate.abs() > SAME {
                flips.push(Flip { place, rate, value });
            }
        }
        Self {
            to_fail: to_fail.len() as u64,
            to_pass: to_pass.len() as u64,
            to_fail_rows: named(paired, to_fail),
            to_pass_rows: named(paired, to_pass),
        }
    }
}

fn change((left, right): Pair) -> Option<f64> {
    Some(right? - left?)
}

/// The first rows, those first that changed most. Pairs come in the order of their ids, which decides between equals.
fn named(paired: &Paired<'_>, mut flips: Vec<Flip>) -> Vec<String> {
    flips.sort_by(|a, b| {
        let by_rate = b.rate.abs().total_cmp(&a.rate.abs());
        by_rate.then_with(|| b.value.abs().total_cmp(&a.value.abs()))
    });
    flips.iter().take(paired.named).map(|flip| paired.id(flip.place).to_string()).collect()
}
