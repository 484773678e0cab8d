//! Every kind of metric, against numbers from elsewhere.

use crate::corpus::Smoothing;

use super::super::{Finding, compare_all};
use super::*;

#[test]
fn verdicts_are_compared_by_the_rows_that_differ() {
    // 20 right on both sides, 12 lost, 3 won, 5 wrong on both; the p-value from scipy.stats.binomtest(3, 15).
    let left = signs(&format!("{}{}{}{}", "+".repeat(20), "+".repeat(12), "-".repeat(3), "-".repeat(5)));
    let right = signs(&format!("{}{}{}{}", "+".repeat(20), "-".repeat(12), "+".repeat(3), "-".repeat(5)));
    let accuracy = metric(&left, &right, "s.accuracy");
    assert_eq!((accuracy.wins, accuracy.losses, accuracy.ties, accuracy.pairs), (3, 12, 25, 40));
    assert_eq!((&*accuracy.test, &*accuracy.interval, accuracy.finding), ("mcnemar", "tango", Finding::Worse));
    near(accuracy.p.unwrap(), 0.035_156_25);
    near(accuracy.delta, -0.225);
}

#[test]
fn degrees_are_compared_by_their_mean_difference() {
    let right = degrees(&[0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
    let mean = metric(&degrees(&[0.1; 7]), &right, "s.mean");
    assert_eq!((mean.wins, mean.losses, &*mean.test, &*mean.interval), (7, 0, "sign-flip", "t"));
    near(mean.delta, 0.4);
    // All signs alike, one way or the other, of 2⁷; t(0.975, 6) = 2.446 912 on a standard error of √(0.28/6/7).
    near(mean.p.unwrap(), 2.0 / 128.0);
    assert!((mean.low - (0.4 - 2.446_911_851 * 0.081_649_658)).abs() < 1e-8, "{mean:?}");
}

#[test]
fn a_row_that_lost_its_value_is_told_and_no_part_of_the_mean() {
    let right = side(&scorer("s", true), 1, [answered("r000", 0, "x", verdict(true)), failed("r001", 0)]);
    let comparison = compared(&signs("++"), &right);
    let (accuracy, errors) = (&comparison.metrics[0], &comparison.metrics[1]);
    assert_eq!((accuracy.pairs, accuracy.lost, accuracy.right), (1, 1, 1.0));
    assert_eq!((&*errors.metric, errors.delta, errors.losses, errors.lost), ("errors.share", 0.5, 1, 0));
}

#[test]
fn macro_f1_is_compared_with_its_influence_on_every_row() {
    let scorer = ScorerOutline { classes: vec!["a".to_owned(), "b".to_owned()], ..scorer("s", true) };
    let left = once(&scorer, (0..20).map(|row| if row % 2 == 0 { class("a", "a") } else { class("b", "a") }));
    let right = once(&scorer, (0..20).map(|row| if row % 2 == 0 { class("a", "a") } else { class("b", "b") }));
    let f1 = metric(&left, &right, "s.f1_macro");
    // On the left `a` has precision ½ and recall 1, and `b` is never said.
    near(f1.left, (2.0 / 3.0) / 2.0);
    near(f1.right, 1.0);
    assert_eq!((f1.wins, f1.losses, &*f1.interval, f1.finding), (10, 0, "delta", Finding::Better));
}

#[test]
fn a_rate_of_the_corpus_is_of_all_its_counts_and_less_of_it_is_better() {
    let scorer = counting(CorpusMetric::ErrorRate);
    let of = |errors: u32| once(&scorer, (0..40).map(move |row| counts(0.5, &[errors + row % 2, 10 + row % 3])));
    let (left, right) = (of(3), of(1));
    let rate = metric(&left, &right, "s.all");
    // Errors 140 and 60, on 13 times 10 + 11 + 12 and one more 10.
    near(rate.left, 140.0 / 439.0);
    near(rate.right, 60.0 / 439.0);
    assert!(!rate.higher_is_better && rate.finding == Finding::Better && rate.high < 0.0, "{rate:?}");
}

const fn bleu(smoothing: Smoothing) -> CorpusMetric {
    CorpusMetric::Bleu { max_order: 2, smoothing, effective_order: false }
}

/// Lengths, matches of words and pairs of words, and how many there are.
fn of_bleu(smoothing: Smoothing, pairs_matched: u32) -> Side {
    let row = |row: u32| counts(0.5, &[6, 6, 3 + row % 2, pairs_matched, 6, 5]);
    once(&counting(bleu(smoothing)), (0..40).map(row))
}

#[test]
fn bleu_without_matches_of_some_order_is_not_compared() {
    for smoothing in [Smoothing::Exp, Smoothing::Floor { value: 0.1 }, Smoothing::AddK { value: 1.0 }, Smoothing::None]
    {
        let (some, none) = (of_bleu(smoothing, 2), of_bleu(smoothing, 0));
        for (left, right, side) in [(&some, &none, "right"), (&none, &some, "left"), (&none, &none, "left")] {
            let comparison = compared(left, right);
            assert!(comparison.metrics.iter().all(|metric| metric.metric != "s.all"), "{smoothing:?}");
            let told = format!(
                "the {side} side has no match for some order of n-grams, and its BLEU would jump with the first one, so \
                 that nothing tells how far off it is; compare more rows, or chrF"
            );
            assert_eq!((&*comparison.not_compared[0].metric, &comparison.not_compared[0].because), ("s.all", &told));
        }
        assert_eq!(metric(&some, &some, "s.all").delta, 0.0, "{smoothing:?}");
    }
}

#[test]
fn errors_without_a_length_are_no_rate() {
    let of = |length: u32| once(&counting(CorpusMetric::ErrorRate), (0..8).map(move |_| counts(0.0, &[1, length])));
    let told = &compared(&of(4), &of(0)).not_compared;
    assert_eq!(told[0].because, "the right side has no length to hold its errors against, and so no rate");
}

#[test]
fn costs_do_not_make_the_rest_harder_to_show() {
    let (left, right) = (costing(&[3, 4, 3, 4, 3, 4, 3, 4]), costing(&[2, 2, 2, 3, 2, 2, 2, 3]));
    let alone = compared(&left, &right);
    assert_eq!(alone.family, 1);
    for metric in &alone.metrics {
        assert_eq!(metric.adjusted_p, metric.p, "{metric:?}");
    }
    let cost = &alone.metrics[1];
    assert_eq!((&*cost.metric, cost.finding), ("cost.per_sample", Finding::Better));
    // Several comparisons are a family, and so are their costs.
    let settings = Settings { resamples: 0, ..Settings::default() };
    let both = compare_all([(&left, &right), (&left, &right)], &settings);
    assert_eq!(both[0].family, 2);
    near(both[0].metrics[1].adjusted_p.unwrap(), 2.0 * cost.p.unwrap());
    assert_eq!(compare_all([(&left, &right)], &settings), [alone]);
}

#[test]
fn looking_for_errors_where_there_are_none_changes_nothing_else() {
    let (left, right) = (signs(&"+".repeat(12)), signs("+---+--+++++"));
    let everything = compare(&left, &right, &Settings { resamples: 0, everything: true, ..Settings::default() });
    assert_eq!(everything.metrics.len(), 3);
    assert_eq!((everything.family, &everything.metrics[0]), (1, &compared(&left, &right).metrics[0]));
    assert_eq!(everything.metrics[2].adjusted_p, Some(1.0));
}

#[test]
fn degrees_can_be_seen_by_their_spread_and_not_by_whole_rows() {
    let left: Vec<f64> = (0..19).map(|row| 0.5 + f64::from(row % 3) / 100.0).collect();
    let right: Vec<f64> = (0..19).map(|row| 0.65 + f64::from(row % 5) / 100.0).collect();
    let mean = metric(&degrees(&left), &degrees(&right), "s.mean");
    assert_eq!(mean.finding, Finding::Better);
    let seen = mean.detectable.unwrap();
    assert!(seen < 0.03 && seen < mean.delta, "{mean:?}");
}

#[test]
fn without_spread_what_may_still_be_is_what_can_be_seen() {
    let mean = metric(&degrees(&[0.3; 40]), &degrees(&[0.3; 40]), "s.mean");
    near(mean.detectable.unwrap(), mean.high);
    // z²/(n + z²), as for verdicts.
    assert!((mean.high - 0.087_622).abs() < 1e-6, "{mean:?}");
    // So few rows can show nothing, whatever they say.
    assert_eq!(metric(&degrees(&[0.1; 5]), &degrees(&[0.9; 5]), "s.mean").detectable, None);
    assert_eq!(metric(&costing(&[1; 5]), &costing(&[2; 5]), "cost.per_sample").detectable, None);
}
