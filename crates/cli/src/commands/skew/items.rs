//! The conversation of the Responses API, item by item.
//!
//! There, a call of a function and its result are items of their own, beside the messages. Each counts as a message here, on
//! the prompt's side as on the other.

use carat_core::{Message, Role};
use serde_json::{Map, Value};

use super::called;
use super::named::brief;
use super::said::Said;

/// Which API a call went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    /// `/chat/completions`.
    Chat,
    /// `/responses`.
    Responses,
}

impl Api {
    /// The one whose words a body has.
    pub(super) fn of(body: &Map<String, Value>) -> Self {
        let has = |key: &str| body.contains_key(key);
        if !has("messages") && (has("input") || has("instructions")) { Self::Responses } else { Self::Chat }
    }

    /// What goes to it for the messages of a prompt.
    pub(super) fn said(self, messages: &[Message]) -> Vec<Said> {
        match self {
            Self::Chat => messages.iter().map(Said::of).collect(),
            Self::Responses => messages.iter().flat_map(items).collect(),
        }
    }
}

/// What is sent of a message: the adapter of the models writes one item for what it says, and one for each call.
fn items(message: &Message) -> Vec<Said> {
    let whole = Said::of(message);
    let call = |call| Said { role: "assistant".to_owned(), calls: vec![call], ..Said::default() };
    let mut items: Vec<Said> = whole.calls.into_iter().map(call).collect();
    if items.is_empty() || !message.content.is_empty() {
        let answered = message.tool_call_id.clone().filter(|_| message.role == Role::Tool);
        // The API takes no pictures there, and has no place for a name.
        let is_words = message.role == Role::Assistant || answered.is_some();
        let pictures = if is_words { Vec::new() } else { whole.pictures };
        let others = answered.into_iter().map(|id| ("tool_call_id".to_owned(), id.into())).collect();
        items.insert(0, Said { role: whole.role, text: whole.text, pictures, others, ..Said::default() });
    }
    items
}

/// What was sent: the instructions, which the model reads first as its rules, and the input, a text of the user or items.
pub(super) fn sent(instructions: Option<Value>, input: Option<Value>) -> Result<Vec<Said>, String> {
    let mut said = listed("instructions", "system", instructions)?;
    said.extend(listed("input", "user", input)?);
    Ok(said)
}

/// The items of a list; a text is one message of this role.
fn listed(key: &str, role: &str, value: Option<Value>) -> Result<Vec<Said>, String> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![Said { role: role.to_owned(), text, ..Said::default() }]),
        Some(Value::Array(items)) => items.into_iter().map(|value| item(key, value)).collect(),
        Some(other) => Err(format!("`{key}` is {}; it is a text or a list of items", brief(&other))),
    }
}

fn item(key: &str, value: Value) -> Result<Said, String> {
    let Value::Object(mut item) = value else {
        return Err(format!("an item of `{key}` is {}; it is an object", brief(&value)));
    };
    item.retain(|_, value| !value.is_null());
    match item.get("type").map(|kind| kind.as_str().unwrap_or_default().to_owned()).as_deref() {
        None | Some("message") => {
            item.remove("type");
            Said::sent(Value::Object(item))
        }
        Some("function_call") => {
            Ok(Said { role: "assistant".to_owned(), calls: vec![called::of_item(item)], ..Said::default() })
        }
        Some("function_call_output") => result(item),
        Some(kind) => {
            let mut said = Said { role: speaker(kind).to_owned(), ..Said::default() };
            item.into_iter().for_each(|(key, value)| said.keep(&key, value));
            Ok(said)
        }
    }
}

/// What a function that the model called gave back.
fn result(mut item: Map<String, Value>) -> Result<Said, String> {
    item.remove("type");
    let mut said = Said { role: "tool".to_owned(), ..Said::default() };
    said.take_content(item.remove("output"))?;
    let id = item.remove("call_id").map(|id| ("tool_call_id".to_owned(), id));
    item.into_iter().chain(id).for_each(|(key, value)| said.keep(&key, value));
    Ok(said)
}

/// Who speaks in an item that is no message: the model thinks or asks for a tool, or a tool has answered. What else there is,
/// such as a reference to an item that only the provider has, goes by its type, and is of nobody who takes part in a
/// conversation.
fn speaker(kind: &str) -> &str {
    match kind {
        "reasoning"
        | "apply_patch_call"
        | "code_interpreter_call"
        | "computer_call"
        | "custom_tool_call"
        | "file_search_call"
        | "image_generation_call"
        | "local_shell_call"
        | "mcp_call"
        | "shell_call"
        | "web_search_call" => "assistant",
        "apply_patch_call_output"
        | "computer_call_output"
        | "custom_tool_call_output"
        | "local_shell_call_output"
        | "shell_call_output" => "tool",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(instructions: Value, input: Value) -> Result<Vec<Said>, String> {
        sent(Some(instructions).filter(|value| !value.is_null()), Some(input))
    }

    #[test]
    fn instructions_are_the_rules_and_a_text_is_what_the_user_says() {
        let said = read(json!("be brief"), json!("hello")).unwrap();
        let seen: Vec<_> = said.iter().map(|said| (said.role.as_str(), said.text.as_str())).collect();
        assert_eq!(seen, [("system", "be brief"), ("user", "hello")]);
    }

    #[test]
    fn what_no_message_says_is_kept_with_who_says_it() {
        let said = read(
            Value::Null,
            json!([{"type": "reasoning", "summary": [], "encrypted_content": "x"}, {"type": "item_reference", "id": "i"},
                {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "12"}], "id": "j"},
                {"type": 7}]),
        )
        .unwrap();
        let seen = said.iter().map(|said| json!([said.role, said.text, said.others])).collect::<Vec<_>>();
        let expected = json!([["assistant", "", {"type": "reasoning", "encrypted_content": "x"}],
            ["item_reference", "", {"type": "item_reference", "id": "i"}], ["tool", "12", {"tool_call_id": "c", "id": "j"}],
            ["", "", {"type": 7}]]);
        assert_eq!(json!(seen), expected);
    }

    #[test]
    fn what_is_no_conversation_is_told() {
        assert_eq!(read(json!(7), json!("x")), Err("`instructions` is 7; it is a text or a list of items".to_owned()));
        assert_eq!(
            read(Value::Null, json!({})),
            Err("`input` is an object; it is a text or a list of items".to_owned())
        );
        assert_eq!(read(Value::Null, json!(["x"])), Err("an item of `input` is \"x\"; it is an object".to_owned()));
        assert_eq!(read(Value::Null, json!([{}])), Err("a message has no `role`".to_owned()));
    }
}
