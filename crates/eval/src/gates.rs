//! Gates: what must hold of a run. They fail closed: a gate over nothing does not hold.

use carat_core::fold::{GateReport, Metric, Report};
use carat_core::nearest::did_you_mean;
use carat_core::spec::{Bound, GateSpec};

/// Holds every gate against every variant of a report.
pub fn judge(gates: &[GateSpec], report: &Report) -> Vec<GateReport> {
    let mut judged = Vec::new();
    for gate in gates {
        for variant in &report.variants {
            let (holds, because) = match variant.metrics.get(&gate.metric) {
                None => (false, missing(&gate.metric, variant.metrics.keys())),
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

/// What is wrong with the gates themselves: one that bounds nothing, or from no side.
///
/// # Errors
/// The gate, and what it lacks.
pub fn check(gates: &[GateSpec]) -> Result<(), String> {
    for gate in gates {
        if gate.at_least.is_none() && gate.at_most.is_none() {
            return Err(format!("gate `{}` needs `at_least` or `at_most`", gate.metric));
        }
    }
    Ok(())
}

const fn complete(report: &Report) -> bool {
    report.run.samples == report.run.cases
}

fn missing<'a>(metric: &str, known: impl Iterator<Item = &'a String> + Clone) -> String {
    let hint = did_you_mean(metric, known.clone().map(String::as_str));
    let known: Vec<&str> = known.map(String::as_str).collect();
    format!("there is no metric `{metric}` (there are {}){hint}", known.join(", "))
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
