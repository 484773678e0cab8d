//! Conversations in the shape in which OpenAI's interface has them.

use carat_core::nearest::did_you_mean;
use carat_core::{Image, Message, Part, Role, ToolCall};
use serde_json::{Map, Value};

use super::row::{kind, wrong};

const KEYS: [&str; 5] = ["role", "content", "tool_calls", "tool_call_id", "name"];

/// Keys of recorded answers and of training files that say nothing to a model.
const SKIPPED: [&str; 2] = ["annotations", "weight"];

/// The messages of a row. Nulls are the same as nothing, as are `annotations` and `weight`.
///
/// # Errors
/// Which message is not as it should be, from 1, and why.
pub(super) fn messages(value: &Value) -> Result<Vec<Message>, String> {
    let Value::Array(items) = value else {
        return Err(wrong("messages", value, "a list, as in [{\"role\": \"user\", \"content\": \"Hello\"}]"));
    };
    let numbered = items.iter().enumerate();
    numbered.map(|(index, item)| message(item).map_err(|why| format!("message {}: {why}", index + 1))).collect()
}

fn message(value: &Value) -> Result<Message, String> {
    let Value::Object(fields) = value else { return Err(format!("is {}, not an object", kind(value))) };
    let mut role_said = None;
    let mut message = Message::text(Role::User, "");
    message.content.clear();
    for (key, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        match key.as_str() {
            "role" => role_said = Some(role(value)?),
            "content" => message.content = content(value)?,
            "tool_calls" => message.tool_calls = tool_calls(value)?,
            "tool_call_id" => message.tool_call_id = Some(text(key, value)?),
            "name" => message.name = Some(text(key, value)?),
            skipped if SKIPPED.contains(&skipped) => {}
            unknown => return Err(format!("unknown key `{unknown}`{}", did_you_mean(unknown, KEYS))),
        }
    }
    message.role = role_said.ok_or("has no `role`")?;
    Ok(message)
}

fn role(value: &Value) -> Result<Role, String> {
    let said = text("role", value)?;
    let known = Role::ALL.into_iter().find(|role| role.as_str() == said);
    known.ok_or_else(|| format!("nobody has the role `{said}`{}", did_you_mean(&said, Role::ALL.map(Role::as_str))))
}

fn content(value: &Value) -> Result<Vec<Part>, String> {
    match value {
        Value::String(text) => Ok(vec![Part::Text(text.clone())]),
        Value::Array(parts) => parts.iter().map(part).collect(),
        other => Err(wrong("content", other, "a string or a list of parts")),
    }
}

/// A part as OpenAI has it, or as carat itself writes it.
fn part(value: &Value) -> Result<Part, String> {
    let field = |name: &str| value.get(name).filter(|value| !value.is_null());
    match field("type").and_then(Value::as_str) {
        Some("text") => match field("text").or(field("value")) {
            Some(words) => Ok(Part::Text(text("text", words)?)),
            None => Err("a part of type `text` has no `text`".to_owned()),
        },
        Some("image_url") => image(field("image_url")),
        Some("image") => image(field("value")),
        Some(other) => {
            Err(format!("a part of type `{other}` cannot be sent; those that can are `text` and `image_url`"))
        }
        None => Err("a part of `content` has no `type`; write {\"type\": \"text\", \"text\": \"…\"}".to_owned()),
    }
}

fn image(value: Option<&Value>) -> Result<Part, String> {
    let url = match value {
        Some(Value::String(url)) => Some(url.as_str()),
        Some(other) => other.get("url").and_then(Value::as_str),
        None => None,
    };
    let url = url.ok_or("a picture has no `url`; write {\"type\": \"image_url\", \"image_url\": {\"url\": \"…\"}}")?;
    let said = |name: &str| value.and_then(|value| value.get(name)).and_then(Value::as_str);
    let digest = said("digest").map(str::parse).transpose().map_err(|error| format!("{error}"))?;
    let media_type = said("media_type").map(str::to_owned);
    Ok(Part::Image(Image { url: url.to_owned(), digest, media_type, bytes: None }))
}

fn tool_calls(value: &Value) -> Result<Vec<ToolCall>, String> {
    match value {
        Value::Array(calls) => calls.iter().map(tool_call).collect(),
        other => Err(wrong("tool_calls", other, "a list")),
    }
}

/// A call as it goes over OpenAI's wire (arguments as text), or as carat itself writes it (arguments as they are).
fn tool_call(value: &Value) -> Result<ToolCall, String> {
    let empty = Map::new();
    let call = value.as_object().unwrap_or(&empty);
    let function = call.get("function").and_then(Value::as_object);
    let on_wire = function.is_some();
    let said = function.unwrap_or(call);
    let name = said.get("name").and_then(Value::as_str).ok_or("a tool call does not name its function")?;
    let arguments = said.get("arguments").cloned().unwrap_or_else(|| Value::Object(Map::new()));
    let arguments = match arguments {
        Value::String(text) if on_wire => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        other => other,
    };
    let id = call.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(ToolCall { id, name: name.to_owned(), arguments })
}

fn text(name: &str, value: &Value) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(name, value, "a string"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_openai_records_is_understood() {
        let recorded = json!([
            {"role": "user", "content": [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "low"}}]},
            {"role": "assistant", "content": null, "refusal": null, "annotations": [],
             "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{\"q\": 1}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "nothing"},
        ]);
        let read = messages(&recorded).unwrap();
        assert_eq!(read[0].content.len(), 2);
        assert_eq!(read[1].tool_calls, [ToolCall { id: "c1".into(), name: "find".into(), arguments: json!({"q": 1}) }]);
        assert_eq!(read[2].tool_call_id.as_deref(), Some("c1"));
    }

    #[test]
    fn what_carat_writes_is_read_back() {
        let mut message = Message::text(Role::Assistant, "a");
        message.tool_calls.push(ToolCall { id: "1".into(), name: "f".into(), arguments: json!("not an object") });
        let url = "https://example.org/a.png".to_owned();
        message.content.push(Part::Image(Image {
            url,
            digest: None,
            media_type: Some("image/png".into()),
            bytes: None,
        }));
        let written = serde_json::to_value([&message]).unwrap();
        assert_eq!(messages(&written).unwrap(), [message]);
    }

    #[test]
    fn a_message_that_is_wrong_is_named() {
        let wrong = |message: Value| messages(&json!([{"role": "user"}, message])).unwrap_err();
        assert_eq!(
            wrong(json!({"role": "asistant"})),
            "message 2: nobody has the role `asistant`; did you mean `assistant`?"
        );
        assert_eq!(wrong(json!({"content": "x"})), "message 2: has no `role`");
        assert_eq!(
            wrong(json!({"role": "user", "contents": "x"})),
            "message 2: unknown key `contents`; did you mean `content`?"
        );
        assert_eq!(
            wrong(json!({"role": "user", "content": 7})),
            "message 2: `content` is a number, not a string or a list of parts"
        );
        assert_eq!(
            wrong(json!({"role": "user", "content": [{"type": "input_audio"}]})),
            "message 2: a part of type `input_audio` cannot be sent; those that can are `text` and `image_url`"
        );
    }
}
