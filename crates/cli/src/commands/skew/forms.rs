//! One form of values that may be written in several.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

/// One form of what may be written in several: one text to stop at, and a tool to be chosen as either API names it.
pub(super) fn plain<'v>(name: &str, value: &'v Value) -> Cow<'v, Value> {
    match (name, value) {
        ("stop", Value::String(text)) => Cow::Owned(json!([text])),
        ("tool_choice", Value::Object(choice)) => Cow::Owned(flat(choice)),
        _ => Cow::Borrowed(value),
    }
}

/// `{"type": "function", "function": {"name": …}}` is `{"type": "function", "name": …}`, here and in a list of allowed tools.
fn flat(choice: &Map<String, Value>) -> Value {
    let kind = choice.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut flat = choice.clone();
    if let Some(Value::Object(inner)) = choice.get(kind)
        && inner.keys().all(|key| key == kind || !choice.contains_key(key))
    {
        flat.remove(kind);
        flat.extend(inner.clone());
    }
    if let Some(Value::Array(tools)) = flat.get_mut("tools") {
        for tool in tools {
            if let Value::Object(fields) = tool {
                *tool = one(fields);
            }
        }
    }
    Value::Object(flat)
}

/// One of the allowed tools; what it says is nested no further.
fn one(tool: &Map<String, Value>) -> Value {
    match tool.get("function") {
        Some(Value::Object(inner)) if tool.len() == 2 && tool.contains_key("type") && !inner.contains_key("type") => {
            let kind = tool.get("type").cloned().map(|kind| ("type".to_owned(), kind));
            inner.clone().into_iter().chain(kind).collect()
        }
        _ => Value::Object(tool.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_tools_is_the_same_as_either_api_writes_it() {
        for (chat, responses) in [
            (json!("auto"), json!("auto")),
            (json!({"type": "function", "function": {"name": "f"}}), json!({"type": "function", "name": "f"})),
            (
                json!({"type": "allowed_tools", "allowed_tools":
                    {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]}}),
                json!({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]}),
            ),
        ] {
            let plain = |choice| plain("tool_choice", choice).into_owned();
            assert_eq!(plain(&chat), plain(&responses));
        }
    }

    #[test]
    fn nothing_that_a_choice_says_is_lost() {
        for (choice, expected) in [
            (json!({"type": "function", "function": {"name": "f"}, "name": "g"}), None),
            (
                json!({"type": "function", "function": {"name": "f", "function": 1}}),
                Some(json!({"type": "function", "name": "f", "function": 1})),
            ),
            (json!({"type": "auto", "tools": [{"type": "function", "function": {"type": "x"}}, 7]}), None),
        ] {
            assert_eq!(*plain("tool_choice", &choice), expected.unwrap_or_else(|| choice.clone()));
        }
    }
}
