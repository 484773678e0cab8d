//! One prompt × one model × one row × one repeat, and what came of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Completion, Digest, ModelError, Request, Row, RowId, Score, Unscored};

/// Which cell of the plan, within one run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Case {
    /// Which prompt × model: the number of a variant of the run.
    pub variant: u32,
    /// Which row.
    pub row: RowId,
    /// Which repeat, from 0.
    pub trial: u32,
}

/// What came of a case. A failure is a result of the run, not a failure of the program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The model answered.
    Completed {
        /// The answer.
        completion: Completion,
        /// What each scorer says of it, by scorer, in the order of the spec.
        scores: Vec<(Arc<str>, Score)>,
        /// The scorers that had nothing to say, and why.
        unscored: Vec<(Arc<str>, Unscored)>,
    },
    /// The prompt could not be rendered with this row.
    Unrendered {
        /// Why, with file and line.
        message: String,
    },
    /// The model gave no answer in any attempt.
    Unanswered {
        /// Why the last attempt failed.
        error: ModelError,
    },
}

/// A case that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Which case.
    pub case: Case,
    /// The name of the row's content, expectation included.
    pub row_digest: Digest,
    /// The name of what was asked; none when nothing could be rendered.
    pub request_digest: Option<Digest>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How often the model was asked.
    pub attempts: u32,
    /// How long the attempt that ended the case took, in microseconds; none when nothing was asked.
    pub latency_us: Option<u64>,
    /// What went in; absent where a fold has no need of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<Arc<Transcript>>,
}

/// What went into a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The golden row.
    pub row: Arc<Row>,
    /// What was asked; none when nothing could be rendered.
    pub request: Option<Arc<Request>>,
}
