//! What is wrong with gates before anything is paid for.

use carat_core::event::{PlanOutline, ScorerOutline};
use carat_core::nearest::did_you_mean;
use carat_core::spec::{Bound, GateSpec};

use super::is_called;
use crate::comparing::{self, BASELINE};

/// What is wrong with the gates of a plan: one that bounds nothing, is on a metric that no run of this plan can have, or is
/// held against something that is not there.
///
/// # Errors
/// The gate, what is wrong with it, and the nearest name.
pub fn check(plan: &PlanOutline) -> Result<(), String> {
    let known = metrics(plan);
    for gate in &plan.gates {
        let name = &gate.metric;
        shape(gate)?;
        reference(gate, plan)?;
        if name.starts_with("cost.") {
            priced(name, plan)?;
        }
        if plan.trials > 1 && (name.ends_with(".f1_macro") || name.ends_with(".kappa")) {
            return Err(format!(
                "gate `{name}`: with repeated cases there is no interval for it; use `accuracy`, or trials: 1"
            ));
        }
        slice(gate, plan)?;
        if !known.contains(name) {
            let hint = did_you_mean(name, known.iter().map(String::as_str));
            return Err(format!("there is no metric `{name}` (there are {}){hint}", known.join(", ")));
        }
    }
    Ok(())
}

/// Whether a gate asks something, and something that can be answered.
fn shape(gate: &GateSpec) -> Result<(), String> {
    let name = &gate.metric;
    let bounds = [gate.at_least, gate.at_most].into_iter().flatten().map(Bound::number);
    let numbers = bounds.chain(gate.margin).chain(gate.confidence).chain(gate.detectable_at_most);
    if let Some(number) = numbers.into_iter().find(|number| !number.is_finite()) {
        return Err(format!("gate `{name}`: {number} bounds nothing"));
    }
    let is_relative = gate.no_worse_than.is_some() || gate.better_than.is_some() || gate.detectable_at_most.is_some();
    if gate.at_least.is_none() && gate.at_most.is_none() && !is_relative {
        return Err(format!(
            "gate `{name}` needs `at_least`, `at_most`, `no_worse_than`, `better_than` or `detectable_at_most`"
        ));
    }
    if gate.no_worse_than.is_some() && gate.better_than.is_some() {
        return Err(format!("gate `{name}`: `no_worse_than` and `better_than` are two gates; write each by itself"));
    }
    if gate.no_worse_than.is_some() && gate.margin.is_none() {
        return Err(format!(
            "gate `{name}`: `no_worse_than` needs a `margin`, the largest loss that does not matter (0.02 is two points); \
             no data can show that nothing at all is lost"
        ));
    }
    if gate.margin.is_some_and(|margin| margin < 0.0) {
        return Err(format!("gate `{name}`: a margin is not negative"));
    }
    let is_share = !["latency.", "tokens.", "cost."].iter().any(|prefix| name.starts_with(prefix));
    if is_share && gate.margin.is_some_and(|margin| margin >= 1.0) {
        return Err(format!(
            "gate `{name}`: a margin of {} always holds; five points are 0.05",
            gate.margin.unwrap_or_default()
        ));
    }
    let is_rate = [".wer", ".cer", ".ter"].iter().any(|suffix| name.ends_with(suffix));
    if let Some(bound) = gate.at_least.map(Bound::number).filter(|bound| is_share && !is_rate && *bound > 1.0) {
        return Err(format!("gate `{name}`: nothing is ever at least {bound}; 80 per cent are 0.8"));
    }
    if gate.at_least.map(Bound::number).is_some_and(|bound| is_share && bound <= 0.0) {
        return Err(format!("gate `{name}`: everything is at least 0"));
    }
    if let Some(bound) = gate.at_most.map(Bound::number).filter(|bound| is_share && !is_rate && *bound >= 1.0) {
        return Err(format!("gate `{name}`: everything is at most {bound}; 5 per cent are 0.05"));
    }
    if gate.margin.is_some() && gate.no_worse_than.is_none() && gate.better_than.is_none() {
        return Err(format!("gate `{name}`: `margin` goes with `no_worse_than` or `better_than`"));
    }
    if gate.confidence.is_some_and(|confidence| !(0.5..=0.999).contains(&confidence)) {
        return Err(format!("gate `{name}`: `confidence` is a number from 0.5 to 0.999"));
    }
    let of_all = ["latency.", "tokens.", "cost.total"].iter().any(|prefix| name.starts_with(prefix));
    let of_repeats =
        [".pass@", ".pass^", ".majority", ".kappa", ".first_position"].iter().any(|part| name.contains(part));
    if is_relative && (of_all || of_repeats) {
        return Err(format!(
            "gate `{name}` cannot be held against another run row by row; bound it with `at_most`, or compare \
             `cost.per_sample`, `errors.share` or what a scorer measures"
        ));
    }
    Ok(())
}

