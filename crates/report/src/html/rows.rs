//! The samples on the page: each row once, then what came of it.

use std::collections::HashMap;
use std::io::{self, Write};

use carat_core::Sample;
use carat_core::compare::Comparison;
use serde::Serialize;

use super::brief::{RowBrief, SampleBrief};
use super::limits::{MOST_DIFFERENCES, Selection};
use crate::{Subject, escape};

/// What is written of samples while they stream by. It holds the places of rows, by a number for their content.
pub(super) struct Rows {
    places: HashMap<u64, u32>,
    selection: Selection,
    any: bool,
}

impl Rows {
    pub(super) fn new(selection: Selection) -> Self {
        Self { places: HashMap::new(), selection, any: false }
    }

    /// Writes a sample of the variant at this place, and its row where it is the first of it.
    pub(super) fn write(
        &mut self,
        out: &mut impl Write,
        subject: &Subject<'_>,
        variant: usize,
        sample: &Sample,
    ) -> io::Result<()> {
        if !self.selection.takes(sample) {
            return Ok(());
        }
        let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(sample.row_digest.prefix64()).or_insert(next);
        if place == next {
            let row = RowBrief::of(sample, &mut self.selection);
            self.entry(out, &row)?;
        }
        let mut said = SampleBrief::of(subject, sample, &mut self.selection);
        (said.n, said.v) = (Some(place), Some(variant));
        self.entry(out, &said)
    }

    fn entry<T: Serialize>(&mut self, out: &mut impl Write, entry: &T) -> io::Result<()> {
        if std::mem::replace(&mut self.any, true) {
            out.write_all(b",\n")?;
        }
        escape::for_html(out, entry)
    }

    /// Which samples are on the page.
    pub(super) const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// What the page's script has to know of the whole.
    pub(super) fn about<'a>(&self, subject: &Subject<'a>) -> About<'a> {
        let variants: Vec<&str> = subject.plan.variants.iter().map(|variant| variant.label.as_str()).collect();
        let of_here = |run: &str, variant: &str| {
            let here = run == subject.report.run.id;
            variants.iter().position(|label| here && *label == variant)
        };
        let comparison = |comparison: &'a Comparison| AboutComparison {
            left: &comparison.left.variant,
            right: &comparison.right.variant,
            l: of_here(&comparison.left.run, &comparison.left.variant),
            r: of_here(&comparison.right.run, &comparison.right.variant),
        };
        About {
            comparisons: subject.report.comparisons.iter().map(comparison).collect(),
            scorers: subject.plan.scorers.iter().map(|scorer| &*scorer.name).collect(),
            run: &subject.report.run.id,
            all: self.selection.offered,
            taken: self.selection.taken,
            partial: self.selection.is_partial(),
            cut: self.selection.cut,
            differences: MOST_DIFFERENCES,
            variants,
        }
    }
}

/// What the page's script has to know of the whole.
#[derive(Debug, Serialize)]
pub(super) struct About<'a> {
    variants: Vec<&'a str>,
    scorers: Vec<&'a str>,
    comparisons: Vec<AboutComparison<'a>>,
    run: &'a str,
    /// Samples of the run, and of these the ones on the page; whether only those that changed or failed are; texts that
    /// were cut; so many differences a comparison has at most.
    all: u64,
    taken: u64,
    partial: bool,
    cut: u64,
    differences: usize,
}

/// Both sides of a comparison, and their places where they are variants of this run.
#[derive(Debug, Serialize)]
struct AboutComparison<'a> {
    left: &'a str,
    right: &'a str,
    l: Option<usize>,
    r: Option<usize>,
}
