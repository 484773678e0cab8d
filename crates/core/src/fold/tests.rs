//! Reports over rows that hang together.

use std::sync::Arc;

use crate::corpus::CorpusMetric;
use crate::event::{CorpusOutline, DatasetId, PlanOutline, PromptId, ScorerOutline, Variant};
use crate::spec::{ClusterSpec, SliceSpec};
use crate::{
    Case, Completion, Digest, Event, EventKind, Grade, Labels, ModelError, ModelErrorKind, ModelId, Outcome, Sample,
    Score, Transcript, UnitInterval,
};

use super::{Metric, Progress, Report};

fn digest(of: &str) -> Digest {
    Digest::of_bytes(of.as_bytes())
}

fn scorer(verdict: bool) -> ScorerOutline {
    ScorerOutline {
        name: "s".into(),
        kind: "made".to_owned(),
        digest: digest("s"),
        verdict,
        passes: verdict,
        threshold: None,
        classes: Vec::new(),
        corpus: None,
    }
}

fn by(field: &str) -> ClusterSpec {
    serde_json::from_value(field.into()).unwrap()
}

fn plan(scorer: &ScorerOutline, cluster: Option<&str>) -> PlanOutline {
    PlanOutline {
        eval: "quiz".to_owned(),
        spec_file: "evals/quiz.yaml".to_owned(),
        overrides: Default::default(),
        name: None,
        note: None,
        spec_digest: digest("spec"),
        spec_version: None,
        made: None,
        pinned: std::collections::BTreeMap::new(),
        dataset: DatasetId { name: "quiz".to_owned(), version: None, digest: digest("rows"), whole: None, rows: 0 },
        variants: vec![Variant {
            number: 0,
            label: "ask@1×m".to_owned(),
            prompt: PromptId { name: "ask".into(), version: Some(1), digest: digest("ask") },
            model: ModelId { name: "m".into(), digest: digest("m") },
            settings: None,
            price: None,
            route: None,
        }],
        trials: 1,
        cases: 0,
        scorers: vec![scorer.clone()],
        judges: Vec::new(),
        slices: Vec::new(),
        cluster: cluster.map(by),
        gates: Vec::new(),
        baseline: None,
        sharing: Default::default(),
        budget: crate::event::Budget::default(),
    }
}

/// A row of this document, and what the scorer said of it; no score for no answer.
fn sample(document: &str, row: u32, trial: u32, score: Option<Score>) -> Sample {
    let id = format!("{document}-{row}");
    let of = serde_json::json!({"id": id, "input": {}, "metadata": {"document": document}});
    let row = Arc::new(serde_json::from_value(of).unwrap());
    let outcome = match score {
        Some(score) => Outcome::Completed {
            completion: Completion::default(),
            scores: vec![("s".into(), score)],
            unscored: Vec::new(),
        },
        None => Outcome::Unanswered { error: ModelError::new(ModelErrorKind::Timeout, "no answer in 60 s") },
    };
    Sample {
        case: Case { variant: 0, row: id.into(), trial },
        row_digest: digest("content"),
        request_digest: None,
        outcome,
        attempts: 1,
        latency_us: None,
        transcript: Some(Arc::new(Transcript { row, request: None })),
    }
}

fn events(plans: &[PlanOutline], samples: &[Sample]) -> Vec<Event> {
    let started = EventKind::RunStarted { format: 1, run: "run".into(), at: String::new(), plan: plans[0].clone() };
    let samples = samples.iter().map(|sample| EventKind::CaseFinished { sample: Box::new(sample.clone()) });
    let resumed = plans[1..].iter().map(|plan| EventKind::RunResumed {
        at: String::new(),
        plan: plan.clone(),
        reuse: Default::default(),
    });
    let kinds = std::iter::once(started).chain(samples).chain(resumed);
    (0_u64..).zip(kinds).map(|(seq, kind)| Event { seq, elapsed_us: seq, kind }).collect()
}

fn report_of(mut progress: Progress, events: &[Event]) -> Report {
    events.iter().for_each(|event| progress.apply(event));
    Report::of(&progress).unwrap()
}

fn report(plan: &PlanOutline, samples: &[Sample]) -> Report {
    report_of(Progress::default(), &events(std::slice::from_ref(plan), samples))
}