/// Whether the slices of a gate are made at all.
fn slice(gate: &GateSpec, plan: &PlanOutline) -> Result<(), String> {
    let Some(slice) = &gate.slice else { return Ok(()) };
    let name = &gate.metric;
    let by = slice.split_once('=').map_or(slice.as_str(), |(by, _)| by);
    if !plan.slices.iter().any(|spec| spec.by == by) {
        let hint = did_you_mean(by, plan.slices.iter().map(|spec| spec.by.as_str()));
        return Err(format!("gate `{name}`: the spec makes no slices by `{by}`; list it under `slices`{hint}"));
    }
    let is_main = [".accuracy", ".mean"].iter().any(|suffix| name.ends_with(suffix));
    if comparing::reference(gate).is_some() && !is_main {
        return Err(format!(
            "gate `{name}`: on slices, `accuracy` and `mean` of a scorer are compared, and nothing else"
        ));
    }
    Ok(())
}

/// Whether what a relative gate names is there.
fn reference(gate: &GateSpec, plan: &PlanOutline) -> Result<(), String> {
    let Some(reference) = comparing::reference(gate) else { return Ok(()) };
    let name = &gate.metric;
    if reference == BASELINE {
        return match plan.baseline {
            Some(_) => Ok(()),
            None => Err(format!(
                "gate `{name}` is held against the baseline, and there is none; name a run or an exported file with \
                 --baseline, or `none` for the run that is to become the first one"
            )),
        };
    }
    let (named, others): (Vec<_>, Vec<_>) =
        plan.variants.iter().partition(|variant| is_called(reference, &variant.label, &variant.prompt.name));
    if !named.is_empty() {
        return if others.is_empty() {
            Err(format!("gate `{name}`: there is no other variant than `{reference}` to hold against it"))
        } else {
            Ok(())
        };
    }
    let names = plan.variants.iter().map(|variant| &*variant.prompt.name);
    let hint = did_you_mean(reference, names.chain([BASELINE]));
    Err(format!("gate `{name}`: there is no prompt or variant `{reference}` in this run{hint}"))
}

fn priced(name: &str, plan: &PlanOutline) -> Result<(), String> {
    let unpriced = |model: &str| {
        format!("gate `{name}`: the model {model} has no `price` in carat.yaml, so that its cost is not known")
    };
    let variant = plan.variants.iter().find(|variant| variant.price.is_none());
    variant.map_or(Ok(()), |variant| Err(unpriced(&variant.model.name)))
}

/// The metrics that a run of this plan can have.
fn metrics(plan: &PlanOutline) -> Vec<String> {
    let trials = plan.trials;
    let of_scorer = |scorer: &ScorerOutline| {
        let mut aggregates: Vec<String> = match (scorer.verdict, scorer.is_classifier()) {
            (true, false) => vec!["accuracy".to_owned()],
            (true, true) => vec!["accuracy".to_owned(), "f1_macro".to_owned()],
            (false, _) if scorer.passes || scorer.threshold.is_some() => {
                vec!["mean".to_owned(), "pass_rate".to_owned()]
            }
            (false, _) => vec!["mean".to_owned()],
        };
        if scorer.compares_people() {
            aggregates.push("kappa".to_owned());
        }
        aggregates.extend(scorer.corpus.iter().map(|corpus| corpus.name.clone()));
        if scorer.verdict || scorer.passes {
            aggregates.extend(carat_core::fold::repeat_aggregates(trials));
        }
        aggregates.into_iter().map(|aggregate| format!("{}.{aggregate}", scorer.name)).collect::<Vec<_>>()
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
