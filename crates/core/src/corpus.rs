//! Metrics of a whole corpus: formulas over sums of counts.
//!
//! BLEU of a corpus is not the mean of the BLEU of its sentences. Each sample gives a few counts (matches, lengths, edits);
//! they are added up, and one formula makes a score of the sums. The same formula with the counts of one sample is the
//! score of that sample. The sums are those of whole numbers, so that they do not depend on the order of the samples.

mod formulas;

use serde::{Deserialize, Serialize};

use formulas::{BLEU_LENGTHS, CHRF_TRIPLE, bleu, chrf, ter};

/// A metric of a whole corpus: computed from summed counts, not from a mean of sentence scores.
///
/// All are on the scale of 1, where sacrebleu and others print per cent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "metric", rename_all = "snake_case")]
pub enum CorpusMetric {
    /// BLEU (Papineni et al. 2002) as in sacrebleu 2.6, from 0 to 1.
    ///
    /// Counts: length of the output, length of the reference that is closest to it, matches for each order, n-grams of the
    /// output for each order. Without matches, and so for empty texts, it is 0.
    Bleu {
        /// The longest n-grams; 4 as a rule.
        max_order: u8,
        /// What stands for the precision of an order without matches.
        smoothing: Smoothing,
        /// Leaves out orders for which the output is too short. For sentences; off for a corpus, as in sacrebleu.
        effective_order: bool,
    },
    /// chrF (Popović 2015), and chrF++ with a `word_order` of 2, as in sacrebleu 2.6, from 0 to 1.
    ///
    /// Counts: for each order, characters first, n-grams of the output (0 if the reference has none), n-grams of the
    /// reference, and matches. Precision and recall are averaged over the orders for which both texts have n-grams; that is
    /// sacrebleu's default, without its `eps_smoothing`. Without any such order it is 0.
    Chrf {
        /// The longest n-grams of characters; 6 as a rule.
        char_order: u8,
        /// The longest n-grams of words; 0 for chrF, 2 for chrF++.
        word_order: u8,
        /// How many times as much recall weighs as precision; 2 as a rule.
        beta: u8,
    },
    /// Translation edit rate (Snover et al. 2006) as in sacrebleu 2.6, from 0, which is best, to any number.
    ///
    /// Counts: edits to the nearest reference, the whole words of the average length of the references, and what that
    /// average has over them in billionths of a word. Without words in the references it is 0 if there are no edits and 1 if
    /// there are.
    Ter,
    /// Errors per unit of length: word, character and match error rate as in jiwer 4.0, from 0, which is best; word and
    /// character error rates may exceed 1.
    ///
    /// Counts: errors, and the length they are held against. Where that length is 0 it is the number of errors, as jiwer has
    /// it: no rate, but not 0 either.
    ErrorRate,
    /// A plain share, such as how often a judge preferred the answer that stood first, from 0 to 1.
    ///
    /// Counts: those that are so, and all. Neither more nor less of it is better.
    Share,
}

/// What BLEU takes for the precision of an order that has n-grams but no matches. Chen and Cherry 2014, "A Systematic
/// Comparison of Smoothing Techniques for Sentence-Level BLEU"; the names and meanings are sacrebleu's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Smoothing {
    /// Nothing: one such order makes BLEU 0.
    None,
    /// `value` matches instead of none; 0.1 as a rule.
    Floor {
        /// The matches that are assumed.
        value: f64,
    },
    /// `value` more matches and n-grams in all orders but the first, matched or not; 1 as a rule.
    AddK {
        /// What is added.
        value: f64,
    },
    /// Half a match for the first such order, a quarter for the second, and so on. The default of sacrebleu.
    Exp,
}

impl CorpusMetric {
    /// How many counts a sample has.
    #[must_use]
    pub fn width(&self) -> usize {
        match *self {
            Self::Bleu { max_order, .. } => BLEU_LENGTHS + 2 * usize::from(max_order),
            Self::Chrf { char_order, word_order, .. } => {
                CHRF_TRIPLE * (usize::from(char_order) + usize::from(word_order))
            }
            Self::Ter => 3,
            Self::ErrorRate | Self::Share => 2,
        }
    }

