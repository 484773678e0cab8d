//! What a metric of a whole corpus is computed from.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::RowId;
use crate::corpus::CorpusMetric;
use crate::stats::{self, Estimate};

/// The counts of all answers, and of all pairs of counts their products: enough for the metric and, by the delta method, for
/// its interval. Whole numbers, so that the order of adding does not matter, and no memory for each answer unless cases are
/// repeated.
#[derive(Debug, Clone, Default)]
pub struct CorpusTally {
    n: u64,
    sums: Vec<u64>,
    /// The upper triangle, row by row.
    products: Vec<u128>,
    /// For repeated cases: the counts by row, of which the products are made at the end.
    by_row: HashMap<RowId, Vec<u64>>,
}

impl CorpusTally {
    /// Adds the counts of one answer; `row` where cases are repeated.
    pub(super) fn add(&mut self, counts: &[u32], row: Option<&RowId>) {
        self.sums.resize(counts.len().max(self.sums.len()), 0);
        for (sum, count) in self.sums.iter_mut().zip(counts) {
            *sum += u64::from(*count);
        }
        if let Some(row) = row {
            let of_row = self.by_row.entry(row.clone()).or_insert_with(|| vec![0; counts.len()]);
            of_row.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u64::from(*count));
            return;
        }
        self.n += 1;
        let counts: Vec<u64> = counts.iter().map(|count| u64::from(*count)).collect();
        add_products(&mut self.products, &counts);
    }

    /// The metric with its interval, as [`interval`](Self::interval) has them, without the word for how it was made.
    pub fn estimate(&self, metric: &CorpusMetric, confidence: f64) -> Option<(Estimate, u64)> {
        self.interval(metric, confidence).map(|(estimate, n, _)| (estimate, n))
    }

    /// The metric with its interval over answers (rows, where cases are repeated), over how many, and how the interval was
    /// made: `delta` where the delta method knows, else `wilson`. None without answers, without a length to divide errors by,
    /// and where no answer differs and nothing bounds how far one could.
    ///
    /// The delta method would take two things for certain that are not:
    ///
    /// * **That there can be no matches where none were seen.** BLEU with an order of n-grams without a match is 0, or what
    ///   smoothing makes of it, and jumps with the first match: it has no slope. Its lower end is 0 then. Its upper end is
    ///   that of the BLEU in which such an order has the precision that it may still have, the upper end of Wilson's interval
    ///   for none of as many answers as have n-grams of that order.
    /// * **That all answers are like those seen**, where these do not differ. Wilson's interval on the value stands in, as it
    ///   does for means; an unseen answer is then wrong in all of its words at worst.
    pub fn interval(&self, metric: &CorpusMetric, confidence: f64) -> Option<(Estimate, u64, &'static str)> {
        if self.sums.len() != metric.width() {
            return None;
        }
        let (n, products) = self.spread()?;
        let sums: Vec<f64> = self.sums.iter().map(|sum| *sum as f64).collect();
        let value = metric.value(&sums)?;
        if *metric == CorpusMetric::ErrorRate && metric.depends_on_size(&sums) {
            return None;
        }
        let half = |at: &[f64]| {
            let gradient = stats::gradient(|sums| metric.value(sums), at)?;
            // The sums are n means, so that their variance is n times that of one answer's counts.
            Some(stats::z(confidence) * (n as f64 * variance(&sums, &products, &gradient, n)).sqrt())
        };
        let (lowest, highest) = metric.range();
        let (estimate, how) = match with_unseen_matches(metric, &sums, n, confidence) {
            Some(matching) => {
                let high = metric.value(&matching)? + half(&matching)?;
                (Estimate { value, low: lowest, high: high.max(value) }, "wilson")
            }
            None => {
                let half = half(&sums)?;
                (Estimate { value, low: value - half, high: value + half }, "delta")
            }
        };
        if estimate.high - estimate.low > NO_WIDTH {
            return Some((estimate.within(lowest, highest), n, how));
        }
        Some((alike(metric, value, n, &sums, confidence)?, n, "wilson"))
    }

    /// How many answers there are (rows, where cases are repeated), and the sums of the products of their counts.
    fn spread(&self) -> Option<(u64, Cow<'_, [u128]>)> {
        if self.by_row.is_empty() {
            return (self.n > 0).then_some((self.n, Cow::Borrowed(&self.products)));
        }
        let mut products = Vec::new();
        self.by_row.values().for_each(|counts| add_products(&mut products, counts));
        Some((self.by_row.len() as u64, Cow::Owned(products)))
    }
}

/// Less than this is what numeric slopes leave of an interval without width: at the kink of BLEU's brevity penalty, where all
/// outputs are as long as their references, two slopes cancel but for the step of a derivative.
const NO_WIDTH: f64 = 2e-5;

