//! F1, of one class and over all of them.

use super::Estimate;
use super::distributions::z;
use super::proportion::wilson_of_mean;

/// The macro-averaged F1 of a confusion matrix, and how its interval was made: by the multivariate delta method (Takahashi,
/// Yamamoto, Kuchiba, Koyama 2022, "Confidence interval for micro-averaged F1 and macro-averaged F1 scores").
///
/// `counts[i][j]` is how often class `i` was expected and class `j` answered; columns beyond the classes are answers that
/// name no class. Classes that are neither expected nor answered do not count. None without counts.
///
/// Where everything is right, or everything wrong, the method would claim to know the value for certain; Wilson's interval
/// on as many answers as the smallest class has stands in for it, because that class counts as much as the others.
pub fn f1_macro(counts: &[Vec<u64>], confidence: f64) -> Option<(Estimate, &'static str)> {
    let influence = f1_macro_influence(counts)?;
    let present = present(counts);
    let value = present.iter().map(Class::f1).sum::<f64>() / present.len() as f64;
    let n = counts.iter().flatten().sum::<u64>() as f64;
    let cells = counts.iter().flatten().zip(influence.iter().flatten());
    let variance = cells.map(|(count, influence)| *count as f64 * influence * influence).sum::<f64>() / (n * n);
    if variance < 1e-15 {
        let smallest = counts.iter().map(|row| row.iter().sum::<u64>()).filter(|expected| *expected > 0).min()?;
        return Some((wilson_of_mean(value * smallest as f64, smallest, confidence)?, "wilson"));
    }
    Some((Estimate::around(value, z(confidence) * variance.sqrt()).within(0.0, 1.0), "delta"))
}

/// By how much one answer in each cell of a confusion matrix moves its macro-averaged F1, in the shape of `counts`: the value
/// of all answers is about the true one plus the mean of theirs. Over all answers the mean is 0, and their variance divided
/// by their number is that of F1; summed by cluster, or subtracted between two models on the same rows, it gives what a
/// mean's own differences would. None without counts.
pub fn f1_macro_influence(counts: &[Vec<u64>]) -> Option<Vec<Vec<f64>>> {
    let total = counts.iter().flatten().sum::<u64>() as f64;
    let present = present(counts);
    if total == 0.0 || present.is_empty() {
        return None;
    }
    let of_cell = |i: usize, j: usize| {
        present.iter().map(|class| class.gradient(i, j, total)).sum::<f64>() / present.len() as f64
    };
    // F1 stays as it is when all counts double, so that the gradient has a mean of 0 by itself.
    Some(counts.iter().enumerate().map(|(i, row)| (0..row.len()).map(|j| of_cell(i, j)).collect()).collect())
}

/// One class of a confusion matrix.
struct Class {
    index: usize,
    hits: f64,
    /// Expected plus answered.
    support: f64,
}

impl Class {
    fn f1(&self) -> f64 {
        2.0 * self.hits / self.support
    }

    /// How F1 changes with the share of cell (i, j).
    fn gradient(&self, i: usize, j: usize, total: f64) -> f64 {
        let times = f64::from(u8::from(i == self.index) + u8::from(j == self.index));
        let (hits, support) = (self.hits / total, self.support / total);
        let own = if i == self.index && j == self.index { 2.0 / support } else { 0.0 };
        own - 2.0 * hits * times / (support * support)
    }
}

/// The classes that were expected or answered.
fn present(counts: &[Vec<u64>]) -> Vec<Class> {
    let class = |index: usize| {
        let expected: u64 = counts[index].iter().sum();
        let answered: u64 = counts.iter().filter_map(|row| row.get(index)).sum();
        let hits = counts[index].get(index).copied().unwrap_or(0) as f64;
        Class { index, hits, support: (expected + answered) as f64 }
    };
    (0..counts.len()).map(class).filter(|class| class.support > 0.0).collect()
}