    /// Whether more is better. Not so for error and edit rates.
    #[must_use]
    pub fn higher_is_better(&self) -> bool {
        match self {
            Self::Bleu { .. } | Self::Chrf { .. } | Self::Share => true,
            Self::Ter | Self::ErrorRate => false,
        }
    }

    /// The score of summed counts, or of their means: the value is that of the ratios between counts, but for what
    /// [`depends_on_size`](Self::depends_on_size) says. Below 0, where a numeric derivative may look, counts are taken
    /// for 0.
    ///
    /// None where it is undefined: counts that are not [`width`](Self::width) many or not finite, or a metric without
    /// orders.
    #[must_use]
    pub fn value(&self, counts: &[f64]) -> Option<f64> {
        if *self == Self::Share && counts.get(1).is_none_or(|all| *all <= 0.0) {
            return None;
        }
        if !self.has_orders() || counts.len() != self.width() || !counts.iter().all(|count| count.is_finite()) {
            return None;
        }
        let counts: Vec<f64> = counts.iter().map(|count| count.max(0.0)).collect();
        Some(match *self {
            Self::Bleu { max_order, smoothing, effective_order } => {
                bleu(&counts, usize::from(max_order), smoothing, effective_order)
            }
            Self::Chrf { beta, .. } => chrf(&counts, f64::from(beta).powi(2)),
            Self::Ter => ter(&counts),
            Self::Share => (counts[0] / counts[1]).min(1.0),
            Self::ErrorRate if counts[1] > 0.0 => counts[0] / counts[1],
            Self::ErrorRate => counts[0],
        })
    }

