//! What has to hold for all numbers, not only for those that others have computed.

use proptest::prelude::*;

use super::distributions::z;
use super::random::generator;
use super::*;

/// Pairs of which each kind may be missing.
fn pairs() -> impl Strategy<Value = (u64, u64, u64, u64)> {
    let kind = || prop_oneof![Just(0), 0_u64..6, 0_u64..2000];
    (kind(), kind(), kind(), kind()).prop_filter("some pairs", |(a, b, c, d)| a + b + c + d > 0)
}

fn holds_its_value(estimate: Estimate, least: f64, most: f64) -> bool {
    let Estimate { value, low, high } = estimate;
    low <= value && value <= high && low >= least - 1e-12 && high <= most + 1e-12
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn tangos_interval_holds_the_difference_and_has_a_width((both, left, right, neither) in pairs()) {
        let ours = tango(both, left, right, neither, 0.95);
        prop_assert!(holds_its_value(ours, -1.0, 1.0), "{ours:?}");
        prop_assert!(ours.high > ours.low);
        let wider = tango(both, left, right, neither, 0.99);
        prop_assert!(wider.low <= ours.low && wider.high >= ours.high);
    }

    #[test]
    fn tangos_interval_mirrors_itself_when_the_sides_are_swapped((both, left, right, neither) in pairs()) {
        let ours = tango(both, left, right, neither, 0.95);
        let swapped = tango(neither, right, left, both, 0.95);
        prop_assert_eq!((swapped.value, swapped.low, swapped.high), (-ours.value, -ours.high, -ours.low));
    }

    #[test]
    fn tangos_interval_inverts_the_score_test((both, left, right, neither) in pairs(), null in -0.99..0.99) {
        let ours = tango(both, left, right, neither, 0.95);
        let test = |null: f64| tango_p(both, left, right, neither, null).unwrap();
        if ours.low > -1.0 {
            prop_assert!((test(ours.low).z - z(0.95)).abs() < 1e-5, "{:?}", test(ours.low));
        }
        if ours.high < 1.0 {
            prop_assert!((test(ours.high).z + z(0.95)).abs() < 1e-5, "{:?}", test(ours.high));
        }
        prop_assert_eq!(ours.low <= null && null <= ours.high, test(null).two_sided >= 0.05, "{:?} {:?}", ours, test(null));
        prop_assert!((test(null).greater + test(null).less - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ten_times_the_pairs_give_a_shorter_interval((both, left, right, neither) in pairs()) {
        let one = tango(both, left, right, neither, 0.95);
        let ten = tango(10 * both, 10 * left, 10 * right, 10 * neither, 0.95);
        prop_assert!(ten.high - ten.low < one.high - one.low);
    }

    #[test]
    fn mcnemars_p_values_are_probabilities(left in 0_u64..3000, right in 0_u64..3000) {
        let ours = mcnemar(left, right);
        prop_assert!(ours.mid_p >= 0.0 && ours.mid_p <= ours.exact_p && ours.exact_p <= 1.0, "{ours:?}");
        prop_assert_eq!(mcnemar(right, left), ours);
        let further = mcnemar(left.min(right), left.max(right) + 1);
        prop_assert!(further.mid_p <= ours.mid_p);
    }

    #[test]
    fn t_holds_its_value_and_says_the_same_as_its_p(differences in prop::collection::vec(-1.0..1.0_f64, 2..60)) {
        if let Some(ours) = paired_t(&differences, 0.95) {
            prop_assert!(holds_its_value(ours.estimate().within(-1.0, 1.0), -1.0, 1.0), "{ours:?}");
            prop_assert_eq!(ours.p < 0.05, ours.low > 0.0 || ours.high < 0.0, "{:?}", ours);
        }
        let tenfold = differences.repeat(10);
        if let (Some(one), Some(ten)) = (paired_t(&differences, 0.95), paired_t(&tenfold, 0.95)) {
            prop_assert!(ten.high - ten.low < one.high - one.low);
        }
    }

    #[test]
    fn clustered_intervals_hold_their_value(clusters in prop::collection::vec((0.0..1.0_f64, 1_u64..9), 2..30)) {
        let clusters = || clusters.iter().map(|(mean, size)| (mean * *size as f64, *size));
        let wilson = wilson_clustered(clusters(), 0.95).unwrap();
        prop_assert!(holds_its_value(wilson, 0.0, 1.0), "{wilson:?}");
        if let Some(ours) = clustered(clusters(), 0.95) {
            prop_assert!(holds_its_value(ours.estimate.within(0.0, 1.0), 0.0, 1.0), "{ours:?}");
        }
    }

    #[test]
    fn adjusting_never_helps_and_keeps_the_order(p in prop::collection::vec(0.0..=1.0_f64, 1..30)) {
        for adjusted in [holm(&p), benjamini_hochberg(&p)] {
            for (i, before) in p.iter().enumerate() {
                prop_assert!(adjusted[i] >= *before && adjusted[i] <= 1.0);
                prop_assert!(p.iter().zip(&adjusted).all(|(other, after)| other < before || *after >= adjusted[i]));
            }
        }
        let hochberg = benjamini_hochberg(&p);
        prop_assert!(holm(&p).iter().zip(hochberg).all(|(holm, hochberg)| *holm >= hochberg - 1e-12));
    }

    #[test]
    fn kappas_hold_their_value(table in prop::collection::vec(prop::collection::vec(0_u64..40, 3), 3)) {
        for weights in [Weights::None, Weights::Linear, Weights::Quadratic] {
            if let Some(ours) = cohen_kappa(&table, weights, 0.95) {
                prop_assert!(holds_its_value(ours.estimate, -1.0, 1.0), "{ours:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_bootstrap_holds_its_value_and_its_standard_error(
        differences in prop::collection::vec(prop_oneof![Just(0.0), Just(1.0), Just(-1.0), -1.0..1.0_f64], 8..80),
        seed: u64,
    ) {
        let Some(t) = paired_t(&differences, 0.95) else { return Ok(()) };
        let ours = paired_bootstrap(&differences, 4000, 0.95, seed).unwrap();
        prop_assert!(holds_its_value(ours.estimate, -1.0, 1.0) && holds_its_value(ours.bca, -1.0, 1.0), "{ours:?}");
        // Resampling divides by n, not n − 1.
        let n = differences.len() as f64;
        let analytic = t.se * ((n - 1.0) / n).sqrt();
        prop_assert!((ours.se / analytic - 1.0).abs() < 0.08, "{} is not {analytic}", ours.se);
    }

    #[test]
    fn a_seed_decides_all_digits_whatever_the_threads(differences in prop::collection::vec(-1.0..1.0_f64, 20..300), seed: u64) {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (paired_bootstrap(&differences, 300, 0.95, seed), sign_flip(&differences, 300, seed)))
        };
        prop_assert_eq!(on(1), on(3));
        prop_assert_ne!(on(1).0.map(|ours| ours.se), paired_bootstrap(&differences, 300, 0.95, !seed).map(|ours| ours.se));
    }
}

/// The share of samples of 50 pairs whose interval misses the true difference, where the left one passes a row that the right
/// one does not with the first probability, and the other way round with the second.
fn misses(only_left: f64, only_right: f64) -> f64 {
    const SAMPLES: u32 = 4000;
    let (mut generator, mut missed) = (generator(2024, 0), 0);
    let truth = only_right - only_left;
    for _ in 0..SAMPLES {
        let (mut left, mut right) = (0, 0);
        for _ in 0..50 {
            let chance = generator.next_u64() as f64 / u64::MAX as f64;
            left += u64::from(chance < only_left);
            right += u64::from(chance >= only_left && chance < only_left + only_right);
        }
        let ours = tango(0, left, right, 50 - left - right, 0.95);
        missed += u32::from(truth < ours.low || truth > ours.high);
    }
    f64::from(missed) / f64::from(SAMPLES)
}

#[test]
fn tangos_interval_misses_the_truth_about_as_often_as_it_says() {
    for (left, right) in [(0.1, 0.1), (0.05, 0.15), (0.2, 0.3), (0.02, 0.1), (0.25, 0.25)] {
        let missed = misses(left, right);
        assert!((0.03..0.07).contains(&missed), "{missed} of intervals miss {}", right - left);
    }
}

/// The shares of samples of clusters whose interval misses the true share of passes: over rows, and over clusters. All rows
/// of a cluster pass, or none.
fn misses_of_clusters(clusters: u64, pass: f64, size: fn(u64) -> u64) -> (f64, f64) {
    const SAMPLES: u32 = 4000;
    let (mut generator, mut of_rows, mut of_clusters) = (generator(5, 1), 0, 0);
    for _ in 0..SAMPLES {
        let part = |at: u64| {
            let passes = (generator.next_u64() as f64 / u64::MAX as f64) < pass;
            (if passes { size(at) as f64 } else { 0.0 }, size(at))
        };
        let parts: Vec<(f64, u64)> = (0..clusters).map(part).collect();
        let (passed, n) = parts.iter().fold((0.0, 0), |(passed, n), part| (passed + part.0, n + part.1));
        let misses = |ours: Estimate| u32::from(pass < ours.low || pass > ours.high);
        of_rows += misses(wilson(passed as u64, n, 0.95).unwrap());
        let ours = match clustered(parts.iter().copied(), 0.95) {
            Some(_) => wilson_clustered(parts, 0.95),
            None => wilson_of_clusters(passed / n as f64, clusters, 0.95),
        };
        of_clusters += misses(ours.unwrap());
    }
    let share = |missed: u32| f64::from(missed) / f64::from(SAMPLES);
    (share(of_rows), share(of_clusters))
}

#[test]
fn intervals_over_clusters_miss_the_truth_about_as_often_as_they_say_and_those_over_rows_far_more_often() {
    for (clusters, pass) in [(20, 0.5), (20, 0.7), (40, 0.7), (40, 0.9), (100, 0.9)] {
        // Five rows each, and from one to nine.
        for (size, most) in [((|_| 5) as fn(u64) -> u64, 0.07), (|at| 1 + at * 4 % 9, 0.1)] {
            let (of_rows, of_clusters) = misses_of_clusters(clusters, pass, size);
            assert!(of_clusters < most, "{of_clusters} of {clusters} clusters miss {pass}");
            assert!(of_rows > 0.2, "{of_rows} of the rows of {clusters} clusters miss {pass}");
        }
    }
}
