//! Which rows changed, the most harmful first.

use std::cmp::Ordering;

use crate::RowId;

use super::side::SideRow;
use super::{Pairing, Side};

/// What became of a row from the left side to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// One side, or both, have no answer to it.
    Error,
    /// Some score fell, and none that stands before it in the spec rose; or a score is gone.
    Regressed,
    /// Some score rose, and none that stands before it in the spec fell.
    Improved,
    /// Another answer with the same scores.
    Changed,
    /// The same answer, or as good as the same.
    Same,
}

/// One row on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct RowChange {
    /// Which row.
    pub row: RowId,
    /// What became of it.
    pub change: Change,
    /// Right minus left by scorer, in the order of the left side's spec; none where a side has no score.
    pub deltas: Vec<Option<f64>>,
    /// Whether the right side lost its answer, or passed before and fails now.
    pub broke: bool,
    /// Whether it fails some scorer on one side and passes it on the other.
    pub flipped: bool,
}

/// Every pair, the most harmful first: answers that were lost, then verdicts that flipped to wrong, then by how far the
/// scores fell in the order of the spec; gains come last. `scorer` looks at one scorer alone.
pub fn rows_in_order_of_harm(left: &Side, right: &Side, pairing: &Pairing, scorer: Option<&str>) -> Vec<RowChange> {
    let columns = columns(left, right, scorer);
    let mut rows: Vec<RowChange> = pairing.pairs.iter().map(|pair| row(left, right, *pair, &columns)).collect();
    rows.sort_by(|a, b| harm(a).cmp(&harm(b)).then_with(|| by_deltas(a, b)).then_with(|| a.row.cmp(&b.row)));
    rows
}

/// The places of the scorers that both sides have.
fn columns(left: &Side, right: &Side, scorer: Option<&str>) -> Vec<(usize, Option<usize>)> {
    let wanted = |name: &str| scorer.is_none_or(|scorer| scorer == name);
    let to = |name: &str| right.scorers.iter().position(|other| *other.name == *name).filter(|_| wanted(name));
    left.scorers.iter().enumerate().map(|(at, scorer)| (at, to(&scorer.name))).collect()
}

fn row(left: &Side, right: &Side, (l, r): (u32, u32), columns: &[(usize, Option<usize>)]) -> RowChange {
    let (lr, rr) = (&left.rows[l as usize], &right.rows[r as usize]);
    let (mut broke, mut flipped, mut lost) = (rr.answered < lr.answered.min(rr.samples), false, false);
    let mut deltas = Vec::with_capacity(columns.len());
    for (at, to) in columns {
        let pair = to.map(|to| (left.columns[*at].cells[l as usize], right.columns[to].cells[r as usize]));
        if let Some((Some(before), Some(after))) = pair.map(|(a, b)| (a.pass_rate(), b.pass_rate())) {
            flipped |= (before - after).abs() > 1e-9;
            broke |= after < before;
        }
        lost |= pair.is_some_and(|(a, b)| a.mean().is_some() && b.mean().is_none());
        deltas.push(pair.and_then(|(a, b)| Some(b.mean()? - a.mean()?)));
    }
    let first = deltas.iter().flatten().find(|delta| delta.abs() > 1e-9);
    let change = match first {
        _ if lr.answered < lr.samples || rr.answered < rr.samples => Change::Error,
        Some(delta) if *delta < 0.0 => Change::Regressed,
        // A score that is gone may have hidden anything.
        _ if lost => Change::Regressed,
        Some(_) => Change::Improved,
        None if !same_answers(lr, rr) => Change::Changed,
        None => Change::Same,
    };
    RowChange { row: lr.id.clone(), change, deltas, broke: broke || lost, flipped }
}

/// Whether two rows were answered alike: the same answers as often, or, where one side was asked more often than the other,
/// the same answers however often.
fn same_answers(left: &SideRow, right: &SideRow) -> bool {
    let answers = |row: &SideRow| {
        let mut answers: Vec<_> = row.marks.iter().filter_map(|mark| mark.answer).collect();
        answers.sort_unstable();
        answers
    };
    let (mut left, mut right) = (answers(left), answers(right));
    if left.len() != right.len() {
        left.dedup();
        right.dedup();
    }
    left == right
}

fn harm(row: &RowChange) -> u8 {
    match row.change {
        Change::Error if row.broke => 0,
        Change::Regressed if row.broke => 1,
        Change::Regressed => 2,
        Change::Error => 3,
        Change::Changed => 4,
        Change::Same => 5,
        Change::Improved => 6,
    }
}

fn by_deltas(a: &RowChange, b: &RowChange) -> Ordering {
    let pairs = a.deltas.iter().zip(&b.deltas);
    let unequal = pairs.map(|(a, b)| a.unwrap_or(0.0).total_cmp(&b.unwrap_or(0.0))).find(|order| order.is_ne());
    unequal.unwrap_or(Ordering::Equal)
}
