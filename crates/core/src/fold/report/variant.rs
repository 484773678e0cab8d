//! What one variant came to.

use std::collections::BTreeMap;

use crate::event::{PlanOutline, Variant};
use crate::fold::{ClusterCounts, Tally};
use crate::spec::Price;
use crate::stats::{self, CONFIDENCE};

use super::clustered::Parts;
use super::{CostReport, LatencyReport, Metric, ModelReport, PromptReport, TokensReport, VariantReport};

impl VariantReport {
    pub(super) fn of(variant: &Variant, tally: &Tally, plan: &PlanOutline) -> Self {
        let latencies = sorted_ms(tally);
        let cost = cost(variant.price.as_ref(), tally);
        let mut report = Self {
            variant: variant.label.clone(),
            prompt: PromptReport {
                name: variant.prompt.name.to_string(),
                version: variant.prompt.version,
                digest: variant.prompt.digest.to_string(),
            },
            model: ModelReport {
                name: variant.model.name.to_string(),
                version: variant.settings.map(|settings| settings.version),
                digest: variant.model.digest.to_string(),
            },
            samples: tally.samples,
            errors: tally.errors(),
            unscored: tally.with_unscored,
            failures: tally.failures().into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect(),
            retries: tally.retries,
            cached: tally.cached,
            metrics: metrics(variant, tally, plan),
            confusion: BTreeMap::new(),
            classes: BTreeMap::new(),
            categories: BTreeMap::new(),
            unscored_because: BTreeMap::new(),
            repeats: BTreeMap::new(),
            slices: Vec::new(),
            small_slices: Vec::new(),
            tokens: tokens(tally),
            cost: CostReport { usd: cost, paid_usd: paid(variant.price.as_ref(), tally) },
            latency: LatencyReport {
                p50_ms: stats::quantile(&latencies, 0.5, CONFIDENCE).map(|estimate| estimate.value),
                p95_ms: stats::quantile(&latencies, 0.95, CONFIDENCE).map(|estimate| estimate.value),
            },
        };
        for scorer in &plan.scorers {
            if let Some(tally) = tally.scorers.get(&scorer.name) {
                report.add_scorer(scorer, tally);
            }
        }
        report
    }
}

/// Everything measured of a variant, or of a part of its samples.
pub(in crate::fold) fn metrics(variant: &Variant, tally: &Tally, plan: &PlanOutline) -> BTreeMap<String, Metric> {
    let mut metrics = common(tally, &sorted_ms(tally), cost(variant.price.as_ref(), tally));
    for scorer in &plan.scorers {
        if let Some(tally) = tally.scorers.get(&scorer.name) {
            super::scorer::metrics(scorer, tally, plan.trials, &mut metrics);
        }
    }
    metrics
}

fn sorted_ms(tally: &Tally) -> Vec<f64> {
    let mut latencies: Vec<f64> = tally.latencies_us.iter().map(|us| f64::from(*us) / 1000.0).collect();
    latencies.sort_by(f64::total_cmp);
    latencies
}

/// What every run measures.
fn common(tally: &Tally, latencies: &[f64], cost: Option<f64>) -> BTreeMap<String, Metric> {
    let mut metrics = BTreeMap::new();
    let mut put = |name: &str, metric: Option<Metric>| metric.map(|metric| metrics.insert(name.to_owned(), metric));
    put("errors.share", share(tally, (tally.errors(), tally.samples), |of| (of.samples - of.answered, of.samples)));
    put("unscored.share", share(tally, (tally.with_unscored, tally.answered), |of| (of.with_unscored, of.answered)));
    for (name, q) in [("latency.p50", 0.5), ("latency.p95", 0.95), ("latency.p99", 0.99)] {
        let quantile = stats::quantile(latencies, q, CONFIDENCE);
        put(name, quantile.map(|ms| Metric::new(ms, latencies.len() as u64, "order-statistics")));
    }
    let known = tally.answered - tally.usage_unknown;
    if known > 0 {
        let (input, output) = (tally.usage.input_tokens, tally.usage.output_tokens);
        put("tokens.input", Some(Metric::plain(input as f64, known)));
        put("tokens.output", Some(Metric::plain(output as f64, known)));
        put("tokens.total", Some(Metric::plain(tally.usage.total() as f64, known)));
    }
    if let Some(usd) = cost {
        put("cost.total", Some(Metric::plain(usd, tally.answered)));
        put("cost.per_sample", Some(Metric::plain(usd / tally.answered.max(1) as f64, tally.answered)));
    }
    metrics
}

/// A share of cases; of each cluster's where rows hang together.
fn share(tally: &Tally, (part, of): (u64, u64), of_cluster: fn(&ClusterCounts) -> (u64, u64)) -> Option<Metric> {
    if tally.clusters.is_empty() {
        return stats::wilson(part, of, CONFIDENCE).map(|share| Metric::new(share, of, "wilson"));
    }
    let clusters = tally.clusters.values().map(of_cluster).map(|(part, of)| (part as f64, of));
    Parts::of(clusters).share()
}

fn tokens(tally: &Tally) -> TokensReport {
    let known = tally.answered > tally.usage_unknown;
    TokensReport {
        input: known.then_some(tally.usage.input_tokens),
        output: known.then_some(tally.usage.output_tokens),
        unknown: tally.usage_unknown,
    }
}

/// What of it was paid in this run, where some answers were given before.
fn paid(price: Option<&Price>, tally: &Tally) -> Option<f64> {
    let price = price.filter(|price| tally.cached > 0 && tally.is_covered(price))?;
    price.cost(Some(&tally.paid_usage()))
}

/// US dollars, where price and the usage of every answer are known.
fn cost(price: Option<&Price>, tally: &Tally) -> Option<f64> {
    let price = price.filter(|price| tally.answered > 0 && tally.is_covered(price))?;
    price.cost(Some(&tally.usage))
}
