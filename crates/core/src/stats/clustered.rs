//! Rows that hang together: they share a document, a template, a customer.

use super::Estimate;
use super::distributions::{t, t_two_sided};
use super::proportion::{score_interval, wilson_of_mean};

/// A mean over rows of which those of one cluster may be alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clustered {
    /// The mean over all rows (a large cluster counts more), with Student's t interval of C − 1 degrees of freedom. Its ends
    /// are not cut off; see [`Estimate::within`].
    pub estimate: Estimate,
    /// The standard error.
    pub se: f64,
    /// The number of clusters, C.
    pub clusters: u64,
    /// The number of rows.
    pub n: u64,
}

impl Clustered {
    /// The two-sided p-value of the mean against 0: Student's t with C − 1 degrees of freedom.
    pub fn p(&self) -> f64 {
        t_two_sided(self.estimate.value / self.se, self.clusters as f64 - 1.0)
    }
}

/// The mean over clusters, each given as the sum of its scores (or differences) and the number of its rows. They are read
/// once and not kept.
///
/// The standard error is that of Miller 2024, "Adding Error Bars to Evals", times √(C/(C−1)), which is cluster-robust CR1 for
/// a mean. None with fewer than two clusters that have rows, and none where no cluster differs from the mean: clusters that
/// agree do not say how far others would lie apart. [`wilson_clustered`] and [`wilson_of_clusters`] have an answer for those.
///
/// C − 1 degrees of freedom are the usual choice, and still a little too many for few clusters, the more so the more their
/// sizes differ; "few" is from fewer than 20 to fewer than 50 (Cameron and Miller 2015, "A Practitioner's Guide to
/// Cluster-Robust Inference", section VI).
pub fn clustered(clusters: impl IntoIterator<Item = (f64, u64)>, confidence: f64) -> Option<Clustered> {
    let sums = Sums::of(clusters);
    let (mean, variance) = (sums.mean(), sums.variance()?);
    let se = variance.sqrt();
    // Two parts in a billion of the mean are what rounding leaves of nothing.
    if !mean.is_finite() || se <= 2e-9 * mean.abs() {
        return None;
    }
    let estimate = Estimate::around(mean, t(confidence, sums.clusters as f64 - 1.0) * se);
    Some(Clustered { estimate, se, clusters: sums.clusters, n: sums.n })
}

/// The mean of scores from 0 to 1 over clusters with Wilson's interval on as many independent rows as tell the same (Korn and
/// Graubard 1998, p(1−p)/SE², at most n), and t's quantile with C − 1 degrees of freedom for the normal one. None with fewer
/// than two clusters that have rows.
///
/// Where no cluster differs from the mean the rows are taken as independent, because nothing says how alike they are; only
/// the quantile still knows of clusters then.
pub fn wilson_clustered(clusters: impl IntoIterator<Item = (f64, u64)>, confidence: f64) -> Option<Estimate> {
    let sums = Sums::of(clusters);
    let (mean, variance, n) = (sums.mean(), sums.variance()?, sums.n as f64);
    let effective = mean * (1.0 - mean) / variance;
    let effective = if effective > 0.0 { effective.min(n) } else { n };
    Some(score_interval(mean, effective, t(confidence, sums.clusters as f64 - 1.0)))
}

/// The mean of scores from 0 to 1, where no cluster differs from it: Wilson's interval on as many rows as there are clusters.
/// Nothing says how alike the rows of a cluster are, and at worst each cluster is no more than one row. None without
/// clusters.
pub fn wilson_of_clusters(mean: f64, clusters: u64, confidence: f64) -> Option<Estimate> {
    let interval = wilson_of_mean(mean * clusters as f64, clusters, confidence)?;
    Some(Estimate { value: mean, ..interval })
}

/// What has to be known of clusters, gathered in one pass. Sums are kept as what they differ by from the first cluster's
/// mean, so that the variance is no small difference of large numbers.
#[derive(Default)]
struct Sums {
    clusters: u64,
    n: u64,
    origin: f64,
    sum: f64,
    squares: f64,
    sum_by_size: f64,
    sizes: f64,
}

impl Sums {
    fn of(clusters: impl IntoIterator<Item = (f64, u64)>) -> Self {
        let mut sums = Self::default();
        clusters.into_iter().filter(|(_, size)| *size > 0).for_each(|(sum, size)| sums.add(sum, size));
        sums
    }

