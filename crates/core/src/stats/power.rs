//! What could have been seen?

use super::distributions::normal_quantile;

/// Where the spread of paired differences comes from (Miller 2024, "Adding Error Bars to Evals", section 5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// ω²: the variance over rows of the difference of the rows' true scores.
    pub omega2: f64,
    /// σ²_A: the mean variance of the left side's score on one row, over trials.
    pub sa2: f64,
    /// K_A: how often the left side answers each row.
    pub ka: f64,
    /// σ²_B: the mean variance of the right side's score on one row, over trials.
    pub sb2: f64,
    /// K_B: how often the right side answers each row.
    pub kb: f64,
}

impl Spread {
    /// The variance of the difference of one row's mean scores: ω² + σ²_A/K_A + σ²_B/K_B.
    pub fn variance(&self) -> f64 {
        self.omega2 + self.sa2 / self.ka + self.sb2 / self.kb
    }
}

/// How many rows it takes to find a true difference `delta` with the probability `power`, in a two-sided test at `alpha`:
/// (z₁₋ₐₗₚₕₐ⸝₂ + z_power)² · variance / delta². Round it up. None where that is no number: a difference of 0 is never found.
///
/// The normal approximation, which is a row or two short for small numbers of rows.
pub fn pairs_needed(delta: f64, spread: &Spread, alpha: f64, power: f64) -> Option<f64> {
    let rows = reach(alpha, power)?.powi(2) * spread.variance() / (delta * delta);
    rows.is_finite().then_some(rows)
}

/// The least true difference that `n` rows find with the probability `power`, in a two-sided test at `alpha` (the minimum
/// detectable effect). None without rows.
pub fn detectable(n: u64, spread: &Spread, alpha: f64, power: f64) -> Option<f64> {
    detectable_difference(spread.variance().sqrt(), n, alpha, power)
}

/// The same from the standard deviation of the differences that were seen: (z₁₋ₐₗₚₕₐ⸝₂ + z_power) · sd/√n; with the usual
/// 0.05 and 0.8 that is 2.80 standard errors. "With 60 rows only differences above 4.5 points can be seen." None without rows,
/// and where nothing varied: a spread of 0 would promise to see everything.
pub fn detectable_difference(sd_of_differences: f64, n: u64, alpha: f64, power: f64) -> Option<f64> {
    let known = n > 0 && sd_of_differences > 0.0 && sd_of_differences.is_finite();
    Some(reach(alpha, power)? * sd_of_differences / (n as f64).sqrt()).filter(|_| known)
}

/// How many standard errors a true difference has to measure. None where the power is below what chance alone would give.
fn reach(alpha: f64, power: f64) -> Option<f64> {
    let reach = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power);
    (reach.is_finite() && reach > 0.0).then_some(reach)
}

#[cfg(test)]
mod tests {
    use super::super::reference::{cases, close, count, number};
    use super::*;

    #[test]
    fn the_rows_needed_agree_with_the_closed_form() {
        for case in cases("power") {
            let [delta, omega2, sa2, ka, sb2, kb, alpha, power] =
                ["delta", "omega2", "sA2", "KA", "sB2", "KB", "alpha", "power"].map(|key| number(&case, key));
            let spread = Spread { omega2, sa2, ka, sb2, kb };
            let needed = pairs_needed(delta, &spread, alpha, power).unwrap();
            close(needed, number(&case, "n"), 1e-10, &case);
            let found = detectable(needed.ceil() as u64, &spread, alpha, power).unwrap();
            assert!(found <= delta && found > 0.97 * delta, "{found}: {case}");
        }
    }

    #[test]
    fn the_detectable_difference_agrees_with_the_closed_form() {
        for case in cases("mde") {
            let sd = number(&case, "var_diff").sqrt();
            let ours = detectable_difference(sd, count(&case, "n"), number(&case, "alpha"), number(&case, "power"));
            close(ours.unwrap(), number(&case, "mde"), 1e-10, &case);
        }
    }

    #[test]
    fn nothing_promises_to_see_everything() {
        let still = Spread { omega2: 0.0, sa2: 0.0, ka: 1.0, sb2: 0.0, kb: 1.0 };
        assert_eq!(detectable(100, &still, 0.05, 0.8), None);
        assert_eq!(detectable_difference(0.1, 0, 0.05, 0.8), None);
        assert_eq!(detectable_difference(f64::NAN, 9, 0.05, 0.8), None);
        assert_eq!(pairs_needed(0.0, &Spread { omega2: 0.1, ..still }, 0.05, 0.8), None);
        assert_eq!(pairs_needed(0.1, &Spread { omega2: 0.1, ..still }, 0.05, 1.5), None);
    }
}
