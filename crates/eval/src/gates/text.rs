//! Gates as people write them on a command line.

use carat_core::spec::{Bound, GateSpec};

/// Reads `queue.accuracy >= 0.8`, `latency.p95 <= 2s` or `queue.accuracy no-worse-than baseline by 0.02`. A bound is always
/// held against the far end of the interval; `queue.accuracy.low >= 0.8` says so, and means the same. After it may stand `on
/// tags=de` and `with 0.9`.
///
/// # Errors
/// What was expected instead.
pub fn parse(text: &str) -> Result<GateSpec, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let refuse = || {
        format!(
            "`{text}` is no gate; write `METRIC >= NUMBER`, `METRIC <= NUMBER`, \
             `METRIC no-worse-than baseline by MARGIN`, `METRIC better-than PROMPT` or `METRIC detectable-at-most X`, \
             and after it `on SLICE` or `with CONFIDENCE`"
        )
    };
    let (words, slice, confidence) = suffixes(&words).ok_or_else(refuse)?;
    let number_of = |text: &str| text.parse::<f64>().map_err(|_| refuse());
    let gate = match words {
        [metric, ">=", bound] => GateSpec { at_least: Some(number(bound)?), ..gate(metric, ".low")? },
        [metric, "<=", bound] => GateSpec { at_most: Some(number(bound)?), ..gate(metric, ".high")? },
        [metric, "no-worse-than", reference, "by", margin] => GateSpec {
            no_worse_than: Some((*reference).to_owned()),
            margin: Some(number_of(margin)?),
            ..gate(metric, "")?
        },
        [metric, "better-than", reference] => {
            GateSpec { better_than: Some((*reference).to_owned()), ..gate(metric, "")? }
        }
        [metric, "better-than", reference, "by", margin] => GateSpec {
            better_than: Some((*reference).to_owned()),
            margin: Some(number_of(margin)?),
            ..gate(metric, "")?
        },
        [metric, "detectable-at-most", most] => {
            GateSpec { detectable_at_most: Some(number_of(most)?), ..gate(metric, "")? }
        }
        _ => return Err(refuse()),
    };
    Ok(GateSpec { slice, confidence, ..gate })
}

/// What stands before `on SLICE` and `with CONFIDENCE`, in either order, and both.
fn suffixes<'a, 't>(mut words: &'a [&'t str]) -> Option<(&'a [&'t str], Option<String>, Option<f64>)> {
    let (mut slice, mut confidence) = (None, None);
    loop {
        words = match words {
            [rest @ .., "on", by] if slice.is_none() => {
                slice = Some((*by).to_owned());
                rest
            }
            [rest @ .., "with", share] if confidence.is_none() => {
                confidence = Some(share.parse().ok()?);
                rest
            }
            words => return Some((words, slice, confidence)),
        };
    }
}

fn gate(metric: &str, end: &str) -> Result<GateSpec, String> {
    for point in [".value", ".low", ".high"] {
        if let Some(plain) = metric.strip_suffix(point) {
            if point != end {
                return Err(format!("`{metric}` is not the end that this gate is held against; write `{plain}{end}`"));
            }
            return Ok(GateSpec { metric: plain.to_owned(), ..GateSpec::default() });
        }
    }
    Ok(GateSpec { metric: metric.to_owned(), ..GateSpec::default() })
}

fn number(text: &str) -> Result<Bound, String> {
    if let Ok(number) = text.parse::<f64>() {
        return if number.is_finite() { Ok(Bound::Number(number)) } else { Err(format!("`{text}` bounds nothing")) };
    }
    let span = serde_json::from_value(serde_json::Value::from(text));
    span.map(Bound::Span).map_err(|_| format!("`{text}` is neither a number nor a length of time such as `2s`"))
}

