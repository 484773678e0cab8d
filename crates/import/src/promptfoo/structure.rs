//! Assertions on what an answer is: JSON, a refusal, a call, cut short.

use carat_core::FinishReason;
use carat_core::spec::{
    ArgumentComparison, FinishReasonSpec, JsonSpec, RefusalSpec, RefusalWanted, ScorerSpec, ToolCallsSpec,
};
use serde_json::{Value, json};

use super::assertion::{Assertion, Scorer};
use crate::account::Note;
use crate::files;
use crate::scoring::Expected;

/// `is-json` and `contains-json`: JSON, by a schema where there is one.
pub(super) fn json(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let fenced = assertion.kind == "contains-json";
    if fenced {
        let why = "JSON may stand anywhere in the answer there; here in its one fenced block, or be all of it";
        assertion.differs(why, "ask the model for JSON alone, or look at a part of the answer with `on`");
    }
    let schema = match &assertion.value {
        None => None,
        Some(value @ Value::Object(_)) => Some(value.clone()),
        Some(_) => {
            let text = assertion.filled()?;
            let schema = files::parse(&text, "a schema").map_err(|error| {
                Note::lost(
                    "a schema",
                    format!("it is neither JSON nor YAML: {}", error.message),
                    "correct it and import again",
                )
            })?;
            Some(schema).filter(|schema| !schema.is_null())
        }
    };
    if schema.as_ref().is_some_and(has_format) {
        assertion.differs("`format` in a schema does not count here", "use `pattern` in its place");
    }
    let json = JsonSpec { schema, fenced, ..JsonSpec::default() };
    Ok(ScorerSpec { json: Some(json), ..assertion.base() }.into())
}

fn has_format(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => map.get("format").is_some_and(Value::is_string) || map.values().any(has_format),
        Value::Array(list) => list.iter().any(has_format),
        _ => false,
    }
}

/// `is-refusal`.
pub(super) fn refusal(assertion: &Assertion<'_>) -> Scorer {
    let wanted = if assertion.inverse { RefusalWanted::Answer } else { RefusalWanted::Refusal };
    ScorerSpec { refusal: Some(RefusalSpec { wanted }), ..ScorerSpec::default() }.into()
}

/// `finish-reason`.
pub(super) fn finish_reason(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let word = assertion.filled()?.to_lowercase();
    let spelt = if word == "function_call" { "tool_calls" } else { word.as_str() };
    let reason = serde_json::from_value::<FinishReason>(json!(spelt)).map_err(|_| {
        Note::lost(
            format!("the finish reason `{word}`"),
            "carat does not know it",
            "use stop, length, content_filter or tool_calls",
        )
    })?;
    let finish_reason = FinishReasonSpec { one_of: vec![reason] };
    Ok(ScorerSpec { finish_reason: Some(finish_reason), ..assertion.base() }.into())
}

/// `tool-call-f1`, where all calls must be right; a part of them is counted in another way here.
pub(super) fn tool_calls(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    if assertion.threshold.is_some_and(|threshold| threshold < 1.0) || assertion.inverse {
        let why = "it is F1 over the set of names there; `tool_calls` has the share of calls that match";
        return Err(Note::lost(
            "`tool-call-f1` below 1",
            why,
            "use `tool_calls` with `arguments: names` and a threshold",
        ));
    }
    assertion.differs("a call that is made twice counts twice here", "");
    let calls: Vec<Value> = assertion.texts()?.into_iter().map(|name| json!({"name": name, "arguments": {}})).collect();
    let tool_calls = ToolCallsSpec { arguments: ArgumentComparison::Names, ..ToolCallsSpec::default() };
    let spec = ScorerSpec { tool_calls: Some(tool_calls), ..assertion.base() };
    Ok(Scorer { spec, expected: Some(Expected::Value(json!(calls))) })
}
