//! Differences of degrees on the same rows.

use super::Estimate;
use super::distributions::{t, t_two_sided, z};

/// A paired t-test: the mean of differences against 0, with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedT {
    /// The number of pairs.
    pub n: u64,
    /// The mean difference.
    pub mean: f64,
    /// The standard deviation of the differences (n − 1 below).
    pub sd: f64,
    /// The standard error of the mean, sd/√n.
    pub se: f64,
    /// The mean in standard errors.
    pub t: f64,
    /// The degrees of freedom, n − 1.
    pub df: f64,
    /// The two-sided p-value.
    pub p: f64,
    /// The lower end of the interval. It may lie beyond what is possible; see [`Estimate::within`].
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl PairedT {
    /// The mean with its interval.
    pub fn estimate(&self) -> Estimate {
        Estimate { value: self.mean, low: self.low, high: self.high }
    }

    fn new(n: u64, mean: f64, variance: f64, confidence: f64) -> Self {
        let (sd, df) = (variance.sqrt(), n as f64 - 1.0);
        let se = (variance / n as f64).sqrt();
        let Estimate { low, high, .. } = Estimate::around(mean, t(confidence, df) * se);
        Self { n, mean, sd, se, t: mean / se, df, p: t_two_sided(mean / se, df), low, high }
    }
}

/// The paired t-test of differences, right minus left. None with fewer than two pairs, and none where all differences are the
/// same, from which t would conclude that there can be no others; [`unvaried`] does not.
pub fn paired_t(differences: &[f64], confidence: f64) -> Option<PairedT> {
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
    (differences.len() >= 2 && mean.is_finite() && varied(differences))
        .then(|| PairedT::new(differences.len() as u64, mean, variance, confidence))
}

/// Whether differences are more than one number with different last digits.
fn varied(differences: &[f64]) -> bool {
    let (least, most) = differences.iter().fold((f64::MAX, f64::MIN), |(least, most), d| (least.min(*d), most.max(*d)));
    most - least > 1e-12 * most.abs().max(least.abs())
}

/// The same from the number of pairs, the sum of their differences and the sum of the squares, so that nothing else has to be
/// kept. Differences whose standard deviation is less than a millionth of their size count as the same here, because that is
/// what rounding leaves of it in sums.
pub fn paired_t_of_sums(n: u64, sum: f64, sum_of_squares: f64, confidence: f64) -> Option<PairedT> {
    let count = n as f64;
    let mean = sum / count;
    let variance = (sum_of_squares - count * mean * mean) / (count - 1.0);
    let varied = variance > 1e-12 * sum_of_squares / count;
    (n >= 2 && varied).then(|| PairedT::new(n, mean, variance, confidence))
}

/// The mean of differences from −1 to 1 of which all that were seen are the same, with an interval that does not take
/// agreement for certainty: the share of others may still be z²/(n+z²) (the end of Wilson's interval for none of n), and they
/// may be the worst or the best there is. Where both sides scored alike on every row this is [`tango`](super::tango)'s
/// interval. None without pairs.
pub fn unvaried(value: f64, n: u64, confidence: f64) -> Option<Estimate> {
    let z2 = z(confidence).powi(2);
    let unseen = z2 / (n as f64 + z2);
    (n > 0).then_some(Estimate { value, low: value - unseen * (1.0 + value), high: value + unseen * (1.0 - value) })
}

#[cfg(test)]
mod tests {
    use super::super::reference::{cases, close, number, numbers, pair};
    use super::super::tango;
    use super::*;

    #[test]
    fn the_paired_t_test_agrees_with_scipy() {
        for case in cases("paired_t") {
            let (left, right) = (numbers(&case, "a"), numbers(&case, "b"));
            let differences: Vec<f64> = left.iter().zip(&right).map(|(left, right)| right - left).collect();
            let sums = (differences.iter().sum(), differences.iter().map(|d| d * d).sum());
            let expected = &case["expected"];
            for (confidence, key) in [(0.95, "ci95"), (0.99, "ci99")] {
                let of_sums = paired_t_of_sums(differences.len() as u64, sums.0, sums.1, confidence).unwrap();
                for ours in [paired_t(&differences, confidence).unwrap(), of_sums] {
                    let (low, high) = pair(expected, key);
                    for (ours, theirs) in [
                        (ours.n as f64, number(expected, "n")),
                        (ours.mean, number(expected, "mean_diff")),
                        (ours.sd, number(expected, "sd_diff")),
                        (ours.se, number(expected, "se_diff")),
                        (ours.t, number(expected, "t")),
                        (ours.df, number(expected, "df")),
                        (ours.p, number(expected, "p_two_sided")),
                        (ours.low, low),
                        (ours.high, high),
                    ] {
                        close(ours, theirs, 1e-9, expected);
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_vary_has_no_t() {
        for differences in [vec![], vec![0.3], vec![0.0; 9], vec![0.1; 1000], vec![0.3, f64::NAN]] {
            assert_eq!(paired_t(&differences, 0.95), None, "{differences:?}");
            let (sum, squares) = (differences.iter().sum(), differences.iter().map(|d| d * d).sum());
            assert_eq!(paired_t_of_sums(differences.len() as u64, sum, squares, 0.95), None, "{differences:?}");
        }
        // Differences in dollars are tiny, and vary all the same.
        assert!(paired_t(&[1e-9, 2e-9, 4e-9], 0.95).is_some());
    }

    #[test]
    fn what_does_not_vary_still_has_a_width() {
        let tied = unvaried(0.0, 50, 0.95).unwrap();
        let tango = tango(20, 0, 0, 30, 0.95);
        assert!((tied.low - tango.low).abs() < 1e-12 && (tied.high - tango.high).abs() < 1e-12);
        let best = unvaried(1.0, 3, 0.95).unwrap();
        assert_eq!(best.high, 1.0);
        assert!(best.low < 0.0, "{best:?}");
        assert_eq!(unvaried(0.0, 0, 0.95), None);
    }
}
