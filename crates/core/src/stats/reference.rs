//! Values that other packages give (scipy, statsmodels, inspect_ai), to be held against ours.

use serde_json::Value;

/// The cases of one family in `reference.json`, whose `meta` names the packages and versions.
pub(super) fn cases(family: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("reference.json")).unwrap();
    let cases = all[family].as_array().unwrap_or_else(|| panic!("no family {family}")).clone();
    assert!(!cases.is_empty(), "{family} is empty");
    cases
}

pub(super) fn number(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap_or_else(|| panic!("no number {key} in {case}"))
}

pub(super) fn count(case: &Value, key: &str) -> u64 {
    case[key].as_u64().unwrap_or_else(|| panic!("no count {key} in {case}"))
}

pub(super) fn pair(case: &Value, key: &str) -> (f64, f64) {
    (case[key][0].as_f64().unwrap(), case[key][1].as_f64().unwrap())
}

pub(super) fn numbers(case: &Value, key: &str) -> Vec<f64> {
    case[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

pub(super) fn counts(case: &Value, key: &str) -> Vec<Vec<u64>> {
    let row = |row: &Value| row.as_array().unwrap().iter().map(|value| value.as_u64().unwrap()).collect();
    case[key].as_array().unwrap().iter().map(row).collect()
}

/// Within a share of the expected value, or within the same distance of it where it is below 1 in 1000.
#[track_caller]
pub(super) fn close(ours: f64, theirs: f64, tolerance: f64, case: &Value) {
    let near = (ours - theirs).abs() <= tolerance * theirs.abs().max(if theirs == 0.0 { 1.0 } else { 0.0 });
    assert!(near, "{ours} is not {theirs}: {case}");
}
