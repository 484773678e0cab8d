//! Which rows flipped.

use super::super::FlippedRows;
use super::*;

fn flipped(left: &Side, right: &Side, name: &str) -> FlippedRows {
    metric(left, right, name).flipped.unwrap()
}

#[test]
fn rows_that_passed_and_fail_are_named_and_those_that_failed_and_pass() {
    let ours = flipped(&signs("++-+-++"), &signs("+-++-+-"), "s.accuracy");
    assert_eq!((ours.to_fail, ours.to_pass), (2, 1));
    assert_eq!(ours.to_fail_rows, ["r001", "r006"]);
    assert_eq!(ours.to_pass_rows, ["r002"]);
    assert_eq!(flipped(&signs("+-"), &signs("+-"), "s.accuracy").to_fail_rows, [""; 0]);
}

#[test]
fn of_many_rows_the_first_hundred_are_named_and_all_are_counted() {
    let ours = flipped(&signs(&"+".repeat(450)), &signs(&"-".repeat(450)), "s.accuracy");
    assert_eq!((ours.to_fail, ours.to_fail_rows.len(), ours.to_pass), (450, 100, 0));
    assert_eq!((&*ours.to_fail_rows[0], &*ours.to_fail_rows[99]), ("r000", "r099"));
}

/// A scorer with a threshold of one half, and what it says of each row.
fn with_threshold(values: &[f64]) -> Side {
    let scorer = ScorerOutline { passes: true, threshold: Some(0.5), ..scorer("s", false) };
    once(&scorer, values.iter().map(|value| Score { pass: Some(*value >= 0.5), ..degree(*value) }))
}

#[test]
fn of_degrees_with_a_threshold_those_rows_flipped_that_crossed_it_the_farthest_first() {
    let left = with_threshold(&[0.6, 0.9, 0.9, 0.2, 0.4]);
    let right = with_threshold(&[0.4, 0.6, 0.1, 0.9, 0.5]);
    for name in ["s.mean", "s.pass_rate"] {
        let ours = flipped(&left, &right, name);
        assert_eq!(
            (ours.to_fail_rows, ours.to_pass_rows),
            (vec!["r002".into(), "r000".into()], vec!["r003".into(), "r004".into()])
        );
    }
    let mean = metric(&left, &right, "s.mean");
    assert_eq!((mean.wins, mean.losses), (2, 3), "a fall that crosses nothing is a loss, and no flip");
}

#[test]
fn degrees_without_verdicts_and_costs_do_not_flip() {
    assert_eq!(metric(&degrees(&[0.0, 1.0]), &degrees(&[1.0, 0.0]), "s.mean").flipped, None);
    assert_eq!(metric(&costing(&[1; 5]), &costing(&[2; 5]), "cost.per_sample").flipped, None);
}

#[test]
fn a_row_that_lost_its_answer_flipped_to_an_error() {
    let ours = flipped(&errors("+++!"), &errors("+!++"), "errors.share");
    assert_eq!((ours.to_fail_rows, ours.to_pass_rows), (vec!["r001".into()], vec!["r003".into()]));
}

#[test]
fn repeats_that_pass_less_often_flipped_the_most_of_them_first() {
    let of = |passes: [u32; 3]| {
        let samples = passes.into_iter().enumerate().flat_map(|(row, passes)| {
            (0..4).map(move |trial| answered(&format!("r{row}"), trial, "x", verdict(trial < passes)))
        });
        side(&scorer("s", true), 4, samples)
    };
    let ours = flipped(&of([4, 4, 2]), &of([3, 1, 2]), "s.accuracy");
    assert_eq!((ours.to_fail, ours.to_fail_rows), (2, vec!["r1".to_owned(), "r0".to_owned()]));
}

#[test]
fn the_rows_of_a_comparison_say_the_same_of_who_flipped() {
    use super::super::{Pairing, rows_in_order_of_harm};
    let (left, right) = (signs("++-+--+-+"), signs("-+++--++-"));
    let ours = flipped(&left, &right, "s.accuracy");
    let rows = rows_in_order_of_harm(&left, &right, &Pairing::of(&left, &right), None);
    let changed = rows.iter().filter(|row| row.flipped).count() as u64;
    assert_eq!(ours.to_fail + ours.to_pass, changed);
}
