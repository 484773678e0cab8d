//! What a model is asked, and the names of it: prompts rendered into messages, requests, golden rows, and digests of all of
//! them.
//!
//! It is small, because applications link it: what they send to a model is rendered by the very code that the evals used.
//! There is no disk, network, clock, environment or terminal in here.

pub mod canonical;
pub mod credential;
pub mod digest;
pub mod message;
pub mod names;
pub mod nearest;
pub mod package;
pub mod prompt;
pub mod request;
pub mod row;
pub mod yaml;

pub use digest::Digest;
pub use message::{Image, Message, Part, Role, ToolCall};
pub use names::{RowId, RunId};
pub use package::Package;
pub use prompt::{Prompt, PromptError};
pub use request::{Parameters, Request, ResponseFormat, Tool};
pub use row::{DataError, Row, RowStream, Rows};
