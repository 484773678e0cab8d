//! Which rows are held against each other.

use super::super::Pairing;
use super::*;

fn named(rows: &[(&str, bool)]) -> Side {
    side(&scorer("s", true), 1, rows.iter().map(|(row, pass)| answered(row, 0, "x", verdict(*pass))))
}

#[test]
fn rows_are_joined_by_their_ids_and_not_by_their_places() {
    let left = named(&[("a", true), ("b", false), ("c", true)]);
    let right = named(&[("c", true), ("d", false), ("a", true)]);
    let comparison = compared(&left, &right);
    let rows = &comparison.rows;
    assert_eq!((rows.paired, rows.left_only, rows.right_only, rows.changed), (2, 1, 1, 0));
    assert_eq!((&rows.left_only_rows, &rows.right_only_rows), (&vec!["b".to_owned()], &vec!["d".to_owned()]));
    let accuracy = &comparison.metrics[0];
    assert_eq!((accuracy.left, accuracy.right, accuracy.ties), (1.0, 1.0, 2));
}

#[test]
fn a_row_with_other_content_is_set_apart_and_part_of_no_number() {
    let left = named(&[("a", true), ("b", true)]);
    let changed = Sample { row_digest: digest("other"), ..answered("b", 0, "x", verdict(false)) };
    let right = side(&scorer("s", true), 1, [answered("a", 0, "x", verdict(true)), changed]);
    let comparison = compared(&left, &right);
    assert_eq!((comparison.rows.paired, comparison.rows.changed), (1, 1));
    assert_eq!(comparison.rows.changed_rows, ["b"]);
    assert_eq!((comparison.metrics[0].pairs, comparison.metrics[0].right), (1, 1.0));
}

#[test]
fn repeats_of_a_row_are_averaged_and_no_rows_of_their_own() {
    let scorer = scorer("s", true);
    let repeated = |passes: [[bool; 2]; 3]| {
        let rows = passes.into_iter().enumerate();
        let samples = rows.flat_map(|(row, trials)| {
            (0..).zip(trials).map(move |(trial, pass)| answered(&format!("r{row}"), trial, "x", verdict(pass)))
        });
        side(&scorer, 2, samples)
    };
    let left = repeated([[true, false], [true, true], [false, false]]);
    let right = repeated([[true, true], [true, true], [false, true]]);
    let accuracy = metric(&left, &right, "s.accuracy");
    assert_eq!((accuracy.pairs, accuracy.wins, accuracy.losses, accuracy.ties), (3, 2, 0, 1));
    assert_eq!((accuracy.left, &*accuracy.test, &*accuracy.interval), (0.5, "sign-flip", "t"));
    near(accuracy.delta, 1.0 / 3.0);
    // Of the 2³ signs that ½, 0 and ½ may have, four give a mean as far from 0.
    near(accuracy.p.unwrap(), 0.5);
}

#[test]
fn repeats_in_another_order_are_no_spread() {
    let scorer = scorer("s", false);
    // 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ in their last digit.
    let repeated = |values: [f64; 3]| {
        let samples = (0..24_u32).map(move |at| {
            let values = if at < 12 { values } else { [0.1, 0.2, 0.3] };
            answered(&format!("r{}", at / 3), at % 3, "x", degree(values[at as usize % 3]))
        });
        side(&scorer, 3, samples)
    };
    let mean = metric(&repeated([0.1, 0.2, 0.3]), &repeated([0.3, 0.2, 0.1]), "s.mean");
    assert_eq!((mean.wins, mean.losses, mean.ties, &*mean.interval), (0, 0, 8, "score"));
    assert!(mean.low < -0.3 && mean.high > 0.3, "{mean:?}");
}

#[test]
fn the_order_in_which_models_answered_changes_nothing() {
    let scorer = scorer("s", false);
    let samples = |side: u64| {
        let of = move |at: u64| {
            let value = (at * (7 + side) % 11) as f64 / 10.0;
            answered(&format!("r{}", at / 2), (at % 2) as u32, &format!("{value}"), degree(value))
        };
        (0..40).map(of).collect::<Vec<_>>()
    };
    let (left, right) = (side(&scorer, 2, samples(0)), side(&scorer, 2, samples(1)));
    let backwards = side(&scorer, 2, samples(1).into_iter().rev());
    let settings = Settings { resamples: 500, ..Settings::default() };
    let comparison = compare(&left, &right, &settings);
    assert_eq!(compare(&left, &backwards, &settings), comparison);
    let rows = |right: &Side| super::super::rows_in_order_of_harm(&left, right, &Pairing::of(&left, right), None);
    assert_eq!(rows(&backwards), rows(&right));
}
