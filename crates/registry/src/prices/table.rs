//! A table of prices: a file that somebody keeps.

use std::path::Path;

use carat_core::spec::Price;
use carat_core::yaml::OnLine;
use jiff::civil::Date;

use super::entry::Written;
use super::index::Index;
use super::{BUILT_IN, Gap, PriceEntry, check};
use crate::error::ProjectError;
use crate::served::list;

/// The prices of providers, as they were looked up when this program was made.
const EMBEDDED: &str = include_str!("../../data/prices.yaml");

/// What models cost. What it says is as good as whoever keeps it; it says of every entry where it is from and when that was
/// looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceTable {
    shown: String,
    entries: Vec<PriceEntry>,
    index: Index,
}

/// What a table knows of a model on a day.
#[derive(Debug, Clone, PartialEq)]
pub enum LookUp<'a> {
    /// The price, and the entry that says so.
    Known(Price, &'a PriceEntry),
    /// There are entries for the model, and none of them is for the day.
    Gap(Gap),
    /// There are none.
    Unknown {
        /// The name of a model of the same provider that may have been meant.
        nearest: Option<String>,
    },
}

impl PriceTable {
    /// Reads a table from disk; `shown` is how its file is called in errors.
    ///
    /// # Errors
    /// It cannot be read; or as [`PriceTable::read`].
    pub fn open(path: &Path, shown: &str) -> Result<Self, ProjectError> {
        Self::read(&list::open(path, shown)?, shown)
    }

    /// The table that is a part of the program.
    ///
    /// # Errors
    /// None that a released program has: its table is one that can be read.
    pub fn built_in() -> Result<Self, ProjectError> {
        Self::read(EMBEDDED, BUILT_IN)
    }

    /// Reads a table: a list of entries. Nothing, or nothing but comments, is an empty one.
    ///
    /// # Errors
    /// The first thing that is not as it should be, with its place: a key that is not one of an entry's, a price that is none,
    /// a time that ends before it begins, two entries for the same model on the same day. Or it has more than 16 MB, or more
    /// than 250,000 keys and values.
    pub fn read(text: &str, shown: &str) -> Result<Self, ProjectError> {
        let written: Vec<OnLine<Written>> = list::read(text, shown)?;
        let entries: Vec<PriceEntry> = written.into_iter().map(PriceEntry::from).collect();
        check::refuse_empty_times(&entries, shown)?;
        check::refuse_two_prices(&entries, shown)?;
        Ok(Self { shown: shown.to_owned(), index: Index::of(&entries), entries })
    }

    /// What the table is called: its file, or [`BUILT_IN`].
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// All entries, in the order of the file.
    pub fn entries(&self) -> &[PriceEntry] {
        &self.entries
    }

    /// What the table says of a model of this provider on a day. An entry with the very name counts before those with a
    /// pattern, for exceptions are written so; of patterns the longest counts. What counts less is not asked where what counts
    /// more has nothing for the day.
    ///
    /// # Errors
    /// Two patterns of one length fit the model, and both have a price for the day.
    pub fn look_up(&self, provider: &str, model: &str, day: Date) -> Result<LookUp<'_>, ProjectError> {
        let best: Vec<&PriceEntry> = self.index.about(&self.entries, provider, model);
        if best.is_empty() {
            let nearest = self.index.nearest(&self.entries, provider, model);
            return Ok(LookUp::Unknown { nearest: nearest.map(str::to_owned) });
        }
        let mut holding = best.iter().filter(|entry| entry.holds_on(day));
        match (holding.next(), holding.next()) {
            (Some(entry), None) => Ok(LookUp::Known(entry.price, entry)),
            (Some(one), Some(other)) => Err(self.either(model, (one, other), day)),
            (None, _) => Ok(LookUp::Gap(Gap::between(&best, &self.shown, model, day))),
        }
    }

    fn either(&self, model: &str, (one, other): (&PriceEntry, &PriceEntry), day: Date) -> ProjectError {
        let (a, b) = (one.model.as_str(), other.model.as_str());
        let fit = format!("`{a}` on line {} and `{b}` on line {} fit {model} equally well", one.line, other.line);
        let cause = format!("{fit}, and both have a price for {day}; write one for the very name `{model}`");
        ProjectError::File { file: self.shown.clone(), cause }
    }
}
