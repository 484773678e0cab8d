//! Intervals from resampling the rows that were seen.

use super::Estimate;
use super::distributions::{normal_below, normal_quantile, z};
use super::order::interpolated;
use super::random::draws;
use super::urn::Urn;

/// A value with what resampling says of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bootstrap {
    /// The value with its percentile interval: what the middle share of the resamples gave. It lies within what was seen, is
    /// the same on any scale, and depends on nothing that would have to be estimated from the tails, which is why it is the
    /// one to show; for few rows it is a little short (Hesterberg 2015, "What Teachers Should Know About the Bootstrap").
    pub estimate: Estimate,
    /// The value with its bias-corrected and accelerated interval (Efron 1987), which follows skew; better from about fifty
    /// rows on. The percentile interval again where the correction is not defined.
    pub bca: Estimate,
    /// The standard deviation of the resamples.
    pub se: f64,
}

/// The mean of differences, right minus left, with intervals from resampling pairs. The same seed gives the same digits,
/// whatever the number of threads and the order of the rows but for the last digits of sums.
///
/// None with fewer than two pairs or resamples, and none where all differences are the same: resamples of them know of no
/// others. For ten thousand resamples of a hundred thousand pairs see `benches/statistics.rs`.
pub fn paired_bootstrap(differences: &[f64], resamples: u32, confidence: f64, seed: u64) -> Option<Bootstrap> {
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let urn = Urn::new(differences.iter().map(|difference| [*difference]).collect());
    let replicates = draws(resamples, seed, |generator| urn.draw(generator)[0] / n);
    // Without one of them the mean moves against it, in proportion.
    let without = differences.iter().map(|difference| -difference);
    summary(mean, replicates, acceleration(without)?, confidence)
}

/// The mean over rows that hang together, with intervals from resampling clusters, each given by the sum of its scores or
/// differences and by the number of its rows. Clusters without rows do not count.
///
/// None with fewer than two clusters or resamples, where clusters all have the same mean, and where there are not as many
/// sums as sizes.
pub fn clustered_bootstrap(
    cluster_sums: &[f64],
    cluster_sizes: &[u64],
    resamples: u32,
    confidence: f64,
    seed: u64,
) -> Option<Bootstrap> {
    if cluster_sums.len() != cluster_sizes.len() {
        return None;
    }
    let clusters = cluster_sums.iter().zip(cluster_sizes).filter(|(_, size)| **size > 0);
    let clusters: Vec<[f64; 2]> = clusters.map(|(sum, size)| [*sum, *size as f64]).collect();
    let (sum, size) = clusters.iter().fold((0.0, 0.0), |(sum, size), cluster| (sum + cluster[0], size + cluster[1]));
    let without = clusters.iter().map(|cluster| (sum - cluster[0]) / (size - cluster[1]));
    let acceleration = acceleration(without)?;
    let urn = Urn::new(clusters.clone());
    let replicates = draws(resamples, seed, |generator| {
        let [sum, size] = urn.draw(generator);
        sum / size
    });
    summary(sum / size, replicates, acceleration, confidence)
}

/// How the standard error changes with the value, from the values without each of the units. None with fewer than two.
fn acceleration(without: impl ExactSizeIterator<Item = f64> + Clone) -> Option<f64> {
    let n = without.len();
    let mean = without.clone().sum::<f64>() / n as f64;
    let power = |exponent: i32| without.clone().map(|value| (mean - value).powi(exponent)).sum::<f64>();
    (n >= 2).then(|| power(3) / (6.0 * power(2).powf(1.5)))
}