/// Precision, recall and F1 of one class of a confusion matrix; none where they are not defined.
pub fn per_class(counts: &[Vec<u64>], index: usize) -> (Option<f64>, Option<f64>, Option<f64>) {
    let expected: u64 = counts[index].iter().sum();
    let answered: u64 = counts.iter().filter_map(|row| row.get(index)).sum();
    let hits = counts[index].get(index).copied().unwrap_or(0) as f64;
    let share = |of: u64| (of > 0).then(|| hits / of as f64);
    (share(answered), share(expected), (expected + answered > 0).then(|| 2.0 * hits / (expected + answered) as f64))
}

#[cfg(test)]
mod tests {
    use super::super::Linearised;
    use super::*;

    #[test]
    fn macro_f1_agrees_with_scikit_learn() {
        // sklearn: f1_score([0]*10+[1]*10, [0]*8+[1]*2+[1]*5+[0]*5, average="macro") = (16/23 + 10/17) / 2
        let (estimate, _) = f1_macro(&[vec![8, 2], vec![5, 5]], 0.95).unwrap();
        assert!((estimate.value - (16.0 / 23.0 + 10.0 / 17.0) / 2.0).abs() < 1e-9);
        assert!(estimate.low < estimate.value && estimate.value < estimate.high);
    }

    #[test]
    fn a_perfect_matrix_is_not_taken_for_certainty() {
        let (perfect, how) = f1_macro(&[vec![2, 0], vec![0, 2]], 0.95).unwrap();
        assert_eq!(how, "wilson");
        assert_eq!((perfect.value, perfect.high), (1.0, 1.0));
        assert!(perfect.low < 0.4, "{perfect:?}");
    }

    #[test]
    fn the_delta_interval_of_macro_f1_agrees_with_numeric_derivatives() {
        let counts = [vec![8_u64, 2, 1], vec![5, 5, 0]];
        let total = 21.0;
        let f1 = |p: &[[f64; 3]; 2]| {
            let one = |k: usize| 2.0 * p[k][k] / (p[k].iter().sum::<f64>() + p[0][k] + p[1][k]);
            f64::midpoint(one(0), one(1))
        };
        let base: [[f64; 3]; 2] = std::array::from_fn(|i| std::array::from_fn(|j| counts[i][j] as f64 / total));
        let (mut mean, mut squares) = (0.0, 0.0);
        for i in 0..2 {
            for j in 0..3 {
                let (mut up, mut down) = (base, base);
                up[i][j] += 1e-6;
                down[i][j] -= 1e-6;
                let gradient = (f1(&up) - f1(&down)) / 2e-6;
                mean += base[i][j] * gradient;
                squares += base[i][j] * gradient * gradient;
            }
        }
        let half = z(0.95) * ((squares - mean * mean) / total).sqrt();
        let (estimate, _) = f1_macro(&counts, 0.95).unwrap();
        assert!((estimate.high - estimate.value - half).abs() < 1e-6, "{estimate:?} {half}");
    }

    #[test]
    fn the_influence_of_a_cell_is_what_the_general_method_finds() {
        let counts = [vec![8_u64, 2, 1], vec![5, 5, 0]];
        let influence = f1_macro_influence(&counts).unwrap();
        let mean: f64 = counts.iter().flatten().zip(influence.iter().flatten()).map(|(n, i)| *n as f64 * i).sum();
        assert!(mean.abs() < 1e-12, "{mean}");
        // The same from hits, expected and answered of both classes.
        let of_cell = |i: usize, j: usize| {
            let is = |yes: bool| f64::from(u8::from(yes));
            [is(i == 0 && j == 0), is(i == 0), is(j == 0), is(i == 1 && j == 1), is(i == 1), is(j == 1)]
        };
        let means: Vec<f64> = (0..6)
            .map(|k| {
                (0..2)
                    .flat_map(|i| (0..3).map(move |j| (i, j)))
                    .map(|(i, j)| counts[i][j] as f64 * of_cell(i, j)[k])
                    .sum::<f64>()
                    / 21.0
            })
            .collect();
        let f1 = |m: &[f64]| Some(m[0] / (m[1] + m[2]) + m[3] / (m[4] + m[5]));
        let general = Linearised::new(f1, &means).unwrap();
        for (i, row) in influence.iter().enumerate() {
            for (j, cell) in row.iter().enumerate() {
                assert!((general.influence(&of_cell(i, j)) - cell).abs() < 1e-8, "({i}, {j})");
            }
        }
    }
}
