//! One message, in the same words whether the prompt says it or a call.

use std::collections::BTreeMap;

use carat_core::{Message, Part};
use serde_json::{Map, Value};

use super::called;
use super::named::brief;
use super::pictures::Picture;

/// One message.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Said {
    pub(super) role: String,
    /// Its texts, joined.
    pub(super) text: String,
    /// Its pictures, in order.
    pub(super) pictures: Vec<Picture>,
    /// The calls of functions that it asks for, as [`called`] writes them.
    pub(super) calls: Vec<Value>,
    /// All else that it says, by where it stands in the message: `name`, `tool_call_id`, `refusal`, `content[0].annotations`.
    pub(super) others: BTreeMap<String, Value>,
}

impl Said {
    /// One of the prompt.
    pub(super) fn of(message: &Message) -> Self {
        let mut said = Self { role: message.role.as_str().to_owned(), ..Self::default() };
        for part in &message.content {
            match part {
                Part::Text(text) => said.text.push_str(text),
                Part::Image(image) => said.pictures.push(Picture::of(image, said.text.len())),
            }
        }
        said.calls = message.tool_calls.iter().map(called::of).collect();
        let named = [("tool_call_id", &message.tool_call_id), ("name", &message.name)];
        let named = named.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?.into())));
        said.others.extend(named);
        said
    }

    /// One that was sent, in the shape of either API or in carat's: content is a text, or a list of texts and pictures.
    pub(super) fn sent(message: Value) -> Result<Self, String> {
        let Value::Object(mut fields) = message else { return Err("a message has no `role`".to_owned()) };
        let Some(Value::String(role)) = fields.remove("role") else { return Err("a message has no `role`".to_owned()) };
        let mut said = Self { role, ..Self::default() };
        said.take_content(fields.remove("content"))?;
        match fields.remove("tool_calls") {
            Some(Value::Array(calls)) => said.calls = calls.into_iter().map(called::sent).collect(),
            Some(other) => said.keep("tool_calls", other),
            None => {}
        }
        fields.into_iter().for_each(|(key, value)| said.keep(&key, value));
        Ok(said)
    }

    /// Takes a content: a text, or a list of parts.
    pub(super) fn take_content(&mut self, content: Option<Value>) -> Result<(), String> {
        match content {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => self.text.push_str(&text),
            Some(Value::Array(parts)) => {
                for (index, part) in parts.into_iter().enumerate() {
                    match part {
                        Value::Object(part) => self.take_part(index, part),
                        other => self.keep(&format!("content[{index}]"), other),
                    }
                }
            }
            Some(other) => {
                return Err(format!("the content of a message is {}; it is a text or a list of parts", brief(&other)));
            }
        }
        Ok(())
    }

    /// A part of a content. One that is neither text nor picture is kept whole, and what a text or a picture says besides, by
    /// its name.
    fn take_part(&mut self, index: usize, mut part: Map<String, Value>) {
        let is_said = if let Some(text) = text_of(&mut part) {
            self.text.push_str(&text);
            true
        } else if let Some(picture) = Picture::taken_from(&mut part, self.text.len()) {
            self.pictures.push(picture);
            true
        } else {
            false
        };
        if is_said {
            part.into_iter().for_each(|(key, value)| self.keep(&format!("content[{index}].{key}"), value));
        } else {
            self.keep(&format!("content[{index}]"), Value::Object(part));
        }
    }

    /// Keeps what is neither text, picture nor call. Nothing, and a list of nothing, which clients write for what a message
    /// does not have, say nothing.
    pub(super) fn keep(&mut self, name: &str, value: Value) {
        let is_nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !is_nothing {
            self.others.insert(name.to_owned(), value);
        }
    }

    /// What it says, for a person: its text, or else what it has in place of one.
    pub(super) fn shown(&self) -> String {
        if !self.text.is_empty() {
            return self.text.clone();
        }
        let pictures = self.pictures.iter().map(Picture::shown);
        let calls = self.calls.iter().map(Value::to_string);
        let others = self.others.iter().map(|(name, value)| format!("{name}: {value}"));
        pictures.chain(calls).chain(others).collect::<Vec<_>>().join(", ")
    }
}

