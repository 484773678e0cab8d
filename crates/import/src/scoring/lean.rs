//! Scorers as people would write them.

use carat_core::spec::ScorerSpec;
use serde_json::{Map, Value, json};

/// Says of each scorer what it is, and leaves out what it would be anyway: the settings that a reader of the file sees are
/// those that somebody chose.
pub(crate) fn lean(spec: &ScorerSpec) -> Value {
    let whole = json!(spec);
    let mut kept = whole.as_object().cloned().unwrap_or_default();
    let kind = spec.kind().map(|kind| kind.as_str()).unwrap_or_default();
    if let Some(settings) = kept.get(kind).and_then(Value::as_object).cloned() {
        let is_default = |lean: &Map<String, Value>| {
            let mut candidate = kept.clone();
            candidate.insert(kind.to_owned(), Value::Object(lean.clone()));
            serde_json::from_value::<ScorerSpec>(Value::Object(candidate)).is_ok_and(|read| read == *spec)
        };
        let lean = without_defaults(settings, &is_default);
        kept.insert(kind.to_owned(), Value::Object(lean));
    }
    let kept: Map<String, Value> = kept.into_iter().map(|(key, value)| (key, plain_numbers(value))).collect();
    let order = ["name", kind, "on", "expected", "threshold", "invert", "weight", "tags"];
    order
        .iter()
        .filter_map(|key| kept.get(*key).map(|value| ((*key).to_owned(), value.clone())))
        .collect::<Map<_, _>>()
        .into()
}

/// 1 for 1.0, as people write it; what somebody else wrote stays.
pub(crate) fn plain_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 1e9 => json!(float as i64),
            _ => Value::Number(number),
        },
        Value::Object(map) => {
            let plain = |(key, value): (String, Value)| {
                let own = WRITTEN_BY_PEOPLE.contains(&key.as_str());
                (key, if own { value } else { plain_numbers(value) })
            };
            Value::Object(map.into_iter().map(plain).collect())
        }
        other => other,
    }
}

/// Settings in which no key is a setting: all of them were written by somebody.
const WRITTEN_BY_PEOPLE: &[&str] = &["schema", "fields", "parameters"];

/// A mapping without each key, on whatever level, that can be missing.
fn without_defaults(map: Map<String, Value>, is_same: &dyn Fn(&Map<String, Value>) -> bool) -> Map<String, Value> {
    let mut lean = map.clone();
    for (key, value) in map {
        let mut without = lean.clone();
        without.shift_remove(&key);
        if is_same(&without) {
            lean = without;
        } else if let Value::Object(inner) = value
            && !WRITTEN_BY_PEOPLE.contains(&key.as_str())
        {
            let is_same_inside = |inner: &Map<String, Value>| {
                let mut with = lean.clone();
                with.insert(key.clone(), Value::Object(inner.clone()));
                is_same(&with)
            };
            let inner = without_defaults(inner, &is_same_inside);
            lean.insert(key, Value::Object(inner));
        }
    }
    lean
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::spec::{ContainsSpec, JudgeSpec};

    #[test]
    fn settings_that_nobody_chose_are_not_written() {
        let judge = JudgeSpec {
            model: Some("m".to_owned()),
            rubric: Some("r".to_owned()),
            show_question: true,
            ..JudgeSpec::default()
        };
        let spec = ScorerSpec { name: "j".to_owned(), judge: Some(judge), ..ScorerSpec::default() };
        assert_eq!(lean(&spec), json!({"name": "j", "judge": {"model": "m", "rubric": "r"}}));
        let contains = ContainsSpec { any: vec!["a".to_owned()], ..ContainsSpec::default() };
        let spec = ScorerSpec { name: "c".to_owned(), contains: Some(contains), invert: true, ..ScorerSpec::default() };
        assert_eq!(lean(&spec), json!({"name": "c", "contains": {"any": ["a"]}, "invert": true}));
    }
}
