//! The assignment problem over whole numbers, which have no rounding on the way.

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

/// How finely a score is told from another: the sum of 500 is far from the end of an `i64`.
const STEPS: f64 = (1_u64 << 44) as f64;

/// A score from 0 to 1 as a weight.
pub(super) fn weight(score: f64) -> i64 {
    (score * STEPS).round() as i64
}

/// For each row a column of its own, or for each column a row where there are fewer of those, so that the weights add up to
/// the most: by row. Weights may not come near the ends of an `i64`.
pub(in crate::measures) fn best(
    rows: usize,
    columns: usize,
    weight: impl Fn(usize, usize) -> i64,
) -> Vec<(usize, usize)> {
    if rows == 0 || columns == 0 {
        return Vec::new();
    }
    if rows <= columns {
        let (_, partners) = kuhn_munkres(&Matrix::from_fn(rows, columns, |(row, column)| weight(row, column)));
        return partners.into_iter().enumerate().collect();
    }
    let (_, partners) = kuhn_munkres(&Matrix::from_fn(columns, rows, |(column, row)| weight(row, column)));
    let mut pairs: Vec<(usize, usize)> = partners.into_iter().zip(0..).collect();
    pairs.sort_unstable();
    pairs
}
