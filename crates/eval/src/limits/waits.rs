//! What a run waits for, for whoever shows it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Slots, Why};

/// The accounts of a run, to be asked what their calls wait for. Empty until the run has begun.
#[derive(Debug, Default)]
pub struct Waits {
    accounts: Mutex<Vec<(Arc<str>, Arc<Slots>)>>,
}

/// What the calls of an account wait for at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The account, as people call it.
    pub account: Arc<str>,
    /// What for.
    pub why: Why,
    /// For how long already.
    pub lasted: Duration,
    /// How long until the next call may begin, as far as is known.
    pub left: Duration,
}

impl Waits {
    /// Adds an account.
    pub(crate) fn watch(&self, account: &Arc<str>, slots: &Arc<Slots>) {
        let account = (Arc::clone(account), Arc::clone(slots));
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).push(account);
    }

    /// What is waited for at the moment, the longest wait first. Waits for places, which answers make free, are not among
    /// them, nor are those of single cases.
    pub fn now(&self) -> Vec<Wait> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = |(account, slots): &(Arc<str>, Arc<Slots>)| {
            let (now, hold) = slots.held()?;
            let (lasted, left) = (now.saturating_sub(hold.since), hold.until.saturating_sub(now));
            Some(Wait { account: Arc::clone(account), why: hold.why, lasted, left })
        };
        let mut waits: Vec<Wait> = accounts.iter().filter_map(wait).collect();
        waits.sort_by_key(|wait| std::cmp::Reverse(wait.lasted));
        waits
    }
}