/// Takes the text out of a part that is one.
fn text_of(part: &mut Map<String, Value>) -> Option<String> {
    let key = match part.get("type").map(Value::as_str) {
        None | Some(Some("text")) if !part.contains_key("text") => "value",
        None | Some(Some("text" | "input_text" | "output_text")) => "text",
        Some(_) => return None,
    };
    let Some(Value::String(text)) = part.get_mut(key) else { return None };
    let text = std::mem::take(text);
    part.remove(key);
    part.remove("type");
    Some(text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use carat_core::{Image, Role, ToolCall};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_is_the_same_in_every_shape_that_it_is_written_in() {
        let mut look = Message::text(Role::User, "look:");
        let url = "https://example.org/a.png".to_owned();
        look.content.push(Part::Image(Image { url: url.clone(), digest: None, media_type: None, bytes: None }));
        look.name = Some("ann".to_owned());
        let chat = json!({"role": "user", "name": "ann", "refusal": null, "content":
            [{"type": "text", "text": "lo"}, {"type": "text", "text": "ok:"}, {"type": "image_url", "image_url": {"url": url}}]});
        let call = ToolCall { id: "c".into(), name: "f".into(), arguments: json!({}) };
        let asks = Message { content: Vec::new(), tool_calls: vec![call], ..Message::text(Role::Assistant, "") };
        let asked = json!({"role": "assistant", "content": null, "annotations": [],
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]});
        let answers = Message { tool_call_id: Some("c".to_owned()), ..Message::text(Role::Tool, "12") };
        let answered = json!({"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "12"}]});
        for (message, chat) in [(look, chat), (asks, asked), (answers, answered)] {
            let ours = Said::of(&message);
            assert_eq!(Said::sent(chat).unwrap(), ours);
            assert_eq!(Said::sent(json!(message)).unwrap(), ours);
        }
    }

    #[test]
    fn nothing_that_a_message_says_is_lost() {
        let said = Said::sent(json!({"role": "assistant", "refusal": "no", "audio": {"id": "a"}, "tool_calls": 7, "content": [
            {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}, {"type": "refusal", "refusal": "b"}, "c",
            {"type": "input_audio", "input_audio": {"data": "d"}}, {"type": "text", "text": ["e"]}]}))
        .unwrap();
        let others = json!({"audio": {"id": "a"}, "content[0].cache_control": {"type": "ephemeral"},
            "content[1]": {"type": "refusal", "refusal": "b"}, "content[2]": "c",
            "content[3]": {"type": "input_audio", "input_audio": {"data": "d"}},
            "content[4]": {"type": "text", "text": ["e"]}, "refusal": "no", "tool_calls": 7});
        assert_eq!((said.text.as_str(), json!(said.others)), ("a", others));
    }

    #[test]
    fn the_bytes_of_a_file_are_what_a_call_sends_of_it() {
        let mut message = Message::text(Role::User, "");
        let bytes = Some(Arc::from(*b"\x89PNG"));
        let image = Image { url: "a.png".into(), digest: None, media_type: Some("image/png".into()), bytes };
        message.content = vec![Part::Image(image)];
        let sent = |url: &str| {
            let parts = json!([{"type": "image_url", "image_url": {"url": url}}]);
            Said::sent(json!({"role": "user", "content": parts})).unwrap().pictures
        };
        let ours = Said::of(&message).pictures;
        assert!(ours[0].is_as(&sent("data:image/png;base64,iVBORw==")[0]));
        assert!(!ours[0].is_as(&sent("data:image/png;base64,iVBORw0=")[0]));
    }

    #[test]
    fn a_content_that_is_neither_text_nor_list_is_no_message() {
        let sent = |message: Value| Said::sent(message).map_err(|why| why.chars().take(40).collect::<String>());
        assert_eq!(sent(json!([])), Err("a message has no `role`".to_owned()));
        assert_eq!(sent(json!({"role": 7})), Err("a message has no `role`".to_owned()));
        let content = json!({"role": "user", "content": {"text": "x"}});
        assert_eq!(sent(content), Err("the content of a message is an object; i".to_owned()));
    }
}
