//! Intervals, as pure functions over plain numbers.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The share of intervals that hold the true value, in all that carat shows.
pub const CONFIDENCE: f64 = 0.95;

/// A number with the interval that holds the true one with a stated confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The best guess.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The quantile of the standard normal distribution for a two-sided confidence.
fn z(confidence: f64) -> f64 {
    Normal::standard().inverse_cdf(0.5 + confidence / 2.0)
}

/// The share of successes with Wilson's score interval (Wilson 1927, without continuity correction), which stays inside
/// 0 to 1 and is honest for small numbers. None without trials.
pub fn wilson(successes: u64, n: u64, confidence: f64) -> Option<Estimate> {
    wilson_of_mean(successes as f64, n, confidence)
}

/// Wilson's interval for the mean of values from 0 to 1, from their sum. No such values spread more than ones and zeros of
/// the same mean, so that the interval is never too short for them.
fn wilson_of_mean(sum: f64, n: u64, confidence: f64) -> Option<Estimate> {
    if n == 0 {
        return None;
    }
    let (n, z) = (n as f64, z(confidence));
    let value = sum / n;
    let center = (value + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (value * (1.0 - value) / n + z * z / (4.0 * n * n)).sqrt();
    // At the ends the formula gives 0 and 1 exactly, but for the last digits.
    let low = if value == 0.0 { 0.0 } else { center - half };
    let high = if value == 1.0 { 1.0 } else { center + half };
    Some(Estimate { value, low, high })
}

/// The mean of values from 0 to 1, from n, their sum and the sum of their squares, and how its interval was made. None
/// without values.
///
/// Student's t, cut off at 0 and 1. Where all values are the same, or there is only one, t would claim to know the mean for
/// certain; Wilson's interval does not.
pub fn mean(n: u64, sum: f64, sum_of_squares: f64, confidence: f64) -> Option<(Estimate, &'static str)> {
    let count = n as f64;
    let value = sum / count;
    let variance = ((sum_of_squares - count * value * value) / (count - 1.0)).max(0.0);
    // Sums of the same number differ from their multiple in the last digits only.
    if n < 2 || variance < 1e-15 {
        return Some((wilson_of_mean(sum, n, confidence)?, "wilson"));
    }
    let t = StudentsT::new(0.0, 1.0, count - 1.0).ok()?.inverse_cdf(0.5 + confidence / 2.0);
    let half = t * (variance / count).sqrt();
    Some((Estimate { value, low: (value - half).max(0.0), high: (value + half).min(1.0) }, "t"))
}

/// A quantile of sorted values (linear interpolation between order statistics, type 7 of Hyndman and Fan 1996) with a
/// distribution-free interval between order statistics (Conover 1999, section 3.2, by the normal approximation). None
/// without values.
pub fn quantile(sorted: &[f64], q: f64, confidence: f64) -> Option<Estimate> {
    let last = sorted.len().checked_sub(1)?;
    let position = q * last as f64;
    let (below, above) = (position.floor() as usize, position.ceil() as usize);
    let value = sorted[below] + (sorted[above] - sorted[below]) * (position - below as f64);
    let n = sorted.len() as f64;
    let half = z(confidence) * (n * q * (1.0 - q)).sqrt();
    let low = ((n * q - half).floor().max(1.0) as usize - 1).min(last);
    let high = ((n * q + half).ceil().max(1.0) as usize - 1).min(last);
    Some(Estimate { value, low: sorted[low.min(below)], high: sorted[high.max(above)] })
}

/// The macro-averaged F1 of a confusion matrix, and how its interval was made: by the multivariate delta method (Takahashi, Yamamoto,
/// Kuchiba, Koyama 2022, "Confidence interval for micro-averaged F1 and macro-averaged F1 scores").
///
/// `counts[i][j]` is how often class `i` was expected and class `j` answered; columns beyond the classes are answers that
/// name no class. Classes that are neither expected nor answered do not count. None without counts.
///
/// Where everything is right, or everything wrong, the method would claim to know the value for certain; Wilson's interval
/// on as many answers as the smallest class has stands in for it, because that class counts as much as the others.
pub fn f1_macro(counts: &[Vec<u64>], confidence: f64) -> Option<(Estimate, &'static str)> {
    let n: u64 = counts.iter().flatten().sum();
    let present: Vec<Class> = classes(counts).into_iter().filter(|class| class.support > 0.0).collect();
    if n == 0 || present.is_empty() {
        return None;
    }
    let total = n as f64;
    let value = present.iter().map(Class::f1).sum::<f64>() / present.len() as f64;
    let (mut mean, mut mean_of_squares) = (0.0, 0.0);
    for (i, row) in counts.iter().enumerate() {
        for (j, count) in row.iter().enumerate() {
            let share = *count as f64 / total;
            let gradient: f64 =
                present.iter().map(|class| class.gradient(i, j, total)).sum::<f64>() / present.len() as f64;
            mean += share * gradient;
            mean_of_squares += share * gradient * gradient;
        }
    }
    let variance = (mean_of_squares - mean * mean).max(0.0) / total;
    if variance < 1e-15 {
        let smallest = counts.iter().map(|row| row.iter().sum::<u64>()).filter(|expected| *expected > 0).min()?;
        return Some((wilson_of_mean(value * smallest as f64, smallest, confidence)?, "wilson"));
    }
    let half = z(confidence) * variance.sqrt();
    Some((Estimate { value, low: (value - half).max(0.0), high: (value + half).min(1.0) }, "delta"))
}

/// One class of a confusion matrix.
struct Class {
    index: usize,
    hits: f64,
    /// Expected plus answered.
    support: f64,
}

impl Class {
    fn f1(&self) -> f64 {
        2.0 * self.hits / self.support
    }

    /// How F1 changes with the share of cell (i, j).
    fn gradient(&self, i: usize, j: usize, total: f64) -> f64 {
        let times = f64::from(u8::from(i == self.index) + u8::from(j == self.index));
        let (hits, support) = (self.hits / total, self.support / total);
        let own = if i == self.index && j == self.index { 2.0 / support } else { 0.0 };
        own - 2.0 * hits * times / (support * support)
    }
}

fn classes(counts: &[Vec<u64>]) -> Vec<Class> {
    let class = |index: usize| {
        let expected: u64 = counts[index].iter().sum();
        let answered: u64 = counts.iter().filter_map(|row| row.get(index)).sum();
        let hits = counts[index].get(index).copied().unwrap_or(0) as f64;
        Class { index, hits, support: (expected + answered) as f64 }
    };
    (0..counts.len()).map(class).collect()
}

/// Precision, recall and F1 of one class of a confusion matrix; none where they are not defined.
pub fn per_class(counts: &[Vec<u64>], index: usize) -> (Option<f64>, Option<f64>, Option<f64>) {
    let expected: u64 = counts[index].iter().sum();
    let answered: u64 = counts.iter().filter_map(|row| row.get(index)).sum();
    let hits = counts[index].get(index).copied().unwrap_or(0) as f64;
    let share = |of: u64| (of > 0).then(|| hits / of as f64);
    (share(answered), share(expected), (expected + answered > 0).then(|| 2.0 * hits / (expected + answered) as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn wilson_agrees_with_scipy_and_statsmodels() {
        // scipy 1.17 binomtest(k, n).proportion_ci(method="wilson"), checked against statsmodels 0.15.
        for (k, n, low, high) in [
            (0, 1, 0.0, 0.7934506856227627),
            (1, 1, 0.2065493143772374, 1.0),
            (0, 10, 0.0, 0.27753279986288926),
            (10, 10, 0.7224672001371106, 1.0),
            (1, 10, 0.017876213095072924, 0.40415002679523854),
            (5, 10, 0.23659309051256394, 0.7634069094874361),
            (7, 12, 0.31951131254954973, 0.8067396863412435),
            (42, 50, 0.7148578393696499, 0.9166257932196658),
            (50, 50, 0.9286524008666412, 1.0),
            (0, 50, 0.0, 0.07134759913335874),
            (97, 100, 0.9154806357094724, 0.9897454759759611),
            (481, 500, 0.9414152274693561, 0.9755398819441696),
            (1234, 2000, 0.5954902722303788, 0.6380611387058079),
            (3, 7, 0.15821985525146964, 0.7495416354723428),
        ] {
            let estimate = wilson(k, n, 0.95).unwrap();
            assert!(near(estimate.low, low) && near(estimate.high, high), "{k} of {n}: {estimate:?}");
        }
        assert!(wilson(0, 0, 0.95).is_none());
    }

    fn mean_of(values: &[f64]) -> (Estimate, &'static str) {
        mean(values.len() as u64, values.iter().sum(), values.iter().map(|v| v * v).sum(), 0.95).unwrap()
    }

    #[test]
    fn t_agrees_with_scipy() {
        // scipy 1.15: t.interval(0.95, 4, mean([.1,.4,.5,.9,.6]), sem(…))
        let (estimate, kind) = mean_of(&[0.1, 0.4, 0.5, 0.9, 0.6]);
        assert!(near(estimate.value, 0.5));
        assert!((estimate.low - 0.137_995_8).abs() < 1e-5, "{estimate:?}");
        assert_eq!(kind, "t");
    }

    #[test]
    fn a_mean_stays_between_zero_and_one() {
        let (estimate, _) = mean_of(&[0.0, 1.0]);
        assert_eq!((estimate.low, estimate.high), (0.0, 1.0));
    }

    #[test]
    fn values_that_agree_are_not_taken_for_certainty() {
        for (values, least) in [(vec![1.0], 0.7), (vec![1.0; 2], 0.6), (vec![0.3; 50], 0.2)] {
            let (estimate, kind) = mean_of(&values);
            assert_eq!(kind, "wilson");
            assert!(estimate.high - estimate.low > least, "{estimate:?}");
        }
        let (perfect, how) = f1_macro(&[vec![2, 0], vec![0, 2]], 0.95).unwrap();
        assert_eq!(how, "wilson");
        assert_eq!((perfect.value, perfect.high), (1.0, 1.0));
        assert!(perfect.low < 0.4, "{perfect:?}");
    }

    #[test]
    fn quantiles_interpolate_and_hold_their_value() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let median = quantile(&values, 0.5, 0.95).unwrap();
        assert!(near(median.value, 50.5));
        assert_eq!((median.low, median.high), (40.0, 60.0));
        assert_eq!(quantile(&[7.0], 0.95, 0.95), Some(Estimate { value: 7.0, low: 7.0, high: 7.0 }));
        assert!(quantile(&[], 0.5, 0.95).is_none());
    }

    #[test]
    fn macro_f1_agrees_with_scikit_learn() {
        // sklearn: f1_score([0]*10+[1]*10, [0]*8+[1]*2+[1]*5+[0]*5, average="macro") = (16/23 + 10/17) / 2
        let (estimate, _) = f1_macro(&[vec![8, 2], vec![5, 5]], 0.95).unwrap();
        assert!(near(estimate.value, (16.0 / 23.0 + 10.0 / 17.0) / 2.0));
        assert!(estimate.low < estimate.value && estimate.value < estimate.high);
    }

    #[test]
    fn the_delta_interval_of_macro_f1_agrees_with_numeric_derivatives() {
        let counts = [vec![8_u64, 2, 1], vec![5, 5, 0]];
        let total = 21.0;
        let f1 = |p: &[[f64; 3]; 2]| {
            let one = |k: usize| 2.0 * p[k][k] / (p[k].iter().sum::<f64>() + p[0][k] + p[1][k]);
            f64::midpoint(one(0), one(1))
        };
        let base: [[f64; 3]; 2] = std::array::from_fn(|i| std::array::from_fn(|j| counts[i][j] as f64 / total));
        let (mut mean, mut squares) = (0.0, 0.0);
        for i in 0..2 {
            for j in 0..3 {
                let (mut up, mut down) = (base, base);
                up[i][j] += 1e-6;
                down[i][j] -= 1e-6;
                let gradient = (f1(&up) - f1(&down)) / 2e-6;
                mean += base[i][j] * gradient;
                squares += base[i][j] * gradient * gradient;
            }
        }
        let half = z(0.95) * ((squares - mean * mean) / total).sqrt();
        let (estimate, _) = f1_macro(&counts, 0.95).unwrap();
        assert!((estimate.high - estimate.value - half).abs() < 1e-6, "{estimate:?} {half}");
    }
}
