//! Gates: what must hold of a run. They fail closed: a gate over nothing does not hold.

use carat_core::event::{PlanOutline, ScorerOutline};
use carat_core::fold::{GateReport, Metric, Report};
use carat_core::nearest::did_you_mean;
use carat_core::spec::{Bound, GateSpec};

/// Holds every gate against every variant of a report.
pub fn judge(gates: &[GateSpec], report: &Report) -> Vec<GateReport> {
    let mut judged = Vec::new();
    for gate in gates {
        for variant in &report.variants {
            let (holds, because) = match variant.metrics.get(&gate.metric) {
                None => (false, format!("there is no `{}` to hold it against: no answer has one", gate.metric)),
                Some(metric) if metric.n == 0 => (false, "there is nothing to measure".to_owned()),
                Some(metric) if !complete(report) => (
                    false,
                    format!(
                        "the run is not complete ({} of {} cases); {}",
                        report.run.samples,
                        report.run.cases,
                        shown(metric)
                    ),
                ),
                Some(metric) => hold(gate, metric),
            };
            judged.push(GateReport { metric: gate.metric.clone(), variant: variant.variant.clone(), holds, because });
        }
    }
    judged
}

/// What is wrong with the gates of a plan before anything is paid for: one that bounds nothing, or is on a metric that no
/// run of this plan can have.
///
/// # Errors
/// The gate, what is wrong with it, and the nearest name.
pub fn check(plan: &PlanOutline) -> Result<(), String> {
    let known = metrics(plan);
    for gate in &plan.gates {
        let name = &gate.metric;
        if gate.at_least.is_none() && gate.at_most.is_none() {
            return Err(format!("gate `{name}` needs `at_least` or `at_most`"));
        }
        if name.starts_with("cost.")
            && let Some(variant) = plan.variants.iter().find(|variant| variant.price.is_none())
        {
            let model = &variant.model.name;
            return Err(format!(
                "gate `{name}`: the model {model} has no `price` in carat.yaml, so that its cost is not known"
            ));
        }
        if plan.trials > 1 && name.ends_with(".f1_macro") {
            return Err(format!(
                "gate `{name}`: with repeated cases there is no interval for F1; use `accuracy`, or trials: 1"
            ));
        }
        if !known.contains(name) {
            let hint = did_you_mean(name, known.iter().map(String::as_str));
            return Err(format!("there is no metric `{name}` (there are {}){hint}", known.join(", ")));
        }
    }
    Ok(())
}

/// The metrics that a run of this plan can have.
fn metrics(plan: &PlanOutline) -> Vec<String> {
    let of_scorer = |scorer: &ScorerOutline| {
        let aggregates: &[&str] = match (scorer.verdict, scorer.classes.is_empty()) {
            (true, true) => &["accuracy"],
            (true, false) => &["accuracy", "f1_macro"],
            (false, _) if scorer.threshold.is_some() => &["mean", "pass_rate"],
            (false, _) => &["mean"],
        };
        aggregates.iter().map(|aggregate| format!("{}.{aggregate}", scorer.name)).collect::<Vec<_>>()
    };
    plan.scorers.iter().flat_map(of_scorer).chain(COMMON.map(str::to_owned)).collect()
}

/// What every run measures.
const COMMON: [&str; 10] = [
    "errors.share",
    "unscored.share",
    "latency.p50",
    "latency.p95",
    "latency.p99",
    "tokens.input",
    "tokens.output",
    "tokens.total",
    "cost.total",
    "cost.per_sample",
];

const fn complete(report: &Report) -> bool {
    report.run.samples == report.run.cases
}

/// A bound is held against the far end of the interval: what the data allow, not what they suggest.
fn hold(gate: &GateSpec, metric: &Metric) -> (bool, String) {
    let mut holds = true;
    let mut because = Vec::new();
    if let Some(bound) = gate.at_least {
        let bound = number(bound);
        holds &= metric.low >= bound;
        because.push(format!("at least {bound}: the lower end is {:.4}", metric.low));
    }
    if let Some(bound) = gate.at_most {
        let bound = number(bound);
        holds &= metric.high <= bound;
        because.push(format!("at most {bound}: the upper end is {:.4}", metric.high));
    }
    (holds, format!("{}; {}", because.join("; "), shown(metric)))
}

/// Latencies are measured in milliseconds.
fn number(bound: Bound) -> f64 {
    match bound {
        Bound::Number(number) => number,
        Bound::Span(span) => span.0.as_secs_f64() * 1000.0,
    }
}

fn shown(metric: &Metric) -> String {
    format!("measured {:.4} ({:.4} to {:.4}) on {}", metric.value, metric.low, metric.high, metric.n)
}
