//! The mean of scores.

use super::Estimate;
use super::distributions::t;
use super::proportion::wilson_of_mean;

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
    let half = t(confidence, count - 1.0) * (variance / count).sqrt();
    Some((Estimate::around(value, half).within(0.0, 1.0), "t"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(values: &[f64]) -> (Estimate, &'static str) {
        mean(values.len() as u64, values.iter().sum(), values.iter().map(|v| v * v).sum(), 0.95).unwrap()
    }

    #[test]
    fn t_agrees_with_scipy() {
        // scipy 1.15: t.interval(0.95, 4, mean([.1,.4,.5,.9,.6]), sem(…))
        let (estimate, kind) = mean_of(&[0.1, 0.4, 0.5, 0.9, 0.6]);
        assert!((estimate.value - 0.5).abs() < 1e-9);
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
    }
}
