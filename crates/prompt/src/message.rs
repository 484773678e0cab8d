//! What is said to a model and by it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Digest;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The rules of the conversation.
    System,
    /// The rules, as newer OpenAI models name them.
    Developer,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The answer of a tool.
    Tool,
}

impl Role {
    /// Every role, in the order of their authority.
    pub const ALL: [Self; 5] = [Self::System, Self::Developer, Self::User, Self::Assistant, Self::Tool];

    /// The word that stands in a prompt file and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// One message: who speaks, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order. One text is written as a plain string.
    #[serde(default, with = "content")]
    pub content: Vec<Part>,
    /// The calls that an assistant asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// Which call a tool message answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// Which of several speakers of one role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Message {
    /// A message of one text.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self { role, content: vec![Part::Text(text.into())], tool_calls: Vec::new(), tool_call_id: None, name: None }
    }

    /// The texts of the message, joined; images are left out.
    pub fn joined_text(&self) -> std::borrow::Cow<'_, str> {
        match self.content.as_slice() {
            [Part::Text(text)] => text.as_str().into(),
            parts => parts.iter().filter_map(Part::as_text).collect::<String>().into(),
        }
    }
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "lowercase")]
pub enum Part {
    /// Words.
    Text(String),
    /// A picture.
    Image(Image),
}

impl Part {
    /// The words, if it is words.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Image(_) => None,
        }
    }
}

/// A picture: somewhere on the web, or a file whose content is known by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// An `http(s):` or `data:` URL, or the file's path as the prompt names it.
    pub url: String,
    /// The digest of the file's bytes; none for a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// `image/png` and the like, found from the file's first bytes; none for a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The file's bytes, for the adapter that sends them. They are never written to a store: the digest names them.
    #[serde(skip)]
    pub bytes: Option<Arc<[u8]>>,
}

/// The first bytes of the kinds of picture that models take, where they stand, and what they say.
const KINDS: [(&[u8], usize, &str); 5] = [
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
];

impl Image {
    /// The largest picture that is sent, in bytes; providers refuse larger ones.
    pub const LARGEST: u64 = 20 * 1024 * 1024;

    /// The picture in a file with these bytes, by the path that a prompt names it by.
    ///
    /// # Errors
    /// It is no picture that models take.
    pub fn of_file(path: &str, bytes: Vec<u8>) -> Result<Self, String> {
        let kind = KINDS.iter().find(|(magic, at, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
        let (_, _, media_type) = kind.ok_or("it is not a PNG, JPEG, GIF or WebP picture")?;
        Ok(Self {
            url: path.to_owned(),
            digest: Some(Digest::of_bytes(&bytes)),
            media_type: Some((*media_type).to_owned()),
            bytes: Some(Arc::from(bytes)),
        })
    }
}

/// A function that the model wants to be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolCall {
    /// The provider's id of the call, by which a tool message answers it.
    #[serde(default)]
    pub id: String,
    /// The function's name.
    pub name: String,
    /// The arguments: JSON where the model wrote JSON, else a string with what it wrote.
    pub arguments: Value,
}

/// Content is a string when it is one text, else a list of parts; a missing or null content is no parts.
mod content {
    use super::Part;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(parts: &[Part], serializer: S) -> Result<S::Ok, S::Error> {
        match parts {
            [Part::Text(text)] => text.serialize(serializer),
            parts => parts.serialize(serializer),
        }
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Content {
        None(()),
        Text(String),
        Parts(Vec<Part>),
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Part>, D::Error> {
        Ok(match Content::deserialize(deserializer)? {
            Content::None(()) => Vec::new(),
            Content::Text(text) => vec![Part::Text(text)],
            Content::Parts(parts) => parts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_written_as_a_string_and_read_back() {
        let message = Message::text(Role::User, "hello");
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(json, r#"{"role":"user","content":"hello"}"#);
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
    }

    #[test]
    fn an_image_is_a_part_of_its_own() {
        let image = Image { url: "https://example.org/a.png".into(), digest: None, media_type: None, bytes: None };
        let mut message = Message::text(Role::User, "look:");
        message.content.push(Part::Image(image));
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
        assert_eq!(message.joined_text(), "look:");
    }

    #[test]
    fn null_content_is_no_content() {
        let message: Message = serde_json::from_str(r#"{"role":"assistant","content":null}"#).unwrap();
        assert!(message.content.is_empty());
    }
}
