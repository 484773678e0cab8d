//! The log, page by page.

use carat_core::audit::Entry;
use carat_store::{Store, StoreError};

use crate::fault::Fault;

/// So many entries are held at a time.
const PAGE: u32 = 1000;

/// So many numbers behind one that cannot be read are tried.
const SKIPPED: u64 = 1000;

/// No log is longer; a number beyond it is not one that was given.
const FAR: u64 = 1 << 53;

/// What stands in the log.
pub(super) enum Line {
    Entry(Box<Entry>),
    /// What stands there is no entry: why.
    Unreadable(String),
}

/// The log from its first entry on, without holding it.
pub(super) struct Pages<'s> {
    store: &'s Store,
    after: u64,
    page: std::vec::IntoIter<Entry>,
    /// Where a page cannot be read its entries are taken one by one.
    one_by_one: u64,
    is_over: bool,
}

impl<'s> Pages<'s> {
    pub(super) fn of(store: &'s Store) -> Self {
        Self { store, after: 0, page: Vec::new().into_iter(), one_by_one: 0, is_over: false }
    }

    /// The next line.
    ///
    /// # Errors
    /// Whatever keeps the store from being read.
    pub(super) async fn next(&mut self) -> Result<Option<Line>, Fault> {
        loop {
            if let Some(entry) = self.page.next() {
                return Ok(Some(Line::Entry(Box::new(entry))));
            }
            if self.is_over {
                return Ok(None);
            }
            let limit = if self.one_by_one > 0 { 1 } else { PAGE };
            match self.store.audit_log(self.after, limit).await {
                Ok(entries) => self.take(entries),
                Err(StoreError::Damaged { .. }) if limit > 1 => self.one_by_one = u64::from(PAGE),
                Err(StoreError::Damaged { what, .. }) => return self.skip(what).await.map(Some),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether something was written since the last line was read; it is read next.
    ///
    /// # Errors
    /// Whatever keeps the store from being read.
    pub(super) async fn has_more(&mut self) -> Result<bool, Fault> {
        self.is_over = false;
        match self.store.audit_log(self.after, 1).await {
            Ok(entries) => Ok(!entries.is_empty()),
            // What could not be read has been told.
            Err(StoreError::Damaged { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Entries are found by the number under which they lie, which somebody may have made another one than they say: the
    /// page begins where at least as many entries are behind as have been read.
    fn take(&mut self, entries: Vec<Entry>) {
        let read = entries.len() as u64;
        let said = entries.last().map_or(0, |last| last.seq.min(FAR));
        self.after = said.max(self.after + read);
        self.one_by_one = self.one_by_one.saturating_sub(1);
        self.is_over = entries.is_empty();
        self.page = entries.into_iter();
    }

    /// Goes on behind what cannot be read.
    async fn skip(&mut self, what: String) -> Result<Line, Fault> {
        let behind = self.after;
        self.is_over = true;
        for _ in 0..SKIPPED {
            self.after += 1;
            match self.store.audit_log(self.after, 1).await {
                Ok(entries) => {
                    self.take(entries);
                    break;
                }
                Err(StoreError::Damaged { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Line::Unreadable(format!("behind entry {behind}: {what}")))
    }
}
