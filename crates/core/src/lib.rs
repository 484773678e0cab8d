//! The words of carat and what follows from them without touching the world.
//!
//! Prompt, row, case, request, completion, score, event, sample: the types that every other crate speaks, together with
//! pure functions over them (rendering, folds, statistics). There is no disk, network, clock, environment or terminal in
//! here; a value that needs one of those is handed in by a caller.

pub mod canonical;
pub mod case;
pub mod compare;
pub mod completion;
pub mod corpus;
pub mod diff;
pub mod digest;
pub mod event;
pub mod fold;
pub mod message;
pub mod model;
pub mod names;
pub mod nearest;
pub mod prompt;
pub mod request;
pub mod row;
pub mod score;
pub mod spec;
pub mod stats;
pub mod untrusted;
pub mod yaml;

pub use case::{Case, Outcome, Sample, Transcript};
pub use completion::{Completion, FinishReason, Flaw, Usage};
pub use digest::Digest;
pub use event::{Event, EventKind, Sink, SinkError};
pub use message::{Image, Message, Part, Role, ToolCall};
pub use model::{Call, Model, ModelError, ModelErrorKind, ModelId};
pub use names::{RowId, RunId};
pub use prompt::{Prompt, PromptError};
pub use request::{Parameters, Request, ResponseFormat, Tool};
pub use row::{DataError, Row, RowStream, Rows};
pub use score::{Answer, Ask, Assessor, Grade, Labels, Score, Scorer, UnitInterval, Unscored, UnscoredKind};
