//! What new calls wait for.

use std::time::Duration;

/// Why no new call may begin for a while, although there is a place for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The provider says that nothing is left, or less than the call needs.
    NothingLeft,
    /// The provider refuses everything, and is asked now and then.
    RefusesAll,
    /// So many requests may be made a minute, as a person says.
    RequestsPerMinute(u64),
    /// So many tokens may be used a minute, as a person says.
    TokensPerMinute(u64),
}

impl Why {
    /// Whether calls that are made in between, one by one, are part of the same wait.
    const fn goes_on(self) -> bool {
        match self {
            Self::NothingLeft | Self::RefusesAll => true,
            Self::RequestsPerMinute(_) | Self::TokensPerMinute(_) => false,
        }
    }
}

/// A wait of an account's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// What for.
    pub why: Why,
    /// Since when.
    pub since: Duration,
    /// When the next call may begin, as far as is known.
    pub until: Duration,
}

/// Keeps what is waited for, from the first call that had to wait to the first that had not.
#[derive(Debug, Default)]
pub(super) struct Holding {
    last: Option<Hold>,
    /// Whether somebody waits at the moment.
    waits: bool,
}

impl Holding {
    /// What is waited for at the moment.
    pub(super) fn now(&self) -> Option<Hold> {
        self.last.filter(|_| self.waits)
    }

    /// A call has to wait.
    pub(super) fn wait(&mut self, now: Duration, until: Duration, why: Why) {
        let same = self.last.filter(|last| last.why == why && (self.waits || why.goes_on()));
        let since = same.map_or(now, |last| last.since);
        (self.last, self.waits) = (Some(Hold { why, since, until }), true);
    }

    /// A call has begun: the one that waited, or one that had not to.
    pub(super) const fn begun(&mut self) {
        if !self.waits {
            self.last = None;
        }
        self.waits = false;
    }

    /// Nobody waits any more.
    pub(super) fn end(&mut self) {
        *self = Self::default();
    }
}
