//! Rows that were answered several times.

/// How the scores of one row's trials become one score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reducer {
    /// Their mean.
    Mean,
    /// The middle one, or the mean of the two in the middle.
    Median,
    /// The best.
    Max,
    /// The most frequent; of several, the one that came first.
    Mode,
    /// The one that more than half of all trials have, the unscored included; see [`majority`].
    Majority,
    /// 1 if at least so many pass, else 0.
    AtLeast(u64),
    /// The chance that of so many trials at least one passes; see [`pass_at_k`].
    PassAt(u64),
    /// The chance that so many trials all pass; see [`pass_hat_k`].
    PassHat(u64),
}

impl Reducer {
    /// The score of a row, from those of its trials. A trial that could not be scored is none, and is not taken for wrong; a
    /// trial passes with a score of 1. None where no trial was scored, where there are fewer than the k that is asked about,
    /// and where there is no majority.
    pub fn reduce(self, scores: &[Option<f64>]) -> Option<f64> {
        let mut scored: Vec<f64> = scores.iter().flatten().copied().collect();
        let n = scored.len() as u64;
        let passed = scored.iter().filter(|score| **score >= 1.0).count() as u64;
        if n == 0 {
            return None;
        }
        match self {
            Self::Mean => Some(scored.iter().sum::<f64>() / n as f64),
            Self::Median => {
                scored.sort_by(f64::total_cmp);
                super::order::interpolated(&scored, 0.5)
            }
            Self::Max => scored.into_iter().reduce(f64::max),
            Self::Mode => most_frequent(&scored).map(|(score, _)| score),
            Self::Majority => majority(scores),
            Self::AtLeast(k) => Some(f64::from(u8::from(passed >= k))),
            Self::PassAt(k) => pass_at_k(n, passed, k),
            Self::PassHat(k) => pass_hat_k(n, passed, k),
        }
    }
}

/// The score that more than half of the trials have. An unscored trial has no vote, but counts among them, so that it makes a
/// majority no easier. None where there is none.
pub fn majority(scores: &[Option<f64>]) -> Option<f64> {
    let scored: Vec<f64> = scores.iter().flatten().copied().collect();
    most_frequent(&scored).filter(|(_, votes)| votes * 2 > scores.len()).map(|(score, _)| score)
}

/// The most frequent score with its number; of several, the one that came first.
fn most_frequent(scores: &[f64]) -> Option<(f64, usize)> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let groups = order.chunk_by(|a, b| scores[*a] == scores[*b]);
    // Sorting is stable: each group begins with the first of its kind.
    let best = groups.max_by_key(|group| (group.len(), std::cmp::Reverse(group[0])))?;
    Some((scores[best[0]], best.len()))
}

/// The chance that of `k` trials at least one passes, of which `c` of `n` did: 1 − C(n−c, k)/C(n, k), unbiased (Chen et al. 2021,
/// "Evaluating Large Language Models Trained on Code"). None for k of 0 or more than n, and for c more than n.
pub fn pass_at_k(n: u64, c: u64, k: u64) -> Option<f64> {
    all_from(n, n.checked_sub(c)?, k).map(|failed| 1.0 - failed)
}

/// The chance that `k` trials all pass, of which `c` of `n` did, pass^k: C(c, k)/C(n, k), unbiased (Yao et al. 2024, "τ-bench").
/// None for k of 0 or more than n, and for c more than n.
pub fn pass_hat_k(n: u64, c: u64, k: u64) -> Option<f64> {
    all_from(n, c, k)
}

/// The chance that `k` of `n`, drawn without replacement, all come from among `c`: C(c, k)/C(n, k).
fn all_from(n: u64, c: u64, k: u64) -> Option<f64> {
    if k == 0 || k > n || c > n {
        return None;
    }
    if k > c {
        return Some(0.0);
    }
    // The same ratio drawn by draw, or spared one by spared one: the shorter way.
    let (from, steps) = if k <= n - c { (c, k) } else { (n - k, n - c) };
    Some((0..steps).map(|step| (from - step) as f64 / (n - step) as f64).product())
}

#[cfg(test)]
mod tests {
    use super::super::reference::{cases, count, number};
    use super::*;

    #[test]
    fn pass_at_and_pass_hat_agree_with_inspect() {
        // They are stated with ten digits.
        for (family, ours) in [("pass_at_k", pass_at_k as fn(_, _, _) -> _), ("pass_hat_k", pass_hat_k)] {
            for case in cases(family) {
                let ours = ours(count(&case, "n"), count(&case, "c"), count(&case, "k")).unwrap();
                assert!((ours - number(&case, "score")).abs() < 1e-9, "{ours}: {case}");
            }
        }
    }

    fn reducer(name: &str) -> Reducer {
        let k = name.rsplit('_').next().and_then(|k| k.parse().ok());
        match (name, k) {
            ("mean", _) => Reducer::Mean,
            ("median", _) => Reducer::Median,
            ("max", _) => Reducer::Max,
            ("mode", _) => Reducer::Mode,
            ("majority", _) => Reducer::Majority,
            (name, Some(k)) if name.starts_with("at_least") => Reducer::AtLeast(k),
            (name, Some(k)) if name.starts_with("pass_at") => Reducer::PassAt(k),
            (name, Some(k)) if name.starts_with("pass_k") => Reducer::PassHat(k),
            (name, _) => panic!("{name} is no reducer"),
        }
    }

    #[test]
    fn reducers_agree_with_inspect() {
        for case in cases("reducer") {
            let scores: Vec<Option<f64>> = case["scores"].as_array().unwrap().iter().map(|s| s.as_f64()).collect();
            let ours = reducer(case["reducer"].as_str().unwrap()).reduce(&scores);
            let near = match (ours, case["score"].as_f64()) {
                (Some(ours), Some(theirs)) => (ours - theirs).abs() < 1e-12,
                (ours, theirs) => ours == theirs,
            };
            assert!(near, "{ours:?}: {case}");
        }
    }

    #[test]
    fn an_unscored_trial_makes_a_majority_no_easier() {
        assert_eq!(majority(&[Some(1.0), Some(1.0), None]), Some(1.0));
        assert_eq!(majority(&[Some(1.0), None]), None);
        assert_eq!(majority(&[]), None);
    }

    #[test]
    fn many_trials_take_the_shorter_way() {
        assert_eq!(pass_hat_k(u64::MAX, u64::MAX, 1 << 60), Some(1.0));
        assert_eq!(pass_at_k(u64::MAX, 0, 1 << 60), Some(0.0));
        assert!((pass_hat_k(10, 9, 9).unwrap() - 0.1).abs() < 1e-12);
    }

    #[test]
    fn questions_beyond_the_trials_have_no_answer() {
        for (n, c, k) in [(0, 0, 0), (3, 1, 0), (3, 1, 4), (3, 4, 2)] {
            assert_eq!((pass_at_k(n, c, k), pass_hat_k(n, c, k)), (None, None));
        }
    }
}
