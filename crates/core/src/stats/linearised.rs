//! Metrics that are no mean, as means (the delta method).

/// A smooth function of means, replaced by the plane that touches it there.
///
/// F1, kappa, precision at a recall: none is a mean of scores, but each is a function of means of what one answer adds (hits,
/// expected, answered …). To first order it is then itself the mean of an [influence](Self::influence) of each answer, and all
/// that is known of means holds: the standard error, clusters, pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Linearised {
    /// What the function gives at the means.
    pub value: f64,
    mean: Vec<f64>,
    gradient: Vec<f64>,
}

/// The cube root of the machine's precision: a central difference with a step of that share errs least.
const STEP: f64 = 6e-6;

impl Linearised {
    /// Takes `value` at `mean`, with its [gradient]. None where there is no value, or no gradient.
    pub fn new(value: impl Fn(&[f64]) -> Option<f64>, mean: &[f64]) -> Option<Self> {
        let gradient = gradient(&value, mean)?;
        Some(Self { value: value(mean)?, mean: mean.to_vec(), gradient })
    }

    /// How far one answer, with what it adds to each of the means, moves the value: the mean over all answers is 0, and the
    /// variance divided by their number is that of the value. Counts that are missing move nothing.
    pub fn influence(&self, counts: &[f64]) -> f64 {
        let moves = self.gradient.iter().zip(&self.mean).zip(counts);
        moves.map(|((gradient, mean), count)| gradient * (count - mean)).sum()
    }
}

/// How a function changes with each of its arguments, by differences: central ones, or one-sided where the function gives
/// nothing, or nothing finite, on the other side. Steps are shares of the arguments, so that rare counts are as good as frequent
/// ones. None where there is no value, or no side that has one.
pub fn gradient(value: impl Fn(&[f64]) -> Option<f64>, at: &[f64]) -> Option<Vec<f64>> {
    let value = |at: &[f64]| value(at).filter(|value| value.is_finite());
    let here = value(at)?;
    // An argument of 0 has no scale of its own; the least of the others is the scale on which a ratio of both would bend.
    let least = at.iter().map(|x| x.abs()).filter(|x| *x > 0.0).fold(1.0, f64::min);
    let slope = |k: usize| {
        let step = STEP * if at[k] == 0.0 { least } else { at[k].abs() };
        let moved = |by: f64| {
            let mut moved = at.to_vec();
            moved[k] += by;
            value(&moved)
        };
        match (moved(-step), moved(step)) {
            (Some(down), Some(up)) => Some((up - down) / (2.0 * step)),
            (None, Some(up)) => Some((up - here) / step),
            (Some(down), None) => Some((here - down) / step),
            (None, None) => None,
        }
    };
    (0..at.len()).map(slope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_its_own_influence() {
        let mean = Linearised::new(|m| Some(m[0]), &[0.3]).unwrap();
        assert!((mean.influence(&[1.0]) - 0.7).abs() < 1e-9);
    }

    #[test]
    fn the_gradient_of_a_ratio_of_rare_counts_is_exact() {
        // d(a/b) = da/b − a db/b²
        let (a, b) = (2e-6, 1e-5);
        let ratio = Linearised::new(|m| Some(m[0] / m[1]), &[a, b]).unwrap();
        for (x, y) in [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)] {
            let exact = (x - a) / b - a * (y - b) / (b * b);
            assert!((ratio.influence(&[x, y]) - exact).abs() <= 1e-6 * exact.abs() + 1e-9, "{x} {y}");
        }
    }

    #[test]
    fn a_count_that_was_never_seen_is_moved_on_the_scale_of_the_others() {
        let rare = 1e-5;
        let share = gradient(|m| Some(m[1] / (m[0] + m[1])), &[0.0, rare]).unwrap();
        assert!((share[0] * rare + 1.0).abs() < 1e-6, "{share:?}");
    }

    #[test]
    fn at_the_edge_of_what_is_defined_one_side_will_do() {
        let root = Linearised::new(|m| (m[0] >= 0.0).then(|| m[0] + m[1]), &[0.0, 0.5]).unwrap();
        assert!((root.influence(&[1.0, 0.5]) - 1.0).abs() < 1e-6);
        assert_eq!(Linearised::new(|_| None, &[0.5]), None);
        assert_eq!(Linearised::new(|m| Some(1.0 / m[0]), &[0.0]), None);
    }
}
