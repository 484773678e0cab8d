//! The normal distribution and Student's t.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// From so many degrees of freedom on, the series in their inverse is closer to t's quantile than the search is.
const SERIES_FROM: f64 = 1000.0;

/// The quantile of the standard normal distribution: infinite at 0 and 1, NaN beyond them.
pub(super) fn normal_quantile(p: f64) -> f64 {
    if (0.0..=1.0).contains(&p) { Normal::standard().inverse_cdf(p) } else { f64::NAN }
}

/// The share of the standard normal distribution at or below `z`.
pub(super) fn normal_below(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// The share of the standard normal distribution at or above `z`, exact far out in the tail too.
pub(super) fn normal_above(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// The quantile of the standard normal distribution for a two-sided confidence: 1.96 for 0.95. NaN for what is no confidence.
pub fn z(confidence: f64) -> f64 {
    normal_quantile(0.5 + confidence / 2.0)
}

/// The quantile of Student's t for a two-sided confidence. NaN without degrees of freedom.
pub(super) fn t(confidence: f64, df: f64) -> f64 {
    t_quantile(0.5 + confidence / 2.0, df)
}

fn t_quantile(p: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if df >= SERIES_FROM {
        return t_quantile_series(normal_quantile(p), df);
    }
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |t| t.inverse_cdf(p))
}

/// Abramowitz and Stegun 26.7.5: t's quantile from the normal one, to the fourth power of 1/df.
fn t_quantile_series(z: f64, df: f64) -> f64 {
    let z2 = z * z;
    let terms = [
        (z2 + 1.0) / 4.0,
        ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
        (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
        ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0,
    ];
    z + z * terms.iter().rev().fold(0.0, |sum, term| (sum + term) / df)
}

/// The two-sided p-value of a t statistic. 1 where it or the degrees of freedom are none.
pub(super) fn t_two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() {
        return 1.0;
    }
    StudentsT::new(0.0, 1.0, df).map_or(1.0, |distribution| (2.0 * distribution.sf(t.abs())).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::super::reference::{cases, close, number};
    use super::*;

    #[test]
    fn quantiles_of_t_and_of_the_normal_agree_with_scipy() {
        for case in cases("t_quantile") {
            close(t_quantile(number(&case, "p"), number(&case, "df")), number(&case, "t"), 1e-10, &case);
        }
        for case in cases("normal_quantile") {
            close(normal_quantile(number(&case, "p")), number(&case, "z"), 1e-10, &case);
        }
    }

    #[test]
    fn two_sided_p_values_of_t_agree_with_scipy() {
        for case in cases("t_two_sided") {
            close(t_two_sided(number(&case, "t"), number(&case, "df")), number(&case, "p"), 1e-10, &case);
        }
    }

    #[test]
    fn the_series_takes_over_without_a_step() {
        for confidence in [0.5, 0.9, 0.95, 0.999] {
            let search = t(confidence, SERIES_FROM - 1e-6);
            assert!((t(confidence, SERIES_FROM) / search - 1.0).abs() < 1e-9, "at {confidence}");
        }
    }

    #[test]
    fn what_is_no_probability_has_no_quantile_and_breaks_nothing() {
        assert!(z(f64::NAN).is_nan() && z(1.5).is_nan() && t(1.5, 3.0).is_nan() && t(0.95, 0.0).is_nan());
        assert_eq!((t_two_sided(f64::NAN, 3.0), t_two_sided(1.0, 0.0)), (1.0, 1.0));
    }
}
