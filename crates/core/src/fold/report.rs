//! The report: what a run came to, as a documented, versioned shape.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Digest;
use crate::event::{RunStatus, ScorerOutline, Variant};
use crate::spec::Price;
use crate::stats::{self, CONFIDENCE, Estimate};

use super::{Progress, ScorerTally, Tally};

/// What a run came to (`carat eval --json`, `carat run show --json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this shape.
    pub format: u32,
    /// Which run.
    pub run: RunReport,
    /// Which golden data.
    pub dataset: DatasetReport,
    /// Prompts × models, in the order of the spec.
    pub variants: Vec<VariantReport>,
    /// Whether what had to hold did.
    pub gates: Vec<GateReport>,
}

/// Which run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunReport {
    /// Its id; ids sort by time.
    pub id: String,
    /// The eval's name.
    pub eval: String,
    /// The name that a person gave it.
    pub name: Option<String>,
    /// When it started: RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended last; none when it was killed or is running.
    pub finished_at: Option<String>,
    /// `finished`, `interrupted`, `failed`, or `unfinished` when it was killed or is running.
    pub status: String,
    /// Cases of the plan.
    pub cases: u64,
    /// Cases that have ended.
    pub samples: u64,
    /// Of these, how many were there before the last resume.
    pub resumed: u64,
}

/// Which golden data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatasetReport {
    /// Its name.
    pub name: String,
    /// The number of its version.
    pub version: Option<u32>,
    /// The digest of the rows that were selected.
    pub digest: String,
    /// How many rows were selected.
    pub rows: u64,
}

/// One prompt × one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariantReport {
    /// What people call it.
    pub variant: String,
    /// Which prompt version.
    pub prompt: PromptReport,
    /// Which model.
    pub model: ModelReport,
    /// Cases that have ended.
    pub samples: u64,
    /// Of these, the ones without an answer.
    pub errors: u64,
    /// Of these, the ones that some scorer had nothing to say about.
    pub unscored: u64,
    /// What went wrong, by kind; answers with a flaw included.
    pub failures: BTreeMap<String, u64>,
    /// Attempts that were followed by another one.
    pub retries: u64,
    /// Everything measured, by `SCORER.AGGREGATE` and the names that every run has.
    pub metrics: BTreeMap<String, Metric>,
    /// Confusion by scorer over classes: expected class → answered class (`null` as `(none)`) → count.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub confusion: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
    /// Precision, recall and F1 by scorer over classes, in the order of the spec.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<String, Vec<ClassReport>>,
    /// Tokens.
    pub tokens: TokensReport,
    /// Money.
    pub cost: CostReport,
    /// Time.
    pub latency: LatencyReport,
}

/// Which prompt version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromptReport {
    /// Its name.
    pub name: String,
    /// The number of its version.
    pub version: Option<u32>,
    /// The digest of all that reaches the model.
    pub digest: String,
}

/// Which model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelReport {
    /// Its name in the project.
    pub name: String,
    /// The digest of its settings.
    pub digest: String,
}

/// A number with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// The best guess.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// How many values it is taken over; rows, where cases are repeated.
    pub n: u64,
    /// How the interval was made: `wilson`, `t`, `delta`, `order-statistics`, or `none` for a plain count or sum.
    pub interval: String,
    /// The share of such intervals that hold the true value.
    pub confidence: f64,
}

/// One class of a scorer over classes. What is not defined is null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassReport {
    /// The class.
    pub class: String,
    /// How often it was expected.
    pub expected: u64,
    /// How often it was answered.
    pub answered: u64,
    /// Of the answers that named it, the right ones.
    pub precision: Option<f64>,
    /// Of the rows that expected it, the right ones.
    pub recall: Option<f64>,
    /// The harmonic mean of both.
    pub f1: Option<f64>,
}

/// Tokens of the answers whose usage is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TokensReport {
    /// Of the requests; null when no answer's usage is known.
    pub input: Option<u64>,
    /// Of the answers; null when no answer's usage is known.
    pub output: Option<u64>,
    /// Answers whose usage is not known.
    pub unknown: u64,
}

/// Money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostReport {
    /// US dollars; null when the price, or the usage of any answer, is not known.
    pub usd: Option<f64>,
}

/// Time of the answers, in milliseconds; null without answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatencyReport {
    /// Half of them were quicker.
    pub p50_ms: Option<f64>,
    /// 95 of 100 were quicker.
    pub p95_ms: Option<f64>,
}

/// Whether something held that had to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// The metric.
    pub metric: String,
    /// The variant.
    pub variant: String,
    /// Whether it held. A gate over nothing does not hold.
    pub holds: bool,
    /// What was compared, on how many, and why it holds or not.
    pub because: String,
}

