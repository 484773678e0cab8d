//! Pictures that prompts name by path.

use std::path::Path;
use std::sync::Arc;

use carat_core::{Digest, Image};

use crate::prompt::inside;

/// The largest picture that is sent; providers refuse larger ones.
const LARGEST: u64 = 20 * 1024 * 1024;

/// The first bytes of the kinds of picture that models take.
const KINDS: [(&[u8], usize, &str); 5] = [
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
];

/// Loads the picture at a path relative to a prompt's folder. It must lie inside the project: a path may come from a row,
/// and no row shall make the program send any other file of the machine.
///
/// # Errors
/// There is no such file, it lies outside the project, it is too large, or it is no picture.
pub fn load_image(root: &Path, folder: &Path, path: &str) -> Result<Image, String> {
    let real = inside(root, folder, path)?;
    let size = std::fs::metadata(&real).map_err(|error| error.to_string())?.len();
    if size > LARGEST {
        return Err(format!("it has {size} bytes; the most is {LARGEST}"));
    }
    let bytes = std::fs::read(&real).map_err(|error| error.to_string())?;
    let kind = KINDS.iter().find(|(magic, at, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    let (_, _, media_type) = kind.ok_or("it is not a PNG, JPEG, GIF or WebP picture")?;
    Ok(Image {
        url: path.to_owned(),
        digest: Some(Digest::of_bytes(&bytes)),
        media_type: Some((*media_type).to_owned()),
        bytes: Some(Arc::from(bytes)),
    })
}
