//! Pictures on the wire.

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use carat_core::Image;
use serde::{Serialize, Serializer};

/// The address of a picture: its bytes as a `data:` URL where they are there, else the URL that the prompt names.
pub(super) struct PictureUrl<'a>(pub(super) &'a Image);

impl Serialize for PictureUrl<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(bytes) = &self.0.bytes else { return serializer.serialize_str(&self.0.url) };
        let media_type = self.0.media_type.as_deref().unwrap_or("application/octet-stream");
        serializer.collect_str(&format_args!("data:{media_type};base64,{}", Base64Display::new(bytes, &STANDARD)))
    }
}