    /// Between which ends its values lie.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        match self {
            Self::Bleu { .. } | Self::Chrf { .. } | Self::Share => (0.0, 1.0),
            Self::Ter | Self::ErrorRate => (0.0, f64::INFINITY),
        }
    }

    fn has_orders(&self) -> bool {
        match *self {
            Self::Bleu { max_order, .. } => max_order > 0,
            Self::Chrf { char_order, word_order, .. } => char_order > 0 || word_order > 0,
            Self::Ter | Self::ErrorRate | Self::Share => true,
        }
    }

    /// The score of one sample by itself. None as [`value`](Self::value) has it.
    #[must_use]
    pub fn of(&self, counts: &[u32]) -> Option<f64> {
        let counts: Vec<f64> = counts.iter().copied().map(f64::from).collect();
        self.value(&counts)
    }

    /// Whether the value would change if all counts were multiplied by one number: where smoothing of BLEU is at work, and
    /// where there is no length to divide errors by.
    ///
    /// Means of counts then have another value than their sums, and an interval by the delta method means nothing, as the
    /// value jumps with the first match.
    #[must_use]
    pub fn depends_on_size(&self, counts: &[f64]) -> bool {
        match *self {
            Self::Bleu { smoothing: Smoothing::None, .. } | Self::Chrf { .. } | Self::Ter | Self::Share => false,
            Self::Bleu { smoothing: Smoothing::AddK { .. }, .. } => true,
            Self::Bleu { max_order, smoothing: Smoothing::Floor { .. } | Smoothing::Exp, .. } => {
                let orders = counts.get(BLEU_LENGTHS..).unwrap_or_default();
                let (correct, total) = orders.split_at(usize::from(max_order).min(orders.len()));
                correct.iter().zip(total).any(|(correct, total)| *correct <= 0.0 && *total > 0.0)
            }
            Self::ErrorRate => counts.get(1).is_some_and(|length| *length <= 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const BLEU: CorpusMetric = CorpusMetric::Bleu { max_order: 4, smoothing: Smoothing::Exp, effective_order: false };
    const CHRF: CorpusMetric = CorpusMetric::Chrf { char_order: 6, word_order: 0, beta: 2 };

    fn bleu_with(smoothing: Smoothing, effective_order: bool, counts: &[f64]) -> f64 {
        CorpusMetric::Bleu { max_order: 4, smoothing, effective_order }.value(counts).unwrap()
    }

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn a_corpus_has_the_bleu_that_sacrebleu_gives_for_its_sums() {
        let sums = [196.0, 173.0, 111.0, 74.0, 55.0, 44.0, 196.0, 147.0, 120.0, 101.0];
        assert!(near(BLEU.value(&sums).unwrap(), 0.488_453_819_152_657));
        let means = sums.map(|sum| sum / 50.0);
        assert!(near(BLEU.value(&means).unwrap(), 0.488_453_819_152_657));
        assert!(!BLEU.depends_on_size(&sums));
    }

    #[test]
    fn an_order_without_matches_is_smoothed_in_sacrebleu_s_four_ways() {
        // sacrebleu.BLEU.compute_bleu([3, 1, 0, 0], [6, 5, 4, 3], 6, 6, method, value, effective_order)
        let counts = [6.0, 6.0, 3.0, 1.0, 0.0, 0.0, 6.0, 5.0, 4.0, 3.0];
        assert!(near(bleu_with(Smoothing::Exp, true, &counts), 0.179_652_055_981_542_13));
        assert!(near(bleu_with(Smoothing::Floor { value: 0.1 }, true, &counts), 0.095_544_279_220_436_7));
        assert!(near(bleu_with(Smoothing::AddK { value: 1.0 }, true, &counts), 0.302_137_539_735_676_75));
        assert_eq!(bleu_with(Smoothing::None, true, &counts), 0.0);
        let metric = CorpusMetric::Bleu { max_order: 4, smoothing: Smoothing::Exp, effective_order: true };
        assert!(metric.depends_on_size(&counts) && !CHRF.depends_on_size(&counts));
    }

    #[test]
    fn only_the_effective_order_forgives_a_text_that_is_too_short_for_four_grams() {
        let counts = [2.0, 2.0, 2.0, 1.0, 0.0, 0.0, 2.0, 1.0, 0.0, 0.0];
        assert_eq!(bleu_with(Smoothing::Exp, true, &counts), 1.0);
        assert_eq!(bleu_with(Smoothing::Exp, false, &counts), 0.0);
    }

    #[test]
    fn a_short_output_pays_for_its_brevity() {
        let counts = [5.0, 10.0, 5.0, 4.0, 3.0, 2.0, 5.0, 4.0, 3.0, 2.0];
        assert!(near(bleu_with(Smoothing::None, false, &counts), (-1.0_f64).exp()));
    }

    #[test]
    fn rates_are_errors_by_length_and_what_has_no_length_is_told_apart() {
        assert_eq!(CorpusMetric::ErrorRate.of(&[3, 2]), Some(1.5));
        assert_eq!(CorpusMetric::ErrorRate.of(&[3, 0]), Some(3.0));
        assert!(CorpusMetric::ErrorRate.depends_on_size(&[3.0, 0.0]));
        assert_eq!(CorpusMetric::Ter.of(&[3, 2, 500_000_000]), Some(1.2));
        assert_eq!(CorpusMetric::Ter.of(&[3, 0, 0]), Some(1.0));
        assert_eq!(CorpusMetric::Ter.of(&[0, 0, 0]), Some(0.0));
    }

    #[test]
    fn a_share_of_nothing_is_none_and_one_of_more_than_all_is_all() {
        assert_eq!(CorpusMetric::Share.width(), 2);
        assert_eq!(CorpusMetric::Share.of(&[3, 4]), Some(0.75));
        assert_eq!(CorpusMetric::Share.of(&[0, 4]), Some(0.0));
        assert_eq!(CorpusMetric::Share.of(&[0, 0]), None);
        assert_eq!(CorpusMetric::Share.of(&[3]), None);
        // Where a numeric derivative looks beyond the ends.
        assert_eq!(CorpusMetric::Share.value(&[4.1, 4.0]), Some(1.0));
        assert_eq!(CorpusMetric::Share.value(&[-0.1, 4.0]), Some(0.0));
        assert_eq!(CorpusMetric::Share.value(&[0.0, -0.1]), None);
        assert!(!CorpusMetric::Share.depends_on_size(&[0.0, 4.0]));
    }

    #[test]
    fn rates_have_no_upper_end_and_scores_have() {
        for metric in [BLEU, CHRF, CorpusMetric::Share] {
            assert_eq!((metric.range(), metric.higher_is_better()), ((0.0, 1.0), true), "{metric:?}");
        }
        for metric in [CorpusMetric::Ter, CorpusMetric::ErrorRate] {
            assert_eq!((metric.range(), metric.higher_is_better()), ((0.0, f64::INFINITY), false), "{metric:?}");
        }
    }

    #[test]
    fn counts_that_do_not_fit_have_no_value() {
        assert_eq!(BLEU.value(&[1.0; 9]), None);
        assert_eq!(CorpusMetric::ErrorRate.value(&[1.0, f64::NAN]), None);
        let without_orders = CorpusMetric::Bleu { max_order: 0, smoothing: Smoothing::Exp, effective_order: true };
        assert_eq!(without_orders.of(&[1, 1]), None);
        assert_eq!(CorpusMetric::Chrf { char_order: 0, word_order: 0, beta: 2 }.value(&[]), None);
    }

    #[test]
    fn a_metric_is_written_with_its_name_in_front() {
        let text = serde_json::to_string(&BLEU).unwrap();
        let written = r#"{"metric":"bleu","max_order":4,"smoothing":{"method":"exp"},"effective_order":false}"#;
        assert_eq!(text, written);
        assert_eq!(serde_json::from_str::<CorpusMetric>(&text).unwrap(), BLEU);
        assert_eq!(serde_json::to_string(&CorpusMetric::ErrorRate).unwrap(), r#"{"metric":"error_rate"}"#);
    }

    proptest! {
        #[test]
        fn chrf_is_a_share_and_the_same_for_sums_and_means(counts in vec((0u32..50, 0u32..50), 6), n in 1u32..9) {
            let counts: Vec<f64> =
                counts.iter().flat_map(|(a, b)| [*a, *b, *a.min(b)]).map(f64::from).collect();
            let value = CHRF.value(&counts).unwrap();
            prop_assert!((0.0..=1.0).contains(&value));
            let sums: Vec<f64> = counts.iter().map(|count| count * f64::from(n)).collect();
            prop_assert!(near(CHRF.value(&sums).unwrap(), value));
        }

        #[test]
        fn no_value_of_counts_that_can_be_lies_outside_of_the_range(
            pairs in vec((0u32..40, 0u32..40), 6),
            lengths in (0u32..40, 0u32..40),
        ) {
            let of = |metric: CorpusMetric, counts: Vec<u32>| {
                let (lowest, highest) = metric.range();
                // Roots and their powers differ from 1 in the last digits.
                metric.of(&counts).is_none_or(|value| value >= lowest && value <= highest + 1e-12)
            };
            let matches = || pairs[..4].iter().map(|(a, b)| *a.min(b));
            let grams = pairs[..4].iter().map(|(a, _)| *a);
            let bleu = [lengths.0, lengths.1].into_iter().chain(matches()).chain(grams).collect();
            let chrf = pairs.iter().flat_map(|(a, b)| [*a, *b, *a.min(b)]).collect();
            prop_assert!(of(BLEU, bleu) && of(CHRF, chrf));
            prop_assert!(of(CorpusMetric::Share, vec![lengths.0.min(lengths.1), lengths.1]));
            prop_assert!(of(CorpusMetric::Ter, vec![lengths.0, lengths.1, 0]));
            prop_assert!(of(CorpusMetric::ErrorRate, vec![lengths.0, lengths.1]));
        }

        #[test]
        fn no_counts_of_any_size_or_sign_make_a_metric_of_shares_leave_its_range(counts in vec(-9.0..9.0, 10)) {
            let mut counts: Vec<f64> = counts;
            for order in 2..6 {
                counts[order] = counts[order].min(counts[order + 4]);
            }
            prop_assert!((0.0..=1.0).contains(&bleu_with(Smoothing::None, true, &counts)));
        }
    }
}
