//! What is said of it all, in words.

use super::*;

fn said(left: &Side, right: &Side, name: &str) -> String {
    metric(left, right, name).sentence
}

#[test]
fn verdicts_in_words() {
    let (good, bad) = ("+".repeat(40), format!("{}{}", "-".repeat(15), "+".repeat(25)));
    let mixed = |left: &str, right: &str| said(&signs(left), &signs(right), "s.accuracy");
    let told = [
        mixed(&bad, &good),
        mixed(&good, &bad),
        mixed(&good, &good),
        mixed("+-++-+--+-", "-+++-+--+-"),
        mixed("+", "-"),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    better by 37.5 points (95 % +24.2 to +53.0, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    worse by 37.5 points (95 % -53.0 to -24.2, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    no row differs (95 % -8.8 to +8.8, p = 1.00, 40 pairs); with 40 rows only differences above 15.0 points can be seen
    no difference shown (+0.0 points, 95 % -34.2 to +34.2, p = 1.00, 10 pairs); with 10 rows only differences above 60.0 points can be seen
    no difference shown (-100.0 points, 95 % -100.0 to +58.7, p = 1.00, 1 pair); 1 row can show no difference at all
    ");
}

#[test]
fn degrees_in_words() {
    let ramp: Vec<f64> = (0..20).map(|row| f64::from(row) / 40.0).collect();
    let more =
        |by: f64| ramp.iter().enumerate().map(|(at, value)| value + by + (at % 4) as f64 / 50.0).collect::<Vec<_>>();
    let told = [
        said(&degrees(&more(0.15)), &degrees(&ramp), "s.mean"),
        said(&degrees(&ramp), &degrees(&ramp), "s.mean"),
        said(&degrees(&[0.0; 20]), &degrees(&[0.15; 20]), "s.mean"),
        said(&degrees(&[0.2]), &degrees(&[0.7]), "s.mean"),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    worse by 18.0 points (95 % -19.1 to -16.9, p < 0.0001, 20 pairs); with 20 rows only differences above 1.4 points can be seen
    no row differs (95 % -16.1 to +16.1, p = 1.00, 20 pairs); with 20 rows only differences above 16.1 points can be seen
    no difference shown (+15.0 points, 95 % -3.5 to +28.7, p < 0.0001, 20 pairs); with 20 rows only differences above 16.1 points can be seen
    no difference shown (+50.0 points, 95 % -69.0 to +89.7, p = 1.00, 1 pair); 1 row can show no difference at all
    ");
}

#[test]
fn where_less_is_better_the_signs_are_those_of_the_words() {
    let (none, some, all) = ("+".repeat(20), format!("!!{}", "+".repeat(18)), "!".repeat(20));
    let told = [(&all, &none), (&none, &all), (&none, &some), (&some, &none)]
        .map(|(left, right)| said(&errors(left), &errors(right), "errors.share"));
    insta::assert_snapshot!(told.join("\n"), @"
    better by 100.0 points (95 % +67.8 to +100.0, p < 0.0001, 20 pairs); with 20 rows only differences above 30.0 points can be seen
    worse by 100.0 points (95 % -100.0 to -67.8, p < 0.0001, 20 pairs); with 20 rows only differences above 30.0 points can be seen
    no difference shown (gain -10.0 points, 95 % -30.1 to +7.7, p = 0.50, 1.00 corrected for 2 tests, 20 pairs); with 20 rows only differences above 30.0 points can be seen
    no difference shown (gain +10.0 points, 95 % -7.7 to +30.1, p = 0.50, 1.00 corrected for 2 tests, 20 pairs); with 20 rows only differences above 30.0 points can be seen
    ");
    // The numbers stay right minus left.
    let fewer = metric(&errors(&all), &errors(&none), "errors.share");
    assert!(fewer.delta == -1.0 && fewer.low == -1.0 && fewer.high < -0.5, "{fewer:?}");
}

#[test]
fn money_is_told_in_digits_that_say_something() {
    let cost = |left: &[usize], right: &[usize]| said(&costing(left), &costing(right), "cost.per_sample");
    let (left, right) = ([3, 4, 3, 4, 3, 4, 3, 4], [2, 2, 2, 3, 2, 2, 2, 3]);
    let told = [
        cost(&left, &right),
        cost(&right, &left),
        cost(&[3, 4, 3, 4, 3, 4], &[4, 3, 3, 4, 4, 4]),
        cost(&[2; 12], &[2; 12]),
        cost(&[90_000; 12], &[180_000; 12]),
        cost(&[0; 12], &[0; 12]),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    better by $0.0000125 (95 % +$0.00000863 to +$0.0000164, p = 0.008, 8 pairs); with 8 rows only differences above $0.00000459 can be seen
    worse by $0.0000125 (95 % -$0.0000164 to -$0.00000863, p = 0.008, 8 pairs); with 8 rows only differences above $0.00000459 can be seen
    no difference shown (gain -$0.00000167, 95 % -$0.00000957 to +$0.00000623, p = 1.00, 6 pairs); with 6 rows only differences above $0.00000861 can be seen
    no row differs (95 % -$0.00000485 to +$0.00000485, p = 1.00, 12 pairs); with 12 rows only differences above $0.00000485 can be seen
    worse by $0.900 (95 % -$1.12 to -$0.245, p = 0.0005, 12 pairs); with 12 rows only differences above $0.436 can be seen
    no row differs (95 % +$0 to +$0, p = 1.00, 12 pairs); 12 rows can show no difference at all
    ");
}
