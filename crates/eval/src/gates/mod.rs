//! Gates: what must hold of a run. They fail closed: over no data, over a baseline that is gone, over rows that have no score,
//! a gate does not hold.
//!
//! * A bound is held against the far end of the interval: what the data allow, not what they suggest.
//! * `no_worse_than` is non-inferiority: the whole interval of the paired difference lies above -margin. That no
//!   significant difference was found does not suffice, for too few rows never find one.
//! * `detectable_at_most` asks whether the data could have shown a difference that matters.

mod bounds;
mod check;
mod relative;
mod text;

use carat_core::fold::{GateReport, Metric, Report, VariantReport};
use carat_core::spec::GateSpec;

use crate::comparing::{self, Compared};

pub use check::check;
pub(crate) use relative::is_called;
pub use text::{parse, written};

/// Whether a gate is held against the baseline.
pub fn is_against_baseline(gate: &GateSpec) -> bool {
    comparing::reference(gate) == Some(comparing::BASELINE)
}

/// The gates without what they hold against the baseline, for a run before there is one; what nothing is left of goes.
pub fn without_baseline(gates: &[GateSpec]) -> Vec<GateSpec> {
    let absolute = |gate: &GateSpec| GateSpec {
        no_worse_than: None,
        better_than: None,
        margin: None,
        detectable_at_most: None,
        ..gate.clone()
    };
    let kept = gates.iter().filter_map(|gate| {
        let is_bound = gate.at_least.is_some() || gate.at_most.is_some();
        if is_against_baseline(gate) { is_bound.then(|| absolute(gate)) } else { Some(gate.clone()) }
    });
    kept.collect()
}

/// What a gate found.
struct Judgement {
    holds: bool,
    because: String,
}

impl Judgement {
    fn holds(because: impl Into<String>) -> Self {
        Self { holds: true, because: because.into() }
    }

    fn fails(because: impl Into<String>) -> Self {
        Self { holds: false, because: because.into() }
    }

    /// Both have to hold.
    fn and(self, other: Self) -> Self {
        let because =
            if self.because.is_empty() { other.because } else { format!("{}; {}", self.because, other.because) };
        Self { holds: self.holds && other.holds, because }
    }
}

/// Holds every gate against every variant of a report.
pub fn judge(gates: &[GateSpec], report: &Report, compared: &Compared) -> Vec<GateReport> {
    let mut judged = Vec::new();
    for gate in gates {
        let mut variants = report.variants.iter().filter(|variant| !is_reference(gate, variant)).peekable();
        if variants.peek().is_none() {
            judged.push(told(gate, "–", None, Some(Judgement::fails("there is no variant to hold it against"))));
        }
        for variant in variants {
            match &gate.slice {
                None => judged.push(on_all(gate, report, variant, compared)),
                Some(slice) => judged.extend(on_slices(gate, slice, report, variant, compared)),
            }
        }
    }
    judged
}

/// A variant is not held against itself.
fn is_reference(gate: &GateSpec, variant: &VariantReport) -> bool {
    comparing::reference(gate).is_some_and(|name| is_called(name, &variant.variant, &variant.prompt.name))
}

fn on_all(gate: &GateSpec, report: &Report, variant: &VariantReport, compared: &Compared) -> GateReport {
    let judgement = if report.is_complete() {
        let missing = bounds::Missing::of(&gate.metric, report, variant);
        let absolute = bounds::hold(gate, variant.metrics.get(&gate.metric), &missing);
        let relative = relative::hold(gate, &variant.variant, None, compared);
        absolute.into_iter().chain(relative).reduce(Judgement::and)
    } else {
        let (samples, cases) = (report.run.samples, report.run.cases);
        Some(Judgement::fails(format!("the run is not complete ({samples} of {cases} cases)")))
    };
    told(gate, &variant.variant, None, judgement)
}

/// On each slice by this, or on the one that is named.
fn on_slices(
    gate: &GateSpec,
    slice: &str,
    report: &Report,
    variant: &VariantReport,
    compared: &Compared,
) -> Vec<GateReport> {
    let is_meant = |name: &str| name == slice || name.split_once('=').is_some_and(|(by, _)| by == slice);
    let meant: Vec<_> = variant.slices.iter().filter(|of| is_meant(&of.slice)).collect();
    if meant.is_empty() {
        let why = format!("no slice by `{slice}` has enough rows");
        return vec![told(gate, &variant.variant, Some(slice), Some(Judgement::fails(why)))];
    }
    let on_slice = |of: &&carat_core::fold::SliceReport| {
        let judgement = if report.is_complete() {
            let missing = bounds::Missing::of_slice(&gate.metric, variant, of);
            let absolute = bounds::hold(gate, of.metrics.get(&gate.metric), &missing);
            let relative = relative::hold(gate, &variant.variant, Some(&of.slice), compared);
            absolute.into_iter().chain(relative).reduce(Judgement::and)
        } else {
            Some(Judgement::fails("the run is not complete"))
        };
        told(gate, &variant.variant, Some(&of.slice), judgement)
    };
    let mut judged: Vec<_> = meant.iter().map(on_slice).collect();
    // A slice that has shrunk below its minimum does not vanish without a word.
    let named = |by: &str| slice == by || slice.split_once('=').is_some_and(|(of, _)| of == by);
    let small: Vec<&str> = variant.small_slices.iter().map(String::as_str).collect();
    let small: Vec<&str> =
        small.into_iter().filter(|name| name.split_once('=').is_some_and(|(by, _)| named(by))).collect();
    if let (Some(last), false) = (judged.last_mut(), small.is_empty()) {
        last.because = format!("{}; too small to be held against: {}", last.because, small.join(", "));
    }
    judged
}

/// A gate that asks nothing does not hold.
fn told(gate: &GateSpec, variant: &str, slice: Option<&str>, judgement: Option<Judgement>) -> GateReport {
    let judgement = judgement.unwrap_or_else(|| Judgement::fails("the gate bounds nothing"));
    GateReport {
        metric: gate.metric.clone(),
        variant: variant.to_owned(),
        slice: slice.map(str::to_owned),
        holds: judgement.holds,
        mode: gate.mode,
        because: judgement.because,
    }
}

/// A number of a metric, in the metric's unit.
fn shown(metric: &Metric) -> String {
    format!("measured {:.4} ({:.4} to {:.4}) on {}", metric.value, metric.low, metric.high, metric.n)
}
