//! Differences row by row, and what they allow to say.

use crate::stats::{self, Estimate};

use super::{BootstrapReport, Finding, MetricComparison, Settings, sentence};

/// Values that differ by less are the same: sums of the same numbers in another order differ in their last digits.
const SAME: f64 = 1e-9;

/// Up to so many pairs the permutation test, which assumes nothing, takes the place of t.
const FEW: usize = 30;

/// So many rows have to differ before an exact test can find anything at 5 %: 2/2⁶ is below, 2/2⁵ is not.
const SPEAKING: usize = 6;

/// So often at least the signs are flipped, where they are too many to go through all.
const LEAST_FLIPS: u32 = 10_000;

/// One metric on both sides, on the rows that have it on both.
pub(super) struct Differences {
    left: f64,
    right: f64,
    /// Right minus left by row; their mean is the difference of the metric.
    values: Vec<f64>,
    kind: Kind,
    /// Wins, losses, ties.
    outcome: (u64, u64, u64),
    /// Rows with a value on the left alone.
    lost: u64,
    higher_is_better: bool,
}

/// Both sides' values of a row, where they have one.
pub(super) type Pair = (Option<f64>, Option<f64>);

/// The rows with both values, and how many have one on the left alone.
fn both(pairs: impl Iterator<Item = Pair>) -> (Vec<(f64, f64)>, u64) {
    let mut lost = 0;
    let both = pairs.filter_map(|(left, right)| {
        lost += u64::from(left.is_some() && right.is_none());
        Some((left?, right?))
    });
    let both = both.collect();
    (both, lost)
}