/// The sums of BLEU with as many matches as orders without any may still have; none where every order has some.
fn with_unseen_matches(metric: &CorpusMetric, sums: &[f64], n: u64, confidence: f64) -> Option<Vec<f64>> {
    let CorpusMetric::Bleu { max_order, .. } = *metric else { return None };
    let mut sums = sums.to_vec();
    // As `CorpusMetric::Bleu` says: two lengths, the matches of each order, the n-grams of each order.
    let (matches, grams) = sums.get_mut(2..)?.split_at_mut(usize::from(max_order));
    let mut changed = false;
    for (matches, grams) in matches.iter_mut().zip(grams).filter(|(matches, _)| **matches <= 0.0) {
        // No more answers have n-grams of this order than there are such n-grams. Where there are none nothing is known.
        let answers = n.min(*grams as u64);
        *grams = grams.max(1.0);
        *matches = *grams * stats::wilson(0, answers, confidence).map_or(1.0, |unseen| unseen.high);
        changed = true;
    }
    changed.then_some(sums)
}

/// The interval where no answer differs from the others.
fn alike(metric: &CorpusMetric, value: f64, n: u64, sums: &[f64], confidence: f64) -> Option<Estimate> {
    let answers = match metric {
        // Answers without a decision say nothing of a share.
        CorpusMetric::Share => n.min(sums.get(1).copied().unwrap_or_default() as u64),
        CorpusMetric::Bleu { .. } | CorpusMetric::Chrf { .. } | CorpusMetric::Ter | CorpusMetric::ErrorRate => n,
    };
    // A rate above 1 is a share of nothing. Without squares there is no spread, for which a mean has Wilson's interval.
    let mean = stats::mean(answers, value * answers as f64, 0.0, confidence).filter(|_| value <= 1.0);
    mean.map(|(estimate, _)| Estimate { value, ..estimate })
}

