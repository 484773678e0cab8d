//! How much of a run one page takes.
//!
//! A page has to open at once and to filter while one types. Up to [`MOST`] samples all of them are on it. Beyond, three
//! quarters of that are kept for rows that changed, the most harmful first, and the rest for answers that failed, have no
//! score, or are missing; and the page says so.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use carat_core::compare::Change;
use carat_core::{RowId, Sample};

use crate::{Pairs, Subject, look};

/// The most samples on a page.
pub(super) const MOST: u64 = 20_000;

/// The most changed rows of one comparison of which a page knows, and of which it has the difference.
pub(super) const MOST_CHANGES: usize = 20_000;
pub(super) const MOST_DIFFERENCES: usize = 2_000;

/// The longest text, in characters; and the longest once texts have come to so many bytes.
const LONGEST: usize = 20_000;
const LONGEST_LATER: usize = 400;
const MANY_BYTES: usize = 48 << 20;

/// Which samples are on the page.
#[derive(Debug)]
pub(super) struct Selection {
    /// The rows that changed, where not all samples are taken; by a number, so that eight bytes a row are held.
    changed: Option<HashSet<u64>>,
    /// Of the samples that were taken, those of rows that did not change.
    others: u64,
    /// Samples that were offered, and of these the ones that were taken.
    pub(super) offered: u64,
    pub(super) taken: u64,
    bytes: usize,
    /// Texts that were cut.
    pub(super) cut: u64,
}

impl Selection {
    pub(super) fn new(subject: &Subject<'_>, pairs: &mut dyn Pairs) -> Self {
        let all = subject.report.run.samples <= MOST;
        let changed = (!all).then(|| changed(subject, pairs));
        Self { changed, others: 0, offered: 0, taken: 0, bytes: 0, cut: 0 }
    }

    /// For the texts of changed rows.
    pub(super) fn new_for_changes() -> Self {
        Self { changed: None, others: 0, offered: 0, taken: 0, bytes: 0, cut: 0 }
    }

    /// Whether only the samples are taken that a reader looks for.
    pub(super) const fn is_partial(&self) -> bool {
        self.changed.is_some()
    }

    /// Whether the next sample is on the page.
    pub(super) fn takes(&mut self, sample: &Sample) -> bool {
        self.offered += 1;
        let takes = self.shows(&sample.case.row) || self.takes_other(sample);
        self.taken += u64::from(takes);
        takes
    }

    /// Whether all samples of a row are on the page.
    pub(super) fn shows(&self, row: &RowId) -> bool {
        self.changed.as_ref().is_none_or(|changed| changed.contains(&number(row)))
    }

    fn takes_other(&mut self, sample: &Sample) -> bool {
        let is_odd = look::failed(sample) > 0 || look::unscored(sample).next().is_some();
        let takes = is_odd && self.others < MOST / 4;
        self.others += u64::from(takes);
        takes
    }

    /// As much of a text as the page takes, and how many characters are left out.
    pub(super) fn beginning<'a>(&mut self, text: &'a str) -> (&'a str, usize) {
        let most = if self.bytes > MANY_BYTES { LONGEST_LATER } else { LONGEST };
        let (some, rest) = look::beginning(text, most);
        self.bytes += some.len();
        self.cut += u64::from(rest > 0);
        (some, rest)
    }
}

/// The rows that changed most harmfully, as many as there is room for; each comparison has the same share.
fn changed(subject: &Subject<'_>, pairs: &mut dyn Pairs) -> HashSet<u64> {
    let (cases, rows) = (subject.report.run.cases, subject.report.dataset.rows.max(1));
    let room = MOST / 4 * 3 / cases.div_ceil(rows).max(1);
    let comparisons = subject.report.comparisons.len();
    let share = usize::try_from(room).unwrap_or(usize::MAX) / comparisons.max(1);
    let mut rows = HashSet::new();
    for place in 0..comparisons {
        let changes = pairs.changes(place).filter(|row| row.change != Change::Same);
        rows.extend(changes.take(share).map(|row| number(&row.row)));
    }
    rows
}

/// A number for a row; should two have the same one, a sample too many is on the page.
fn number(row: &RowId) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.hash(&mut hasher);
    hasher.finish()
}