/// How differences come about.
enum Kind {
    /// One verdict a side: how many pass on both, only left, only right, on neither.
    Verdicts(u64, u64, u64, u64),
    /// Means of values from 0 to 1.
    Shares,
    /// A metric that is no mean, linearised.
    Linearised,
    /// Amounts without bounds.
    Amounts,
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
fn unless_same(difference: f64) -> f64 {
    if difference.abs() <= SAME { 0.0 } else { difference }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

impl Differences {
    /// Of verdicts, or of shares of repeats that pass.
    pub(super) fn of_verdicts(pairs: impl Iterator<Item = Pair>, repeated: bool) -> Option<Self> {
        let (pairs, lost) = both(pairs);
        Self::verdicts(&pairs, repeated).map(|verdicts| Self { lost, ..verdicts })
    }

    fn verdicts(pairs: &[(f64, f64)], repeated: bool) -> Option<Self> {
        let count = |left: f64, right: f64| pairs.iter().filter(|pair| **pair == (left, right)).count() as u64;
        let kind = if repeated {
            Kind::Shares
        } else {
            Kind::Verdicts(count(1.0, 1.0), count(1.0, 0.0), count(0.0, 1.0), count(0.0, 0.0))
        };
        Self::new(pairs, kind)
    }

    /// Of values from 0 to 1. Those that are nothing but 0 and 1 without repeats are verdicts.
    pub(super) fn of_values(pairs: impl Iterator<Item = Pair>, repeated: bool) -> Option<Self> {
        let (pairs, lost) = both(pairs);
        let is_verdict = |value: f64| value == 0.0 || value == 1.0;
        let differences = if !repeated && pairs.iter().all(|(l, r)| is_verdict(*l) && is_verdict(*r)) {
            Self::verdicts(&pairs, false)
        } else {
            Self::new(&pairs, Kind::Shares)
        };
        differences.map(|differences| Self { lost, ..differences })
    }

    /// Of amounts such as money, of which less is better.
    pub(super) fn of_amounts(pairs: impl Iterator<Item = Pair>) -> Option<Self> {
        let (pairs, lost) = both(pairs);
        Self::new(&pairs, Kind::Amounts).map(|amounts| Self { lost, ..amounts }.lower_is_better())
    }

    fn new(pairs: &[(f64, f64)], kind: Kind) -> Option<Self> {
        if pairs.is_empty() {
            return None;
        }
        let values: Vec<f64> = pairs.iter().map(|(left, right)| unless_same(right - left)).collect();
        Some(Self {
            left: mean(pairs.iter().map(|pair| pair.0)),
            right: mean(pairs.iter().map(|pair| pair.1)),
            outcome: outcome(values.iter().copied()),
            values,
            kind,
            lost: 0,
            higher_is_better: true,
        })
    }

    /// Of a metric that is no mean, from both values and each row's influence on them.
    pub(super) fn linearised(
        (left, right): (f64, f64),
        influences: impl Iterator<Item = (f64, f64)>,
        outcome: (u64, u64, u64),
        lost: u64,
    ) -> Self {
        let values = influences.map(|(l, r)| unless_same(right - left + r - l)).collect();
        Self { left, right, values, kind: Kind::Linearised, outcome, lost, higher_is_better: true }
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

    fn delta(&self) -> f64 {
        self.right - self.left
    }

    /// The interval of the difference, and how it was made.
    fn interval(&self, confidence: f64) -> (Estimate, &'static str) {
        let delta = self.delta();
        if let Kind::Verdicts(both, left, right, neither) = self.kind {
            return (stats::tango(both, left, right, neither, confidence), "tango");
        }
        match stats::paired_t(&self.values, confidence) {
            Some(t) => {
                let how = if matches!(self.kind, Kind::Linearised) { "delta" } else { "t" };
                let half = (t.high - t.low) / 2.0;
                (self.bounded(Estimate { value: delta, low: delta - half, high: delta + half }), how)
            }
            None => (self.without_spread(confidence), "score"),
        }
    }

    /// Where every row differs by the same, t would claim to know the difference for certain. Amounts are held against the
    /// larger of the two, for they have no bounds of their own.
    fn without_spread(&self, confidence: f64) -> Estimate {
        let delta = self.delta();
        let scale = if self.is_bounded() { 1.0 } else { self.left.abs().max(self.right.abs()).max(delta.abs()) };
        let none = Estimate { value: delta, low: delta, high: delta };
        if scale == 0.0 {
            return none;
        }
        let share = stats::unvaried(delta / scale, self.values.len() as u64, confidence);
        share.map_or(none, |share| Estimate { value: delta, low: share.low * scale, high: share.high * scale })
    }

    fn is_bounded(&self) -> bool {
        !matches!(self.kind, Kind::Amounts) && self.left <= 1.0 && self.right <= 1.0
    }

    fn bounded(&self, estimate: Estimate) -> Estimate {
        if self.is_bounded() { estimate.within(-1.0, 1.0) } else { estimate }
    }

    /// The two-sided p-value, and the test.
    fn test(&self, settings: &Settings) -> (Option<f64>, &'static str) {
        if let Kind::Verdicts(_, left, right, _) = self.kind {
            return (Some(stats::mcnemar(left, right).exact_p), "mcnemar");
        }
        match stats::paired_t(&self.values, settings.confidence) {
            Some(t) if self.values.len() > FEW => (Some(t.p), "t"),
            _ => {
                let resamples = settings.resamples.max(LEAST_FLIPS);
                (Some(stats::sign_flip(&self.values, resamples, settings.seed).p), "sign-flip")
            }
        }
    }

    /// The smallest true difference that so many pairs show four times in five.
    ///
    /// With fewer than [`SPEAKING`] rows no test can speak, whatever they say. Verdicts differ by whole rows, so that as many
    /// of them are the least that can be seen. Degrees may differ a little on every row: their spread alone decides, and
    /// without any, how far off the difference may still be.
    fn detectable(&self) -> Option<f64> {
        let n = self.values.len();
        if n < SPEAKING {
            return None;
        }
        let sd = stats::paired_t(&self.values, stats::CONFIDENCE).map(|t| t.sd);
        let spread = sd.and_then(|sd| stats::detectable_difference(sd, n as u64, 0.05, 0.8));
        if matches!(self.kind, Kind::Verdicts(..)) {
            return Some(spread.unwrap_or(0.0).max(SPEAKING as f64 / n as f64));
        }
        spread.or_else(|| {
            let unseen = self.without_spread(stats::CONFIDENCE);
            Some((unseen.high - unseen.low) / 2.0).filter(|half| *half > 0.0)
        })
    }

    fn bootstrap(&self, settings: &Settings) -> Option<BootstrapReport> {
        let Settings { confidence, resamples, seed, .. } = *settings;
        if resamples == 0 || self.values.len() < 2 {
            return None;
        }
        let estimate = stats::paired_bootstrap(&self.values, resamples, confidence, seed)?.estimate;
        Some(BootstrapReport { low: estimate.low, high: estimate.high, resamples, seed })
    }
}

impl MetricComparison {
    pub(super) fn of(metric: String, differences: &Differences, settings: &Settings) -> Self {
        let (interval, how) = differences.interval(settings.confidence);
        let (p, test) = differences.test(settings);
        let (wins, losses, ties) = differences.outcome;
        Self {
            metric,
            higher_is_better: differences.higher_is_better,
            left: differences.left,
            right: differences.right,
            pairs: differences.values.len() as u64,
            lost: differences.lost,
            delta: differences.delta(),
            low: interval.low,
            high: interval.high,
            interval: how.to_owned(),
            confidence: settings.confidence,
            p,
            test: test.to_owned(),
            adjusted_p: None,
            wins,
            losses,
            ties,
            detectable: differences.detectable(),
            bootstrap: differences.bootstrap(settings),
            finding: Finding::NotShown,
            sentence: String::new(),
        }
    }

    /// Draws the conclusion, once the p-value has been corrected over a family of so many tests.
    pub(super) fn conclude(&mut self, family: u64) {
        let shown = self.adjusted_p.is_some_and(|p| p < 1.0 - self.confidence) && (self.low > 0.0 || self.high < 0.0);
        self.finding = match (shown, (self.delta > 0.0) == self.higher_is_better) {
            (false, _) => Finding::NotShown,
            (true, true) => Finding::Better,
            (true, false) => Finding::Worse,
        };
        self.sentence = sentence::of(self, family);
    }
}
