//! Intervals of metrics of a whole corpus.

use super::*;
use crate::corpus::Smoothing;

const BLEU: CorpusMetric = CorpusMetric::Bleu { max_order: 4, smoothing: Smoothing::Exp, effective_order: false };

fn tally(counts: &[&[u32]]) -> CorpusTally {
    let mut tally = CorpusTally::default();
    counts.iter().for_each(|counts| tally.add(counts, PartOf::default()));
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
    assert!(near(estimate.value, 8.0 / 60.0) && (estimate.high - estimate.value - half).abs() < 1e-7, "{estimate:?}");
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
        let (low, high) = if value == 1.0 { (0.510_109_163_545_402_7, 1.0) } else { (0.0, 0.489_890_836_454_597_3) };
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
        let row = format!("row {row}").into();
        (0..5).for_each(|_| repeated.add(counts, PartOf { row: Some(&row), cluster: None }));
    }
    let (repeated, n, _) = repeated.interval(&CorpusMetric::ErrorRate, 0.95).unwrap();
    let (once, _) = interval(CorpusMetric::ErrorRate, &counts).unwrap();
    assert_eq!(n, 3);
    assert!((repeated.low - once.low).abs() < 1e-7 && (repeated.high - once.high).abs() < 1e-7);
}
