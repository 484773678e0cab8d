//! The words of carat and what follows from them without touching the world.
//!
//! Prompt, row, case, request, completion, score, event, sample: the types that every other crate speaks, together with
//! pure functions over them (rendering, folds, statistics). There is no disk, network, clock, environment or terminal in
//! here; a value that needs one of those is handed in by a caller.

mod absent;

pub mod audit;
pub mod case;
pub mod compare;
pub mod completion;
pub mod corpus;
pub mod diff;
pub mod event;
pub mod fold;
pub mod model;
pub mod promotion;
pub mod score;
pub mod spec;
pub mod stats;
pub mod untrusted;
pub mod version;

pub use carat_prompt::{
    DataError, Digest, Image, Message, Package, Parameters, Part, Prompt, PromptError, Request, ResponseFormat, Role,
    Row, RowId, RowStream, Rows, RunId, Tool, ToolCall, canonical, credential, digest, message, names, nearest,
    package, prompt, request, row, yaml,
};

pub use case::{Case, Outcome, Sample, Transcript};
pub use completion::{Completion, FinishReason, Flaw, Origin, Usage};
pub use event::{Event, EventKind, Sink, SinkError};
pub use model::{Account, Call, Left, LimitHints, Model, ModelError, ModelErrorKind, ModelId, Question};
pub use score::{Answer, Ask, Assessor, Grade, Labels, Score, Scorer, UnitInterval, Unscored, UnscoredKind};
