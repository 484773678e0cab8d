//! `no_worse_than`, `better_than` and `detectable_at_most`: what is held against a comparison.

use carat_core::compare::{Comparison, MetricComparison};
use carat_core::spec::GateSpec;

use super::Judgement;
use crate::comparing::{self, Compared};

/// Whether a variant is meant by a name: its label, or the name of its prompt.
pub(crate) fn is_called(name: &str, label: &str, prompt: &str) -> bool {
    name == label || name == prompt
}

/// Holds a gate against the comparison of a variant; none where the gate compares nothing.
pub(super) fn hold(gate: &GateSpec, variant: &str, slice: Option<&str>, compared: &Compared) -> Option<Judgement> {
    comparing::reference(gate)?;
    let comparison = match compared.find(gate, variant) {
        Ok(comparison) => comparison,
        Err(why) => return Some(Judgement::fails(why)),
    };
    let found = match slice {
        None => comparison.metrics.iter().find(|metric| metric.metric == gate.metric),
        Some(slice) => comparison
            .slices
            .iter()
            .find(|of| of.slice == slice && of.comparison.metric == gate.metric)
            .map(|of| &of.comparison),
    };
    let Some(metric) = found else {
        let why = comparison.not_compared.iter().find(|not| not.metric == gate.metric);
        // A slice of one cluster is not compared.
        let none = if comparison.clustered_by.is_some() && slice.is_some() {
            "no row has it on both sides, or all that have are of one cluster"
        } else {
            "no row has it on both sides"
        };
        let why = why.map_or_else(|| none.to_owned(), |not| not.because.clone());
        return Some(Judgement::fails(format!("`{}` could not be compared: {why}", gate.metric)));
    };
    let judgements = [no_worse(gate, metric), better(gate, metric), detectable(gate, metric)];
    let judgement = judgements.into_iter().flatten().reduce(Judgement::and)?;
    Some(if slice.is_none() { whole(judgement, comparison, metric) } else { judgement })
}

/// How much better the right side is at worst and at best, whichever way is up. At worst every row that lost its score was
/// right before and is wrong now: what cannot be compared does not pass for unchanged.
fn gain(metric: &MetricComparison) -> (f64, f64) {
    let (worst, best) = if metric.higher_is_better { (metric.low, metric.high) } else { (-metric.high, -metric.low) };
    let is_amount = metric.metric.starts_with("cost.");
    if metric.lost == 0 || is_amount {
        return (worst, best);
    }
    let (pairs, lost) = (metric.pairs as f64, metric.lost as f64);
    ((worst * pairs - lost) / (pairs + lost), best)
}

fn no_worse(gate: &GateSpec, metric: &MetricComparison) -> Option<Judgement> {
    gate.no_worse_than.as_ref()?;
    let margin = gate.margin.unwrap_or(0.0);
    let (worst, best) = gain(metric);
    Some(if worst > -margin {
        Judgement::holds(format!("no worse by {margin}: at worst {worst:+.4}; {}", metric.sentence))
    } else if best < -margin {
        Judgement::fails(format!("worse by more than {margin}: at best {best:+.4}; {}", metric.sentence))
    } else {
        Judgement::fails(format!("may be worse by more than {margin}: at worst {worst:+.4}; {}", metric.sentence))
    })
}

fn better(gate: &GateSpec, metric: &MetricComparison) -> Option<Judgement> {
    gate.better_than.as_ref()?;
    let margin = gate.margin.unwrap_or(0.0);
    let (worst, _) = gain(metric);
    let said = format!("at worst {worst:+.4}; {}", metric.sentence);
    Some(if worst > margin {
        Judgement::holds(format!("better by more than {margin}: {said}"))
    } else {
        Judgement::fails(format!("not shown to be better by more than {margin}: {said}"))
    })
}

fn detectable(gate: &GateSpec, metric: &MetricComparison) -> Option<Judgement> {
    let most = gate.detectable_at_most?;
    Some(match metric.detectable {
        Some(smallest) if smallest <= most => {
            Judgement::holds(format!("differences from {smallest:.4} on can be seen, at most {most}"))
        }
        Some(smallest) => {
            Judgement::fails(format!("only differences from {smallest:.4} on can be seen, not those from {most}"))
        }
        None => Judgement::fails(format!("{} pairs can show no difference at all", metric.pairs)),
    })
}

/// Rows that could not be compared are told, for they decide nothing.
fn whole(judgement: Judgement, comparison: &Comparison, metric: &MetricComparison) -> Judgement {
    let rows = &comparison.rows;
    let left_out = [
        (rows.left_only, "only in the baseline"),
        (rows.right_only, "only here"),
        (rows.changed, "changed"),
        (rows.paired.saturating_sub(metric.pairs + metric.lost), "without a score there"),
    ];
    let judgement = if metric.lost == 0 {
        judgement
    } else {
        let because = format!("{}; {} rows lost their score, and count as lost", judgement.because, metric.lost);
        Judgement { because, ..judgement }
    };
    let left_out: Vec<String> = left_out.iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{n} {why}")).collect();
    if left_out.is_empty() {
        return judgement;
    }
    let because = format!("{}; rows left out: {}", judgement.because, left_out.join(", "));
    Judgement { because, ..judgement }
}
