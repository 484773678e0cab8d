//! Kappa of ratings that hang together.

use super::{Estimate, Kappa, ROUNDING, Shares, Weights};
use crate::stats::clustered;

/// The ratings of one cluster: category of the first rater, of the second, and how often.
type Ratings = Vec<(usize, usize, u64)>;

/// [Cohen's kappa](super::cohen_kappa) where ratings of one cluster may be alike. `clusters` are those of the `table`, each
/// with its ratings; together they are the table.
///
/// Kappa is linearised, so that each rating has an influence whose mean is 0 and whose variance gives the standard error of
/// Fleiss, Cohen and Everitt; the standard error of the mean influence over clusters takes its place, with Student's t of
/// C − 1 degrees of freedom. Where no cluster differs from the others, Wilson's interval for the agreement of as many ratings
/// as there are clusters is put on kappa's scale. None with fewer than two clusters that have ratings, and where
/// [`cohen_kappa`](super::cohen_kappa) is none.
pub fn cohen_kappa_clustered(
    table: &[Vec<u64>],
    weights: Weights,
    clusters: &[Ratings],
    confidence: f64,
) -> Option<Kappa> {
    let shares = Shares::of(table, weights)?;
    let value = shares.kappa()?;
    let (moves, centre, left) = (shares.moves(value), shares.centre(value), 1.0 - shares.expected);
    let influence = |(i, j, times): &(usize, usize, u64)| *times as f64 * (moves(*i, *j) - centre) / left;
    let of_cluster = |ratings: &Ratings| {
        let sum: f64 = ratings.iter().map(influence).sum();
        // What rounding leaves of influences that cancel would pass for certainty.
        let sum = if sum.abs() <= ROUNDING { 0.0 } else { sum };
        (sum, ratings.iter().map(|(.., times)| times).sum())
    };
    let sizes: Vec<(f64, u64)> = clusters.iter().map(of_cluster).filter(|(_, size)| *size > 0).collect();
    if sizes.len() < 2 {
        return None;
    }
    let units = sizes.len() as u64;
    Some(match clustered(sizes, confidence) {
        Some(mean) => {
            let half = (mean.estimate.high - mean.estimate.low) / 2.0;
            Kappa { estimate: Estimate::around(value, half).within(-1.0, 1.0), se: mean.se }
        }
        None => {
            let estimate = shares.as_agreement(value, units, confidence)?;
            Kappa { estimate: estimate.within(-1.0, 1.0), se: 0.0 }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::cohen_kappa;
    use super::*;

    const TABLE: [[u64; 2]; 2] = [[40, 9], [6, 25]];

    fn table() -> Vec<Vec<u64>> {
        TABLE.map(|row| row.to_vec()).to_vec()
    }

    /// Clusters of so many equal ratings.
    fn clusters_of(size: u64) -> Vec<Ratings> {
        let cells = (0..2).flat_map(|i| (0..2).map(move |j| (i, j)));
        cells.flat_map(|(i, j)| (0..TABLE[i][j]).map(move |_| vec![(i, j, size)])).collect()
    }

    #[test]
    fn clusters_of_one_rating_give_the_usual_standard_error() {
        let (plain, ours) = (
            cohen_kappa(&table(), Weights::Linear, 0.95).unwrap(),
            cohen_kappa_clustered(&table(), Weights::Linear, &clusters_of(1), 0.95).unwrap(),
        );
        assert_eq!(ours.estimate.value, plain.estimate.value);
        // Unbiased, where the large-sample formula divides by n.
        assert!((ours.se / plain.se - (80.0_f64 / 79.0).sqrt()).abs() < 1e-9, "{ours:?} {plain:?}");
    }

    #[test]
    fn ratings_that_are_there_five_times_are_no_more_evidence() {
        let fivefold: Vec<Vec<u64>> = table().iter().map(|row| row.iter().map(|n| 5 * n).collect()).collect();
        let once = cohen_kappa_clustered(&table(), Weights::None, &clusters_of(1), 0.95).unwrap();
        let five = cohen_kappa_clustered(&fivefold, Weights::None, &clusters_of(5), 0.95).unwrap();
        assert!((once.se - five.se).abs() < 1e-12, "{once:?} {five:?}");
        let taken_for_more = cohen_kappa(&fivefold, Weights::None, 0.95).unwrap();
        assert!(taken_for_more.se < five.se / 2.0);
    }

    #[test]
    fn clusters_that_all_agree_are_not_taken_for_certainty() {
        let table = vec![vec![20, 0], vec![0, 10]];
        let clusters: Vec<Ratings> = (0..10).map(|_| vec![(0, 0, 2), (1, 1, 1)]).collect();
        let ours = cohen_kappa_clustered(&table, Weights::None, &clusters, 0.95).unwrap();
        let plain = cohen_kappa(&table, Weights::None, 0.95).unwrap();
        assert!(ours.estimate.high == 1.0 && ours.estimate.low < plain.estimate.low, "{ours:?} {plain:?}");
        assert_eq!(cohen_kappa_clustered(&table, Weights::None, &[vec![(0, 0, 20), (1, 1, 10)]], 0.95), None);
    }
}
