//! Which of two lists are pairs, when no two of them are the same.

use super::work::Work;

/// So many places of two lists are looked at together; the table takes four bytes for each.
const MOST_PLACES: usize = 1 << 20;

/// How alike a pair of the same is; [`Bag::share`] is never more than 1000.
pub(super) const SAME: u32 = 2000;

/// The parts of a thing, whatever their order, as numbers.
#[derive(Debug)]
pub(super) struct Bag(Vec<u32>);

impl Bag {
    pub(super) fn new(mut parts: Vec<u32>) -> Self {
        parts.sort_unstable();
        Self(parts)
    }

    /// How many parts of both are in the other one too, in thousandths (Dice 1945); two empty ones are the same.
    pub(super) fn share(&self, other: &Self) -> u32 {
        let (mut left, mut right) = (self.0.as_slice(), other.0.as_slice());
        let (all, mut both) = (left.len() + right.len(), 0);
        while let ([l, left_rest @ ..], [r, right_rest @ ..]) = (left, right) {
            both += 2 * usize::from(l == r);
            (left, right) = (if l <= r { left_rest } else { left }, if r <= l { right_rest } else { right });
        }
        (both * 1000).checked_div(all).unwrap_or(1000) as u32
    }
}

/// Whether two lists are short enough to hold everything in them against everything. What they hold need not be looked into
/// where they are not.
pub(super) const fn are_short(left: usize, right: usize) -> bool {
    left.saturating_mul(right) <= MOST_PLACES
}

/// The pairs of two lists, in the order of both: those that are most alike together, as `alike` says of a place in either
/// list; none is no pair. Lists that would take more work than is left are paired place by place.
pub(super) fn pairs(
    (left, right): (&[Bag], &[Bag]),
    alike: impl Fn(usize, usize) -> Option<u32>,
    work: &mut Work,
) -> Vec<(usize, usize)> {
    if is_affordable(left, right, work) {
        best(left.len(), right.len(), alike)
    } else {
        (0..left.len().min(right.len())).filter(|at| alike(*at, *at).is_some()).map(|at| (at, at)).collect()
    }
}

/// Every thing is held against every one of the other list, part by part.
fn is_affordable(left: &[Bag], right: &[Bag], work: &mut Work) -> bool {
    let parts = |bags: &[Bag]| bags.iter().map(|bag| bag.0.len() as u64 + 1).sum::<u64>();
    let (n, m) = (left.len() as u64, right.len() as u64);
    let steps = n.saturating_mul(parts(right)).saturating_add(m.saturating_mul(parts(left)));
    are_short(left.len(), right.len()) && work.take(steps)
}

/// Needleman and Wunsch (1970) without a price for what stays alone.
fn best(left: usize, right: usize, alike: impl Fn(usize, usize) -> Option<u32>) -> Vec<(usize, usize)> {
    let width = right + 1;
    // How alike the best pairs are together from those places on.
    let mut from = vec![0_u32; (left + 1) * width];
    let paired = |from: &[u32], l: usize, r: usize| alike(l, r).map(|alike| alike + from[(l + 1) * width + r + 1]);
    for l in (0..left).rev() {
        for r in (0..right).rev() {
            let alone = from[(l + 1) * width + r].max(from[l * width + r + 1]);
            from[l * width + r] = paired(&from, l, r).map_or(alone, |paired| paired.max(alone));
        }
    }
    let (mut l, mut r, mut pairs) = (0, 0, Vec::new());
    while l < left && r < right {
        let here = from[l * width + r];
        if paired(&from, l, r) == Some(here) {
            pairs.push((l, r));
            (l, r) = (l + 1, r + 1);
        } else if from[(l + 1) * width + r] == here {
            l += 1;
        } else {
            r += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bag(parts: &[u32]) -> Bag {
        Bag::new(parts.to_vec())
    }

    fn bags(things: &[&[u32]]) -> Vec<Bag> {
        things.iter().map(|parts| bag(parts)).collect()
    }

    fn paired(left: &[Bag], right: &[Bag], least: u32, work: &mut Work) -> Vec<(usize, usize)> {
        pairs((left, right), |l, r| Some(left[l].share(&right[r])).filter(|share| *share >= least), work)
    }

    #[test]
    fn the_share_counts_what_is_in_both_as_often_as_in_both() {
        for (left, right, share) in [
            (&[1, 2, 3][..], &[3, 2, 1][..], 1000),
            (&[1, 2], &[3], 0),
            (&[1, 1, 2], &[1], 500),
            (&[1, 1, 2, 5], &[1, 1, 4, 5], 750),
            (&[], &[], 1000),
            (&[], &[1], 0),
        ] {
            assert_eq!(bag(left).share(&bag(right)), share, "{left:?} {right:?}");
            assert_eq!(bag(right).share(&bag(left)), share);
        }
    }

    #[test]
    fn the_most_alike_are_pairs_in_the_order_of_both() {
        let left = bags(&[&[1, 2, 3], &[4, 5, 6]]);
        let right = bags(&[&[9], &[1, 2, 7], &[8], &[4, 5, 7]]);
        assert_eq!(paired(&left, &right, 500, &mut Work::new()), [(0, 1), (1, 3)]);
        // They cross: only one can be had, and it is the one that is more alike.
        let left = bags(&[&[1, 2, 3], &[4, 5, 6]]);
        let right = bags(&[&[4, 5, 6], &[1, 2, 7]]);
        assert_eq!(paired(&left, &right, 500, &mut Work::new()), [(1, 0)]);
        // Among equals the first ones are.
        assert_eq!(paired(&bags(&[&[1], &[2]]), &bags(&[&[3], &[4], &[5]]), 0, &mut Work::new()), [(0, 0), (1, 1)]);
    }

    #[test]
    fn what_would_take_too_much_work_is_paired_place_by_place() {
        let left = bags(&[&[1], &[2], &[3]]);
        let right = bags(&[&[9], &[1], &[3]]);
        assert_eq!(paired(&left, &right, 500, &mut Work::new()), [(0, 1), (2, 2)]);
        let mut spent = Work::new();
        assert!(spent.take_search(60_000, 60_000) && spent.take(8_000_000));
        while spent.take(10) {}
        assert_eq!(paired(&left, &right, 500, &mut spent), [(2, 2)]);
        let many: Vec<Bag> = (0..2000).map(|n| bag(&[n])).collect();
        assert_eq!(paired(&many, &many[1..], 500, &mut Work::new()), []);
    }

    proptest! {
        #[test]
        fn no_other_pairs_are_more_alike_together(shares in prop::collection::vec(0..4_u32, 0..16), width in 1..4_usize) {
            fn most(l: usize, r: usize, ends: (usize, usize), alike: &dyn Fn(usize, usize) -> Option<u32>) -> u32 {
                if l == ends.0 || r == ends.1 {
                    return 0;
                }
                let pair = alike(l, r).map_or(0, |share| share + most(l + 1, r + 1, ends, alike));
                pair.max(most(l + 1, r, ends, alike)).max(most(l, r + 1, ends, alike))
            }
            let (left, right) = (shares.len() / width, width);
            let alike = |l: usize, r: usize| Some(shares[l * width + r]).filter(|share| *share > 0);
            let found = best(left, right, alike);
            prop_assert!(found.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
            let total: u32 = found.iter().map(|(l, r)| alike(*l, *r).unwrap()).sum();
            prop_assert_eq!(total, most(0, 0, (left, right), &alike));
        }
    }
}
