//! Macro F1, as differences row by row.

use crate::compare::differences::{Both, Differences};
use crate::compare::side::Column;
use crate::event::ScorerOutline;
use crate::stats;

/// Macro F1 is no mean; its influence by row is (Takahashi and others 2022, linearised), so that rows can be paired.
pub(super) fn differences(
    scorer: &ScorerOutline,
    columns: (&Column, &Column),
    pairs: &[(u32, u32)],
) -> Option<Differences> {
    let (left, right) = (Cells::of(scorer, columns.0), Cells::of(scorer, columns.1));
    let both = Both::of(pairs.iter().map(|(l, r)| (left.by_row[*l as usize], right.by_row[*r as usize])));
    let Both { values: cells, places, lost } = both;
    let (l, r) = (left.matrix(cells.iter().map(|(l, _)| *l)), right.matrix(cells.iter().map(|(_, r)| *r)));
    let influence = (stats::f1_macro_influence(&l)?, stats::f1_macro_influence(&r)?);
    let value = |counts: &[Vec<u64>]| stats::f1_macro(counts, stats::CONFIDENCE).map(|(f1, _)| f1.value);
    let values = cells.iter().map(|(l, r)| (influence.0[l.0][l.1], influence.1[r.0][r.1])).collect();
    let influences = Both { values, places, lost };
    Some(Differences::linearised((value(&l)?, value(&r)?), influences, outcome_of(&cells)))
}

/// A place in a confusion matrix: which class was expected, and which one answered.
type Place = (usize, usize);

/// Wins, losses and ties: who is right.
fn outcome_of(both: &[(Place, Place)]) -> (u64, u64, u64) {
    let count = |want: (bool, bool)| both.iter().filter(|(l, r)| (l.0 == l.1, r.0 == r.1) == want).count() as u64;
    let (wins, losses) = (count((false, true)), count((true, false)));
    (wins, losses, both.len() as u64 - wins - losses)
}

/// Which cell of the confusion matrix each row is in.
struct Cells {
    size: usize,
    by_row: Vec<Option<Place>>,
}

impl Cells {
    fn of(scorer: &ScorerOutline, column: &Column) -> Self {
        let size = scorer.classes.len();
        let class = |name: &str| scorer.classes.iter().position(|known| known == name);
        let cells: Vec<_> = column
            .label_set
            .iter()
            .map(|labels| {
                let answered = labels.predicted.as_deref().and_then(class).unwrap_or(size);
                class(&labels.expected).map(|expected| (expected, answered))
            })
            .collect();
        let mut by_row = vec![None; column.cells.len()];
        for (row, labels) in &column.labels {
            by_row[*row as usize] = cells.get(usize::from(*labels)).copied().flatten();
        }
        Self { size, by_row }
    }

    fn matrix(&self, cells: impl Iterator<Item = Place>) -> Vec<Vec<u64>> {
        let mut counts = vec![vec![0; self.size + 1]; self.size];
        cells.for_each(|(expected, answered)| counts[expected][answered] += 1);
        counts
    }
}