impl Metric {
    fn new(estimate: Estimate, n: u64, interval: &str) -> Self {
        let Estimate { value, low, high } = estimate;
        Self { value, low, high, n, interval: interval.to_owned(), confidence: CONFIDENCE }
    }

    fn plain(value: f64, n: u64) -> Self {
        Self::new(Estimate { value, low: value, high: value }, n, "none")
    }
}

impl Report {
    /// The report of a run that has started. None before that.
    pub fn of(progress: &Progress) -> Option<Self> {
        let plan = progress.plan.as_ref()?;
        let empty = Tally::default();
        let of_variant = |variant: &Variant| {
            let tally = progress.variants.get(&variant.number).unwrap_or(&empty);
            VariantReport::of(variant, tally, &plan.scorers)
        };
        Some(Self {
            format: 1,
            run: RunReport {
                id: progress.run.as_ref()?.to_string(),
                eval: plan.eval.clone(),
                name: plan.name.clone(),
                started_at: progress.started_at.clone().unwrap_or_default(),
                finished_at: progress.finished_at.clone(),
                status: status_word(progress.status).to_owned(),
                cases: plan.cases,
                samples: progress.done,
                resumed: progress.resumed,
            },
            dataset: DatasetReport {
                name: plan.dataset.name.clone(),
                version: plan.dataset.version,
                digest: plan.dataset.digest.to_string(),
                rows: plan.dataset.rows,
            },
            variants: plan.variants.iter().map(of_variant).collect(),
            gates: Vec::new(),
        })
    }
}

/// The word for how a run ended.
const fn status_word(status: Option<RunStatus>) -> &'static str {
    match status {
        Some(RunStatus::Finished) => "finished",
        Some(RunStatus::Interrupted) => "interrupted",
        Some(RunStatus::Failed) => "failed",
        None => "unfinished",
    }
}

impl VariantReport {
    fn of(variant: &Variant, tally: &Tally, scorers: &[ScorerOutline]) -> Self {
        let mut latencies: Vec<f64> = tally.latencies_us.iter().map(|us| f64::from(*us) / 1000.0).collect();
        latencies.sort_by(f64::total_cmp);
        let cost = cost(variant.price.as_ref(), tally);
        let mut report = Self {
            variant: variant.label.clone(),
            prompt: PromptReport {
                name: variant.prompt.name.to_string(),
                version: variant.prompt.version,
                digest: digest_text(variant.prompt.digest),
            },
            model: ModelReport { name: variant.model.name.to_string(), digest: digest_text(variant.model.digest) },
            samples: tally.samples,
            errors: tally.errors(),
            unscored: tally.with_unscored,
            failures: tally.failures().into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect(),
            retries: tally.retries,
            metrics: common_metrics(tally, &latencies, cost),
            confusion: BTreeMap::new(),
            classes: BTreeMap::new(),
            tokens: tokens(tally),
            cost: CostReport { usd: cost },
            latency: LatencyReport {
                p50_ms: stats::quantile(&latencies, 0.5, CONFIDENCE).map(|estimate| estimate.value),
                p95_ms: stats::quantile(&latencies, 0.95, CONFIDENCE).map(|estimate| estimate.value),
            },
        };
        for scorer in scorers {
            if let Some(tally) = tally.scorers.get(&scorer.name) {
                report.add_scorer(scorer, tally);
            }
        }
        report
    }

    fn add_scorer(&mut self, scorer: &ScorerOutline, tally: &ScorerTally) {
        let mut put = |aggregate: &str, metric: Option<Metric>| {
            if let Some(metric) = metric {
                self.metrics.insert(format!("{}.{aggregate}", scorer.name), metric);
            }
        };
        if scorer.verdict {
            put("accuracy", pass_rate(tally));
        } else {
            put("mean", mean(tally));
            put("pass_rate", pass_rate(tally));
        }
        if scorer.classes.is_empty() || tally.confusion.is_empty() {
            return;
        }
        let counts = matrix(scorer, tally);
        if tally.by_row.is_empty() {
            put("f1_macro", stats::f1_macro(&counts, CONFIDENCE).map(|(f1, how)| Metric::new(f1, tally.scored, how)));
        }
        self.classes.insert(scorer.name.to_string(), class_reports(scorer, &counts));
        self.confusion.insert(scorer.name.to_string(), confusion(tally));
    }
}

fn digest_text(digest: Digest) -> String {
    digest.to_string()
}

