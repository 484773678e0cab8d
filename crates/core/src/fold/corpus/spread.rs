//! How far the counts of one answer, or of one cluster of them, lie from those of another.

use std::borrow::Cow;

use crate::stats;

/// What is known of how counts spread.
pub(super) enum Spread<'a> {
    /// Over answers, or over rows where cases are repeated: how many there are, and the sums of the products of their counts.
    Rows(u64, Cow<'a, [u128]>),
    /// Over clusters: of each, how many answers it has, and the sums of their counts.
    Clusters(Vec<(u64, &'a [u64])>),
}

impl Spread<'_> {
    /// How many there are that are independent of one another.
    pub(super) fn units(&self) -> u64 {
        match self {
            Self::Rows(n, _) => *n,
            Self::Clusters(clusters) => clusters.len() as u64,
        }
    }

    /// Half the width of the interval of a metric that changes with the sums as the gradient says; 0 where nothing differs.
    pub(super) fn half(&self, sums: &[f64], gradient: &[f64], confidence: f64) -> f64 {
        match self {
            // The sums are n means, so that their variance is n times that of one answer's counts.
            Self::Rows(n, products) => {
                stats::z(confidence) * (*n as f64 * variance(sums, products, gradient, *n)).sqrt()
            }
            Self::Clusters(clusters) => half_over_clusters(clusters, sums, gradient, confidence),
        }
    }
}

/// From the influence of each cluster: the sum of gradient · (counts − mean counts) over its answers.
fn half_over_clusters(clusters: &[(u64, &[u64])], sums: &[f64], gradient: &[f64], confidence: f64) -> f64 {
    let n = clusters.iter().map(|(size, _)| size).sum::<u64>() as f64;
    let influence = |(size, counts): &(u64, &[u64])| {
        let parts = gradient.iter().zip(counts.iter().zip(sums));
        let of_cluster: f64 = parts.map(|(slope, (count, sum))| slope * (*count as f64 - *size as f64 * sum / n)).sum();
        (n * of_cluster, *size)
    };
    let mut influences: Vec<(f64, u64)> = clusters.iter().map(influence).collect();
    // In an order that does not depend on who answered first.
    influences.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mean = stats::clustered(influences, confidence);
    mean.map_or(0.0, |mean| (mean.estimate.high - mean.estimate.low) / 2.0)
}

/// The variance of gradient · counts of one answer, unbiased, from sums and products over n of them; 0 for a single one,
/// which does not say how others differ.
fn variance(sums: &[f64], products: &[u128], gradient: &[f64], n: u64) -> f64 {
    if n < 2 {
        return 0.0;
    }
    let n = n as f64;
    let mut sum = 0.0;
    let mut cell = products.iter();
    for i in 0..sums.len() {
        for (j, product) in (i..sums.len()).zip(&mut cell) {
            let covariance = *product as f64 / n - (sums[i] / n) * (sums[j] / n);
            let times = if i == j { 1.0 } else { 2.0 };
            sum += times * gradient[i] * gradient[j] * covariance;
        }
    }
    (sum * n / (n - 1.0)).max(0.0)
}