fn add_products(products: &mut Vec<u128>, counts: &[u64]) {
    products.resize(counts.len() * (counts.len() + 1) / 2, 0);
    let mut cell = products.iter_mut();
    for (i, a) in counts.iter().enumerate() {
        for (b, product) in counts[i..].iter().zip(&mut cell) {
            *product += u128::from(*a) * u128::from(*b);
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Smoothing;

    const BLEU: CorpusMetric = CorpusMetric::Bleu { max_order: 4, smoothing: Smoothing::Exp, effective_order: false };

    fn tally(counts: &[&[u32]]) -> CorpusTally {
        let mut tally = CorpusTally::default();
        counts.iter().for_each(|counts| tally.add(counts, None));
        tally
    }

    fn interval(metric: CorpusMetric, counts: &[&[u32]]) -> Option<(Estimate, &'static str)> {
        tally(counts).interval(&metric, 0.95).map(|(estimate, _, how)| (estimate, how))
    }

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn a_rate_has_the_interval_of_a_ratio_of_means() {
        // Three answers of 10, 20 and 30 words with 1, 4 and 3 errors. The textbook's variance of a ratio (Cochran 1977,
        // 2.39): r = 8/60, residuals e − r·w = −1/3, 4/3, −1, Σ² = 26/9, s² = 13/9, se = √(s²/3)/20.
        let (estimate, how) = interval(CorpusMetric::ErrorRate, &[&[1, 10], &[4, 20], &[3, 30]]).unwrap();
        let half = 1.959_963_984_540_054 * (13.0_f64 / 27.0).sqrt() / 20.0;
        assert!(
            near(estimate.value, 8.0 / 60.0) && (estimate.high - estimate.value - half).abs() < 1e-7,
            "{estimate:?}"
        );
        assert_eq!(how, "delta");
    }

    #[test]
    fn an_order_without_matches_may_have_some_in_answers_that_were_not_seen() {
        // Ten answers of six words, without a match of four words: precisions of 3/6, 2/5, 1/4, and 0/3 ten times.
        let answer: &[u32] = &[6, 6, 3, 2, 1, 0, 6, 5, 4, 3];
        let (estimate, how) = interval(BLEU, &[answer; 10]).unwrap();
        assert!(near(estimate.value, (0.5_f64 * 0.4 * 0.25 * (0.5 / 30.0)).powf(0.25)), "{estimate:?}");
        // Wilson's upper end for none of ten: z²/(10 + z²).
        let unseen = 0.277_532_799_862_889_2;
        assert!(near(estimate.high, (0.5_f64 * 0.4 * 0.25 * unseen).powf(0.25)), "{estimate:?}");
        assert_eq!((estimate.low, how), (0.0, "wilson"));
    }

    #[test]
    fn of_answers_that_are_too_short_for_four_words_in_a_row_nothing_is_known() {
        let answer: &[u32] = &[2, 2, 2, 1, 0, 0, 2, 1, 0, 0];
        let (estimate, _) = interval(BLEU, &[answer; 50]).unwrap();
        assert_eq!((estimate.value, estimate.low, estimate.high), (0.0, 0.0, 1.0));
    }

    #[test]
    fn the_upper_end_is_never_below_what_smoothing_gives() {
        // A thousand short answers, and one long enough for a run of four words.
        let mut counts: Vec<&[u32]> = vec![&[3, 3, 3, 2, 1, 0, 3, 2, 1, 0]; 1000];
        counts.push(&[4, 4, 3, 2, 1, 0, 4, 3, 2, 1]);
        let (estimate, _) = interval(BLEU, &counts).unwrap();
        assert!(estimate.value > 0.8 && estimate.high > estimate.value && estimate.low == 0.0, "{estimate:?}");
    }

    #[test]
    fn answers_that_do_not_differ_are_not_taken_for_certainty() {
        let perfect: [&[u32]; 4] = [
            &[4, 4, 4, 3, 2, 1, 4, 3, 2, 1],
            &[9, 9, 9, 8, 7, 6, 9, 8, 7, 6],
            &[40, 40, 40, 39, 38, 37, 40, 39, 38, 37],
            &[5, 5, 5, 4, 3, 2, 5, 4, 3, 2],
        ];
        let triple: &[u32] = &[9, 9, 9];
        for (metric, counts, value) in [
            (BLEU, perfect.to_vec(), 1.0),
            (BLEU, vec![[0, 5, 0, 0, 0, 0, 0, 0, 0, 0].as_slice(); 4], 0.0),
            (CorpusMetric::Chrf { char_order: 1, word_order: 0, beta: 2 }, vec![triple; 4], 1.0),
            (CorpusMetric::ErrorRate, vec![[0, 7].as_slice(), &[0, 3], &[0, 9], &[0, 1]], 0.0),
            (CorpusMetric::Ter, vec![[0, 7, 0].as_slice(); 4], 0.0),
            (CorpusMetric::Share, vec![[2, 2].as_slice(); 4], 1.0),
        ] {
            let (estimate, how) = interval(metric, &counts).unwrap();
            // Wilson's interval for all, or none, of four.
            let (low, high) =
                if value == 1.0 { (0.510_109_163_545_402_7, 1.0) } else { (0.0, 0.489_890_836_454_597_3) };
            assert!(near(estimate.value, value), "{metric:?}: {estimate:?}");
            assert!(near(estimate.low, low) && near(estimate.high, high), "{metric:?}: {estimate:?}");
            assert_eq!(how, "wilson");
        }
    }

    #[test]
    fn a_single_answer_has_a_value_and_says_little() {
        let (estimate, how) = interval(CorpusMetric::ErrorRate, &[&[1, 4]]).unwrap();
        assert!(estimate.value == 0.25 && estimate.low < 0.1 && estimate.high > 0.8, "{estimate:?}");
        assert_eq!(how, "wilson");
    }

    #[test]
    fn decisions_are_what_a_share_is_over() {
        let undecided: Vec<&[u32]> = std::iter::repeat_n([0, 0].as_slice(), 96).chain([[2, 2].as_slice(); 2]).collect();
        let (estimate, _) = interval(CorpusMetric::Share, &undecided).unwrap();
        // Four decisions in two answers, beside many answers without any.
        assert!(estimate.value == 1.0 && estimate.low < 0.52, "{estimate:?}");
    }

    #[test]
    fn what_is_no_rate_and_what_nothing_bounds_is_not_shown() {
        assert!(interval(CorpusMetric::ErrorRate, &[&[3, 0], &[1, 0]]).is_none());
        assert!(interval(CorpusMetric::ErrorRate, &[&[6, 4], &[3, 2]]).is_none());
        assert!(interval(CorpusMetric::Share, &[&[0, 0]]).is_none());
        assert!(interval(CorpusMetric::ErrorRate, &[]).is_none());
        assert!(interval(CorpusMetric::Ter, &[&[1, 2]]).is_none());
    }

    #[test]
    fn repeats_of_a_row_are_no_evidence_about_other_rows() {
        let counts: [&[u32]; 3] = [&[1, 10], &[4, 20], &[3, 30]];
        let mut repeated = CorpusTally::default();
        for (row, counts) in counts.iter().enumerate() {
            (0..5).for_each(|_| repeated.add(counts, Some(&format!("row {row}").into())));
        }
        let (repeated, n) = repeated.estimate(&CorpusMetric::ErrorRate, 0.95).unwrap();
        let (once, _) = interval(CorpusMetric::ErrorRate, &counts).unwrap();
        assert_eq!(n, 3);
        assert!((repeated.low - once.low).abs() < 1e-7 && (repeated.high - once.high).abs() < 1e-7);
    }
}
