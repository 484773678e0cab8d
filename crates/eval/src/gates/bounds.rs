//! `at_least` and `at_most`.

use carat_core::fold::{Metric, Report, SliceReport, VariantReport};
use carat_core::spec::GateSpec;

use super::{Judgement, shown};

/// What a metric leaves out.
#[derive(Debug, Default)]
pub(super) struct Missing {
    /// Rows without a score of the scorer: unscored, or without an answer.
    unscored: f64,
    /// Answers whose usage is not known, of a metric that adds it up.
    usage: u64,
    latency: Option<Latencies>,
}

impl Missing {
    /// Of a variant. Repeats of a row are parts of it.
    pub(super) fn of(metric: &str, report: &Report, variant: &VariantReport) -> Self {
        let latency = Latencies::of(metric, variant, variant.samples.saturating_sub(variant.errors));
        let usage = if metric.starts_with("tokens.") { variant.tokens.unknown } else { 0 };
        let is_mean = [".accuracy", ".mean", ".pass_rate"].iter().any(|aggregate| metric.ends_with(aggregate));
        let scorer = metric.rsplit_once('.').map_or(metric, |(scorer, _)| scorer);
        if !is_mean {
            return Self { unscored: 0.0, usage, latency };
        }
        let unscored: u64 = variant.unscored_because.get(scorer).map_or(0, |reasons| reasons.values().sum());
        let rows = report.dataset.rows * report.variants.len() as u64;
        let trials = if rows == 0 { 1.0 } else { (report.run.cases as f64 / rows as f64).max(1.0) };
        Self { unscored: (unscored + variant.errors) as f64 / trials, usage, latency }
    }

    /// Of a part of a variant.
    pub(super) fn of_slice(metric: &str, variant: &VariantReport, slice: &SliceReport) -> Self {
        let errors = slice.metrics.get("errors.share").map_or(0.0, |share| share.value);
        let answered = (slice.samples as f64 * (1.0 - errors)).round() as u64;
        Self { latency: Latencies::of(metric, variant, answered), ..Self::default() }
    }
}

/// Which answers a metric of latencies is made of: one that was given before has none of this run.
#[derive(Debug)]
struct Latencies {
    answered: u64,
    /// Whether some were given before.
    cached: bool,
}

impl Latencies {
    fn of(metric: &str, variant: &VariantReport, answered: u64) -> Option<Self> {
        metric.starts_with("latency.").then_some(Self { answered, cached: variant.cached > 0 })
    }

    /// Why the metric measures nothing: fewer than half of the answers have a latency.
    fn too_few(&self, metric: Option<&Metric>) -> Option<String> {
        let timed = metric.map_or(0, |metric| metric.n);
        if self.answered == 0 || timed.saturating_mul(2) >= self.answered {
            return None;
        }
        Some(format!("not measured: {}", self.without(timed)))
    }

    /// What to say where some of the answers, but not most, are left out.
    fn left_out(&self, timed: u64) -> Option<String> {
        (timed < self.answered).then(|| format!("; {}", self.without(timed)))
    }

    fn without(&self, timed: u64) -> String {
        let (answered, without) = (self.answered, self.answered.saturating_sub(timed));
        let number = if without == answered { format!("all {answered}") } else { format!("{without} of {answered}") };
        match self.cached {
            true => {
                format!("{number} answers are from the record and have no latency of this run; --refresh asks again")
            }
            false => format!("{number} answers have no latency"),
        }
    }
}

/// Holds the bounds of a gate against a metric; none where the gate has no bounds. Rows without a score count at the worst
/// end: what was not measured does not pass for good.
pub(super) fn hold(gate: &GateSpec, metric: Option<&Metric>, missing: &Missing) -> Option<Judgement> {
    gate.at_least.or(gate.at_most)?;
    if let Some(why) = missing.latency.as_ref().and_then(|latency| latency.too_few(metric)) {
        return Some(Judgement::fails(why));
    }
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
    let untimed = missing.latency.as_ref().and_then(|latency| latency.left_out(metric.n)).unwrap_or_default();
    Some(Judgement { holds, because: format!("{}; {}{left_out}{untimed}", because.join("; "), shown(metric)) })
}
