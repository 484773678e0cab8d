//! What one scorer says of one variant.

use std::collections::BTreeMap;

use crate::event::ScorerOutline;
use crate::fold::{ExactSum, RowTally, ScorerTally};
use crate::stats::{self, CONFIDENCE, Weights};

use super::{ClassReport, Metric, VariantReport, clustered, repeats};

impl VariantReport {
    pub(super) fn add_scorer(&mut self, scorer: &ScorerOutline, tally: &ScorerTally) {
        let name = || scorer.name.to_string();
        if !scorer.classes.is_empty() && !tally.confusion.is_empty() {
            self.classes.insert(name(), class_reports(scorer, &matrix(scorer, tally)));
            self.confusion.insert(name(), confusion(tally));
        }
        if !tally.categories.is_empty() {
            self.categories.insert(name(), tally.categories.clone());
        }
        if !tally.unscored.is_empty() {
            let reasons = tally.unscored.iter().map(|(kind, count)| (kind.as_str().to_owned(), *count));
            self.unscored_because.insert(name(), reasons.collect());
        }
        if !tally.by_row.is_empty() {
            self.repeats.insert(name(), repeats::report(tally));
        }
    }
}

/// What is measured by one scorer, by `SCORER.AGGREGATE`.
pub(super) fn metrics(
    scorer: &ScorerOutline,
    tally: &ScorerTally,
    trials: u32,
    metrics: &mut BTreeMap<String, Metric>,
) {
    let mut put = |aggregate: &str, metric: Option<Metric>| {
        if let Some(metric) = metric {
            metrics.insert(format!("{}.{aggregate}", scorer.name), metric);
        }
    };
    if scorer.verdict {
        put("accuracy", pass_rate(tally));
    } else {
        put("mean", mean(tally));
        put("pass_rate", pass_rate(tally));
    }
    if let Some(corpus) = &scorer.corpus {
        let value = tally.corpus.interval(&corpus.metric, CONFIDENCE);
        let metric = value.map(|(value, n, how)| Metric::new(value, n, how));
        let clustered = |metric: Metric| match tally.corpus.clusters() {
            Some(clusters) => metric.over(clusters),
            None => metric,
        };
        put(&corpus.name, metric.map(clustered));
    }
    if tally.by_row.is_empty() && scorer.is_classifier() && !tally.confusion.is_empty() {
        put("f1_macro", f1_macro(scorer, tally));
    }
    if tally.by_row.is_empty() && scorer.compares_people() && !tally.confusion.is_empty() {
        put("kappa", kappa(scorer, tally));
    }
    if trials > 1 && tally.judged > 0 {
        for (aggregate, metric) in repeats::metrics(tally, trials) {
            put(&aggregate, metric);
        }
    }
}

/// The F1 of the classes, each counting as much as the others.
fn f1_macro(scorer: &ScorerOutline, tally: &ScorerTally) -> Option<Metric> {
    let counts = matrix(scorer, tally);
    if is_clustered(tally) {
        return clustered::f1_macro(scorer, tally, &counts);
    }
    stats::f1_macro(&counts, CONFIDENCE).map(|(f1, how)| Metric::new(f1, tally.scored, how))
}

fn is_clustered(tally: &ScorerTally) -> bool {
    !tally.by_cluster.clusters.is_empty()
}

/// How far a judge and a person agree beyond chance (Cohen 1960); weighted by squares where verdicts are numbers of a scale,
/// so that near is better than far (Cohen 1968).
fn kappa(scorer: &ScorerOutline, tally: &ScorerTally) -> Option<Metric> {
    let size = scorer.classes.len();
    let table: Vec<Vec<u64>> = matrix(scorer, tally).into_iter().map(|row| row[..size].to_vec()).collect();
    let is_scale = scorer.classes.iter().all(|class| class.parse::<i32>().is_ok());
    let weights = if is_scale { Weights::Quadratic } else { Weights::None };
    if is_clustered(tally) {
        return clustered::kappa(scorer, tally, &table, weights);
    }
    let n = table.iter().flatten().sum();
    let kappa = stats::cohen_kappa(&table, weights, CONFIDENCE)?;
    Some(Metric::new(kappa.estimate, n, "asymptotic"))
}

/// The share of right answers: over answers with Wilson's interval, or over rows with t where cases are repeated.
fn pass_rate(tally: &ScorerTally) -> Option<Metric> {
    if !tally.by_row.is_empty() {
        let judged = tally.by_row.values().filter(|row| row.judged > 0);
        return over_rows(judged.map(|row| (row, f64::from(row.passed) / f64::from(row.judged))));
    }
    if is_clustered(tally) {
        return clustered::pass_rate(tally);
    }
    let share = stats::wilson(tally.passed, tally.judged, CONFIDENCE)?;
    Some(Metric::new(share, tally.judged, "wilson"))
}

/// The mean value with its interval: over answers, or over rows where cases are repeated.
fn mean(tally: &ScorerTally) -> Option<Metric> {
    if !tally.by_row.is_empty() {
        let scored = tally.by_row.values().filter(|row| row.scored > 0);
        return over_rows(scored.map(|row| (row, row.sum.get() / f64::from(row.scored))));
    }
    if is_clustered(tally) {
        return clustered::mean(tally);
    }
    let (mean, how) = stats::mean(tally.scored, tally.sum.get(), tally.sum_of_squares.get(), CONFIDENCE)?;
    Some(Metric::new(mean, tally.scored, how))
}

/// Repeats are samples of one case: the interval is over rows, or over the clusters that these are in.
pub(super) fn over_rows<'a>(values: impl Iterator<Item = (&'a RowTally, f64)>) -> Option<Metric> {
    let mut values = values.peekable();
    if values.peek()?.0.cluster.is_some() {
        return clustered::over_rows(values.filter_map(|(row, value)| Some((row.cluster?, value))));
    }
    let (mut n, mut sum, mut squares) = (0, ExactSum::default(), ExactSum::default());
    for (_, value) in values {
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
