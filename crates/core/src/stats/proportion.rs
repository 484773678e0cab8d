//! The share of what passed.

use super::Estimate;
use super::distributions::z;

/// The share of successes with Wilson's score interval (Wilson 1927, without continuity correction), which stays inside
/// 0 to 1 and is honest for small numbers. None without trials.
pub fn wilson(successes: u64, n: u64, confidence: f64) -> Option<Estimate> {
    wilson_of_mean(successes as f64, n, confidence)
}

/// Wilson's interval for the mean of values from 0 to 1, from their sum. No such values spread more than ones and zeros of
/// the same mean, so that the interval is never too short for them.
pub(super) fn wilson_of_mean(sum: f64, n: u64, confidence: f64) -> Option<Estimate> {
    (n > 0).then(|| score_interval(sum / n as f64, n as f64, z(confidence)))
}

/// Wilson's interval around a share of `n` trials, which need not be a whole number, `z` standard errors wide.
pub(super) fn score_interval(value: f64, n: f64, z: f64) -> Estimate {
    let center = (value + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (value * (1.0 - value) / n + z * z / (4.0 * n * n)).sqrt();
    // At the ends the formula gives 0 and 1 exactly, but for the last digits.
    let low = if value == 0.0 { 0.0 } else { center - half };
    let high = if value == 1.0 { 1.0 } else { center + half };
    Estimate { value, low, high }
}

#[cfg(test)]
mod tests {
    use super::super::reference::{cases, close, count, pair};
    use super::*;

    #[test]
    fn wilson_agrees_with_scipy_and_statsmodels() {
        for case in cases("wilson") {
            for (confidence, key) in [(0.95, "wilson95"), (0.99, "wilson99")] {
                let estimate = wilson(count(&case, "k"), count(&case, "n"), confidence).unwrap();
                let (low, high) = pair(&case, key);
                close(estimate.low, low, 1e-9, &case);
                close(estimate.high, high, 1e-9, &case);
            }
        }
        assert!(wilson(0, 0, 0.95).is_none());
    }
}
