//! Do two raters agree more than by chance?

mod clustered;

use super::Estimate;
use super::distributions::z;
use super::proportion::wilson_of_mean;

pub use clustered::cohen_kappa_clustered;

/// How much of an agreement a near miss is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// None: categories have no order.
    None,
    /// 1 − |i − j|/(k − 1).
    Linear,
    /// 1 − (i − j)²/(k − 1)².
    Quadratic,
}

impl Weights {
    fn of(self, i: usize, j: usize, categories: usize) -> f64 {
        let apart = i.abs_diff(j) as f64 / (categories as f64 - 1.0);
        match self {
            Self::None => f64::from(u8::from(i == j)),
            Self::Linear => 1.0 - apart,
            Self::Quadratic => 1.0 - apart * apart,
        }
    }
}

/// Cohen's kappa.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kappa {
    /// Kappa with its interval, within −1 to 1.
    pub estimate: Estimate,
    /// The asymptotic standard error.
    pub se: f64,
}

/// Differences of shares up to this are rounding.
const ROUNDING: f64 = 1e-12;

/// Cohen's kappa of two raters (1960; weighted 1968), with the large-sample standard error of Fleiss, Cohen and Everitt 1969
/// and its normal interval. `table[i][j]` is how often the first said category i and the second j.
///
/// None for a table that is not square, has no ratings, or leaves no room for disagreement by chance (both always say the
/// same one category). Where the standard error is 0, as it is when the raters always agree, or when one of them always says
/// the same (kappa is 0 then whatever the other says), the interval is Wilson's for their agreement, put on kappa's scale.
pub fn cohen_kappa(table: &[Vec<u64>], weights: Weights, confidence: f64) -> Option<Kappa> {
    let shares = Shares::of(table, weights)?;
    let value = shares.kappa()?;
    let se = shares.standard_error(value);
    let estimate = if se > 0.0 {
        Estimate::around(value, z(confidence) * se)
    } else {
        shares.as_agreement(value, shares.n, confidence)?
    };
    Some(Kappa { estimate: estimate.within(-1.0, 1.0), se })
}

/// A table as shares of all its ratings, with their margins.
struct Shares<'a> {
    table: &'a [Vec<u64>],
    weights: Weights,
    n: u64,
    rows: Vec<f64>,
    columns: Vec<f64>,
    /// The weighted agreement.
    observed: f64,
    /// The weighted agreement that the margins alone would give.
    expected: f64,
}

impl<'a> Shares<'a> {
    fn of(table: &'a [Vec<u64>], weights: Weights) -> Option<Self> {
        let k = table.len();
        let n: u64 = table.iter().flatten().sum();
        if n == 0 || k < 2 || table.iter().any(|row| row.len() != k) {
            return None;
        }
        let share = |count: u64| count as f64 / n as f64;
        let rows = table.iter().map(|row| share(row.iter().sum())).collect();
        let columns = (0..k).map(|j| share(table.iter().map(|row| row[j]).sum())).collect();
        let mut shares = Self { table, weights, n, rows, columns, observed: 0.0, expected: 0.0 };
        shares.observed = shares.cells().map(|(i, j, share)| share * shares.weight(i, j)).sum();
        shares.expected =
            shares.cells().map(|(i, j, _)| shares.rows[i] * shares.columns[j] * shares.weight(i, j)).sum();
        Some(shares)
    }

