//! The folders of a project as data: what people write down, read from disk with errors for people.

pub mod dataset;
mod error;
mod eval;
mod image;
mod project;
mod prompt;

pub use error::ProjectError;
pub use eval::EvalOnDisk;
pub use image::load_image;
pub use project::{PROJECT_FILE, Project};
pub use prompt::PromptOnDisk;
