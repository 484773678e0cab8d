//! How often a gate errs, as `docs/comparing.md` says it: computed exactly for a model that varies, and not believed.
//!
//! A model has a usual answer to every row and gives another one now and then: on a share of the answers, its noise, the
//! answer is drawn anew and is right as often as the model is on the whole. Both the baseline and the run of the change vary
//! so, independently. A change may besides turn some of the rows that are usually right into rows that are usually wrong.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use carat_core::stats::tango;

/// The rows of the example's test split, and how many of them the model usually gets right: 76 %.
pub(super) const ROWS: usize = 334;
pub(super) const RIGHT: usize = 254;

/// The margin of the gate that the page recommends for the example.
pub(super) const MARGIN: f64 = 0.05;

/// Whether a gate `no_worse_than` on verdicts holds, of which so many were lost and so many won: the rule of
/// `crates/eval/src/gates/relative.rs`, for the interval of `crates/core/src/compare`. `pull_request` holds the binary
/// against it.
pub(super) fn holds(lost: usize, won: usize, rows: usize, margin: f64) -> bool {
    // Which of the rows that are alike are right decides nothing.
    let same = rows - lost - won;
    tango(same as u64, lost as u64, won as u64, 0, 0.95).low > -margin
}

/// Rows that are lost and won with the same probabilities.
struct Rows {
    count: usize,
    lost: f64,
    won: f64,
}

/// All rows of the example for a model of this noise, and a change that loses so many of them.
fn example(noise: f64, loses: usize) -> Vec<Rows> {
    let accuracy = RIGHT as f64 / ROWS as f64;
    let right = |usually: f64| (1.0 - noise) * usually + noise * accuracy;
    let rows = |count: usize, before: f64, after: f64| {
        let (before, after) = (right(before), right(after));
        Rows { count, lost: before * (1.0 - after), won: (1.0 - before) * after }
    };
    vec![rows(RIGHT - loses, 1.0, 1.0), rows(ROWS - RIGHT, 0.0, 0.0), rows(loses, 1.0, 0.0)]
}

/// The probability of every number of rows that are lost and won.
fn outcomes(rows: &[Rows]) -> HashMap<(usize, usize), f64> {
    let mut outcomes = HashMap::from([((0, 0), 1.0)]);
    for Rows { count, lost, won } in rows {
        for _ in 0..*count {
            let mut next = HashMap::with_capacity(outcomes.len() * 2);
            for ((l, w), p) in outcomes.into_iter().filter(|(_, p)| *p > 1e-12) {
                for (outcome, share) in [((l, w), 1.0 - lost - won), ((l + 1, w), *lost), ((l, w + 1), *won)] {
                    *next.entry(outcome).or_insert(0.0) += p * share;
                }
            }
            outcomes = next;
        }
    }
    outcomes
}

/// How often the gate is missed.
fn missed(rows: &[Rows], margin: f64) -> f64 {
    let all: usize = rows.iter().map(|rows| rows.count).sum();
    outcomes(rows).into_iter().filter(|((lost, won), _)| !holds(*lost, *won, all, margin)).map(|(_, p)| p).sum()
}

/// `0.12 %`, and never a certainty that is none.
fn percent(share: f64) -> String {
    match share * 100.0 {
        p if p < 0.01 => "< 0.01 %".to_owned(),
        p if p > 99.99 => "> 99.99 %".to_owned(),
        p if !(1.0..=99.0).contains(&p) => format!("{p:.2} %"),
        p => format!("{p:.1} %"),
    }
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/comparing.md")).unwrap()
}

const NOISES: [f64; 3] = [0.03, 0.10, 0.20];

#[test]
fn the_page_says_how_often_the_gate_is_missed_by_what_a_change_loses() {
    let page = page();
    for (told, loses) in [("0", 0), ("1", 3), ("2", 7), ("3", 10), ("4", 13), ("5", 17), ("7.5", 25), ("10", 34)] {
        let cells = NOISES.map(|noise| percent(missed(&example(noise, loses), MARGIN)));
        let row = format!("| {told} ({loses}) | {} |", cells.join(" | "));
        assert!(page.contains(&row), "docs/comparing.md does not say: {row}");
    }
}

#[test]
fn the_page_says_how_often_a_change_of_nothing_is_stopped_by_each_margin() {
    let page = page();
    for margin in [0.02, 0.03, 0.04, 0.05, 0.06, 0.08] {
        let cells = NOISES.map(|noise| percent(missed(&example(noise, 0), margin)));
        let row = format!("| {margin:.2} | {} |", cells.join(" | "));
        assert!(page.contains(&row), "docs/comparing.md does not say: {row}");
    }
}

#[test]
fn a_margin_of_twice_what_can_be_seen_lets_a_change_of_nothing_pass() {
    // With power 0.8, what can be seen is 2.80 standard errors of the difference.
    for noise in NOISES {
        let rows = example(noise, 0);
        let differ: f64 = rows.iter().map(|rows| rows.count as f64 * (rows.lost + rows.won)).sum();
        let can_be_seen = 2.801_585 * differ.sqrt() / ROWS as f64;
        assert!(missed(&rows, 2.0 * can_be_seen) < 0.01, "{noise}");
        assert!(missed(&rows, can_be_seen) > 0.2, "{noise}");
    }
}

#[test]
fn a_change_that_loses_exactly_the_margin_passes_no_more_often_than_the_confidence_allows() {
    // Rows are drawn anew each time: the interval is about rows like these, not about these alone.
    let symmetric = 0.0108;
    let rows = [Rows { count: ROWS, lost: symmetric + MARGIN, won: symmetric }];
    let passes = 1.0 - missed(&rows, MARGIN);
    assert!((0.015..=0.025).contains(&passes), "{passes}");
}

#[test]
fn ten_thousand_seeded_repeats_agree_with_what_was_computed() {
    use super::pull_request::{Answers, Dice};
    let usual = Answers::usual();
    let mut stopped = 0_u32;
    for seed in 0..10_000 {
        let mut dice = Dice::new(seed);
        let (before, after) = (usual.drawn(0, &mut dice), usual.drawn(0, &mut dice));
        let (lost, won) = before.against(&after);
        stopped += u32::from(!holds(lost, won, ROWS, 0.03));
    }
    let computed = missed(&example(0.03, 0), 0.03);
    let share = f64::from(stopped) / 10_000.0;
    let spread = (computed * (1.0 - computed) / 10_000.0).sqrt();
    assert!((share - computed).abs() < 4.0 * spread, "{share} {computed}");
}
