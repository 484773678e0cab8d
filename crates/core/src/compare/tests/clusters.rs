//! Rows that hang together.

use std::sync::Arc;

use crate::Transcript;
use crate::spec::ClusterSpec;

use super::super::Finding;
use super::*;

/// The sample of a row whose metadata name this document, or none.
fn of_document(sample: Sample, document: Option<&str>) -> Sample {
    let mut row = serde_json::json!({"id": sample.case.row, "input": {}});
    if let Some(document) = document {
        row["metadata"] = serde_json::json!({"document": document});
    }
    let row = Arc::new(serde_json::from_value(row).unwrap());
    Sample { transcript: Some(Arc::new(Transcript { row, request: None })), ..sample }
}

fn by(field: &str) -> ClusterSpec {
    serde_json::from_value(field.into()).unwrap()
}

fn planned(scorer: &ScorerOutline, trials: u32) -> PlanOutline {
    PlanOutline { cluster: Some(by("metadata.document")), ..plan(scorer, trials, None) }
}

/// So many rows of each document, one score a document.
fn documents(scorer: &ScorerOutline, rows: u32, scores: impl IntoIterator<Item = Score>) -> Side {
    let samples = scores.into_iter().enumerate().flat_map(|(document, score)| {
        (0..rows).map(move |row| {
            let sample = answered(&format!("d{document:03}-{row}"), 0, "x", score.clone());
            of_document(sample, Some(&format!("d{document}")))
        })
    });
    folded(planned(scorer, 1), samples)
}

fn of_signs(rows: u32, signs: &str) -> Side {
    documents(&scorer("s", true), rows, signs.chars().map(|sign| verdict(sign == '+')))
}

/// The same rows, taken as independent.
fn independent(side: &Side) -> Side {
    let mut side = side.clone();
    side.cluster_spec = None;
    side
}

#[test]
fn clusters_of_one_row_are_compared_as_rows_are_by_t() {
    let scorer = scorer("s", false);
    let of = |step: u32| (0..40_u32).map(move |row| degree(f64::from(row * step % 17) / 20.0));
    let (left, right) = (documents(&scorer, 1, of(3)), documents(&scorer, 1, of(5)));
    let (ours, plain) = (metric(&left, &right, "s.mean"), metric(&left, &independent(&right), "s.mean"));
    assert_eq!((ours.clusters, &*ours.interval, &*ours.test), (Some(40), "clustered-t", "clustered-t"));
    assert_eq!((plain.clusters, &*plain.interval, &*plain.test), (None, "t", "t"));
    near(ours.low, plain.low);
    near(ours.high, plain.high);
    near(ours.p.unwrap(), plain.p.unwrap());
    near(ours.detectable.unwrap(), plain.detectable.unwrap());
}

#[test]
fn a_row_that_is_there_five_times_is_no_more_evidence() {
    let (left, right) = ("+-++--+-+-++-+-+-+-++--+-+++-+-+-+-+", "++++-++-++++++-+++-++-++++++-+++-+-+");
    let degrees = |rows: u32, signs: &str| {
        let scores = signs.chars().map(|sign| degree(if sign == '+' { 0.75 } else { 0.25 }));
        documents(&scorer("s", false), rows, scores)
    };
    let once = metric(&degrees(1, left), &degrees(1, right), "s.mean");
    let five = metric(&degrees(5, left), &degrees(5, right), "s.mean");
    assert_eq!((once.pairs, five.pairs, once.clusters, five.clusters), (36, 180, Some(36), Some(36)));
    near(once.low, five.low);
    near(once.high, five.high);
    near(once.p.unwrap(), five.p.unwrap());
    let verdicts = metric(&of_signs(5, left), &of_signs(5, right), "s.accuracy");
    let taken_for_more = metric(&of_signs(5, left), &independent(&of_signs(5, right)), "s.accuracy");
    assert_eq!((&*verdicts.interval, &*taken_for_more.interval), ("clustered-t", "tango"));
    assert!(verdicts.high - verdicts.low > 2.0 * (taken_for_more.high - taken_for_more.low), "{taken_for_more:?}");
}

