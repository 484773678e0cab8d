//! Do many raters agree more than by chance?

/// Fleiss' kappa (1971) of raters who each rate every subject: `counts[i][j]` is how many of them put subject i into category
/// j. None without subjects, with fewer than two raters, where their number differs between subjects, and where all of them
/// always say the same one category, which leaves no room for chance.
pub fn fleiss_kappa(counts: &[Vec<u64>]) -> Option<f64> {
    let raters: u64 = counts.first()?.iter().sum();
    if raters < 2 || counts.iter().any(|subject| subject.iter().sum::<u64>() != raters) {
        return None;
    }
    let (subjects, raters) = (counts.len() as f64, raters as f64);
    let squares = |subject: &Vec<u64>| subject.iter().map(|count| (*count as f64).powi(2)).sum::<f64>();
    let agreed = |subject: &Vec<u64>| (squares(subject) - raters) / (raters * (raters - 1.0));
    let observed = counts.iter().map(agreed).sum::<f64>() / subjects;
    let categories = counts.iter().map(Vec::len).max()?;
    let of_category = |j: usize| counts.iter().filter_map(|subject| subject.get(j)).sum::<u64>() as f64;
    let expected: f64 = (0..categories).map(|j| (of_category(j) / (subjects * raters)).powi(2)).sum();
    (expected < 1.0 - 1e-12).then(|| (observed - expected) / (1.0 - expected))
}

/// What a difference of two ratings means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// They are the same, or they are not.
    Nominal,
    /// They lie so far apart: the square of their distance counts.
    Interval,
}

/// Krippendorff's alpha: 1 − observed/expected disagreement. Each unit has the ratings it was given, by whichever raters, in
/// any order and number; those with fewer than two are left out. Categories are numbers, whose order only
/// [`Level::Interval`] looks at.
///
/// 1 is agreement, 0 is chance, less is worse than chance. None where no unit has two ratings, or all ratings are the same.
pub fn krippendorff_alpha(units: &[Vec<f64>], level: Level) -> Option<f64> {
    let pairable = || units.iter().filter(|unit| unit.len() >= 2);
    let all: Vec<f64> = pairable().flatten().copied().collect();
    let expected = disagreement(&all, level) / (all.len() as f64 - 1.0);
    let observed: f64 = pairable().map(|unit| disagreement(unit, level) / (unit.len() as f64 - 1.0)).sum();
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

/// The sum of differences over all ordered pairs of ratings, in a time that grows with their number and not its square.
fn disagreement(ratings: &[f64], level: Level) -> f64 {
    let n = ratings.len() as f64;
    match level {
        Level::Nominal => {
            let mut sorted = ratings.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            n * n - sorted.chunk_by(|a, b| a == b).map(|same| (same.len() as f64).powi(2)).sum::<f64>()
        }
        Level::Interval => {
            let mean = ratings.iter().sum::<f64>() / n;
            2.0 * n * ratings.iter().map(|rating| (rating - mean).powi(2)).sum::<f64>()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference::{cases, close, counts, number};
    use super::*;

    #[test]
    fn fleiss_kappa_agrees_with_statsmodels() {
        for case in cases("fleiss") {
            close(fleiss_kappa(&counts(&case, "counts")).unwrap(), number(&case, "kappa"), 1e-9, &case);
        }
    }

    #[test]
    fn krippendorffs_alpha_agrees_with_inspect() {
        for case in cases("krippendorff") {
            let unit =
                |unit: &serde_json::Value| unit.as_array().unwrap().iter().map(|r| r.as_f64().unwrap()).collect();
            let units: Vec<Vec<f64>> = case["units"].as_array().unwrap().iter().map(unit).collect();
            let level = if case["level"] == "nominal" { Level::Nominal } else { Level::Interval };
            close(krippendorff_alpha(&units, level).unwrap(), number(&case, "alpha"), 1e-9, &case);
        }
    }

    #[test]
    fn units_with_one_rating_are_left_out() {
        let units = [vec![1.0, 1.0, 0.0], vec![0.0, 0.0]];
        let with_more = [units[0].clone(), vec![9.0], units[1].clone(), vec![]];
        assert_eq!(krippendorff_alpha(&with_more, Level::Nominal), krippendorff_alpha(&units, Level::Nominal));
    }

    #[test]
    fn no_room_for_chance_leaves_nothing_to_say() {
        assert_eq!(fleiss_kappa(&[vec![3, 0], vec![3, 0]]), None);
        assert_eq!(fleiss_kappa(&[vec![3, 0], vec![2, 0]]), None);
        assert_eq!(fleiss_kappa(&[vec![1, 0], vec![0, 1]]), None);
        assert_eq!(fleiss_kappa(&[]), None);
        for level in [Level::Nominal, Level::Interval] {
            assert_eq!(krippendorff_alpha(&[vec![0.5, 0.5], vec![0.5, 0.5]], level), None);
            assert_eq!(krippendorff_alpha(&[vec![1.0], vec![0.0]], level), None);
            assert_eq!(krippendorff_alpha(&[], level), None);
        }
    }
}