/// What every run measures.
fn common_metrics(tally: &Tally, latencies: &[f64], cost: Option<f64>) -> BTreeMap<String, Metric> {
    let mut metrics = BTreeMap::new();
    let mut put = |name: &str, metric: Option<Metric>| metric.map(|metric| metrics.insert(name.to_owned(), metric));
    let share = |part: u64, of: u64| stats::wilson(part, of, CONFIDENCE).map(|share| Metric::new(share, of, "wilson"));
    put("errors.share", share(tally.errors(), tally.samples));
    put("unscored.share", share(tally.with_unscored, tally.answered));
    for (name, q) in [("latency.p50", 0.5), ("latency.p95", 0.95), ("latency.p99", 0.99)] {
        let quantile = stats::quantile(latencies, q, CONFIDENCE);
        put(name, quantile.map(|ms| Metric::new(ms, latencies.len() as u64, "order-statistics")));
    }
    let known = tally.answered - tally.usage_unknown;
    if known > 0 {
        let (input, output) = (tally.usage.input_tokens, tally.usage.output_tokens);
        put("tokens.input", Some(Metric::plain(input as f64, known)));
        put("tokens.output", Some(Metric::plain(output as f64, known)));
        put("tokens.total", Some(Metric::plain((input + output) as f64, known)));
    }
    if let Some(usd) = cost {
        put("cost.total", Some(Metric::plain(usd, tally.answered)));
        put("cost.per_sample", Some(Metric::plain(usd / tally.answered.max(1) as f64, tally.answered)));
    }
    metrics
}

fn tokens(tally: &Tally) -> TokensReport {
    let known = tally.answered > tally.usage_unknown;
    TokensReport {
        input: known.then_some(tally.usage.input_tokens),
        output: known.then_some(tally.usage.output_tokens),
        unknown: tally.usage_unknown,
    }
}

/// US dollars, where price and the usage of every answer are known.
fn cost(price: Option<&Price>, tally: &Tally) -> Option<f64> {
    let is_known = tally.usage_unknown == 0 && tally.answered > 0;
    price?.cost(is_known.then_some(&tally.usage))
}

/// The share of right answers: over answers with Wilson's interval, or over rows with t where cases are repeated.
fn pass_rate(tally: &ScorerTally) -> Option<Metric> {
    if tally.by_row.is_empty() {
        let share = stats::wilson(tally.passed, tally.judged, CONFIDENCE)?;
        return Some(Metric::new(share, tally.judged, "wilson"));
    }
    let judged = tally.by_row.values().filter(|row| row.judged > 0);
    over_rows(judged.map(|row| f64::from(row.passed) / f64::from(row.judged)))
}

/// The mean value with its interval: over answers, or over rows where cases are repeated.
fn mean(tally: &ScorerTally) -> Option<Metric> {
    if tally.by_row.is_empty() {
        let (mean, how) = stats::mean(tally.scored, tally.sum.get(), tally.sum_of_squares.get(), CONFIDENCE)?;
        return Some(Metric::new(mean, tally.scored, how));
    }
    over_rows(tally.by_row.values().map(|row| row.sum.get() / f64::from(row.scored)))
}

/// Repeats are samples of one case: the interval is over rows.
fn over_rows(values: impl Iterator<Item = f64>) -> Option<Metric> {
    let (mut n, mut sum, mut squares) = (0, super::ExactSum::default(), super::ExactSum::default());
    for value in values {
        n += 1;
        sum.add(value);
        squares.add(value * value);
    }
    let (mean, how) = stats::mean(n, sum.get(), squares.get(), CONFIDENCE)?;
    Some(Metric::new(mean, n, how))
}

/// The confusion matrix in the order of the spec; the last column is for answers that name no class.
fn matrix(scorer: &ScorerOutline, tally: &ScorerTally) -> Vec<Vec<u64>> {
    let size = scorer.classes.len();
    let index = |class: &str| scorer.classes.iter().position(|known| known == class);
    let mut counts = vec![vec![0; size + 1]; size];
    for (labels, count) in &tally.confusion {
        let answered = labels.predicted.as_deref().and_then(index).unwrap_or(size);
        if let Some(expected) = index(&labels.expected) {
            counts[expected][answered] += count;
        }
    }
    counts
}

fn class_reports(scorer: &ScorerOutline, counts: &[Vec<u64>]) -> Vec<ClassReport> {
    let of_class = |(index, class): (usize, &String)| {
        let (precision, recall, f1) = stats::per_class(counts, index);
        ClassReport {
            class: class.clone(),
            expected: counts[index].iter().sum(),
            answered: counts.iter().map(|row| row[index]).sum(),
            precision,
            recall,
            f1,
        }
    };
    scorer.classes.iter().enumerate().map(of_class).collect()
}

fn confusion(tally: &ScorerTally) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut nested: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for (labels, count) in &tally.confusion {
        let answered = labels.predicted.clone().unwrap_or_else(|| "(none)".to_owned());
        *nested.entry(labels.expected.clone()).or_default().entry(answered).or_default() += count;
    }
    nested
}
