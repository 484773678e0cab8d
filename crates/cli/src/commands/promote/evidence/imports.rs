//! Which runs were measured elsewhere.

use std::collections::BTreeMap;

use carat_core::audit::{Action, Entry};
use carat_core::promotion::TakenIn;
use carat_store::{Store, StoreError};

use crate::fault::Fault;

/// So many entries of the log are held at a time.
const PAGE: u32 = 1000;

/// No log is longer; a number beyond it is not one that was given.
const FAR: u64 = 1 << 53;

/// So many entries that cannot be read are gone past before the rest of the log is given up: `carat audit verify` tells them.
const UNREADABLE: u32 = 1000;

/// The runs that were imported into a store, by their ids.
#[derive(Debug, Default)]
pub(super) struct Imports(BTreeMap<String, TakenIn>);

impl Imports {
    /// Looks through the audit log, in which every import has its entry.
    pub(super) async fn of(store: &Store) -> Result<Self, Fault> {
        let (mut imports, mut after, mut limit, mut unreadable) = (Self::default(), 0, PAGE, 0);
        loop {
            match store.audit_log(after, limit).await {
                Ok(entries) if entries.is_empty() => return Ok(imports),
                Ok(entries) => {
                    let (read, said) = (entries.len() as u64, entries.last().map_or(0, |last| last.seq));
                    after = said.min(FAR).max(after + read);
                    entries.into_iter().for_each(|entry| imports.take(entry));
                }
                Err(StoreError::Damaged { .. }) if limit > 1 => limit = 1,
                Err(StoreError::Damaged { .. }) if unreadable < UNREADABLE => {
                    unreadable += 1;
                    after += 1;
                }
                Err(StoreError::Damaged { .. }) => return Ok(imports),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A run that was imported twice, having been deleted in between, is known by the last time.
    fn take(&mut self, Entry { action, subject, by, at, .. }: Entry) {
        if action == Action::RunImported {
            self.0.insert(subject, TakenIn { by, at });
        }
    }

    /// Who imported a run; none for one that was made here.
    pub(super) fn of_run(&self, run: &str) -> Option<&TakenIn> {
        self.0.get(run)
    }
}
