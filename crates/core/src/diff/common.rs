//! What two sequences of numbers have in common, in the order of both.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::work::Work;

/// A stretch that both sequences have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) length: usize,
}

impl Stretch {
    pub(super) fn on_left(&self) -> Range<usize> {
        self.left..self.left + self.length
    }

    pub(super) fn on_right(&self) -> Range<usize> {
        self.right..self.right + self.length
    }
}

/// What stands between two stretches: not the same, and one side of it may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) left: Range<usize>,
    pub(super) right: Range<usize>,
}

impl Gap {
    pub(super) fn is_empty(&self) -> bool {
        self.left.is_empty() && self.right.is_empty()
    }
}

/// All stretches, in order; between any two of them there is a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Common {
    stretches: Vec<Stretch>,
    /// How long the two sequences are.
    lengths: (usize, usize),
}

impl Common {
    /// Nothing in common, between two sequences of such lengths.
    pub(super) const fn nothing(left: usize, right: usize) -> Self {
        Self { stretches: Vec::new(), lengths: (left, right) }
    }

    /// What they have in common; only what they begin and end with where more would take more work than is left.
    pub(super) fn of(left: &[u32], right: &[u32], work: &mut Work) -> Self {
        Self::search(left, right, work).unwrap_or_else(|| Self::ends(left, right))
    }

    /// What they have in common; none where that would take more work than is left.
    ///
    /// It is a patience difference: words that both have once hold the texts together, so that a paragraph that moved stays
    /// in one piece, and between those the shortest edit is looked for (Myers 1986, with the limits of git's).
    pub(super) fn search(left: &[u32], right: &[u32], work: &mut Work) -> Option<Self> {
        let (head, tail) = head_and_tail(left, right);
        let (l, r) = (&left[head..left.len() - tail], &right[head..right.len() - tail]);
        let mut common = Self::nothing(left.len(), right.len());
        common.push(Stretch { left: 0, right: 0, length: head });
        if !l.is_empty() && !r.is_empty() {
            if !work.take_search(l.len(), r.len()) {
                return None;
            }
            for edit in capture_diff_slices(Algorithm::Patience, l, r) {
                if let DiffOp::Equal { old_index, new_index, len } = edit {
                    common.push(Stretch { left: head + old_index, right: head + new_index, length: len });
                }
            }
        }
        common.push(Stretch { left: left.len() - tail, right: right.len() - tail, length: tail });
        Some(common)
    }

    /// What they begin and end with.
    fn ends(left: &[u32], right: &[u32]) -> Self {
        let (head, tail) = head_and_tail(left, right);
        let head = Stretch { left: 0, right: 0, length: head };
        let tail = Stretch { left: left.len() - tail, right: right.len() - tail, length: tail };
        Self::from_stretches([head, tail], left.len(), right.len())
    }

    /// Those stretches, in order, of two sequences of such lengths.
    pub(super) fn from_stretches(stretches: impl IntoIterator<Item = Stretch>, left: usize, right: usize) -> Self {
        let mut common = Self::nothing(left, right);
        for stretch in stretches {
            common.push(stretch);
        }
        common
    }

    /// Adds a stretch behind all others.
    fn push(&mut self, stretch: Stretch) {
        match self.stretches.last_mut() {
            _ if stretch.length == 0 => {}
            Some(last) if last.on_left().end == stretch.left && last.on_right().end == stretch.right => {
                last.length += stretch.length;
            }
            Some(_) | None => self.stretches.push(stretch),
        }
    }

    /// Adds what a part of the sequences has in common, which begins at such places, behind all others.
    pub(super) fn push_part(&mut self, part: &Self, left: usize, right: usize) {
        for stretch in &part.stretches {
            self.push(Stretch { left: left + stretch.left, right: right + stretch.right, length: stretch.length });
        }
    }

    pub(super) fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// Everything in order: what differs, and the stretch behind it. The first gap may be empty; the last stretch always is.
    pub(super) fn steps(&self) -> impl Iterator<Item = (Gap, Stretch)> + '_ {
        let (left, right) = self.lengths;
        let end = Stretch { left, right, length: 0 };
        let mut at = Stretch { left: 0, right: 0, length: 0 };
        let nexts = self.stretches.iter().copied().chain([end]);
        nexts.map(move |next| (gap(&std::mem::replace(&mut at, next), &next), next))
    }

    /// Without the stretches that both have by chance, as `by_chance` says of a stretch between two gaps. What the sequences
    /// begin and end with stands between no two. A stretch that goes makes one gap of two, and its neighbours are looked at
    /// again, as in the semantic clean-up of Fraser's diff-match-patch.
    pub(super) fn without(self, by_chance: impl Fn(&Stretch, &Gap, &Gap) -> bool) -> Self {
        let (left, right) = self.lengths;
        let mut kept = Self::nothing(left, right);
        let end = Stretch { left, right, length: 0 };
        for next in self.stretches.into_iter().chain([end]) {
            while kept.last_is(&next, &by_chance) {
                kept.stretches.pop();
            }
            kept.push(next);
        }
        kept
    }

    /// Whether the last stretch is what `by_chance` says, before the next one.
    fn last_is(&self, next: &Stretch, by_chance: impl Fn(&Stretch, &Gap, &Gap) -> bool) -> bool {
        let Some((last, others)) = self.stretches.split_last() else { return false };
        let start = Stretch { left: 0, right: 0, length: 0 };
        let (before, after) = (gap(others.last().unwrap_or(&start), last), gap(last, next));
        !before.is_empty() && !after.is_empty() && by_chance(last, &before, &after)
    }
}

