//! How two structures differ.

use carat_core::diff::{AnswerDiff, JsonChange, JsonDiff, answers};
use carat_core::spec::{EvalSpec, ModelSpec};
use serde_json::{Value, json};

/// How the settings of two models differ; none where they are the same. A setting that is left out is not there.
pub fn models(left: &ModelSpec, right: &ModelSpec) -> Option<JsonDiff> {
    structures(&written(left), &written(right))
}

/// How two evals differ; none where they say the same. What they name by file is compared as what stands in the files.
pub fn evals(left: &EvalSpec, right: &EvalSpec) -> Option<JsonDiff> {
    structures(&json!(left), &json!(right))
}

/// How two objects differ; none where they are the same. What is nested too deep for the reader of JSON differs as a whole.
pub(super) fn structures(left: &Value, right: &Value) -> Option<JsonDiff> {
    match answers(&left.to_string(), &right.to_string()) {
        AnswerDiff::Same => None,
        AnswerDiff::Json(diff) => Some(diff),
        AnswerDiff::Text(_) => {
            let (left, right) = (Some(left.clone()), Some(right.clone()));
            Some(JsonDiff { changes: vec![JsonChange { path: "$".to_owned(), left_path: None, left, right }], more: 0 })
        }
    }
}

/// The settings that a person wrote, or might have: those that say nothing are left out.
fn written(spec: &ModelSpec) -> Value {
    let mut settings = json!(spec);
    without_nothing(&mut settings);
    for group in ["limits", "price"] {
        settings.get_mut(group).into_iter().for_each(without_nothing);
    }
    settings
}

/// Takes what says nothing out of an object.
pub(super) fn without_nothing(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, value| !value.is_null());
    }
}