#[test]
fn of_verdicts_clusters_never_know_more_than_as_many_rows() {
    // One row of two hundred is won. By t alone the interval would be one point wide on either side.
    let one_more = |pass: bool| {
        let samples = (0..200_u32).map(move |row| {
            let sample = answered(&format!("r{row:03}"), 0, "x", verdict(row > 0 || pass));
            of_document(sample, Some(&format!("d{}", row % 40)))
        });
        folded(planned(&scorer("s", true), 1), samples)
    };
    let (left, right) = (one_more(false), one_more(true));
    let (ours, plain) = (metric(&left, &right, "s.accuracy"), metric(&left, &independent(&right), "s.accuracy"));
    assert_eq!((&*ours.interval, ours.low), ("clustered-t", plain.low));
    assert!(ours.low < -0.01 && ours.high > 0.02, "{ours:?}");
    // And one cluster that differs is found by no test, however many there are.
    assert_eq!((&*ours.test, ours.p), ("clustered-sign-flip", Some(1.0)));
}

#[test]
fn a_clustered_difference_agrees_with_the_formula() {
    // Differences by document: three of +1, two of 0, one of -1 and one of +1 in one document, two of -1. In all 9 rows,
    // mean 1/9; residuals by document 8/3, -2/9, -2/9, -20/9, squares 12.148…; √(4/3 · 12.148…/81); t(0.975, 3) = 3.182 446 3.
    let rows = [("a", 1), ("a", 1), ("a", 1), ("b", 0), ("b", 0), ("c", -1), ("c", 1), ("d", -1), ("d", -1)];
    let side = |passes: fn(i32) -> bool| {
        let samples = rows.iter().enumerate().map(move |(row, (document, difference))| {
            of_document(answered(&format!("r{row}"), 0, "x", verdict(passes(*difference))), Some(document))
        });
        folded(planned(&scorer("s", true), 1), samples)
    };
    let ours = metric(&side(|d| d < 0), &side(|d| d > 0), "s.accuracy");
    near(ours.delta, 1.0 / 9.0);
    let squares: f64 = [8.0 / 3.0, -2.0 / 9.0, -2.0 / 9.0, -20.0 / 9.0].iter().map(|r: &f64| r * r).sum();
    let half = 3.182_446_305_284_263 * (4.0 / 3.0 * squares / 81.0).sqrt();
    assert!((ours.high - (1.0 / 9.0 + half).min(1.0)).abs() < 1e-9, "{ours:?}");
    // With whatever signs, the sums 3, 0, 0 and -2 of the documents add up to at least the 1 that was seen.
    assert_eq!((&*ours.test, ours.p), ("clustered-sign-flip", Some(1.0)));
    assert_eq!((ours.wins, ours.losses, ours.ties, ours.clusters), (4, 3, 2, Some(4)));
    assert_eq!(ours.detectable, None, "fewer than six clusters can show nothing");
}