fn metric(report: &Report, name: &str) -> Metric {
    report.variants[0].metrics[name].clone()
}

/// So many rows of each document, each with the document's score.
fn documents(rows: u32, scores: impl IntoIterator<Item = Score>) -> Vec<Sample> {
    let of = |(document, score): (usize, Score)| {
        (0..rows).map(move |row| sample(&format!("d{document}"), row, 0, Some(score.clone()))).collect::<Vec<_>>()
    };
    scores.into_iter().enumerate().flat_map(of).collect()
}

fn verdict(pass: bool) -> Score {
    Grade::Pass(pass).into()
}

fn degree(value: f64) -> Score {
    Grade::Value(UnitInterval::new(value).unwrap()).into()
}

#[track_caller]
fn same(left: &Metric, right: &Metric) {
    let near = |left: f64, right: f64| (left - right).abs() < 1e-6;
    assert!(
        near(left.value, right.value) && near(left.low, right.low) && near(left.high, right.high),
        "{left:?} {right:?}"
    );
}

const CLUSTERED: Option<&str> = Some("metadata.document");

#[test]
fn rows_that_are_there_five_times_are_no_more_evidence_for_any_metric() {
    let classes = ScorerOutline { classes: vec!["a".to_owned(), "b".to_owned()], ..scorer(true) };
    let judged = ScorerOutline { kind: "judge".to_owned(), ..classes.clone() };
    let label = |at: u32| {
        let expected = ["a", "b"][at as usize % 2];
        let predicted = if at.is_multiple_of(5) { "b" } else { expected };
        let labels = Labels { expected: expected.to_owned(), predicted: Some(predicted.to_owned()) };
        Score { labels: Some(labels), ..verdict(predicted == expected) }
    };
    let corpus = |name: &str, metric| CorpusOutline { name: name.to_owned(), metric };
    let errors = ScorerOutline { corpus: Some(corpus("wer", CorpusMetric::ErrorRate)), ..scorer(false) };
    let counted = |at: u32| Score { counts: vec![at % 4, 10 + at % 3], ..degree(f64::from(at % 7) / 7.0) };
    type Case<'a> = (&'a ScorerOutline, &'a dyn Fn(u32) -> Score, &'a str, &'a str);
    let cases: [Case<'_>; 6] = [
        (&scorer(true), &|at| verdict(at % 4 > 0), "s.accuracy", "clustered-wilson"),
        (&scorer(false), &|at| degree(f64::from(at % 7) / 7.0), "s.mean", "clustered-t"),
        (&classes, &label, "s.f1_macro", "clustered-delta"),
        (&judged, &label, "s.kappa", "clustered-delta"),
        (&errors, &counted, "s.wer", "clustered-delta"),
        (&scorer(true), &|_| verdict(true), "s.accuracy", "clustered-wilson"),
    ];
    for (scorer, score, name, how) in cases {
        let plan = plan(scorer, CLUSTERED);
        let scores = || (0..30).map(score);
        let once = metric(&report(&plan, &documents(1, scores())), name);
        let five = metric(&report(&plan, &documents(5, scores())), name);
        assert_eq!((five.n, five.clusters, &*five.interval), (150, Some(30), how), "{name}");
        same(&once, &five);
        let rows = PlanOutline { cluster: None, ..plan };
        let plain = metric(&report(&rows, &documents(5, scores())), name);
        assert_eq!(plain.clusters, None);
        assert!(five.high - five.low > 1.9 * (plain.high - plain.low), "{name}: {five:?} {plain:?}");
    }
}

#[test]
fn errors_are_shares_of_clusters_too() {
    let samples: Vec<Sample> =
        (0..100).map(|at| sample(&format!("d{}", at / 5), at, 0, (at / 5 % 4 > 0).then(|| verdict(true)))).collect();
    let report = report(&plan(&scorer(true), CLUSTERED), &samples);
    let errors = metric(&report, "errors.share");
    assert_eq!((errors.value, errors.n, errors.clusters, &*errors.interval), (0.25, 100, Some(20), "clustered-wilson"));
    assert!(errors.low < 0.11 && errors.high > 0.48, "{errors:?}");
    let clusters = report.clusters.unwrap();
    assert_eq!(
        (&*clusters.by, clusters.clusters, clusters.alone, clusters.caution),
        ("metadata.document", 20, 0, None)
    );
}

