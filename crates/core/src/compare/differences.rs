//! Differences row by row.

/// Values that differ by less are the same: sums of the same numbers in another order differ in their last digits.
pub(super) const SAME: f64 = 1e-9;

/// One metric on both sides, on the rows that have it on both.
pub(super) struct Differences {
    pub(super) left: f64,
    pub(super) right: f64,
    /// Right minus left by row; their mean is the difference of the metric.
    pub(super) values: Vec<f64>,
    /// At which of the pairs each of them is.
    pub(super) places: Vec<u32>,
    pub(super) kind: Kind,
    /// Wins, losses, ties.
    pub(super) outcome: (u64, u64, u64),
    /// Rows with a value on the left alone.
    pub(super) lost: u64,
    pub(super) higher_is_better: bool,
}

/// How differences come about.
pub(super) enum Kind {
    /// One verdict a side: how many pass on both, only left, only right, on neither.
    Verdicts(u64, u64, u64, u64),
    /// Means of values from 0 to 1.
    Shares,
    /// A metric that is no mean, linearised.
    Linearised,
    /// Amounts without bounds.
    Amounts,
}

/// Both sides' values of a row, where they have one.
pub(super) type Pair = (Option<f64>, Option<f64>);

/// The pairs that have what is compared on both sides.
pub(super) struct Both<T> {
    /// The left side's and the right side's.
    pub(super) values: Vec<(T, T)>,
    /// At which of the pairs they are.
    pub(super) places: Vec<u32>,
    /// How many have it on the left alone.
    pub(super) lost: u64,
}

impl<T> Both<T> {
    /// From what stands on both sides of every pair, in their order.
    pub(super) fn of(pairs: impl Iterator<Item = (Option<T>, Option<T>)>) -> Self {
        let mut both = Self { values: Vec::new(), places: Vec::new(), lost: 0 };
        for (place, pair) in (0_u32..).zip(pairs) {
            match pair {
                (Some(left), Some(right)) => {
                    both.values.push((left, right));
                    both.places.push(place);
                }
                (Some(_), None) => both.lost += 1,
                (None, _) => {}
            }
        }
        both
    }
}

/// Wins, losses and ties of differences.
pub(super) fn outcome(differences: impl Iterator<Item = f64>) -> (u64, u64, u64) {
    let (mut wins, mut losses, mut ties) = (0, 0, 0);
    for difference in differences {
        match difference {
            d if d > SAME => wins += 1,
            d if d < -SAME => losses += 1,
            _ => ties += 1,
        }
    }
    (wins, losses, ties)
}

/// The difference, or 0 where it is no more than rounding: a spread of last digits would pass for certainty.
pub(super) fn unless_same(difference: f64) -> f64 {
    if difference.abs() <= SAME { 0.0 } else { difference }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

impl Differences {
    /// Of verdicts, or of shares of repeats that pass.
    pub(super) fn of_verdicts(pairs: impl Iterator<Item = Pair>, repeated: bool) -> Option<Self> {
        Self::verdicts(Both::of(pairs), repeated)
    }

    fn verdicts(both: Both<f64>, repeated: bool) -> Option<Self> {
        let count = |left: f64, right: f64| both.values.iter().filter(|pair| **pair == (left, right)).count() as u64;
        let kind = if repeated {
            Kind::Shares
        } else {
            Kind::Verdicts(count(1.0, 1.0), count(1.0, 0.0), count(0.0, 1.0), count(0.0, 0.0))
        };
        Self::new(both, kind)
    }

    /// Of values from 0 to 1. Those that are nothing but 0 and 1 without repeats are verdicts.
    pub(super) fn of_values(pairs: impl Iterator<Item = Pair>, repeated: bool) -> Option<Self> {
        let both = Both::of(pairs);
        let is_verdict = |value: f64| value == 0.0 || value == 1.0;
        if !repeated && both.values.iter().all(|(l, r)| is_verdict(*l) && is_verdict(*r)) {
            return Self::verdicts(both, false);
        }
        Self::new(both, Kind::Shares)
    }

    /// Of amounts such as money, of which less is better.
    pub(super) fn of_amounts(pairs: impl Iterator<Item = Pair>) -> Option<Self> {
        Self::new(Both::of(pairs), Kind::Amounts).map(Self::lower_is_better)
    }

    fn new(both: Both<f64>, kind: Kind) -> Option<Self> {
        let Both { values: pairs, places, lost } = both;
        if pairs.is_empty() {
            return None;
        }
        let values: Vec<f64> = pairs.iter().map(|(left, right)| unless_same(right - left)).collect();
        Some(Self {
            left: mean(pairs.iter().map(|pair| pair.0)),
            right: mean(pairs.iter().map(|pair| pair.1)),
            outcome: outcome(values.iter().copied()),
            values,
            places,
            kind,
            lost,
            higher_is_better: true,
        })
    }

    /// Of a metric that is no mean, from both values and each row's influence on them.
    pub(super) fn linearised((left, right): (f64, f64), influences: Both<f64>, outcome: (u64, u64, u64)) -> Self {
        let Both { values, places, lost } = influences;
        let values = values.into_iter().map(|(l, r)| unless_same(right - left + r - l)).collect();
        Self { left, right, values, places, kind: Kind::Linearised, outcome, lost, higher_is_better: true }
    }

    /// The same where less is better.
    pub(super) fn lower_is_better(mut self) -> Self {
        (self.outcome.0, self.outcome.1) = (self.outcome.1, self.outcome.0);
        self.lower_is_better_by_rate()
    }

    /// The same where less is better, and wins and losses were counted by something of which more is.
    pub(super) fn lower_is_better_by_rate(mut self) -> Self {
        self.higher_is_better = false;
        self
    }

    pub(super) fn delta(&self) -> f64 {
        self.right - self.left
    }

    /// Whether the difference cannot lie beyond −1 and 1.
    pub(super) fn is_bounded(&self) -> bool {
        !matches!(self.kind, Kind::Amounts) && self.left <= 1.0 && self.right <= 1.0
    }
}