fn summary(value: f64, mut replicates: Vec<f64>, acceleration: f64, confidence: f64) -> Option<Bootstrap> {
    let n = replicates.len() as f64;
    let mean = replicates.iter().sum::<f64>() / n;
    let se = (replicates.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    // Sums of the same numbers differ in the last digits.
    let noise = 1e-12 * replicates.iter().fold(value.abs(), |most, r| most.max(r.abs()));
    if replicates.len() < 2 || !se.is_finite() || se <= noise {
        return None;
    }
    replicates.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    let estimate = between(value, &replicates, tail, 1.0 - tail)?;
    let below = replicates.partition_point(|r| *r < value - noise) as f64;
    let up_to = replicates.partition_point(|r| *r <= value + noise) as f64;
    let bias = normal_quantile((below + up_to) / (2.0 * n));
    let corrected = |z: f64| normal_below(bias + (bias + z) / (1.0 - acceleration * (bias + z)));
    let (low, high) = (corrected(-z(confidence)), corrected(z(confidence)));
    let defined = bias.is_finite() && low < high;
    let bca = if defined { between(value, &replicates, low, high)? } else { estimate };
    Some(Bootstrap { estimate, bca, se })
}

/// The interval between two quantiles of the resamples; it reaches to the value where they do not hold it.
fn between(value: f64, sorted: &[f64], low: f64, high: f64) -> Option<Estimate> {
    let (low, high) = (interpolated(sorted, low)?, interpolated(sorted, high)?);
    Some(Estimate { value, low: low.min(value), high: high.max(value) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Skewed, as the differences of most evals are.
    const SKEWED: [f64; 20] = [
        0.02, 0.05, 0.0, 0.9, 0.1, 0.03, 0.3, 0.01, 0.0, 0.07, 0.15, 0.6, 0.04, 0.02, 0.08, 0.0, 0.2, 0.11, 0.05, 0.45,
    ];

    fn assert_near(ours: Estimate, value: f64, low: f64, high: f64) {
        assert!((ours.value - value).abs() < 1e-12, "{ours:?}");
        // A hundredth of the width: what chance leaves of 100,000 resamples.
        let near = 0.01 * (high - low);
        assert!((ours.low - low).abs() < near && (ours.high - high).abs() < near, "{ours:?} is not {low} to {high}");
    }

    #[test]
    fn the_paired_bootstrap_agrees_with_scipy() {
        // scipy 1.17: bootstrap((x,), np.mean, n_resamples=400_000, method="percentile" and "BCa").
        let ours = paired_bootstrap(&SKEWED, 100_000, 0.95, 1).unwrap();
        assert_near(ours.estimate, 0.159, 0.0705, 0.2705);
        assert_near(ours.bca, 0.159, 0.0845, 0.3055);
        assert!((ours.se / 0.051_516 - 1.0).abs() < 0.01, "{ours:?}");
    }

    #[test]
    fn the_clustered_bootstrap_agrees_with_scipy() {
        // The same of sums over sizes: bootstrap((sums, sizes), ratio, paired=True).
        let (sums, sizes) = ([3.0, 0.0, 1.0, 5.0, 2.0, 0.0, 4.0, 1.0, 0.0, 6.0], [4, 2, 1, 9, 3, 5, 4, 6, 2, 7]);
        let ours = clustered_bootstrap(&sums, &sizes, 100_000, 0.95, 1).unwrap();
        assert_near(ours.estimate, 22.0 / 43.0, 0.270_270_27, 0.729_166_67);
        assert_near(ours.bca, 22.0 / 43.0, 0.264_705_88, 0.725);
        assert!((ours.se / 0.117_007 - 1.0).abs() < 0.01, "{ours:?}");
    }

    #[test]
    fn clusters_of_one_row_are_rows() {
        let plain = paired_bootstrap(&SKEWED, 50_000, 0.95, 3).unwrap();
        let clustered = clustered_bootstrap(&SKEWED, &[1; 20], 50_000, 0.95, 3).unwrap();
        assert_near(clustered.estimate, plain.estimate.value, plain.estimate.low, plain.estimate.high);
        assert_near(clustered.bca, plain.bca.value, plain.bca.low, plain.bca.high);
    }

    #[test]
    fn few_values_and_many_are_resampled_alike() {
        // Differences of passes, and the same told apart by their last digits, so that each has to be looked up.
        let few: Vec<f64> = (0..1500).map(|i| [0.0, 1.0, 0.0, -1.0, 1.0][i % 5]).collect();
        let many: Vec<f64> = few.iter().enumerate().map(|(i, difference)| difference + i as f64 * 1e-12).collect();
        let [few, many] = [few, many].map(|values| paired_bootstrap(&values, 5000, 0.95, 4).unwrap());
        // Variance 0.56 of 0.2 on average.
        for ours in [few, many] {
            assert!((ours.se / (0.56_f64 / 1500.0).sqrt() - 1.0).abs() < 0.04, "{ours:?}");
        }
        let near = 0.04 * (few.estimate.high - few.estimate.low);
        assert!((few.estimate.low - many.estimate.low).abs() < near, "{few:?} {many:?}");
        assert!((few.estimate.high - many.estimate.high).abs() < near, "{few:?} {many:?}");
    }

    #[test]
    fn what_does_not_vary_cannot_be_resampled() {
        for differences in [vec![], vec![0.5], vec![0.0; 40], vec![0.1; 1000], vec![0.1, f64::NAN, 0.2]] {
            assert_eq!(paired_bootstrap(&differences, 200, 0.95, 1), None, "{differences:?}");
        }
        assert_eq!(paired_bootstrap(&SKEWED, 1, 0.95, 1), None);
        assert_eq!(clustered_bootstrap(&[1.0, 2.0], &[2, 4], 200, 0.95, 1), None);
        assert_eq!(clustered_bootstrap(&[1.0, 0.0], &[2, 0], 200, 0.95, 1), None);
        assert_eq!(clustered_bootstrap(&[1.0], &[2, 1], 200, 0.95, 1), None);
    }
}
