//! Numbers that are not known before they have happened: what is likely, and between which bounds.

use carat_core::stats;

/// How many of a hundred such sums are between the bounds.
const LIKELY: f64 = 0.90;

/// From so many values on their sum is spread as the normal distribution says.
const MANY: usize = 10;

/// A number of tokens or of US dollars, as far as it can be foreseen. `low` ≤ `about` ≤ `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Estimate {
    /// It is hardly less; 0 where nothing is known.
    pub(super) low: f64,
    /// What is most likely, where something like it was seen.
    pub(super) about: Option<f64>,
    /// It is hardly more; none where nobody can say.
    pub(super) high: Option<f64>,
}

impl Estimate {
    /// Nothing is known.
    pub(super) const UNKNOWN: Self = Self { low: 0.0, about: None, high: None };

    /// All is known.
    pub(super) const fn exactly(number: f64) -> Self {
        Self { low: number, about: Some(number), high: Some(number) }
    }

    /// Anything up to a number.
    pub(super) const fn up_to(high: f64) -> Self {
        Self { low: 0.0, about: None, high: Some(high) }
    }

    /// Anything from a number on.
    pub(super) const fn from(low: f64) -> Self {
        Self { low, about: None, high: None }
    }

    /// Both together. Their bounds are added as well, for what made one of them long may have made the other one long: the
    /// sum is between its bounds more often than each of them.
    pub(super) fn plus(self, other: Self) -> Self {
        let both = |a: Option<f64>, b: Option<f64>| Some(a? + b?);
        Self { low: self.low + other.low, about: both(self.about, other.about), high: both(self.high, other.high) }
    }

    /// So many times as much.
    pub(super) fn times(self, factor: f64) -> Self {
        let scaled = |number: f64| number * factor;
        Self { low: scaled(self.low), about: self.about.map(scaled), high: self.high.map(scaled) }
    }

    /// The sum over all of so many rows, of which these are some: the mean times the rows, with 90 % bounds that
    /// close when all were seen (the finite population correction; Cochran 1977, section 2.6).
    pub(super) fn of_all(seen: &[f64], all: f64) -> Self {
        let Some((mean, variance)) = moments(seen) else { return Self::UNKNOWN };
        let n = seen.len() as f64;
        let unseen = (1.0 - n / all).max(0.0);
        Self::around(all * mean, all * (variance / n * unseen).sqrt())
    }

    /// The sum of so many further values of which these are examples, by the central limit theorem: their own spread, and
    /// that of the mean that was seen. Of few examples, as often as each may come the least and the most of them. One example
    /// shows no spread, and so nothing.
    pub(super) fn of_further(seen: &[f64], further: f64) -> Self {
        let Some((mean, variance)) = moments(seen).filter(|_| seen.len() > 1) else { return Self::UNKNOWN };
        let mut sorted = seen.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |q: f64| further * stats::quantile(&sorted, q, LIKELY).map_or(mean, |quantile| quantile.value);
        let about = further * mean;
        if seen.len() < MANY {
            return Self { low: at(0.0), about: Some(about), high: Some(at(1.0)) };
        }
        let spread = (further * variance + further * further * variance / seen.len() as f64).sqrt();
        let near = Self::around(about, spread);
        // Few sums are as lopsided as their values: then the values themselves say more.
        let tail = (1.0 - LIKELY) / 2.0;
        let (low, high) = (at(tail).min(about), at(1.0 - tail).max(about));
        Self { low: near.low.max(low), about: Some(about), high: near.high.map(|near| near.min(high)) }
    }

    fn around(about: f64, deviation: f64) -> Self {
        let half = stats::z(LIKELY) * deviation;
        Self { low: (about - half).max(0.0), about: Some(about), high: Some(about + half) }
    }
}

/// Mean and variance; the latter is 0 for a single value.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let mean = (!values.is_empty()).then(|| values.iter().sum::<f64>() / n)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((mean, if values.len() > 1 { squares / (n - 1.0) } else { 0.0 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_were_all_seen_leave_nothing_open() {
        assert_eq!(Estimate::of_all(&[10.0, 20.0, 30.0], 3.0), Estimate::exactly(60.0));
        let part = Estimate::of_all(&[10.0, 20.0, 30.0], 300.0);
        assert_eq!(part.about, Some(6000.0));
        // 300 × √(100/3 × 0.99) × 1.6449
        assert!((part.low - (6000.0 - 2834.7)).abs() < 0.1 && (part.high.unwrap() - 8834.7).abs() < 0.1, "{part:?}");
        assert_eq!(Estimate::of_all(&[], 3.0), Estimate::UNKNOWN);
    }

    #[test]
    fn further_answers_spread_as_those_that_were_seen() {
        let seen: Vec<f64> = (1..=100).map(f64::from).collect();
        let sum = Estimate::of_further(&seen, 400.0);
        assert_eq!(sum.about, Some(20_200.0));
        // s² = 841.67; √(400 × s² + 400² × s² / 100) × 1.6449
        assert!((sum.low - (20_200.0 - 2134.1)).abs() < 0.5, "{sum:?}");
        let one = Estimate::of_further(&seen, 1.0);
        assert!(one.low > 5.0 && one.low < 6.5 && one.high.unwrap() < 96.5, "a single one is one of them: {one:?}");
    }

    #[test]
    fn few_examples_say_what_is_least_and_most_and_one_says_nothing() {
        let few = Estimate { low: 20.0, about: Some(40.0), high: Some(60.0) };
        assert_eq!(Estimate::of_further(&[3.0, 2.0, 1.0], 20.0), few);
        assert_eq!(Estimate::of_further(&[3.0], 20.0), Estimate::UNKNOWN);
    }

    #[test]
    fn what_is_not_known_of_a_part_is_not_known_of_the_whole() {
        let sum = Estimate::exactly(1.0).plus(Estimate::up_to(2.0));
        assert_eq!(sum, Estimate { low: 1.0, about: None, high: Some(3.0) });
        assert_eq!(sum.plus(Estimate::from(4.0)), Estimate::from(5.0));
        assert_eq!(Estimate::UNKNOWN.plus(Estimate::exactly(2.0)), Estimate::from(2.0));
    }

    #[test]
    fn what_is_likely_is_between_its_bounds() {
        // Even, lopsided, and all alike; from no examples to many; for one further value and for a million.
        let shapes: [fn(u32) -> f64; 4] =
            [|at| f64::from(at), |at| f64::from(at).exp2(), |at| 1e5 / f64::from(at + 1), |_| 7.0];
        for (shape, examples, calls) in
            shapes.iter().flat_map(|shape| (0..60).flat_map(move |n| [1.0, 3.0, 1e6].map(|calls| (shape, n, calls))))
        {
            let seen: Vec<f64> = (0..examples).map(shape).collect();
            for estimate in [Estimate::of_further(&seen, calls), Estimate::of_all(&seen, calls)] {
                assert!(estimate.low >= 0.0, "{estimate:?}");
                if let (Some(about), Some(high)) = (estimate.about, estimate.high) {
                    let slack = 1e-9 * about.max(1.0);
                    assert!(estimate.low <= about + slack && about <= high + slack, "{estimate:?}");
                }
            }
        }
    }
}
