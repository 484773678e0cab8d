//! The rows on which two sides are held against each other.

use crate::RowId;

use super::side::{Cell, Column, SideRow};
use super::{Pairing, Side};

/// Two sides on the rows that both have, or on a part of those.
#[derive(Clone, Copy)]
pub(super) struct Paired<'a> {
    pub(super) left: &'a Side,
    pub(super) right: &'a Side,
    /// Places of rows on the left and on the right.
    pub(super) pairs: &'a [(u32, u32)],
    /// How many rows that flipped are named in each direction.
    pub(super) named: usize,
}

/// The most rows that flipped, in each direction, of which a comparison names one by one.
const NAMED: usize = 100;

/// The same on a slice, of which there may be many.
const NAMED_ON_SLICE: usize = 10;

impl<'a> Paired<'a> {
    /// On all rows that both have.
    pub(super) fn on_all(left: &'a Side, right: &'a Side, pairing: &'a Pairing) -> Self {
        Self { left, right, pairs: &pairing.pairs, named: NAMED }
    }

    /// On some of them.
    pub(super) fn on_slice(self, pairs: &'a [(u32, u32)]) -> Self {
        Self { pairs, named: NAMED_ON_SLICE, ..self }
    }

    /// Whether a row may have several samples.
    pub(super) const fn is_repeated(&self) -> bool {
        self.left.trials > 1 || self.right.trials > 1
    }

    /// Both rows of every pair.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'a SideRow, &'a SideRow)> + use<'a> {
        let (left, right) = (self.left, self.right);
        self.pairs.iter().map(|(l, r)| (&left.rows[*l as usize], &right.rows[*r as usize]))
    }

    /// What a scorer said of every pair.
    pub(super) fn cells(
        &self,
        columns: (&'a Column, &'a Column),
    ) -> impl Iterator<Item = (&'a Cell, &'a Cell)> + use<'a> {
        self.pairs.iter().map(move |(l, r)| (&columns.0.cells[*l as usize], &columns.1.cells[*r as usize]))
    }

    /// Which row the pair at a place is.
    pub(super) fn id(&self, place: u32) -> &'a RowId {
        let (left, _) = self.pairs[place as usize];
        &self.left.rows[left as usize].id
    }

    /// The cluster of the pair at a place; none where rows are not clustered. The right side's: it is the newer one, and the
    /// rows of a pair are the same.
    pub(super) fn cluster(&self, place: u32) -> Option<u32> {
        let (_, right) = self.pairs[place as usize];
        self.right.cluster_spec.as_ref().map(|_| self.right.rows[right as usize].cluster)
    }
}
