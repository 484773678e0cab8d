//! The folders of a project as data: what people write down, read from disk with errors for people; and, with a store, every
//! version of it ([`catalogue`]).

pub mod catalogue;
pub mod dataset;
mod error;
mod eval;
mod image;
mod lifecycle;
pub mod prices;
mod project;
mod prompt;
mod served;

pub use catalogue::{Catalogue, CatalogueError, FoundDataset, FoundEval, FoundModel, FoundPrompt};
pub use error::ProjectError;
pub use eval::{EvalOnDisk, EvalPackage};
pub use image::load_image;
pub use lifecycle::{Calendar, LIFECYCLES_FILE, Shutdown};
pub use prices::{PRICES_FILE, Priced, Prices};
pub use project::{PROJECT_FILE, Project};
pub use prompt::PromptOnDisk;
pub use served::{ANTHROPIC, AZURE, ModelPattern, OPENAI, provider_of};
