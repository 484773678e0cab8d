//! Hard limits a minute.

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
/// How far calls may run ahead of an even pace.
const AHEAD: Duration = Duration::from_secs(1);

/// At most so much in any minute, evenly spread, whatever answers say: the generic cell rate algorithm in its form of virtual
/// scheduling (ITU-T I.371). What may run ahead of the even pace is taken off the pace, so that no minute holds more than the
/// limit; it keeps 60/61 of it.
///
/// A call begins as soon as what began before it is paid for, whatever its own size: of tokens, a minute may hold the limit
/// and what is the last call's.
#[derive(Debug)]
pub(super) struct PerMinute {
    most: u64,
    /// When all that has begun would have begun at an even pace.
    due: Duration,
}

impl PerMinute {
    /// A limit; none at all is taken for one.
    pub(super) fn new(most: u64) -> Self {
        Self { most: most.max(1), due: Duration::ZERO }
    }

    /// The limit.
    pub(super) const fn most(&self) -> u64 {
        self.most
    }

    /// When the next call may begin.
    pub(super) const fn ready(&self) -> Duration {
        self.due.saturating_sub(AHEAD)
    }

    /// A call begins.
    pub(super) fn take(&mut self, now: Duration, amount: u64) {
        self.due = self.due.max(now) + self.worth(amount);
    }

    /// A call of which `taken` was expected has used something else.
    pub(super) fn correct(&mut self, taken: u64, used: u64) {
        self.due = (self.due + self.worth(used)).saturating_sub(self.worth(taken));
    }

    /// The time that an amount takes at an even pace; of one call never more than a minute, for what it says that it used
    /// is a server's word.
    fn worth(&self, amount: u64) -> Duration {
        let nanos = (MINUTE + AHEAD).as_nanos() * u128::from(amount.min(self.most));
        Duration::from_nanos(u64::try_from(nanos.div_ceil(self.most.into())).unwrap_or(u64::MAX))
    }
}
