//! Assertions on what can be measured.

use std::time::Duration;

use carat_core::spec::{
    BleuSpec, CostSpec, LatencySpec, LengthSpec, LengthUnit, RougeSpec, RougeType, ScorerSpec, Span,
};
use serde_json::Value;

use super::assertion::{Assertion, Scorer};
use crate::account::Note;
use crate::scoring::Expected;

/// `word-count`: so many words, or between `min` and `max`.
pub(super) fn words(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let count = |value: &Value| {
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        number.filter(|number| *number >= 0.0 && number.is_finite()).map(|number| number as u64)
    };
    let (at_least, at_most) = match &assertion.value {
        Some(Value::Object(bounds)) => (bounds.get("min").and_then(count), bounds.get("max").and_then(count)),
        Some(value) => (count(value), count(value)),
        None => (None, None),
    };
    if at_least.is_none() && at_most.is_none() {
        return Err(assertion.needs("a number of words, or `min` and `max`"));
    }
    let length = LengthSpec { unit: LengthUnit::Words, at_least, at_most };
    Ok(ScorerSpec { length: Some(length), ..assertion.base() }.into())
}

/// `latency`, in milliseconds.
pub(super) fn latency(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let most = assertion.threshold.filter(|most| *most >= 0.0 && *most < 1e12);
    let most = most.ok_or_else(|| assertion.needs("a `threshold` in milliseconds"))?;
    let latency = LatencySpec { at_most: Span(Duration::from_millis(most as u64)) };
    Ok(ScorerSpec { latency: Some(latency), ..assertion.base() }.into())
}

/// `cost`, in US dollars.
pub(super) fn cost(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let at_most = assertion
        .threshold
        .filter(|most| *most >= 0.0)
        .ok_or_else(|| assertion.needs("a `threshold` in US dollars"))?;
    assertion
        .differs("carat knows a cost only where the model has a `price`", "add `price` to the models in carat.yaml");
    Ok(ScorerSpec { cost: Some(CostSpec { at_most }), ..assertion.base() }.into())
}

/// `bleu` and `rouge-n`: what two texts have in common.
pub(super) fn overlap(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let base = assertion.base();
    let (spec, default, why) = match assertion.kind {
        "bleu" => (
            ScorerSpec { bleu: Some(BleuSpec::default()), ..base },
            0.5,
            "it is computed as sacrebleu does, which takes words apart and smooths in another way",
        ),
        _ => {
            let rouge = RougeSpec { rouge: RougeType::One, ..RougeSpec::default() };
            let why = "there it is always ROUGE-1, and here it is computed as Google's rouge-score does";
            (ScorerSpec { rouge: Some(rouge), ..base }, 0.75, why)
        }
    };
    assertion.differs(why, "look at the threshold again");
    let spec = ScorerSpec { threshold: Some(assertion.degree(default)), ..spec };
    let expected = match &assertion.value {
        Some(list @ Value::Array(_)) => Expected::Value(list.clone()),
        _ => Expected::Template(assertion.text()?),
    };
    Ok(Scorer { spec, expected: Some(expected) })
}
