//! By how much did the share of passes change on the same rows?

use super::Estimate;
use super::distributions::{normal_above, z};

/// A test of a difference of paired shares of passes against a stated one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreTest {
    /// How far the difference that was seen lies above the stated one, in standard errors under the stated one.
    pub z: f64,
    /// The two-sided p-value. It is below 1 − confidence exactly where [`tango`]'s interval leaves the stated difference out.
    pub two_sided: f64,
    /// The one-sided p-value of what was seen if the true difference were at most the stated one; small when it is greater.
    /// The gate of non-inferiority by a margin tests against −margin and looks here.
    pub greater: f64,
    /// The one-sided p-value if the true difference were at least the stated one; small when it is less.
    pub less: f64,
}

/// The difference of the shares of passes, right minus left, with Tango's score interval (Tango 1998, "Equivalence test and
/// confidence interval for the difference in proportions for the paired-sample design").
///
/// The pairs are counted by who passes: both, only the left, only the right, neither. The interval lies within −1 to 1, holds
/// the difference, mirrors itself when the sides are swapped, and has a width where no pair differs: ±z²/(n+z²). It holds all
/// differences that [`tango_p`] would not reject. Without pairs it is 0, and anything from −1 to 1.
pub fn tango(both: u64, only_left: u64, only_right: u64, neither: u64, confidence: f64) -> Estimate {
    let Some(pairs) = Pairs::new(both, only_left, only_right, neither) else {
        return Estimate { value: 0.0, low: -1.0, high: 1.0 };
    };
    let z = z(confidence);
    Estimate { value: pairs.difference(), low: -pairs.swapped().upper(z), high: pairs.upper(z) }
}

/// The score test that [`tango`]'s interval inverts, of a true difference of `null_difference`; against 0 it is McNemar's
/// without continuity correction. None without pairs, and for a difference that is not from −1 to 1.
///
/// Where no pair differs and the stated difference is 0, there is nothing to be said: two-sided 1, one-sided ½.
pub fn tango_p(both: u64, only_left: u64, only_right: u64, neither: u64, null_difference: f64) -> Option<ScoreTest> {
    let pairs = Pairs::new(both, only_left, only_right, neither)?;
    if !(-1.0..=1.0).contains(&null_difference) {
        return None;
    }
    let z = pairs.score(null_difference);
    let two_sided = (2.0 * normal_above(z.abs())).min(1.0);
    Some(ScoreTest { z, two_sided, greater: normal_above(z), less: normal_above(-z) })
}

/// What of the pairs decides their difference.
#[derive(Clone, Copy)]
struct Pairs {
    left: f64,
    right: f64,
    n: f64,
}

impl Pairs {
    fn new(both: u64, only_left: u64, only_right: u64, neither: u64) -> Option<Self> {
        let (left, right) = (only_left as f64, only_right as f64);
        let n = both as f64 + left + right + neither as f64;
        (n > 0.0).then_some(Self { left, right, n })
    }

    fn swapped(self) -> Self {
        Self { left: self.right, right: self.left, n: self.n }
    }

    fn difference(self) -> f64 {
        (self.right - self.left) / self.n
    }

    /// The score statistic of a stated difference; it falls while that grows.
    fn score(self, difference: f64) -> f64 {
        // One half of the formula is enough: on this one no square root is a small difference of large numbers.
        if difference < 0.0 {
            return -self.swapped().score(-difference);
        }
        let excess = self.right - self.left - self.n * difference;
        let spread = difference * (1.0 - difference);
        let variance = self.n * (2.0 * self.likely_left(difference, spread) + spread);
        match excess {
            0.0 => 0.0,
            excess => excess / variance.sqrt(),
        }
    }

    /// The most likely share of pairs that only the left one passes, given the difference: the greater root of
    /// 2n q² + B q − left · spread, in the form that does not cancel.
    fn likely_left(self, difference: f64, spread: f64) -> f64 {
        let b = (2.0 * self.n + self.left - self.right) * difference - self.left - self.right;
        let c = self.left * spread;
        let root = (b * b + 8.0 * self.n * c).sqrt();
        if b > 0.0 { 2.0 * c / (b + root) } else { (root - b) / (4.0 * self.n) }
    }

