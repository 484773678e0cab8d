//! Did one side win more of the rows on which the two differ?

/// McNemar's test of pairs that only one side passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mcnemar {
    /// The two-sided p-value of the exact conditional test, which never errs more often than it says.
    pub exact_p: f64,
    /// The two-sided mid-p-value (Fagerland, Lydersen, Laake 2013): less timid, and in practice no less honest.
    pub mid_p: f64,
}

/// McNemar's test: if neither side is better, each pair that only one of them passes is a toss of a coin. Without such pairs
/// both p-values are 1.
///
/// Exact however many pairs there are, by adding up the binomial distribution; time grows with the square root of their
/// number (ten microseconds for a million). A mid-p of a draw is 1 − P/2, P being the probability of that very draw.
pub fn mcnemar(only_left: u64, only_right: u64) -> Mcnemar {
    if only_left == 0 && only_right == 0 {
        return Mcnemar { exact_p: 1.0, mid_p: 1.0 };
    }
    let (tail, point) = fair_coin(only_left.min(only_right) as f64, only_left as f64 + only_right as f64);
    if only_left == only_right {
        return Mcnemar { exact_p: 1.0, mid_p: 1.0 - point / 2.0 };
    }
    let exact_p = (2.0 * tail).min(1.0);
    Mcnemar { exact_p, mid_p: 2.0 * tail - point }
}

/// The probabilities of at most `k`, and of exactly `k`, heads in `n` tosses, for k up to n/2. What is below the least number
/// with all its digits comes out as 0.
///
/// Downwards from the middle, every probability is the one before times k/(n − k + 1); they need no factor, because their sum
/// is known. So nothing is lost to logarithms of factorials, which for a million tosses would leave eight digits.
fn fair_coin(k: f64, n: f64) -> (f64, f64) {
    let middle = (n / 2.0).floor();
    let (mut weight, mut heads) = (1.0, middle);
    let (mut half, mut tail, mut point) = (0.0, 0.0, 0.0);
    while heads >= 0.0 && weight >= f64::MIN_POSITIVE {
        half += weight;
        if heads <= k {
            tail += weight;
        }
        if heads == k {
            point = weight;
        }
        if heads < k && weight < 1e-17 * tail {
            break;
        }
        weight *= heads / (n - heads + 1.0);
        heads -= 1.0;
    }
    // The other half mirrors this one; the middle of an even number belongs to both.
    let total = if middle * 2.0 == n { 2.0 * half - 1.0 } else { 2.0 * half };
    (tail / total, point / total)
}

#[cfg(test)]
mod tests {
    use super::super::reference::{cases, close, count, number};
    use super::*;

    #[test]
    fn mcnemar_agrees_with_statsmodels_and_scipy() {
        for case in cases("mcnemar") {
            let ours = mcnemar(count(&case, "only_a"), count(&case, "only_b"));
            close(ours.exact_p, number(&case, "exact_p"), 1e-9, &case);
            if case["mid_p"].is_number() {
                close(ours.mid_p, number(&case, "mid_p"), 1e-9, &case);
            }
        }
    }

    #[test]
    fn a_million_pairs_are_as_exact_as_ten() {
        // scipy 1.17: 2 * binom.cdf(k, n, 0.5), less binom.pmf(k, n, 0.5).
        for (k, n, exact, mid) in [
            (499_000, 1_000_000, 0.045_608_299_865_389_6, 0.045_500_317_887_370_68),
            (49_000, 100_000, 2.588_716_038_346_894_3e-10, 2.536_769_446_247_996e-10),
            (498_500, 1_000_001, 0.002_699_791_631_395_513, 0.002_690_954_477_004_721),
        ] {
            let ours = mcnemar(k, n - k);
            assert!((ours.exact_p / exact - 1.0).abs() < 1e-8, "{k} of {n}: {ours:?}");
            assert!((ours.mid_p / mid - 1.0).abs() < 1e-8, "{k} of {n}: {ours:?}");
            assert_eq!(mcnemar(n - k, k), ours);
        }
        assert_eq!(mcnemar(500_000, 500_000).exact_p, 1.0);
        assert_eq!(mcnemar(0, 1_000_000).exact_p, 0.0);
    }

    #[test]
    fn a_draw_says_nothing() {
        assert_eq!(mcnemar(0, 0), Mcnemar { exact_p: 1.0, mid_p: 1.0 });
        // 1 − P(1 of 2)/2
        assert_eq!(mcnemar(1, 1), Mcnemar { exact_p: 1.0, mid_p: 0.75 });
    }
}
