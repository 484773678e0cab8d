//! How what a limit allows is opened.

use std::time::Duration;

use super::level::STEP;

/// The fewest answers until a place that a refusal closed is opened again.
const CLOSED_FOR: usize = 32;
/// The longest from one opened place to the next.
const LONGEST_GAP: Duration = Duration::from_secs(1);

/// How many calls may be in flight at the moment: follows the limit.
///
/// What the limit was raised by is not opened at once: each answer earns one place more while the limit doubles, and one
/// answer in twenty does when it grows; and places are opened with as much time between them as there would be between
/// answers if those came evenly. So a provider's limit is met by few calls before the first refusal is heard, whatever the
/// step, and even where all answers come at the same moment.
///
/// A refusal closes the place of the refused call until as many calls have been answered as are still open, and at least
/// [`CLOSED_FOR`].
#[derive(Debug)]
pub(super) struct Opening {
    open: usize,
    /// How many places more may be opened, when the time has come for each.
    earned: usize,
    /// How many answers earn nothing yet.
    wait: usize,
    /// When the next place may be opened.
    next: Duration,
    gap: Duration,
}

impl Opening {
    pub(super) const fn new(open: usize) -> Self {
        Self { open, earned: 0, wait: 0, next: Duration::ZERO, gap: Duration::ZERO }
    }

    /// When there is a place for one call more; none until one has ended.
    pub(super) const fn ready(&self, in_flight: usize) -> Option<Duration> {
        if in_flight < self.open {
            Some(Duration::ZERO)
        } else if in_flight == self.open && self.earned > 0 {
            Some(self.next)
        } else {
            None
        }
    }

    /// A call begins, as one of so many.
    pub(super) fn begun(&mut self, now: Duration, in_flight: usize) {
        if in_flight > self.open && self.earned > 0 {
            (self.open, self.earned) = (self.open + 1, self.earned - 1);
            self.next = now + self.gap;
        }
    }

    /// A call was answered, after a time.
    pub(super) fn answered(&mut self, took: Duration, limit: usize, doubles_below: usize) {
        self.gap = took.div_f64(self.open as f64).min(LONGEST_GAP);
        let open = self.open + self.earned;
        if self.wait > 0 {
            self.wait -= 1;
        } else if open < limit {
            self.earned += 1;
            self.wait = if open < doubles_below { 0 } else { open.min(STEP) - 1 };
        }
    }

    /// A call was refused, and so many may stay open.
    pub(super) fn close(&mut self, open: usize) {
        self.open = self.open.min(open);
        (self.wait, self.earned) = (self.open.max(CLOSED_FOR), 0);
    }

    /// The limit was set.
    pub(super) fn bound(&mut self, limit: usize) {
        self.open = self.open.min(limit);
        self.earned = self.earned.min(limit - self.open);
    }
}
