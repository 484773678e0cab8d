//! How many calls might be in flight while a run went on.

use crate::event::LimitCause;

/// The most changes of a limit that are kept one by one; those between the first and the last are only counted.
const KEPT: usize = 200;

/// The limit of one provider's account.
#[derive(Debug, Clone, Default)]
pub struct LimitTally {
    /// How many calls might be in flight at first.
    pub first: u32,
    /// The fewest.
    pub lowest: u32,
    /// The most.
    pub highest: u32,
    /// How many times the limit was cut because calls were refused.
    pub cuts: u64,
    /// How many times it changed.
    pub changed: u64,
    /// The changes, in their order: the first half of what is kept, and the last.
    pub changes: Vec<LimitChange>,
}

/// One change of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitChange {
    /// Microseconds since the run began, or went on.
    pub elapsed_us: u64,
    /// How many calls may be in flight from then on.
    pub limit: u32,
    /// Why.
    pub why: LimitCause,
}

impl LimitTally {
    /// Takes a change of the limit.
    pub(super) fn change(&mut self, elapsed_us: u64, (from, to): (u32, u32), why: LimitCause) {
        if self.changed == 0 {
            (self.first, self.lowest, self.highest) = (from, from, from);
        }
        self.lowest = self.lowest.min(to);
        self.highest = self.highest.max(to);
        self.changed += 1;
        self.cuts += u64::from(why == LimitCause::RateLimited);
        if self.changes.len() == KEPT {
            self.changes.remove(KEPT / 2);
        }
        self.changes.push(LimitChange { elapsed_us, limit: to, why });
    }

    /// How many calls may be in flight now.
    pub fn now(&self) -> u32 {
        self.changes.last().map_or(self.first, |change| change.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_changes_the_first_and_the_last_are_kept() {
        let mut tally = LimitTally::default();
        for number in 0..1000 {
            let why = if number % 2 == 0 { LimitCause::Growth } else { LimitCause::RateLimited };
            tally.change(number, (16, u32::try_from(number).unwrap() + 1), why);
        }
        let at: Vec<u64> = tally.changes.iter().map(|change| change.elapsed_us).collect();
        assert_eq!((at.len(), at[0], at[99], at[199]), (200, 0, 99, 999));
        assert_eq!((tally.first, tally.lowest, tally.highest, tally.now()), (16, 1, 1000, 1000));
        assert_eq!((tally.changed, tally.cuts), (1000, 500));
    }
}
