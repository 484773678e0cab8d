//! Pictures as Anthropic takes them: their bytes, or where they are on the web.

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use carat_core::Image;
use serde::{Serialize, Serializer};

use crate::wire::Failure;

/// Where a picture comes from.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Source<'a> {
    Base64 { media_type: &'a str, data: Data<'a> },
    Url { url: &'a str },
}

/// The bytes of a picture, in Base64.
#[derive(Debug)]
pub(super) enum Data<'a> {
    Bytes(&'a [u8]),
    Written(&'a str),
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bytes(bytes) => serializer.collect_str(&Base64Display::new(bytes, &STANDARD)),
            Self::Written(text) => serializer.serialize_str(text),
        }
    }
}

impl<'a> Source<'a> {
    /// Takes a picture that has been read, or that is on the web.
    pub(super) fn of(image: &'a Image) -> Result<Self, Failure> {
        if let Some(bytes) = &image.bytes {
            let media_type = image.media_type.as_deref().unwrap_or("application/octet-stream");
            return Ok(Self::Base64 { media_type, data: Data::Bytes(bytes) });
        }
        let Some(rest) = image.url.strip_prefix("data:") else { return Ok(Self::Url { url: &image.url }) };
        let written = rest.split_once(',').and_then(|(head, data)| Some((head.strip_suffix(";base64")?, data)));
        let (head, data) = written.ok_or_else(|| {
            Failure::Unsendable("a picture in a `data:` URL has to be in Base64 for Anthropic's API".to_owned())
        })?;
        let media_type = head.split(';').next().unwrap_or(head);
        Ok(Self::Base64 { media_type, data: Data::Written(data) })
    }
}
