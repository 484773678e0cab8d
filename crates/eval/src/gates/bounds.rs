//! `at_least` and `at_most`.

use carat_core::fold::{Metric, Report, VariantReport};
use carat_core::spec::GateSpec;

use super::{Judgement, shown};

/// What a metric leaves out.
#[derive(Debug, Default)]
pub(super) struct Missing {
    /// Rows without a score of the scorer: unscored, or without an answer.
    unscored: f64,
    /// Answers whose usage is not known, of a metric that adds it up.
    usage: u64,
}

impl Missing {
    /// Of a variant. Repeats of a row are parts of it.
    pub(super) fn of(metric: &str, report: &Report, variant: &VariantReport) -> Self {
        let usage = if metric.starts_with("tokens.") { variant.tokens.unknown } else { 0 };
        let is_mean = [".accuracy", ".mean", ".pass_rate"].iter().any(|aggregate| metric.ends_with(aggregate));
        let scorer = metric.rsplit_once('.').map_or(metric, |(scorer, _)| scorer);
        if !is_mean {
            return Self { unscored: 0.0, usage };
        }
        let unscored: u64 = variant.unscored_because.get(scorer).map_or(0, |reasons| reasons.values().sum());
        let rows = report.dataset.rows * report.variants.len() as u64;
        let trials = if rows == 0 { 1.0 } else { (report.run.cases as f64 / rows as f64).max(1.0) };
        Self { unscored: (unscored + variant.errors) as f64 / trials, usage }
    }
}

/// Holds the bounds of a gate against a metric; none where the gate has no bounds. Rows without a score count at the worst
/// end: what was not measured does not pass for good.
pub(super) fn hold(gate: &GateSpec, metric: Option<&Metric>, missing: &Missing) -> Option<Judgement> {
    gate.at_least.or(gate.at_most)?;
    let Some(metric) = metric else {
        let why = format!("there is no `{}` to hold it against: no answer has one", gate.metric);
        return Some(Judgement::fails(why));
    };
    if metric.n == 0 {
        return Some(Judgement::fails("there is nothing to measure"));
    }
    if missing.usage > 0 {
        return Some(Judgement::fails(format!("the usage of {} answers is not known", missing.usage)));
    }
    let (n, unscored) = (metric.n as f64, missing.unscored);
    let mut holds = true;
    let mut because = Vec::new();
    if let Some(bound) = gate.at_least {
        let (bound, low) = (bound.number(), metric.low * n / (n + unscored));
        holds &= low >= bound;
        because.push(format!("at least {bound}: the lower end is {low:.4}"));
    }
    if let Some(bound) = gate.at_most {
        let (bound, high) = (bound.number(), (metric.high * n + unscored) / (n + unscored));
        holds &= high <= bound;
        because.push(format!("at most {bound}: the upper end is {high:.4}"));
    }
    let left_out = if unscored > 0.0 {
        format!("; {} rows without a score count at the worst end", unscored.ceil())
    } else {
        String::new()
    };
    Some(Judgement { holds, because: format!("{}; {}{left_out}", because.join("; "), shown(metric)) })
}
