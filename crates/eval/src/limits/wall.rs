//! The most that a provider bears, as far as is known.

use super::level::{SMALLEST_ROUND, STEP};

/// About so many answers are taken at the wall before the next level is tried, so that trying costs little.
const PATIENCE: usize = 64;
/// The most rounds before that.
const MOST_PATIENCE: usize = 32;

/// One call less than what was in flight when a refused call began; or, if its refusal did not come at once, when that came. What is remembered of it makes recovery fast below it,
/// and lets trying to go beyond it cost ever less: after some rounds, and twice as many each time that it was in vain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wall {
    pub(super) at: usize,
    /// How many clean rounds to stay at it.
    patience: usize,
    stayed: usize,
}

impl Wall {
    /// A wall that nobody knew.
    pub(super) fn new(at: usize) -> Self {
        Self { at, patience: (PATIENCE / at.max(SMALLEST_ROUND)).max(1), stayed: 0 }
    }

    /// To where recovery is fast.
    pub(super) const fn near(&self) -> usize {
        self.at - self.at / STEP
    }

    /// Another clean round at it. Whether it is time to try the next level.
    pub(super) fn stay(&mut self) -> bool {
        self.stayed += 1;
        self.stayed >= self.patience
    }

    /// It was shown again, as high as `borne`: the same, or another one.
    pub(super) fn again(self, borne: usize) -> Self {
        if borne * 10 >= self.at * 9 {
            Self { at: borne, patience: (self.patience * 2).min(MOST_PATIENCE), stayed: 0 }
        } else {
            Self::new(borne)
        }
    }

    /// It is lower than was thought, as the rest of those show that went against it.
    pub(super) fn lowered(self, borne: usize) -> Self {
        Self { at: self.at.min(borne), ..self }
    }
}
