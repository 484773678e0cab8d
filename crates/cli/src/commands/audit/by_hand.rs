//! Moves by hand of labels that promotions had moved before.

use std::collections::BTreeSet;

/// The labels that promotions have moved so far. A policy can be taken out of `carat.yaml`, after which a label moves by hand
/// again; what was moved like that is not to look as if it had been promoted.
pub(crate) struct Promoted<L>(BTreeSet<L>);

impl<L: Ord> Promoted<L> {
    /// Before the first move.
    pub(crate) const fn new() -> Self {
        Self(BTreeSet::new())
    }

    /// Takes the next move of a label, in the order in which they were made, and says whether it went past the label's
    /// promotions: it was made by hand, although a promotion had moved this label before.
    pub(crate) fn is_passed_by(&mut self, label: L, is_promotion: bool) -> bool {
        if is_promotion {
            self.0.insert(label);
            return false;
        }
        self.0.contains(&label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_by_hand_counts_only_behind_a_promotion_of_the_same_label() {
        let mut promoted = Promoted::new();
        let moves = [("production", false), ("production", true), ("candidate", false), ("production", false)];
        let past: Vec<bool> = moves.map(|(label, is_promotion)| promoted.is_passed_by(label, is_promotion)).to_vec();
        assert_eq!(past, [false, false, false, true]);
        assert!(!promoted.is_passed_by("production", true), "a promotion passes nothing");
        assert!(promoted.is_passed_by("production", false), "each such move is one");
    }
}
