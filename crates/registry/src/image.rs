//! Pictures that prompts name by path.

use std::path::Path;

use carat_core::Image;

use crate::prompt::inside;

/// Loads the picture at a path relative to a prompt's folder. It must lie inside the project: a path may come from a row,
/// and no row shall make the program send any other file of the machine.
///
/// # Errors
/// There is no such file, it lies outside the project, it is too large, or it is no picture.
pub fn load_image(root: &Path, folder: &Path, path: &str) -> Result<Image, String> {
    let real = inside(root, folder, path)?;
    let size = std::fs::metadata(&real).map_err(|error| error.to_string())?.len();
    if size > Image::LARGEST {
        return Err(format!("it has {size} bytes; the most is {}", Image::LARGEST));
    }
    let bytes = std::fs::read(&real).map_err(|error| error.to_string())?;
    Image::of_file(path, bytes)
}