    fn cells(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let n = self.n as f64;
        let row =
            move |(i, row): (usize, &'a Vec<u64>)| row.iter().enumerate().map(move |(j, c)| (i, j, *c as f64 / n));
        self.table.iter().enumerate().flat_map(row)
    }

    fn weight(&self, i: usize, j: usize) -> f64 {
        self.weights.of(i, j, self.table.len())
    }

    /// None where chance leaves no room for disagreement.
    fn kappa(&self) -> Option<f64> {
        // What rounding leaves of no difference is none, and has no sign.
        let beyond = self.observed - self.expected;
        let value = if beyond.abs() <= ROUNDING { 0.0 } else { beyond / (1.0 - self.expected) };
        (1.0 - self.expected > ROUNDING).then_some(value)
    }

    /// Wilson's interval for an agreement that was seen in so many ratings, put on kappa's scale.
    fn as_agreement(&self, value: f64, n: u64, confidence: f64) -> Option<Estimate> {
        let agreed = wilson_of_mean(self.observed * n as f64, n, confidence)?;
        let on_scale = |agreed: f64| (agreed - self.expected) / (1.0 - self.expected);
        Some(Estimate { value, low: on_scale(agreed.low), high: on_scale(agreed.high) })
    }

    /// By how much a rating of each category by the first and the second moves kappa, times what chance leaves: the terms of
    /// Fleiss, Cohen, Everitt 1969, formula 13. Their mean over all ratings is [the centre](Self::centre).
    fn moves(&self, kappa: f64) -> impl Fn(usize, usize) -> f64 {
        let k = self.table.len();
        let mean =
            |margin: &[f64], of: &dyn Fn(usize) -> f64| margin.iter().enumerate().map(|(m, share)| share * of(m)).sum();
        let of_row: Vec<f64> = (0..k).map(|i| mean(&self.columns, &|j| self.weight(i, j))).collect();
        let of_column: Vec<f64> = (0..k).map(|j| mean(&self.rows, &|i| self.weight(i, j))).collect();
        move |i, j| self.weight(i, j) - (of_row[i] + of_column[j]) * (1.0 - kappa)
    }

    fn centre(&self, kappa: f64) -> f64 {
        kappa - self.expected * (1.0 - kappa)
    }

    /// Exactly 0 where the formula gives no more than rounding, of which the root would pass for an error.
    fn standard_error(&self, kappa: f64) -> f64 {
        let (moves, centre) = (self.moves(kappa), self.centre(kappa));
        let squares: f64 = self.cells().map(|(i, j, share)| share * moves(i, j).powi(2)).sum();
        let spread = squares - centre * centre;
        if spread <= ROUNDING {
            return 0.0;
        }
        let variance = spread / (self.n as f64 * (1.0 - self.expected).powi(2));
        variance.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference::{cases, close, counts, number};
    use super::*;

    #[test]
    fn kappa_and_its_standard_error_agree_with_statsmodels() {
        for case in cases("cohen") {
            let table = counts(&case, "table");
            for (weights, value, se) in [
                (Weights::None, "cohen_kappa", "se"),
                (Weights::Linear, "linear", "linear_se"),
                (Weights::Quadratic, "quadratic", "quadratic_se"),
            ] {
                let ours = cohen_kappa(&table, weights, 0.95).unwrap();
                close(ours.estimate.value, number(&case, value), 1e-9, &case);
                close(ours.se, number(&case, se), 1e-9, &case);
            }
        }
    }

    #[test]
    fn kappas_interval_agrees_with_stata() {
        // kapci on 1,932 users of two health services: 0.3412 (0.2897 to 0.3927).
        let ours = cohen_kappa(&[vec![1395, 118], vec![261, 158]], Weights::None, 0.95).unwrap();
        assert!((ours.se - 0.026_291_371_966).abs() < 1e-9, "{ours:?}");
        assert!((ours.estimate.low - 0.289_666_778_627).abs() < 1e-8, "{ours:?}");
        assert!((ours.estimate.high - 0.392_727_062_942).abs() < 1e-8, "{ours:?}");
    }

    #[test]
    fn perfect_agreement_is_not_taken_for_certainty() {
        let ours = cohen_kappa(&[vec![4, 0], vec![0, 3]], Weights::None, 0.95).unwrap();
        assert_eq!((ours.estimate.value, ours.estimate.high), (1.0, 1.0));
        assert!(ours.estimate.low < 0.4, "{ours:?}");
        // One rater says the same of everything.
        let blind = cohen_kappa(&[vec![0, 3], vec![0, 3]], Weights::None, 0.95).unwrap();
        assert_eq!(blind.estimate.value, 0.0);
        assert!(blind.estimate.high > 0.5 && blind.estimate.low < -0.5, "{blind:?}");
    }

    #[test]
    fn one_rater_who_always_says_the_same_is_not_taken_for_certainty() {
        for (a, b) in (1..40).flat_map(|a| (1..40).map(move |b| (a, b))) {
            let tables = [
                vec![vec![0, a], vec![0, b]],
                vec![vec![a, 0], vec![b, 0]],
                vec![vec![a, b], vec![0, 0]],
                vec![vec![0, 0, 0], vec![a, 7, b], vec![0, 0, 0]],
            ];
            for (table, weights) in
                tables.iter().flat_map(|table| [Weights::None, Weights::Linear, Weights::Quadratic].map(|w| (table, w)))
            {
                let Kappa { estimate, se } = cohen_kappa(table, weights, 0.95).unwrap();
                let is_nothing = |number: f64| number.to_bits() == 0;
                assert!(is_nothing(estimate.value) && is_nothing(se), "{table:?} {weights:?}: {estimate:?} {se}");
                let wide = estimate.low < 0.0 && estimate.high > 0.0 && estimate.high - estimate.low > 0.1;
                assert!(wide, "{table:?} {weights:?}: {estimate:?}");
            }
        }
    }

    #[test]
    fn a_table_that_says_nothing_has_no_kappa() {
        for table in
            [vec![], vec![vec![9]], vec![vec![0, 0], vec![0, 0]], vec![vec![7, 0], vec![0, 0]], vec![vec![1], vec![2]]]
        {
            assert_eq!(cohen_kappa(&table, Weights::Linear, 0.95), None, "{table:?}");
        }
    }
}
