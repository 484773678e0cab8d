//! Pictures of messages, as they go over the wire.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use carat_core::Image;
use carat_core::untrusted::one_line;
use serde_json::{Map, Value};

/// So many characters of an address are told.
const SHOWN: usize = 80;

/// A picture of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// Where it is, or its bytes as a `data:` URL.
    pub(super) url: String,
    /// How people know it: the path by which the prompt names it, else the beginning of the URL.
    name: String,
    /// How closely the model looks, where that is not left to it.
    detail: Option<String>,
    /// Behind so many bytes of the message's text.
    pub(super) at: usize,
}

impl Picture {
    /// One of the prompt.
    pub(super) fn of(image: &Image, at: usize) -> Self {
        let url = match &image.bytes {
            None => image.url.clone(),
            Some(bytes) => {
                let media_type = image.media_type.as_deref().unwrap_or("application/octet-stream");
                format!("data:{media_type};base64,{}", BASE64_STANDARD.encode(bytes))
            }
        };
        Self { url, name: one_line(&image.url, SHOWN), detail: None, at }
    }

    /// One that was sent: takes out of a part of a message's content what says it, in the shape of either API or in carat's.
    /// None, and nothing taken, where the part is no picture.
    pub(super) fn taken_from(part: &mut Map<String, Value>, at: usize) -> Option<Self> {
        let key = match part.get("type").map(Value::as_str) {
            Some(Some("image_url" | "input_image")) => "image_url",
            None | Some(Some("image")) => *["value", "image_url", "url"].iter().find(|key| part.contains_key(**key))?,
            Some(_) => return None,
        };
        let (url, fields) = match part.get_mut(key)? {
            Value::String(url) => (std::mem::take(url), Map::new()),
            Value::Object(fields) => {
                let Some(Value::String(url)) = fields.get_mut("url") else { return None };
                (std::mem::take(url), std::mem::take(fields))
            }
            _ => return None,
        };
        for (inner, value) in fields {
            match inner.as_str() {
                "url" => {}
                // Of the bytes, which are compared themselves.
                "digest" | "media_type" if key == "value" => {}
                "detail" if !part.contains_key("detail") => drop(part.insert(inner, value)),
                _ => drop(part.insert(format!("{key}.{inner}"), value)),
            }
        }
        part.remove(key);
        part.remove("type");
        let detail = match part.remove("detail") {
            Some(Value::String(detail)) => Some(detail).filter(|detail| detail != "auto"),
            Some(Value::Null) | None => None,
            Some(other) => Some(other.to_string()),
        };
        Some(Self { name: one_line(&url, SHOWN), url, detail, at })
    }

    /// Whether the model gets to see the same.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        self.url == other.url && self.detail == other.detail
    }

    /// As it is told.
    pub(super) fn shown(&self) -> String {
        match &self.detail {
            None => self.name.clone(),
            Some(detail) => format!("{} (detail {})", self.name, one_line(detail, SHOWN)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_picture_is_the_same_in_every_shape_that_it_is_written_in() {
        let bytes = Some(std::sync::Arc::from(*b"\x89PNG"));
        let image = Image { url: "a.png".into(), digest: None, media_type: Some("image/png".into()), bytes };
        let ours = Picture::of(&image, 5);
        let url = "data:image/png;base64,iVBORw==";
        for part in [
            json!({"type": "image_url", "image_url": {"url": url}}),
            json!({"type": "input_image", "image_url": url, "detail": "auto"}),
            json!({"type": "image", "value": {"url": url, "media_type": "image/png"}}),
        ] {
            let Value::Object(mut part) = part else { unreachable!() };
            let sent = Picture::taken_from(&mut part, 5).unwrap();
            assert!(ours.is_as(&sent) && part.is_empty(), "{part:?}");
            assert_eq!((ours.shown(), sent.shown()), ("a.png".to_owned(), url.to_owned()));
        }
    }

    #[test]
    fn what_else_a_picture_says_stays_in_the_part() {
        let mut part = json!({"type": "image_url", "image_url": {"url": "u", "detail": "high", "size": 1}, "x": 2});
        let part = part.as_object_mut().unwrap();
        let sent = Picture::taken_from(part, 0).unwrap();
        assert_eq!((sent.shown(), json!(part)), ("u (detail high)".to_owned(), json!({"image_url.size": 1, "x": 2})));
        for part in [json!({"type": "input_image", "file_id": "f"}), json!({"type": "file", "url": "u"}), json!({})] {
            let mut kept = part.clone();
            assert_eq!(Picture::taken_from(kept.as_object_mut().unwrap(), 0), None);
            assert_eq!(kept, part);
        }
    }
}
