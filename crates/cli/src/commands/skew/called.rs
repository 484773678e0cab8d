//! The calls of functions that a message of the model asks for, in one shape: OpenAI's for chats, with arguments read.

use carat_core::ToolCall;
use serde_json::{Map, Value, json};

/// One of the prompt.
pub(super) fn of(call: &ToolCall) -> Value {
    json!({"id": call.id, "function": {"name": call.name, "arguments": read(call.arguments.clone())}})
}

/// One that was sent, in the shape of chats or in carat's. What is no such call stays what it is.
pub(super) fn sent(call: Value) -> Value {
    let Value::Object(mut fields) = call else { return call };
    fields.retain(|_, value| !value.is_null());
    if !fields.contains_key("function") && fields.contains_key("arguments") {
        let function = taken(&mut fields, &["name", "arguments"]);
        fields.insert("function".to_owned(), function);
    }
    if let Some(Value::Object(function)) = fields.get_mut("function") {
        let arguments = function.remove("arguments").map(read);
        function.extend(arguments.map(|arguments| ("arguments".to_owned(), arguments)));
        if fields.get("type").is_some_and(|kind| kind == "function") {
            fields.remove("type");
        }
    }
    Value::Object(fields)
}

/// An item of the Responses API that says that the model called a function.
pub(super) fn of_item(mut item: Map<String, Value>) -> Value {
    item.remove("type");
    // Beside the id by which the call is answered, the item may have one of its own.
    let own = item.remove("id").map(|id| ("item_id".to_owned(), id));
    let id = item.remove("call_id").map(|id| ("id".to_owned(), id));
    item.extend(own.into_iter().chain(id));
    sent(Value::Object(item))
}

fn taken(fields: &mut Map<String, Value>, keys: &[&str]) -> Value {
    keys.iter().filter_map(|key| Some(((*key).to_owned(), fields.remove(*key)?))).collect()
}

/// Arguments go over the wire as text. What is no JSON, or nested too deep to be read, stays text.
fn read(arguments: Value) -> Value {
    match arguments {
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        read => read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weather(arguments: Value) -> Value {
        of(&ToolCall { id: "c1".into(), name: "weather".into(), arguments })
    }

    #[test]
    fn a_call_is_the_same_in_every_shape_that_it_is_written_in() {
        let arguments = "{\"city\":  \"Bern\"}";
        let item = json!({"type": "function_call", "call_id": "c1", "name": "weather", "arguments": arguments});
        let ours = weather(json!({"city": "Bern"}));
        assert_eq!(of_item(item.as_object().unwrap().clone()), ours);
        for call in [
            json!({"id": "c1", "type": "function", "function": {"name": "weather", "arguments": arguments}}),
            json!({"id": "c1", "name": "weather", "arguments": {"city": "Bern"}}),
        ] {
            assert_eq!(sent(call), ours);
        }
    }

    #[test]
    fn arguments_that_are_no_json_are_text() {
        for arguments in ["{\"city\": ".to_owned(), "[".repeat(100_000)] {
            let call = json!({"id": "c1", "type": "function", "function": {"name": "weather", "arguments": arguments}});
            assert_eq!(sent(call), weather(json!(arguments)));
        }
    }

    #[test]
    fn nothing_that_a_call_says_besides_is_lost() {
        let item = json!({"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "1", "status": "done"});
        let call = json!({"item_id": "i", "id": "c", "status": "done", "function": {"name": "f", "arguments": 1}});
        assert_eq!(of_item(item.as_object().unwrap().clone()), call);
        for call in [json!({"id": "c", "type": "custom", "custom": {"name": "f", "input": "x"}}), json!(7)] {
            assert_eq!(sent(call.clone()), call);
        }
        let more = json!({"id": "c", "index": 0, "function": {"name": "f", "arguments": "x", "strict": true}});
        assert_eq!(sent(more.clone()), more);
    }
}
