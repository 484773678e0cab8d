//! A part of the rows.

use std::sync::Arc;

use carat_core::{DataError, Row, RowStream, Rows};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::{LocatedRows, LocatedStream};

/// Which rows are wanted. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only the rows of this split.
    pub split: Option<String>,
    /// Only the rows that have all of these tags.
    pub tags: Vec<String>,
    /// Only the rows whose id matches one of these globs (`t-00*`, `{a,b}-?`); `*` also matches `/`.
    pub only: Vec<String>,
    /// At most so many of the rows that are left, the first ones.
    pub limit: Option<u64>,
}

/// A pattern for row ids that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{glob}` is not a pattern for row ids: {message}")]
pub struct BadGlob {
    /// The pattern as written.
    pub glob: String,
    /// What is wrong with it.
    pub message: String,
}

impl Selection {
    /// These rows of a dataset. Nothing is read yet.
    ///
    /// # Errors
    /// A pattern of `only` means nothing.
    pub fn of(self, rows: Arc<dyn LocatedRows>) -> Result<Selected, BadGlob> {
        let only = if self.only.is_empty() { None } else { Some(globs(&self.only)?) };
        let Self { split, tags, limit, .. } = self;
        Ok(Selected { rows, wanted: Arc::new(Wanted { split, tags, only }), limit })
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, BadGlob> {
    let mut set = GlobSetBuilder::new();
    for glob in patterns {
        let refuse = |error: globset::Error| BadGlob { glob: glob.clone(), message: error.kind().to_string() };
        set.add(GlobBuilder::new(glob).build().map_err(refuse)?);
    }
    set.build().map_err(|error| BadGlob { glob: patterns.join("`, `"), message: error.kind().to_string() })
}

/// Those rows of a dataset that a [`Selection`] wants, in their order.
#[derive(Clone)]
pub struct Selected {
    rows: Arc<dyn LocatedRows>,
    wanted: Arc<Wanted>,
    limit: Option<u64>,
}

impl Rows for Selected {
    fn open(&self) -> Result<RowStream, DataError> {
        Ok(Box::new(self.located()?.map(|located| located.map(|located| located.row))))
    }
}

impl LocatedRows for Selected {
    fn shown(&self) -> &str {
        self.rows.shown()
    }

    fn located(&self) -> Result<LocatedStream, DataError> {
        let wanted = Arc::clone(&self.wanted);
        let chosen = self
            .rows
            .located()?
            .filter(move |located| located.as_ref().map_or(true, |located| wanted.has(&located.row)));
        let limit = self.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        Ok(Box::new(chosen.take(limit)))
    }
}

/// What a row must have.
struct Wanted {
    split: Option<String>,
    tags: Vec<String>,
    only: Option<GlobSet>,
}

impl Wanted {
    fn has(&self, row: &Row) -> bool {
        self.split.as_ref().is_none_or(|split| row.split.as_ref() == Some(split))
            && self.tags.iter().all(|tag| row.tags.contains(tag))
            && self.only.as_ref().is_none_or(|only| only.is_match(row.id.as_str()))
    }
}