#[test]
fn clusters_in_words() {
    let told = [
        (of_signs(3, "++-+-+++-+++"), of_signs(3, "++-+-+++-+++")),
        (of_signs(5, &"-".repeat(12)), of_signs(5, &format!("{}--", "+".repeat(10)))),
        (of_signs(4, "+-+-+"), of_signs(4, "-++-+")),
    ]
    .map(|(left, right)| metric(&left, &right, "s.accuracy").sentence);
    insta::assert_snapshot!(told.join("\n"), @"
    no row differs (95 % -24.2 to +24.2, p = 1.00, 36 pairs in 12 clusters); with 36 rows in 12 clusters only differences above 50.0 points can be seen
    better by 83.3 points (95 % +58.6 to +100.0, p = 0.002, 60 pairs in 12 clusters); with 60 rows in 12 clusters only differences above 31.5 points can be seen
    no difference shown (+0.0 points, 95 % -87.8 to +87.8, p = 1.00, 20 pairs in 5 clusters); 20 rows in 5 clusters can show no difference at all
    ");
}

#[test]
fn one_cluster_tells_nothing_of_others() {
    let comparison = compared(&of_signs(40, "+"), &of_signs(40, "-"));
    assert_eq!((comparison.clustered_by.as_deref(), comparison.metrics.len()), (Some("metadata.document"), 0));
    assert_eq!(&*comparison.not_compared[0].metric, "s.accuracy");
    insta::assert_snapshot!(comparison.not_compared[0].because, @"all rows that have it on both sides are of one cluster by `metadata.document`, and nothing tells how far from it another one would lie");
}

#[test]
fn a_row_without_the_field_is_a_cluster_of_its_own_with_its_repeats() {
    let side = |passes: fn(u32) -> bool| {
        let samples = (0..20_u32).flat_map(move |row| {
            (0..2).map(move |trial| {
                let sample = answered(&format!("r{row:02}"), trial, "x", verdict(passes(row + trial)));
                of_document(sample, (row >= 12).then_some("shared"))
            })
        });
        folded(planned(&scorer("s", true), 2), samples)
    };
    let accuracy = metric(&side(|n| n % 3 == 0), &side(|n| n % 2 == 0), "s.accuracy");
    assert_eq!((accuracy.pairs, accuracy.clusters), (20, Some(13)));
}

#[test]
fn rows_that_were_not_read_are_not_taken_for_independent() {
    // A side whose plan has clusters, and whose samples came without their rows.
    let scorer = scorer("s", true);
    let unread = |pass: fn(usize) -> bool| {
        let samples = (0..30).map(move |row| answered(&format!("r{row:02}"), 0, "x", verdict(pass(row))));
        folded(planned(&scorer, 1), samples)
    };
    let unread: [Side; 2] = [unread(|_| true), unread(|row| row > 20)];
    assert!(compared(&unread[0], &unread[1]).metrics.is_empty());
}

#[test]
fn the_last_plan_says_how_rows_are_clustered_from_the_first_event_on() {
    let scorer = scorer("s", true);
    let events = |passes: fn(u32) -> bool| {
        let before = PlanOutline { cluster: None, ..planned(&scorer, 1) };
        let samples = (0..24_u32).map(move |row| {
            let sample = answered(&format!("r{row:02}"), 0, "x", verdict(passes(row)));
            of_document(sample, Some(&format!("d{}", row % 8)))
        });
        let mut kinds = vec![EventKind::RunStarted { format: 1, run: "run".into(), at: String::new(), plan: before }];
        kinds.extend(samples.map(|sample| EventKind::CaseFinished { sample: Box::new(sample) }));
        let (at, reuse) = (String::new(), Default::default());
        kinds.push(EventKind::RunResumed { at, plan: planned(&scorer, 1), reuse });
        (0_u64..).zip(kinds).map(|(seq, kind)| Event { seq, elapsed_us: seq, kind }).collect::<Vec<_>>()
    };
    let fold = |mut sides: Sides, passes| {
        events(passes).iter().for_each(|event| sides.apply(event));
        sides.all()[0].clone()
    };
    let left: fn(u32) -> bool = |row| row % 3 == 0;
    let right: fn(u32) -> bool = |row| row % 2 == 0;
    let cluster = by("metadata.document");
    let told = |sides: &dyn Fn() -> Sides| compared(&fold(sides(), left), &fold(sides(), right));
    let known = told(&|| Sides::grouped("", &[], Some(&cluster)));
    assert_eq!((known.clustered_by.as_deref(), known.metrics[0].clusters), (Some("metadata.document"), Some(8)));
    // Who did not know the last plan has not read the field, and says nothing rather than too much.
    let unknown = told(&|| Sides::new("", &[]));
    assert_eq!((unknown.clustered_by.as_deref(), unknown.metrics.len()), (Some("metadata.document"), 0));
    // A plan that takes the key back takes rows as independent.
    let none = told(&|| Sides::grouped("", &[], None));
    assert_eq!((none.clustered_by, none.metrics[0].clusters), (None, None));
}

#[test]
fn f1_and_rates_of_the_corpus_are_compared_by_the_influence_of_clusters() {
    let classes = ScorerOutline { classes: vec!["a".to_owned(), "b".to_owned()], ..scorer("s", true) };
    let of_class = |rows: u32, right: fn(u32) -> bool| {
        let score = move |document: u32| {
            let expected = ["a", "b"][document as usize % 2];
            class(expected, if right(document) { expected } else { "a" })
        };
        documents(&classes, rows, (0..34).map(score))
    };
    let counting = counting(CorpusMetric::ErrorRate);
    let of_errors = |rows: u32, step: u32| {
        documents(&counting, rows, (0..34_u32).map(move |at| counts(0.5, &[at * step % 5, 10 + at % 3])))
    };
    for (once, five, name) in [
        (
            (of_class(1, |d| d % 3 > 0), of_class(1, |d| d % 7 > 0)),
            (of_class(5, |d| d % 3 > 0), of_class(5, |d| d % 7 > 0)),
            "s.f1_macro",
        ),
        ((of_errors(1, 3), of_errors(1, 2)), (of_errors(5, 3), of_errors(5, 2)), "s.all"),
    ] {
        let (once, five) = (metric(&once.0, &once.1, name), metric(&five.0, &five.1, name));
        assert_eq!((&*five.interval, five.clusters, five.pairs), ("clustered-delta", Some(34), 170));
        assert!((once.low - five.low).abs() < 1e-6 && (once.high - five.high).abs() < 1e-6, "{once:?} {five:?}");
        assert!((once.p.unwrap() - five.p.unwrap()).abs() < 1e-6, "{once:?} {five:?}");
    }
}

/// Chance that is the same every time (SplitMix64), from 0 to 1.
fn chance(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// How often, of so many runs, the interval holds the true difference, and something is found: with clusters, and without.
fn held_and_found(runs: u32, documents: usize, rows: u32, passes: (f64, f64)) -> [(f64, f64); 2] {
    let mut state = 7;
    let mut counted = [(0, 0); 2];
    for _ in 0..runs {
        let mut side = |pass: f64| {
            let signs = (0..documents).map(|_| if chance(&mut state) < pass { '+' } else { '-' });
            of_signs(rows, &signs.collect::<String>())
        };
        let (left, right) = (side(passes.0), side(passes.1));
        let truth = passes.1 - passes.0;
        for (side, (held, found)) in [right.clone(), independent(&right)].iter().zip(&mut counted) {
            let ours = metric(&left, side, "s.accuracy");
            *held += u32::from(ours.low <= truth && truth <= ours.high);
            *found += u32::from(ours.finding != Finding::NotShown);
        }
    }
    counted.map(|(held, found)| (f64::from(held) / f64::from(runs), f64::from(found) / f64::from(runs)))
}

#[test]
fn intervals_over_clusters_hold_the_truth_as_often_as_they_say_and_those_over_rows_do_not() {
    let [clustered, rows] = held_and_found(400, 24, 5, (0.6, 0.75));
    assert!((0.92..=0.98).contains(&clustered.0), "{clustered:?}");
    assert!(rows.0 < 0.75, "{rows:?}");
    // Of changes of nothing at most about one in twenty is found, and not one in three.
    let [clustered, rows] = held_and_found(400, 36, 5, (0.7, 0.7));
    assert!(clustered.1 <= 0.075, "{clustered:?}");
    assert!(rows.1 > 0.2, "{rows:?}");
}

#[test]
fn the_order_in_which_models_answered_does_not_change_clusters() {
    let scorer = scorer("s", false);
    let samples = |side: u32| {
        let of = move |at: u32| {
            let value = f64::from(at * (7 + side) % 11) / 10.0;
            of_document(answered(&format!("r{at:02}"), 0, "x", degree(value)), Some(&format!("d{}", at % 9)))
        };
        (0..40).map(of).collect::<Vec<_>>()
    };
    let settings = Settings { resamples: 500, ..Settings::default() };
    let fold = |samples: Vec<Sample>| folded(planned(&scorer, 1), samples);
    let comparison = compare(&fold(samples(0)), &fold(samples(1)), &settings);
    let backwards = fold(samples(1).into_iter().rev().collect());
    assert_eq!(compare(&fold(samples(0)), &backwards, &settings), comparison);
    assert!(comparison.metrics[0].bootstrap.is_some());
}
