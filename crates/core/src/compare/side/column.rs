//! What one scorer said of one variant, row by row.

use crate::{Labels, Score};

/// What one scorer said.
#[derive(Debug, Clone, Default)]
pub(in crate::compare) struct Column {
    /// By row.
    pub(in crate::compare) cells: Vec<Cell>,
    /// Row and class pair of every answer, for scorers over classes.
    pub(in crate::compare) labels: Vec<(u32, u16)>,
    pub(in crate::compare) label_set: Vec<Labels>,
    /// Sums of counts by row, `width` for each.
    counts: Vec<u64>,
    width: usize,
}

/// What one scorer said of the repeats of one row.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::compare) struct Cell {
    pub(in crate::compare) sum: f64,
    pub(in crate::compare) scored: u32,
    pub(in crate::compare) judged: u32,
    pub(in crate::compare) passed: u32,
}

impl Column {
    /// For a scorer that gives so many counts to a metric of the corpus.
    pub(super) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Makes room for a row more.
    pub(super) fn grow(&mut self) {
        self.cells.push(Cell::default());
        self.counts.resize(self.counts.len() + self.width, 0);
    }

    /// Forgets what was said of a row.
    pub(super) fn clear(&mut self, row: u32) {
        let place = row as usize;
        self.cells[place] = Cell::default();
        self.labels.retain(|(of, _)| *of != row);
        self.counts[place * self.width..(place + 1) * self.width].fill(0);
    }

    pub(super) fn add(&mut self, row: u32, score: &Score) {
        let cell = &mut self.cells[row as usize];
        cell.sum += score.value.get();
        cell.scored += 1;
        cell.judged += u32::from(score.pass.is_some());
        cell.passed += u32::from(score.pass == Some(true));
        if let Some(labels) = &score.labels {
            let known = self.label_set.iter().position(|known| known == labels);
            let number = known.unwrap_or_else(|| {
                self.label_set.push(labels.clone());
                self.label_set.len() - 1
            });
            self.labels.push((row, u16::try_from(number).unwrap_or(u16::MAX)));
        }
        if score.counts.len() == self.width {
            let sums = &mut self.counts[row as usize * self.width..];
            sums.iter_mut().zip(&score.counts).for_each(|(sum, count)| *sum += u64::from(*count));
        }
    }

    /// The sums of a row's counts.
    pub(in crate::compare) fn counts_of(&self, row: u32) -> &[u64] {
        &self.counts[row as usize * self.width..(row as usize + 1) * self.width]
    }
}

impl Cell {
    /// The mean value of the repeats.
    pub(in crate::compare) fn mean(&self) -> Option<f64> {
        (self.scored > 0).then(|| self.sum / f64::from(self.scored))
    }

    /// The share of the repeats that pass.
    pub(in crate::compare) fn pass_rate(&self) -> Option<f64> {
        (self.judged > 0).then(|| f64::from(self.passed) / f64::from(self.judged))
    }
}
