//! `at_least` and `at_most`.

use carat_core::fold::Metric;
use carat_core::spec::GateSpec;

use super::{Judgement, shown};

/// Holds the bounds of a gate against a metric; none where the gate has no bounds.
pub(super) fn hold(gate: &GateSpec, metric: Option<&Metric>) -> Option<Judgement> {
    gate.at_least.or(gate.at_most)?;
    let Some(metric) = metric else {
        let why = format!("there is no `{}` to hold it against: no answer has one", gate.metric);
        return Some(Judgement::fails(why));
    };
    if metric.n == 0 {
        return Some(Judgement::fails("there is nothing to measure"));
    }
    let mut holds = true;
    let mut because = Vec::new();
    if let Some(bound) = gate.at_least {
        let bound = bound.number();
        holds &= metric.low >= bound;
        because.push(format!("at least {bound}: the lower end is {:.4}", metric.low));
    }
    if let Some(bound) = gate.at_most {
        let bound = bound.number();
        holds &= metric.high <= bound;
        because.push(format!("at most {bound}: the upper end is {:.4}", metric.high));
    }
    Some(Judgement { holds, because: format!("{}; {}", because.join("; "), shown(metric)) })
}
