//! How two versions differ, as data for whoever draws it.
//!
//! What a person writes as text is told line by line, with the words that changed within a line; what is structure as the
//! places of a JSON document (JSONPath, RFC 9535) that were added, removed or changed; pictures by their digests. Golden rows
//! are compared by [`crate::dataset::diff`], which takes the rows of files and of versions alike.

mod prompts;
mod structure;

pub use prompts::{IncludeDiff, PictureDiff, PromptDiff, prompts};
pub use structure::{evals, models};
