//! What became of single rows.

use super::super::{Change, Pairing, RowChange, rows_in_order_of_harm};
use super::*;

fn changes(left: &Side, right: &Side) -> Vec<RowChange> {
    rows_in_order_of_harm(left, right, &Pairing::of(left, right), None)
}

/// Repeats of one row with these answers, all right.
fn saying(answers: &[&str]) -> Side {
    let samples = (0..).zip(answers).map(|(trial, text)| answered("r", trial, text, verdict(true)));
    side(&scorer("s", true), answers.len() as u32, samples)
}

#[test]
fn a_row_that_was_asked_more_often_is_the_same_if_its_answers_are() {
    for (left, right, change) in [
        (&["a"][..], &["a", "a", "a"][..], Change::Same),
        (&["a", "b"], &["b", "a", "b"], Change::Same),
        (&["a"], &["a", "b"], Change::Changed),
        (&["a", "b"], &["a", "a", "a"], Change::Changed),
        // Asked as often, it counts how often each was said, but not when.
        (&["a", "b"], &["b", "a"], Change::Same),
        (&["a", "a", "b"], &["a", "b", "b"], Change::Changed),
        (&["{\"a\": 1, \"b\": 2}"], &["{\"b\":2,\"a\":1}"], Change::Same),
    ] {
        for (left, right) in [(left, right), (right, left)] {
            assert_eq!(changes(&saying(left), &saying(right))[0].change, change, "{left:?} {right:?}");
        }
    }
}

#[test]
fn rows_come_by_how_much_harm_was_done() {
    let rows = |rows: [Option<(&str, f64)>; 8]| {
        let samples = rows.into_iter().enumerate().map(|(row, answer)| {
            let row = format!("r{row}");
            match answer {
                Some((text, value)) => {
                    let score = Score { pass: Some(value >= 0.5), ..degree(value) };
                    answered(&row, 0, text, score)
                }
                None => failed(&row, 0),
            }
        });
        side(&ScorerOutline { passes: true, ..scorer("s", false) }, 1, samples)
    };
    let some = |text, value| Some((text, value));
    let left = rows([
        some("a", 0.2),
        some("a", 0.9),
        some("a", 0.9),
        some("a", 0.9),
        some("a", 0.9),
        None,
        some("a", 0.9),
        some("a", 0.9),
    ]);
    let right = rows([
        some("b", 0.6),
        some("a", 0.9),
        some("b", 0.9),
        some("b", 0.8),
        some("b", 0.1),
        some("b", 0.9),
        None,
        some("b", 0.7),
    ]);
    let told: Vec<_> = changes(&left, &right).iter().map(|row| format!("{} {:?}", row.row, row.change)).collect();
    assert_eq!(
        told,
        [
            "r6 Error",
            "r4 Regressed",
            "r7 Regressed",
            "r3 Regressed",
            "r5 Error",
            "r2 Changed",
            "r1 Same",
            "r0 Improved",
        ]
    );
}

#[test]
fn the_samples_of_a_row_come_by_their_repeats() {
    let samples = [2, 0, 1].map(|trial| answered("r", trial, "x", verdict(true)));
    let side = side(&scorer("s", true), 3, samples);
    assert_eq!(side.samples_of(&"r".into()), [2, 3, 1]);
    assert!(side.samples_of(&"other".into()).is_empty());
}
