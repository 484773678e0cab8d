//! What is said of a dataset.

use std::collections::BTreeMap;

use carat_core::DataError;
use serde::Serialize;

use super::Places;
use crate::dataset::Located;

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// The dataset, as the person knows it.
    pub file: String,
    /// How many rows could be read.
    pub rows: u64,
    /// What was found, the gravest first, then by line.
    pub findings: Vec<Finding>,
    /// How many more there are of kinds that have [`Self::MOST`] already.
    pub unlisted: u64,
}

impl Findings {
    /// The most findings of one kind that are listed.
    pub const MOST: usize = 50;

    /// How many of this severity are listed.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// One thing that is odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of thing it is.
    pub kind: Kind,
    /// What is odd and what to do, for people.
    pub message: String,
    /// The first rows that it is about, at most [`Self::MOST`]; none where it is about the whole.
    pub rows: Vec<RowRef>,
    /// How many rows it is about.
    pub total: u64,
}

impl Finding {
    /// The most rows that a finding lists.
    pub const MOST: usize = 10;
}

/// A row by its place and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowRef {
    /// The line on which it begins, from 1; in a Parquet file the number of the row.
    pub line: u64,
    /// Its name; none for a row that could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl From<&Located> for RowRef {
    fn from(located: &Located) -> Self {
        Self { line: located.line, id: Some(located.row.id.to_string()) }
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// An eval over these rows cannot run, or cannot be right.
    Error,
    /// Probably a mistake, or a trap for whoever reads the scores.
    Warning,
    /// Good to know.
    Note,
}

/// What kind of thing a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A row, or the file, cannot be read.
    Unreadable,
    /// There are no rows.
    Empty,
    /// Several rows have one name.
    DuplicateId,
    /// Rows ask the same and expect something else.
    Contradiction,
    /// Rows of different splits ask the same, or nearly.
    Leakage,
    /// Rows with different names ask the same.
    SameInput,
    /// Rows ask nearly the same.
    NearDuplicate,
    /// A row has neither an input nor messages.
    NothingAsked,
    /// An input whose name is nearly that of a field.
    NearMissKey,
    /// Rows have other inputs than most.
    DifferingInputs,
    /// Rows do not say what is expected, or expect an empty text.
    NoExpectation,
    /// Expectations are of different types.
    MixedExpectations,
    /// How often each label is expected.
    LabelBalance,
    /// Labels that differ only by case or spaces.
    LabelSpelling,
}

/// Some rows: the first of them, and how many there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Several {
    first: Vec<u32>,
    total: u64,
}

impl Several {
    pub(super) fn take(&mut self, number: u32) {
        self.total += 1;
        if self.first.len() < Finding::MOST {
            self.first.push(number);
        }
    }

    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    /// "1 row", "3 rows".
    pub(super) fn words(&self) -> String {
        counted(self.total, "row")
    }
}

impl FromIterator<u32> for Several {
    fn from_iter<T: IntoIterator<Item = u32>>(rows: T) -> Self {
        let mut several = Self::default();
        rows.into_iter().for_each(|number| several.take(number));
        several
    }
}

/// "1 row", "3 rows".
pub(super) fn counted(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// Findings as they come in.
#[derive(Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
    of_kind: BTreeMap<Kind, usize>,
    unlisted: u64,
}

impl Report {
    pub(super) const fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Takes in something that is odd about these rows.
    pub(super) fn say(&mut self, severity: Severity, kind: Kind, message: String, rows: Several, places: &Places) {
        let mut named: Vec<RowRef> = rows
            .first
            .iter()
            .filter_map(|number| places.get(*number))
            .map(|place| RowRef { line: place.line, id: Some(place.id.to_string()) })
            .collect();
        named.sort_by_key(|row| row.line);
        self.add(Finding { severity, kind, message, rows: named, total: rows.total });
    }

    /// Takes in a row, or a file, that cannot be read.
    pub(super) fn unreadable(&mut self, error: DataError) {
        let rows: Vec<RowRef> = error.line.map(|line| RowRef { line, id: None }).into_iter().collect();
        let total = rows.len() as u64;
        self.add(Finding { severity: Severity::Error, kind: Kind::Unreadable, message: error.message, rows, total });
    }

    fn add(&mut self, finding: Finding) {
        let listed = self.of_kind.entry(finding.kind).or_default();
        if *listed < Findings::MOST {
            *listed += 1;
            self.findings.push(finding);
        } else {
            self.unlisted += 1;
        }
    }

    pub(super) fn finish(mut self, file: &str, rows: u64) -> Findings {
        let order = |finding: &Finding| (finding.severity, finding.kind, finding.rows.first().map(|row| row.line));
        self.findings.sort_by_key(order);
        Findings { file: file.to_owned(), rows, findings: self.findings, unlisted: self.unlisted }
    }
}