fn gap(before: &Stretch, after: &Stretch) -> Gap {
    Gap { left: before.on_left().end..after.left, right: before.on_right().end..after.right }
}

/// How much both begin with, and how much of the rest both end with.
fn head_and_tail(left: &[u32], right: &[u32]) -> (usize, usize) {
    let head = left.iter().zip(right).take_while(|(l, r)| l == r).count();
    let rest = left[head..].iter().rev().zip(right[head..].iter().rev());
    (head, rest.take_while(|(l, r)| l == r).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stretches(left: &[u32], right: &[u32]) -> Vec<(usize, usize, usize)> {
        let common = Common::of(left, right, &mut Work::new());
        common.stretches().iter().map(|s| (s.left, s.right, s.length)).collect()
    }

    #[test]
    fn what_both_have_is_found_in_the_order_of_both() {
        assert_eq!(stretches(&[1, 2, 3, 4], &[1, 9, 3, 4, 8]), [(0, 0, 1), (2, 2, 2)]);
        assert_eq!(stretches(&[1, 2], &[1, 2]), [(0, 0, 2)]);
        assert_eq!(stretches(&[1, 1], &[1]), [(0, 0, 1)]);
        assert_eq!(stretches(&[], &[1]), []);
        assert_eq!(stretches(&[1, 2, 3, 4, 5, 6], &[5, 6, 1, 2, 3, 4]), [(0, 2, 4)]);
    }

    #[test]
    fn without_work_only_the_ends_are_found() {
        let mut work = Work::new();
        assert!(work.take_search(60_000, 60_000));
        assert!(!work.take_search(60_000, 60_000));
        let (left, right): (Vec<u32>, Vec<u32>) = ((0..50_000).collect(), (0..50_000).map(|n| n ^ 1).collect());
        let (left, right) = ([&[9], &*left, &[9, 8]].concat(), [&[9], &*right, &[9, 8]].concat());
        assert_eq!(Common::search(&left, &right, &mut work), None);
        let ends = Common::of(&left, &right, &mut work);
        assert_eq!(ends.stretches().iter().map(|s| (s.left, s.length)).collect::<Vec<_>>(), [(0, 1), (50_001, 2)]);
    }

    #[test]
    fn a_stretch_that_goes_makes_one_gap_of_two_and_its_neighbours_are_looked_at_again() {
        // Kept while the gaps beside it are shorter than it.
        let short = |s: &Stretch, before: &Gap, after: &Gap| s.length <= before.left.len().min(after.left.len());
        let common = Common::of(&[1, 0, 7, 7, 2, 8, 3, 4, 5, 6], &[1, 7, 7, 8, 6], &mut Work::new());
        assert_eq!(common.stretches().len(), 4);
        let kept = common.without(short);
        assert_eq!(kept.stretches().iter().map(|s| s.left).collect::<Vec<_>>(), [0, 2, 9]);
        let common = Common::of(&[1, 0, 0, 7, 7, 2, 8, 3, 4, 5, 6], &[1, 7, 7, 8, 6], &mut Work::new());
        let kept = common.without(short);
        assert_eq!(kept.stretches().iter().map(|s| s.left).collect::<Vec<_>>(), [0, 10]);
        assert_eq!(kept.steps().map(|(gap, _)| gap.left).collect::<Vec<_>>(), [0..0, 1..10, 11..11]);
    }

    fn sequence() -> impl Strategy<Value = Vec<u32>> {
        prop::collection::vec(0..6_u32, 0..40)
    }

    proptest! {
        #[test]
        fn stretches_and_gaps_cover_both_and_stretches_are_the_same(left in sequence(), right in sequence()) {
            for common in [Common::of(&left, &right, &mut Work::new()), Common::ends(&left, &right)] {
                let common = common.without(|stretch, _, _| stretch.left % 3 == 0);
                let (mut l, mut r) = (Vec::new(), Vec::new());
                for (at, (gap, same)) in common.steps().enumerate() {
                    prop_assert!(at == 0 || same.length == 0 || !gap.is_empty());
                    prop_assert_eq!(&left[same.on_left()], &right[same.on_right()]);
                    l.extend(gap.left.chain(same.on_left()));
                    r.extend(gap.right.chain(same.on_right()));
                }
                prop_assert!(l.into_iter().eq(0..left.len()) && r.into_iter().eq(0..right.len()));
            }
        }
    }
}