/// A gate as [`parse`] reads it. One that asks several things, as a spec may, has them joined by `and`, which no command line
/// reads.
pub fn written(gate: &GateSpec) -> String {
    let margin = gate.margin.map(|margin| format!(" by {margin}")).unwrap_or_default();
    let asked = [
        gate.at_least.map(|least| format!(">= {}", end(least))),
        gate.at_most.map(|most| format!("<= {}", end(most))),
        gate.no_worse_than.as_ref().map(|reference| format!("no-worse-than {reference}{margin}")),
        gate.better_than.as_ref().map(|reference| format!("better-than {reference}{margin}")),
        gate.detectable_at_most.map(|most| format!("detectable-at-most {most}")),
    ];
    let asked: Vec<String> = asked.into_iter().flatten().collect();
    let slice = gate.slice.as_ref().map(|slice| format!(" on {slice}")).unwrap_or_default();
    let confidence = gate.confidence.map(|share| format!(" with {share}")).unwrap_or_default();
    format!("{} {}{slice}{confidence}", gate.metric, asked.join(" and "))
}

fn end(bound: Bound) -> String {
    match bound {
        Bound::Number(number) => number.to_string(),
        Bound::Span(_) => format!("{}ms", bound.number()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_read_as_they_are_spoken() {
        let gate = parse("queue.accuracy >= 0.8").unwrap();
        assert_eq!((gate.metric.as_str(), gate.at_least), ("queue.accuracy", Some(Bound::Number(0.8))));
        let gate = parse("latency.p95 <= 2s").unwrap();
        assert_eq!(gate.at_most.map(Bound::number), Some(2000.0));
        let gate = parse("queue.accuracy.low >= 0.9").unwrap();
        assert_eq!(gate.metric, "queue.accuracy");
        let gate = parse("queue.accuracy no-worse-than baseline by 0.02").unwrap();
        assert_eq!((gate.no_worse_than.as_deref(), gate.margin), (Some("baseline"), Some(0.02)));
        assert_eq!(parse("a.mean better-than support/triage").unwrap().better_than.as_deref(), Some("support/triage"));
    }

    #[test]
    fn a_gate_may_be_on_a_slice_with_a_confidence_and_on_what_can_be_seen() {
        let gate = parse("queue.accuracy no-worse-than baseline by 0.1 on tags=de with 0.9").unwrap();
        assert_eq!((gate.slice.as_deref(), gate.confidence), (Some("tags=de"), Some(0.9)));
        let gate = parse("queue.accuracy >= 0.5 on metadata.language").unwrap();
        assert_eq!(gate.slice.as_deref(), Some("metadata.language"));
        assert_eq!(parse("queue.accuracy detectable-at-most 0.1").unwrap().detectable_at_most, Some(0.1));
        assert!(parse("queue.accuracy >= 0.5 with much").is_err());
        assert!(parse("on tags").is_err());
    }

    #[test]
    fn a_point_is_no_bound() {
        assert!(parse("queue.accuracy.value >= 0.8").unwrap_err().contains("queue.accuracy.low"));
        assert!(parse("queue.accuracy.high >= 0.8").is_err());
    }

    #[test]
    fn what_is_written_is_read_as_the_same_gate() {
        for text in [
            "queue.accuracy >= 0.8",
            "latency.p95 <= 2000ms",
            "latency.p95 <= 1500",
            "queue.accuracy no-worse-than baseline by 0.02",
            "a.mean better-than support/triage",
            "a.mean better-than support/triage@1×nearest by 0.1",
            "queue.accuracy detectable-at-most 0.1",
            "queue.accuracy no-worse-than baseline by 0.1 on tags=de with 0.9",
        ] {
            let gate = parse(text).unwrap();
            assert_eq!(written(&gate), text);
        }
        assert_eq!(written(&parse("latency.p95 <= 2s").unwrap()), "latency.p95 <= 2000ms");
    }

    #[test]
    fn what_a_spec_asks_at_once_is_written_one_after_the_other() {
        let gate = GateSpec {
            at_least: Some(Bound::Number(0.5)),
            no_worse_than: Some("baseline".to_owned()),
            margin: Some(0.1),
            ..parse("right.accuracy detectable-at-most 0.2 on tags").unwrap()
        };
        let text = "right.accuracy >= 0.5 and no-worse-than baseline by 0.1 and detectable-at-most 0.2 on tags";
        assert_eq!(written(&gate), text);
    }

    #[test]
    fn what_is_no_gate_is_told() {
        for text in ["", "queue.accuracy", "queue.accuracy > 0.8", "a >= x", "a >= NaN", "a no-worse-than baseline"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
