//! Whether what a provider says is left can be believed.

use std::time::Duration;

use super::allowances::LONGEST;

/// After so long one call is made in spite of what was said; after twice as long, each time that it was refused.
const FIRST_PATIENCE: Duration = Duration::from_secs(10);
/// So many calls that were answered although nothing was left, and the provider is not believed.
const OFTEN: u32 = 2;
/// For so long after the last of them.
const LOST_FOR: Duration = Duration::from_secs(600);

/// Some gateways say that nothing is left with each answer that they give. What says so is a call that began after such a
/// word and was answered all the same. An account whose words were wrong [`OFTEN`] is asked as if it had said nothing, until
/// it refuses everything, or has not been wrong for [`LOST_FOR`].
#[derive(Debug)]
pub(super) struct Belief {
    wrong: u32,
    lost_until: Duration,
    patience: Duration,
}

impl Default for Belief {
    fn default() -> Self {
        Self { wrong: 0, lost_until: Duration::ZERO, patience: FIRST_PATIENCE }
    }
}

impl Belief {
    /// Whether nothing is believed at the moment.
    pub(super) fn is_lost(&self, now: Duration) -> bool {
        now < self.lost_until
    }

    /// How long what is hard to believe is believed.
    pub(super) const fn patience(&self) -> Duration {
        self.patience
    }

    /// A call was answered although there was not enough left for it.
    pub(super) fn was_wrong(&mut self, now: Duration) {
        self.wrong = self.wrong.saturating_add(1);
        self.patience = FIRST_PATIENCE;
        if self.wrong >= OFTEN {
            self.lost_until = now + LOST_FOR;
        }
    }

    /// A call was refused for which there was not enough left, or all calls are. `tried` where it was one that was made to
    /// see whether it would be.
    pub(super) fn was_right(&mut self, tried: bool) {
        (self.wrong, self.lost_until) = (0, Duration::ZERO);
        if tried {
            self.patience = (self.patience * 2).min(LONGEST);
        }
    }
}