    /// The greatest difference that lies no more than `z` standard errors above what was seen, by bisection: 64 halvings of
    /// at most 2 leave nothing that a float could hold.
    fn upper(self, z: f64) -> f64 {
        let (mut low, mut high) = (self.difference(), 1.0);
        for _ in 0..64 {
            let middle = f64::midpoint(low, high);
            if self.score(middle) > -z { low = middle } else { high = middle }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::super::mcnemar;
    use super::*;

    #[test]
    fn the_interval_agrees_with_published_ones() {
        for (both, left, right, neither, confidence, low, high, digits) in [
            // Tango 1998, soft contact lenses: 43 pass both, 1 only the old one; 90 %.
            (43, 1, 0, 0, 0.90, -0.096, 0.037, 3),
            // Airway hyper-responsiveness (Bentur et al. 2009) in Fagerland, Lydersen, Laake 2014.
            (1, 7, 1, 12, 0.95, -0.517, -0.026, 3),
            // Approval of the prime minister, in Agresti and Min 2005.
            (794, 150, 86, 570, 0.95, -0.059, -0.021, 3),
        ] {
            let ours = tango(both, left, right, neither, confidence);
            let half_a_digit = 0.5 * 10_f64.powi(-digits);
            assert!((ours.low - low).abs() <= half_a_digit, "{ours:?}");
            assert!((ours.high - high).abs() <= half_a_digit, "{ours:?}");
        }
    }

    #[test]
    fn the_interval_agrees_with_propcis() {
        // R 4.6.1, PropCIs 0.3.0, scoreci.mp(left, right, n), which stops at about seven digits.
        for (left, right, n, confidence, low, high) in [
            (0, 7, 14, 0.95, 0.177_033_78, 0.732_007_92),
            (7, 0, 14, 0.95, -0.732_007_98, -0.177_033_87),
            (0, 0, 14, 0.95, -0.215_310_81, 0.215_310_75),
            (2, 3, 14, 0.95, -0.261_077_73, 0.388_996_30),
            (1, 0, 14, 0.95, -0.314_686_91, 0.159_261_52),
            (5, 5, 16, 0.95, -0.367_506_98, 0.367_506_80),
            (1, 13, 14, 0.95, 0.370_626_18, 0.974_555_63),
            (0, 14, 14, 0.95, 0.569_378_38, 1.0),
            (14, 0, 14, 0.90, -1.0, -0.676_090_30),
            (9, 2, 20, 0.90, -0.566_550_54, -0.084_052_94),
            (3, 10, 50, 0.95, -0.001_497_75, 0.285_474_89),
            (1, 1, 2, 0.95, -0.810_937_64, 0.810_937_58),
            (12, 25, 200, 0.95, 0.005_635_50, 0.126_941_10),
            (25, 28, 618, 0.90, -0.014_8, 0.024_7),
        ] {
            let ours = tango(0, left, right, n - left - right, confidence);
            let near = if n == 618 { 5e-5 } else { 5e-7 };
            assert!((ours.low - low).abs() < near && (ours.high - high).abs() < near, "{left} {right} {n}: {ours:?}");
        }
    }

    #[test]
    fn the_test_against_zero_is_mcnemars_without_correction() {
        // statsmodels 0.15 mcnemar(exact=False, correction=False): chi² 2.88235, p 0.0895551; 6.42857, p 0.0112299.
        for (left, right, z2, p) in [(12, 5, 2.882_352_941, 0.089_555_074), (25, 10, 6.428_571_428_6, 0.011_229_886_65)]
        {
            let ours = tango_p(30, left, right, 53, 0.0).unwrap();
            assert!((ours.z * ours.z - z2).abs() < 1e-8 && (ours.two_sided - p).abs() < 1e-8, "{ours:?}");
            assert!(ours.z < 0.0 && ours.less < 0.05 && ours.greater > 0.95);
            assert!((ours.two_sided - mcnemar(left, right).mid_p).abs() < 0.01);
        }
    }

    #[test]
    fn where_no_pair_differs_there_is_a_width_and_no_verdict() {
        let tied = tango(30, 0, 0, 20, 0.95);
        let width = z(0.95).powi(2) / (50.0 + z(0.95).powi(2));
        assert!((tied.high - width).abs() < 1e-12 && (tied.low + width).abs() < 1e-12, "{tied:?}");
        let test = tango_p(30, 0, 0, 20, 0.0).unwrap();
        assert_eq!((test.z, test.two_sided, test.greater, test.less), (0.0, 1.0, 0.5, 0.5));
        // Not worse by more than the width: the margin is kept.
        assert!(tango_p(30, 0, 0, 20, -0.1).unwrap().greater < 0.025);
        assert!(tango_p(30, 0, 0, 20, -0.05).unwrap().greater > 0.025);
    }

    #[test]
    fn the_ends_of_the_scale_hold() {
        assert_eq!(tango(0, 0, 9, 0, 0.95).high, 1.0);
        assert_eq!(tango_p(0, 0, 9, 0, 1.0).unwrap().two_sided, 1.0);
        assert_eq!(tango_p(0, 0, 9, 0, -1.0).unwrap().two_sided, 0.0);
        assert_eq!(tango_p(0, 0, 9, 0, 1.5), None);
        assert_eq!(tango(0, 0, 0, 0, 0.95), Estimate { value: 0.0, low: -1.0, high: 1.0 });
        assert_eq!(tango_p(0, 0, 0, 0, 0.0), None);
        assert!(tango(u64::MAX, u64::MAX, u64::MAX, u64::MAX, 0.95).high < 1e-8);
    }
}
