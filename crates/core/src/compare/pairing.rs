//! Which rows of two sides belong together.

use crate::RowId;

use super::{RowsReport, Side};

/// The most rows that a report names.
const NAMED: usize = 20;

/// The rows of two sides, joined by their ids.
#[derive(Debug, Clone, Default)]
pub struct Pairing {
    /// Places of rows with the same id and content, in the order of their ids.
    pub(super) pairs: Vec<(u32, u32)>,
    /// Rows that only the left side has.
    pub left_only: Vec<RowId>,
    /// Rows that only the right side has.
    pub right_only: Vec<RowId>,
    /// Rows of the same id and other content.
    pub changed: Vec<RowId>,
    /// Of the pairs, how many are one and the same answer on both sides, because one of them took it from the record.
    pub shared: u64,
}

impl Pairing {
    /// Joins the rows of two sides.
    pub fn of(left: &Side, right: &Side) -> Self {
        let mut pairing = Self::default();
        for (place, row) in (0_u32..).zip(&left.rows) {
            match right.position(&row.id) {
                None => pairing.left_only.push(row.id.clone()),
                Some(other) if right.rows[other as usize].digest == row.digest => pairing.pairs.push((place, other)),
                Some(_) => pairing.changed.push(row.id.clone()),
            }
        }
        let is_shared = |(l, r): &&(u32, u32)| {
            let draws = left.rows[*l as usize].draws;
            draws != 0 && draws == right.rows[*r as usize].draws
        };
        pairing.shared = pairing.pairs.iter().filter(is_shared).count() as u64;
        let alone = right.rows.iter().filter(|row| left.position(&row.id).is_none());
        pairing.right_only = alone.map(|row| row.id.clone()).collect();
        // Samples come in the order in which models answered; a comparison is the same whatever that was.
        pairing.pairs.sort_unstable_by(|a, b| left.rows[a.0 as usize].id.cmp(&left.rows[b.0 as usize].id));
        for rows in [&mut pairing.left_only, &mut pairing.right_only, &mut pairing.changed] {
            rows.sort_unstable();
        }
        pairing
    }

    /// How many rows belong together.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether no rows belong together.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub(super) fn report(&self) -> RowsReport {
        let first = |rows: &[RowId]| rows.iter().take(NAMED).map(ToString::to_string).collect();
        RowsReport {
            paired: self.pairs.len() as u64,
            shared: self.shared,
            left_only: self.left_only.len() as u64,
            right_only: self.right_only.len() as u64,
            changed: self.changed.len() as u64,
            left_only_rows: first(&self.left_only),
            right_only_rows: first(&self.right_only),
            changed_rows: first(&self.changed),
        }
    }
}
