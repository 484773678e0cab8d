//! How much of a run one page takes.
//!
//! A page has to open at once and to filter while one types. Up to [`MOST`] samples all of them are on it; beyond, the ones
//! that changed, failed, have no answer or no score, and the page says so.

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
        Self { changed, offered: 0, taken: 0, bytes: 0, cut: 0 }
    }

    /// For the texts of changed rows.
    pub(super) fn new_for_changes() -> Self {
        Self { changed: None, offered: 0, taken: 0, bytes: 0, cut: 0 }
    }

    /// Whether only the samples are taken that a reader looks for.
    pub(super) const fn is_partial(&self) -> bool {
        self.changed.is_some()
    }

    /// Whether the next sample is on the page.
    pub(super) fn takes(&mut self, sample: &Sample) -> bool {
        self.offered += 1;
        let wanted = self.changed.as_ref().is_none_or(|changed| {
            let odd = look::failed(sample) > 0 || look::unscored(sample).next().is_some();
            odd || changed.contains(&number(&sample.case.row))
        });
        let takes = wanted && self.taken < MOST;
        self.taken += u64::from(takes);
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

fn changed(subject: &Subject<'_>, pairs: &mut dyn Pairs) -> HashSet<u64> {
    let mut rows = HashSet::new();
    for place in 0..subject.report.comparisons.len() {
        let changes = pairs.changes(place).filter(|row| row.change != Change::Same);
        rows.extend(changes.map(|row| number(&row.row)));
    }
    rows
}

/// A number for a row; should two have the same one, a sample too many is on the page.
fn number(row: &RowId) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.hash(&mut hasher);
    hasher.finish()
}
