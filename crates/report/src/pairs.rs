//! Rows on both sides of a comparison, fetched when a report wants to show them.

use std::io;

use carat_core::compare::{Pairing, RowChange, Side, SideName, rows_in_order_of_harm};
use carat_core::{RowId, Sample};

/// The most repeats of one row that are fetched; a report shows one.
const REPEATS: usize = 16;

/// Rows on both sides of the comparisons of a report. Comparisons are named by their place in
/// [`Report::comparisons`](carat_core::fold::Report::comparisons).
pub trait Pairs {
    /// The rows of a comparison, the most harmful first. None for a comparison whose sides are gone.
    fn changes(&mut self, comparison: usize) -> Box<dyn Iterator<Item = RowChange> + '_>;

    /// What both sides answered to a row, with transcripts.
    ///
    /// # Errors
    /// The samples cannot be read.
    fn samples(&mut self, comparison: usize, row: &RowId) -> io::Result<PairedSamples>;
}

/// What both sides answered to a row: their repeats, in order. Empty for what is gone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PairedSamples {
    /// Of the side that is compared with.
    pub left: Vec<Sample>,
    /// Of the side that is compared.
    pub right: Vec<Sample>,
}

/// For a report without comparisons.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl Pairs for Alone {
    fn changes(&mut self, _: usize) -> Box<dyn Iterator<Item = RowChange> + '_> {
        Box::new(std::iter::empty())
    }

    fn samples(&mut self, _: usize, _: &RowId) -> io::Result<PairedSamples> {
        Ok(PairedSamples::default())
    }
}

/// The sides of comparisons, with a way to their samples.
pub struct Compared<'a, F> {
    comparisons: Vec<(&'a Side, &'a Side, Pairing)>,
    fetch: F,
}

impl<'a, F> Compared<'a, F>
where
    F: FnMut(&SideName, u64) -> io::Result<Option<Sample>>,
{
    /// Left and right side of each comparison, in the order of the report's comparisons. `fetch` is asked for the sample
    /// (with its transcript) that a side's run recorded under the number of an event; none where it is gone.
    pub fn new(sides: impl IntoIterator<Item = (&'a Side, &'a Side)>, fetch: F) -> Self {
        let comparisons = sides.into_iter().map(|(left, right)| (left, right, Pairing::of(left, right)));
        Self { comparisons: comparisons.collect(), fetch }
    }

    fn of_side(&mut self, side: &Side, row: &RowId) -> io::Result<Vec<Sample>> {
        let mut samples = Vec::new();
        for seq in side.samples_of(row).into_iter().take(REPEATS) {
            samples.extend((self.fetch)(side.name(), seq)?);
        }
        Ok(samples)
    }
}

impl<F> std::fmt::Debug for Compared<'_, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compared").field("comparisons", &self.comparisons.len()).finish_non_exhaustive()
    }
}

impl<F> Pairs for Compared<'_, F>
where
    F: FnMut(&SideName, u64) -> io::Result<Option<Sample>>,
{
    fn changes(&mut self, comparison: usize) -> Box<dyn Iterator<Item = RowChange> + '_> {
        let changes = self.comparisons.get(comparison);
        let changes = changes.map(|(left, right, pairing)| rows_in_order_of_harm(left, right, pairing, None));
        Box::new(changes.unwrap_or_default().into_iter())
    }

    fn samples(&mut self, comparison: usize, row: &RowId) -> io::Result<PairedSamples> {
        let Some((left, right, _)) = self.comparisons.get(comparison) else { return Ok(PairedSamples::default()) };
        let (left, right) = (*left, *right);
        Ok(PairedSamples { left: self.of_side(left, row)?, right: self.of_side(right, row)? })
    }
}

impl PairedSamples {
    /// The repeat to show of each side: the first on which the right side fails what the left side passes, else the first
    /// on which they do not agree, else the first.
    pub(crate) fn telling(&self) -> (Option<&Sample>, Option<&Sample>) {
        let both = || self.left.iter().zip(&self.right);
        let broke = |(left, right): &(&Sample, &Sample)| crate::look::failed(right) > crate::look::failed(left);
        let differs = |(left, right): &(&Sample, &Sample)| left.outcome != right.outcome;
        let pair = both().find(broke).or_else(|| both().find(differs));
        match pair {
            Some((left, right)) => (Some(left), Some(right)),
            None => (self.left.first(), self.right.first()),
        }
    }
}
