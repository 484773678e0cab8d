//! The messages of a request, read without copying where the text holds no escapes.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use crate::hash::Digest;

/// One message, or one input item of a Responses request.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow, default)]
    pub(crate) role: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) content: Content<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    /// What a tool said, in a Responses request.
    #[serde(borrow, default)]
    output: Content<'a>,
}

impl<'a> Message<'a> {
    pub(crate) fn new(role: &'static str, text: Cow<'a, str>) -> Self {
        Self::holding(role, Content { text, images: 0 })
    }

    pub(crate) fn holding(role: &'static str, content: Content<'a>) -> Self {
        Self { role: role.into(), content, ..Self::default() }
    }

    fn is_tool_result(&self) -> bool {
        self.role == "tool" || self.kind == "function_call_output"
    }
}

/// Text of a content, however it was written down.
#[derive(Debug, Default)]
pub(crate) struct Content<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) images: usize,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Cow<'a, str>,
}

impl<'a> Content<'a> {
    /// Adds a part of this type, which is an image or says something.
    pub(crate) fn add(&mut self, kind: &str, said: Cow<'a, str>) {
        if kind.contains("image") {
            self.images += 1;
        } else if self.text.is_empty() {
            self.text = said;
        } else {
            let text = self.text.to_mut();
            text.push('\n');
            text.push_str(&said);
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, a list of content parts or null")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        let text = Cow::Borrowed(text);
        Ok(Content { text, images: 0 })
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let text = Cow::Owned(text.to_owned());
        Ok(Content { text, images: 0 })
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Content::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let mut content = Content::default();
        while let Some(part) = parts.next_element::<Part<'de>>()? {
            content.add(&part.kind, part.text);
        }
        Ok(content)
    }
}

/// All messages of a request.
#[derive(Debug, Default)]
pub(crate) struct Conversation<'a>(pub(crate) Vec<Message<'a>>);

impl Conversation<'_> {
    /// The text of the last user message; empty when there is none.
    pub(crate) fn question(&self) -> &str {
        let asked = self.0.iter().rfind(|message| message.role == "user");
        asked.map_or("", |message| &message.content.text)
    }

    /// Whether somebody says this, as a part of a message or the whole of it.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.0.iter().any(|said| said.content.text.contains(text) || said.output.text.contains(text))
    }

    /// Depends on who said what, and not on how the request is written.
    pub(crate) fn digest(&self, seed: u64, model: &str) -> Digest {
        self.0.iter().fold(Digest::new(seed).bytes(model.as_bytes()), |digest, said| {
            digest.bytes(said.role.as_bytes()).bytes(said.content.text.as_bytes()).bytes(said.output.text.as_bytes())
        })
    }

    pub(crate) fn holds_images(&self) -> bool {
        self.0.iter().any(|message| message.content.images > 0)
    }

    pub(crate) fn ends_with_tool_result(&self) -> bool {
        self.0.last().is_some_and(Message::is_tool_result)
    }

    pub(crate) fn tokens(&self) -> u64 {
        self.0.iter().map(|message| 4 + tokens(&message.content.text) + tokens(&message.output.text)).sum()
    }
}

/// A rough count: four bytes to a token.
pub(crate) fn tokens(text: &str) -> u64 {
    text.len().div_ceil(4) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Conversation<'_> {
        Conversation(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn parts_and_plain_text_ask_the_same() {
        let plain = read(r#"[{"role": "user", "content": "hi"}]"#);
        let parts = read(r#"[{"role": "user", "content": [{"type": "text", "text": "hi"}]}]"#);
        assert_eq!(parts.question(), "hi");
        assert_eq!(plain.digest(0, "m").value(), parts.digest(0, "m").value());
    }

    #[test]
    fn the_last_user_message_is_the_question() {
        let talk = read(
            r#"[{"role": "user", "content": "first"}, {"role": "user", "content": "se\ncond"},
                {"role": "assistant", "content": null}]"#,
        );
        assert_eq!(talk.question(), "se\ncond");
    }

    #[test]
    fn images_are_noticed() {
        let talk = read(
            r#"[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}},
                {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]"#,
        );
        assert!(talk.holds_images());
        assert_eq!(talk.question(), "a\nb");
    }
}
