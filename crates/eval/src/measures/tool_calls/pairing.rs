//! Which call of the answer stands for which expected one.

use super::expected::ExpectedCall;
use super::{Made, Settings};
use crate::measures::assignment;

/// More than all pairs together that only share a name: an equal pair goes before any number of those.
const EQUAL: i64 = 1_000_000;

/// An expected call, and the call of the answer that stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) expected: usize,
    pub(super) made: usize,
    /// Whether they are equal, or only share the name.
    pub(super) equal: bool,
}

/// The pairs of calls with the most equal ones among them, and then with the most in common.
#[derive(Debug)]
pub(super) struct Pairing {
    pairs: Vec<Pair>,
    /// By expected call and made call, what the pair weighs.
    weights: Vec<i64>,
    made: usize,
}

impl Pairing {
    pub(super) fn new(made: &[Made<'_>], expected: &[ExpectedCall], settings: &Settings) -> Self {
        let weight_of = |expected: &ExpectedCall, made: &Made<'_>| weight(made, expected, settings);
        let weights = expected.iter().flat_map(|expected| made.iter().map(move |made| weight_of(expected, made)));
        let mut pairing = Self { pairs: Vec::new(), weights: weights.collect(), made: made.len() };
        let weight = |expected: usize, made: usize| pairing.weight(expected, made);
        let best = if settings.order.is_kept() {
            in_order(expected.len(), made.len(), weight)
        } else {
            assignment::best(expected.len(), made.len(), weight)
        };
        let weighed = best.into_iter().map(|(expected, made)| (expected, made, pairing.weight(expected, made)));
        let worth = weighed.filter(|(_, _, weight)| *weight > 0);
        pairing.pairs = worth.map(|(expected, made, weight)| Pair { expected, made, equal: weight == EQUAL }).collect();
        pairing
    }

    /// How many pairs are equal.
    pub(super) fn right(&self) -> usize {
        self.pairs.iter().filter(|pair| pair.equal).count()
    }

    pub(super) fn of_expected(&self, expected: usize) -> Option<Pair> {
        self.pairs.iter().find(|pair| pair.expected == expected).copied()
    }

    pub(super) fn is_made_paired(&self, made: usize) -> bool {
        self.pairs.iter().any(|pair| pair.made == made)
    }

    /// Whether two calls are equal, be they a pair or not.
    pub(super) fn are_equal(&self, expected: usize, made: usize) -> bool {
        self.weight(expected, made) == EQUAL
    }

    fn weight(&self, expected: usize, made: usize) -> i64 {
        self.weights.get(expected * self.made + made).copied().unwrap_or(0)
    }
}

/// What a pair weighs: nothing for calls of different functions.
fn weight(made: &Made<'_>, expected: &ExpectedCall, settings: &Settings) -> i64 {
    if made.name != expected.name {
        0
    } else if made.difference(expected, settings).is_none() {
        EQUAL
    } else {
        1 + made.agreement(expected, settings)
    }
}

/// The pairs with the greatest sum of weights among those that do not cross, as in a longest common subsequence.
fn in_order(rows: usize, columns: usize, weight: impl Fn(usize, usize) -> i64) -> Vec<(usize, usize)> {
    // The best sum of what comes before a row and a column.
    let mut best = vec![vec![0_i64; columns + 1]; rows + 1];
    for row in 0..rows {
        for column in 0..columns {
            let paired = best[row][column] + weight(row, column);
            best[row + 1][column + 1] = paired.max(best[row][column + 1]).max(best[row + 1][column]);
        }
    }
    let (mut row, mut column, mut pairs) = (rows, columns, Vec::new());
    while row > 0 && column > 0 {
        if best[row][column] == best[row - 1][column] {
            row -= 1;
        } else if best[row][column] == best[row][column - 1] {
            column -= 1;
        } else {
            (row, column) = (row - 1, column - 1);
            pairs.push((row, column));
        }
    }
    pairs.reverse();
    pairs
}
