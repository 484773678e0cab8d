//! How much work one difference may take, counted instead of timed.

/// So many steps a difference may take, each about five nanoseconds of a current machine: enough for two unrelated texts of
/// 60,000 words each.
const MOST: u64 = 50_000_000;

/// The steps that are left.
#[derive(Debug)]
pub(super) struct Work(u64);

impl Work {
    pub(super) const fn new() -> Self {
        Self(MOST)
    }

    /// Takes so many steps, if as many are left.
    pub(super) fn take(&mut self, steps: u64) -> bool {
        let rest = self.0.checked_sub(steps);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Takes the steps of finding what two sequences of such lengths have in common, if as many are left.
    ///
    /// The search looks at every pair where one of the sequences is short. Where both are long it stops at the square root of
    /// both lengths together, but not before 256 edits, and goes on from the best place that it has reached: so the steps are
    /// the lengths times that. Measured from 60 × 40,000 to 1,000,000 × 1,000,000 items over alphabets of 2 to 100,000, it
    /// was 2 to 6 ns a step where nothing made it easier.
    pub(super) fn take_search(&mut self, left: usize, right: usize) -> bool {
        let (left, right) = (left as u64, right as u64);
        let both = left.saturating_add(right);
        let reach = both.isqrt().max(256);
        self.take(left.saturating_mul(right).min(both.saturating_mul(reach)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_given_and_what_is_more_is_refused_and_costs_nothing() {
        let mut work = Work::new();
        assert!(!work.take(MOST + 1));
        assert!(work.take(MOST - 1));
        assert!(!work.take(2));
        assert!(work.take(1));
        assert!(!work.take(1));
        assert!(work.take(0));
    }

    #[test]
    fn long_texts_may_be_searched_and_endless_ones_may_not() {
        for (left, right, may) in [
            (0, usize::MAX, true),
            (1, 40_000_000, true),
            (25_000, 25_000, true),
            (60_000, 60_000, true),
            (100_000, 100_000, false),
            (60, 1_000_000, false),
            (usize::MAX, usize::MAX, false),
        ] {
            assert_eq!(Work::new().take_search(left, right), may, "{left} × {right}");
        }
    }
}
