//! All that can happen in a run, in the past tense.
//!
//! The runner emits these and prints nothing; the journal, the progress line, reports and gates fold them. Events are owned
//! and round-trip through JSON, so that replaying a recorded run goes through the very same consumers.

mod plan;

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Case, Completion, Digest, ModelError, ModelId, RunId, Sample};

pub use plan::{
    Budget, CorpusOutline, DatasetId, JudgeOutline, Made, Numbered, PlanOutline, PromptId, ScorerOutline, Sharing,
    Variant,
};

/// The version of the events' shape, told by [`EventKind::RunStarted`].
pub const FORMAT: u32 = 1;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its number in the run, from 0 without gaps.
    pub seq: u64,
    /// When: microseconds since the run started, or was resumed, on a clock that never goes back.
    pub elapsed_us: u64,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// A run began. Always the first event.
    RunStarted {
        /// The version of the events' shape.
        format: u32,
        /// Which run.
        run: RunId,
        /// When, by the wall clock: RFC 3339 in UTC.
        at: String,
        /// What is going to be done.
        plan: PlanOutline,
    },
    /// A run that had ended before its plan was done goes on.
    RunResumed {
        /// When, by the wall clock: RFC 3339 in UTC.
        at: String,
        /// What is going to be done, which may differ from before.
        plan: PlanOutline,
        /// What becomes of what was recorded.
        reuse: Reuse,
    },
    /// An attempt got no answer and the case waits for another one; or it was the last one at a judge, and may stand on the
    /// bill of a run that has a budget: it waits for nothing then, and nothing else would tell of it.
    AttemptFailed {
        /// Which case.
        case: Case,
        /// The scorer that asked, where it was a judge that did not answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scorer: Option<Arc<str>>,
        /// Which attempt, from 1.
        attempt: u32,
        /// Why.
        error: ModelError,
        /// How long until the next attempt, in milliseconds.
        wait_ms: u64,
    },
    /// An answer has arrived, and scoring it takes longer than a moment. It is recorded, so that it is not lost, and does not
    /// count until its case has finished.
    CaseAnswered {
        /// The sample, without scores.
        sample: Box<Sample>,
    },
    /// A judge answered. Recorded as soon as it has: the same question to the same judge is answered from here from now on,
    /// in this run and in others.
    JudgeAnswered {
        /// What was asked, and what it answered.
        judgement: Box<Judgement>,
    },
    /// A case ended, well or badly.
    CaseFinished {
        /// What came of it.
        sample: Box<Sample>,
    },
    /// So many calls to a provider's account may be in flight from now on.
    LimitChanged {
        /// Whose limit, as people call it.
        account: Arc<str>,
        /// How many before.
        from: u32,
        /// How many now.
        to: u32,
        /// Why.
        why: LimitCause,
    },
    /// Every further call to a model is bound to fail, so that the rest of its cases are left for a resume.
    ModelGivenUp {
        /// The model's name.
        model: Arc<str>,
        /// Why.
        error: ModelError,
    },
    /// The run ended. Nothing follows but a resume.
    RunFinished {
        /// When, by the wall clock: RFC 3339 in UTC.
        at: String,
        /// How.
        status: RunStatus,
    },
}

impl EventKind {
    /// The plan that a run began or went on with.
    pub fn into_plan(self) -> Option<PlanOutline> {
        match self {
            Self::RunStarted { plan, .. } | Self::RunResumed { plan, .. } => Some(plan),
            Self::AttemptFailed { .. }
            | Self::CaseAnswered { .. }
            | Self::JudgeAnswered { .. }
            | Self::CaseFinished { .. }
            | Self::LimitChanged { .. }
            | Self::ModelGivenUp { .. }
            | Self::RunFinished { .. } => None,
        }
    }
}

/// One call of a scorer to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The case whose answer was judged.
    pub case: Case,
    /// The scorer that asked.
    pub scorer: Arc<str>,
    /// Whom.
    pub model: ModelId,
    /// The name of what was asked.
    pub request_digest: Digest,
    /// Which of several answers to the same question, from 0.
    pub vote: u32,
    /// What was answered.
    pub completion: Completion,
    /// How often the judge was asked; 0 when the answer came from the record.
    pub attempts: u32,
    /// How long the last attempt took, in microseconds; 0 when the answer came from the record.
    pub latency_us: u64,
    /// Whether the answer came from the record, and so cost nothing.
    pub cached: bool,
}

/// Why another number of calls may be in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitCause {
    /// Nothing has been refused so far: doubled.
    SlowStart,
    /// Below the level that was refused: quickly back, at most to near that level.
    Recovery,
    /// Near that level, and beyond: a few more.
    Growth,
    /// Calls were refused: cut to 0.8 of what was in flight.
    RateLimited,
    /// Refused within the same episode, by calls that show a lower level to be the most that the provider bears.
    Corrected,
}

impl LimitCause {
    /// The words in tables and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SlowStart => "slow start",
            Self::Recovery => "recovery",
            Self::Growth => "growth",
            Self::RateLimited => "rate limited",
            Self::Corrected => "corrected",
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Every case of the plan has ended.
    Finished,
    /// A person, or a signal, stopped it.
    Interrupted,
    /// A model had to be given up, or the data could not be read to its end.
    Failed,
    /// What it may spend was used up before its plan was done.
    OverBudget,
}

/// What becomes of the recorded cases when a run goes on. Each case is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reuse {
    /// Answered before, and still what the plan asks for.
    pub kept: u64,
    /// Answered before, and to be scored again because the expectation or a scorer changed. No model is called.
    pub rescored: u64,
    /// To be asked again because the prompt changed.
    pub prompt_changed: u64,
    /// To be asked again because the row changed.
    pub row_changed: u64,
    /// To be asked again because the model's settings changed.
    pub model_changed: u64,
    /// To be asked again because the parameters changed.
    pub parameters_changed: u64,
    /// To be asked again because there was no answer.
    pub failed_before: u64,
    /// Never asked before.
    pub new: u64,
}

/// A consumer of events.
#[async_trait]
pub trait Sink: Send {
    /// Takes the events that happened since the last call, in order; never none. The runner waits, so that a slow sink
    /// slows the run rather than losing an event, and what happened meanwhile comes with the next call: a sink that pays
    /// for each call, like a journal for each commit, is the cheaper the busier the run is.
    ///
    /// # Errors
    /// The events could not be taken; the run stops with what was paid for saved.
    async fn emit(&mut self, events: &[Event]) -> Result<(), SinkError>;
}

/// A sink could not take events.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SinkError {
    /// What happened and what to do.
    pub message: String,
    /// Where it came from.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}