    fn add(&mut self, sum: f64, n: u64) {
        let size = n as f64;
        if self.clusters == 0 {
            self.origin = sum / size;
        }
        let sum = sum - size * self.origin;
        self.clusters += 1;
        self.n = self.n.saturating_add(n);
        self.sum += sum;
        self.squares += sum * sum;
        self.sum_by_size += sum * size;
        self.sizes += size * size;
    }

    fn mean(&self) -> f64 {
        self.origin + self.sum / self.n as f64
    }

    /// The square of the standard error: C/(C−1) Σ (sum − size · mean)² / n².
    fn variance(&self) -> Option<f64> {
        let (clusters, n) = (self.clusters as f64, self.n as f64);
        let shift = self.sum / n;
        let residuals = self.squares - 2.0 * shift * self.sum_by_size + shift * shift * self.sizes;
        (self.clusters >= 2).then(|| clusters / (clusters - 1.0) * residuals.max(0.0) / (n * n))
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference::{cases, close, count, pair};
    use super::*;

    #[test]
    fn a_clustered_mean_agrees_with_least_squares_on_a_constant() {
        // statsmodels 0.15: OLS(y, ones).fit(cov_type="cluster", use_t=True), six clusters of 3, 2, 4, 1, 2 and 2 rows.
        let clusters = [(2.0, 3), (1.0, 2), (2.5, 4), (1.0, 1), (0.25, 2), (1.0, 2)];
        let ours = clustered(clusters, 0.95).unwrap();
        assert_eq!((ours.clusters, ours.n), (6, 14));
        assert!((ours.estimate.value - 0.553_571_428_571_428_6).abs() < 1e-12, "{ours:?}");
        assert!((ours.se - 0.084_044_411_714_034_78).abs() < 1e-12, "{ours:?}");
        assert!((ours.estimate.low - 0.337_528_39).abs() < 1e-8, "{ours:?}");
        assert!((ours.estimate.high - 0.769_614_47).abs() < 1e-8, "{ours:?}");
        // Beyond 6.586_654 standard errors, by numerical integration of t's density with five degrees of freedom.
        assert!((ours.p() - 0.001_211_409_5).abs() < 1e-8, "{}", ours.p());
    }

    #[test]
    fn clusters_of_one_row_give_the_usual_standard_error() {
        let values = [0.1, 0.4, 0.5, 0.9, 0.6];
        let ours = clustered(values.map(|value| (value, 1)), 0.95).unwrap();
        let (plain, _) = super::super::mean(5, 2.5, values.iter().map(|v| v * v).sum(), 0.95).unwrap();
        assert!((ours.estimate.low - plain.low).abs() < 1e-12 && (ours.estimate.high - plain.high).abs() < 1e-12);
    }

    #[test]
    fn wilson_with_korn_and_graubards_n_agrees_with_inspect() {
        for case in cases("korn_graubard") {
            // The first k of n rows pass, and row i belongs to cluster i modulo 5.
            let (k, n) = (count(&case, "k"), count(&case, "n"));
            let cluster =
                |c: u64| ((0..k).filter(|i| i % 5 == c).count() as f64, (0..n).filter(|i| i % 5 == c).count() as u64);
            let ours = wilson_clustered((0..5).map(cluster), 0.95).unwrap();
            let (low, high) = pair(&case, "wilson_korn_graubard");
            assert!((ours.low - low).abs() < 1e-9, "{ours:?}: {case}");
            close(ours.high, high, 1e-9, &case);
        }
    }

    #[test]
    fn clusters_that_agree_are_not_taken_for_certainty() {
        let same = vec![(0.3 * 7.0, 7_u64); 9];
        assert_eq!(clustered(same.clone(), 0.95), None);
        let wilson = wilson_clustered(same, 0.95).unwrap();
        assert!(wilson.high - wilson.low > 0.2, "{wilson:?}");
        // At worst the nine clusters are nine rows.
        let worst = wilson_of_clusters(1.0, 9, 0.95).unwrap();
        assert_eq!(worst, super::super::wilson(9, 9, 0.95).unwrap());
    }

    #[test]
    fn one_cluster_says_nothing_and_empty_ones_do_not_count() {
        assert_eq!(clustered([(1.0, 2), (0.0, 0)], 0.95), None);
        assert_eq!(wilson_clustered([(1.0, 2), (0.0, 0)], 0.95), None);
        assert_eq!(clustered([(1.0, 2), (0.0, 0), (0.0, 1)], 0.95), clustered([(1.0, 2), (0.0, 1)], 0.95));
        assert_eq!(clustered([(f64::NAN, 2), (1.0, 2)], 0.95), None);
    }
}