#[test]
fn with_repeats_rows_are_clustered_and_not_their_repeats() {
    let plan = PlanOutline { trials: 3, ..plan(&scorer(true), CLUSTERED) };
    let repeats = |rows: u32| {
        let of = move |document: u32| {
            (0..rows).flat_map(move |row| {
                let score = move |trial| verdict((document * 3 + trial) % 4 < 3);
                (0..3).map(move |trial| sample(&format!("d{document}"), row, trial, Some(score(trial))))
            })
        };
        (0..25).flat_map(of).collect::<Vec<_>>()
    };
    let (once, four) = (report(&plan, &repeats(1)), report(&plan, &repeats(4)));
    for name in ["s.accuracy", "s.pass@2", "s.pass^3", "s.majority"] {
        let (once, four) = (metric(&once, name), metric(&four, name));
        assert_eq!((four.n, four.clusters), (100, Some(25)), "{name}");
        same(&once, &four);
    }
}

#[test]
fn one_cluster_is_no_interval_and_few_are_told() {
    let of = |n: u32| {
        let scores = (0..n).map(|at| verdict(at % 3 > 0));
        report(&plan(&scorer(true), CLUSTERED), &documents(20, scores))
    };
    let one = metric(&of(1), "s.accuracy");
    assert_eq!((one.low, one.high, &*one.interval, one.clusters), (0.0, 1.0, "unknown", Some(1)));
    let mut told = [1, 2, 19, 20].map(|n| format!("{:?}", of(n).clusters.unwrap().caution)).to_vec();
    let uneven: Vec<Sample> =
        (0..80).map(|at| sample(&format!("d{}", 40_u32.saturating_sub(at)), at, 0, None)).collect();
    let uneven = report(&plan(&scorer(true), CLUSTERED), &uneven).clusters.unwrap();
    assert!((uneven.effective - 80.0 * 80.0 / (40.0 * 40.0 + 40.0)).abs() < 1e-9, "{uneven:?}");
    told.push(format!("{:?}", uneven.caution));
    insta::assert_snapshot!(told.join("\n"), @r#"
    Some("all rows are of one cluster, which tells nothing of others: no interval, and no comparison")
    Some("2 clusters are few, and intervals may be too short; from 20 of equal size on they are about right")
    Some("19 clusters are few, and intervals may be too short; from 20 of equal size on they are about right")
    None
    Some("41 clusters, which count as 3.9 of equal size, are few, and intervals may be too short; from 20 of equal size on they are about right")
    "#);
}

#[test]
fn slices_are_clustered_as_the_whole_is() {
    let slices = vec![serde_json::from_value::<SliceSpec>("metadata.document".into()).unwrap()];
    let plan = PlanOutline { slices, ..plan(&scorer(true), CLUSTERED) };
    let report = report(&plan, &documents(25, [verdict(true), verdict(false)]));
    let of_slice = &report.variants[0].slices[0].metrics["s.accuracy"];
    assert_eq!((&*of_slice.interval, of_slice.clusters), ("unknown", Some(1)));
}

#[test]
fn the_last_plan_says_how_samples_are_put_together_from_the_first_event_on() {
    let samples = documents(5, (0..20).map(|at| verdict(at % 3 > 0)));
    let (rows, clusters) = (plan(&scorer(true), None), plan(&scorer(true), CLUSTERED));
    let fresh = report(&clusters, &samples);
    let resumed = report_of(Progress::of_plan(&clusters), &events(&[rows.clone(), clusters.clone()], &samples));
    assert_eq!(resumed.variants, fresh.variants);
    assert_eq!(resumed.clusters, fresh.clusters);
    let taken_back = report_of(Progress::of_plan(&rows), &events(&[clusters, rows.clone()], &samples));
    assert_eq!(taken_back.variants, report(&rows, &samples).variants);
    assert_eq!(taken_back.clusters, None);
}

#[test]
fn the_order_in_which_models_answered_changes_no_digit() {
    let samples = documents(3, (0..40).map(|at| degree(f64::from(at * 7 % 13) / 13.0)));
    let backwards: Vec<Sample> = samples.iter().rev().cloned().collect();
    let plan = plan(&scorer(false), CLUSTERED);
    assert_eq!(report(&plan, &samples).variants, report(&plan, &backwards).variants);
}
