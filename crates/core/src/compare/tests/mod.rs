//! Comparisons of small sides, made of events.

mod clusters;
mod findings;
mod flips;
mod metrics;
mod pairs;
mod rows;

use crate::corpus::CorpusMetric;
use crate::event::{CorpusOutline, DatasetId, PlanOutline, PromptId, ScorerOutline, Variant};
use crate::spec::Price;
use crate::{
    Case, Completion, Digest, Event, EventKind, Grade, Labels, ModelError, ModelErrorKind, ModelId, Outcome, Sample,
    Score, UnitInterval, Usage,
};

use super::{Comparison, MetricComparison, Settings, Side, Sides, compare};

/// What one scorer is like.
fn scorer(name: &str, verdict: bool) -> ScorerOutline {
    ScorerOutline {
        name: name.into(),
        kind: "made".to_owned(),
        digest: digest(name),
        verdict,
        passes: verdict,
        threshold: None,
        classes: Vec::new(),
        corpus: None,
    }
}

/// One that gives counts to a metric of the corpus.
fn counting(metric: CorpusMetric) -> ScorerOutline {
    ScorerOutline { corpus: Some(CorpusOutline { name: "all".to_owned(), metric }), ..scorer("s", false) }
}

fn digest(of: &str) -> Digest {
    Digest::of_bytes(of.as_bytes())
}

fn verdict(pass: bool) -> Score {
    Grade::Pass(pass).into()
}

fn degree(value: f64) -> Score {
    Grade::Value(UnitInterval::new(value).unwrap()).into()
}

fn class(expected: &str, predicted: &str) -> Score {
    let labels = Labels { expected: expected.to_owned(), predicted: Some(predicted.to_owned()) };
    Score { labels: Some(labels), ..verdict(expected == predicted) }
}

fn counts(value: f64, counts: &[u32]) -> Score {
    Score { counts: counts.to_vec(), ..degree(value) }
}

fn sample(row: &str, trial: u32, outcome: Outcome) -> Sample {
    Sample {
        case: Case { variant: 0, row: row.into(), trial },
        row_digest: digest("content"),
        request_digest: None,
        outcome,
        attempts: 1,
        latency_us: None,
        transcript: None,
    }
}

/// An answer of these words, which one scorer called `s` judged. It used as many tokens as it has bytes.
fn answered(row: &str, trial: u32, text: &str, score: Score) -> Sample {
    let completion = Completion {
        text: text.to_owned(),
        usage: Some(Usage { output_tokens: text.len() as u64, ..Usage::default() }),
        ..Completion::default()
    };
    sample(row, trial, Outcome::Completed { completion, scores: vec![("s".into(), score)], unscored: Vec::new() })
}

fn failed(row: &str, trial: u32) -> Sample {
    sample(row, trial, Outcome::Unanswered { error: ModelError::new(ModelErrorKind::Timeout, "no answer in 60 s") })
}

fn plan(scorer: &ScorerOutline, trials: u32, price: Option<Price>) -> PlanOutline {
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
            price,
            route: None,
        }],
        trials,
        cases: 0,
        scorers: vec![scorer.clone()],
        judges: Vec::new(),
        slices: Vec::new(),
        cluster: None,
        gates: Vec::new(),
        baseline: None,
        sharing: Default::default(),
        budget: crate::event::Budget::default(),
    }
}

fn folded(plan: PlanOutline, samples: impl IntoIterator<Item = Sample>) -> Side {
    let started = EventKind::RunStarted { format: 1, run: "run".into(), at: String::new(), plan };
    let samples = samples.into_iter().map(|sample| EventKind::CaseFinished { sample: Box::new(sample) });
    let mut sides = Sides::new("", &[]);
    for (seq, kind) in (0_u64..).zip(std::iter::once(started).chain(samples)) {
        sides.apply(&Event { seq, elapsed_us: seq, kind });
    }
    sides.all()[0].clone()
}

/// A side of one scorer, whose samples come in this order.
fn side(scorer: &ScorerOutline, trials: u32, samples: impl IntoIterator<Item = Sample>) -> Side {
    folded(plan(scorer, trials, None), samples)
}

/// A side on which every row was answered once, row by row.
fn once(scorer: &ScorerOutline, scores: impl IntoIterator<Item = Score>) -> Side {
    side(scorer, 1, scores.into_iter().enumerate().map(|(row, score)| answered(&format!("r{row:03}"), 0, "x", score)))
}

/// Verdicts, a sign for each row: `++-`.
fn signs(signs: &str) -> Side {
    once(&scorer("s", true), signs.chars().map(|sign| verdict(sign == '+')))
}

fn degrees(values: &[f64]) -> Side {
    once(&scorer("s", false), values.iter().map(|value| degree(*value)))
}

/// Rows with an error where there is a `!`.
fn errors(signs: &str) -> Side {
    let rows = signs.chars().enumerate().map(|(row, sign)| {
        let row = format!("r{row:03}");
        if sign == '!' { failed(&row, 0) } else { answered(&row, 0, "x", verdict(true)) }
    });
    side(&scorer("s", true), 1, rows)
}

/// Rows of which each answer costs so many hundred-thousandths of a dollar.
fn costing(costs: &[usize]) -> Side {
    let price = Price { output: 10.0, ..Price::FREE };
    let rows = costs.iter().enumerate();
    let rows = rows.map(|(row, cost)| answered(&format!("r{row:03}"), 0, &"x".repeat(*cost), verdict(row % 2 == 0)));
    folded(plan(&scorer("s", true), 1, Some(price)), rows)
}

fn compared(left: &Side, right: &Side) -> Comparison {
    compare(left, right, &Settings { resamples: 0, ..Settings::default() })
}

fn metric(left: &Side, right: &Side, name: &str) -> MetricComparison {
    let comparison = compared(left, right);
    comparison.metrics.iter().find(|metric| metric.metric == name).unwrap().clone()
}

#[track_caller]
fn near(left: f64, right: f64) {
    assert!((left - right).abs() < 1e-9, "{left} is not {right}");
}
