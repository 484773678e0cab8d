//! P-values of many questions at once.

/// Holm's adjusted p-values (1979), in the order of the input: those below 0.05 hold together with a chance of at most 5 % that
/// any of them is a mistake. For a few questions of which each answer counts.
///
/// What is not a number counts as 1, and as a question that was asked.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    let mut most = 0.0_f64;
    adjusted(p, ascending(p), |rank, p| {
        most = most.max(p * (m - rank as f64)).min(1.0);
        most
    })
}

/// Benjamini and Hochberg's adjusted p-values (1995), in the order of the input: of those below 0.05, about 5 % are expected to
/// be mistakes. For many questions (slices, rows) that are to be looked at further.
///
/// What is not a number counts as 1, and as a question that was asked.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    let mut least = 1.0_f64;
    let descending = ascending(p).into_iter().rev().collect();
    adjusted(p, descending, |from_top, p| {
        least = least.min(p * (m / (m - from_top as f64)));
        least
    })
}

/// The places of p-values, the least first; NaN is last.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| known(p[*a]).total_cmp(&known(p[*b])));
    order
}

fn known(p: f64) -> f64 {
    if p.is_nan() { 1.0 } else { p }
}

fn adjusted(p: &[f64], order: Vec<usize>, mut adjust: impl FnMut(usize, f64) -> f64) -> Vec<f64> {
    let mut adjusted = vec![1.0; p.len()];
    for (rank, place) in order.into_iter().enumerate() {
        adjusted[place] = adjust(rank, known(p[place]));
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: [f64; 8] = [0.001, 0.04, 0.03, 0.8, 0.04, 0.2, 0.0004, 1.0];

    fn assert_near(ours: &[f64], theirs: &[f64]) {
        assert_eq!(ours.len(), theirs.len());
        assert!(ours.iter().zip(theirs).all(|(ours, theirs)| (ours - theirs).abs() < 1e-12), "{ours:?}");
    }

    #[test]
    fn adjusted_p_values_agree_with_statsmodels() {
        // statsmodels 0.15: multipletests(p, method="holm" and "fdr_bh").
        assert_near(&holm(&P), &[0.007, 0.2, 0.18, 1.0, 0.2, 0.6, 0.0032, 1.0]);
        let hochberg = benjamini_hochberg(&P);
        assert_near(
            &hochberg,
            &[0.004, 0.064, 0.064, 0.914_285_714_285_714_4, 0.064, 0.266_666_666_666_666_66, 0.0032, 1.0],
        );
    }

    #[test]
    fn no_questions_have_no_answers_and_an_unknown_one_is_no_discovery() {
        assert!(holm(&[]).is_empty() && benjamini_hochberg(&[]).is_empty());
        assert_eq!(holm(&[f64::NAN, 0.01]), [1.0, 0.02]);
        assert_eq!(benjamini_hochberg(&[f64::NAN, 0.01]), [1.0, 0.02]);
    }
}
