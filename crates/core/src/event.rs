//! All that can happen in a run, in the past tense.
//!
//! The runner emits these and prints nothing; the journal, the progress line, reports and gates fold them. Events are owned
//! and round-trip through JSON, so that replaying a recorded run goes through the very same consumers.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::corpus::CorpusMetric;
use crate::spec::{ClusterSpec, GateSpec, Overrides, Price, SliceSpec};
use crate::version::Actor;
use crate::{Case, Completion, Digest, ModelError, ModelId, RunId, Sample};

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

/// What is going to be done, without the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanOutline {
    /// The eval's name.
    pub eval: String,
    /// The file of its spec, relative to the project's folder.
    pub spec_file: String,
    /// What the command line replaced in it.
    #[serde(default)]
    pub overrides: Overrides,
    /// The name that a person gave to the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A person's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The digest of the spec as it was resolved.
    pub spec_digest: Digest,
    /// The version of the spec's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec_version: Option<Numbered>,
    /// Who started or resumed the run, with what, from which state of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Made>,
    /// What labels meant when the run began, by kind and reference as written: `prompt support/triage@production` is
    /// `support/triage@3`. A resume goes on with these versions, wherever the labels point by then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pinned: BTreeMap<String, String>,
    /// The golden data.
    pub dataset: DatasetId,
    /// Prompts × models. A variant's number never changes within a run; one whose content changed gets a new number.
    pub variants: Vec<Variant>,
    /// How often each case is repeated.
    pub trials: u32,
    /// How many cases there are in all.
    pub cases: u64,
    /// The scorers, in the order of the spec.
    pub scorers: Vec<ScorerOutline>,
    /// The models that judge, and what they cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judges: Vec<JudgeOutline>,
    /// The parts of the data that are looked at by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<SliceSpec>,
    /// By what rows hang together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterSpec>,
    /// What has to hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateSpec>,
    /// What it is compared with, as a person named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// Which answers of other runs it takes, and whether it gives its own.
    #[serde(default, skip_serializing_if = "Sharing::is_usual")]
    pub sharing: Sharing,
    /// What it may spend.
    #[serde(default, skip_serializing_if = "Budget::is_boundless")]
    pub budget: Budget,
}

/// Which answers of other runs a run takes, and whether it gives its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// It takes all that there are.
    #[default]
    Usual,
    /// It takes those of runs that began then or later: RFC 3339 in UTC.
    Since(String),
    /// It takes none, and gives its own.
    Refresh,
    /// It takes none and gives none: each case is asked for itself.
    Apart,
}

impl Sharing {
    /// Whether it takes all, and gives its own.
    pub fn is_usual(&self) -> bool {
        *self == Self::Usual
    }

    /// Whether each case is asked for itself.
    pub fn is_apart(&self) -> bool {
        *self == Self::Apart
    }
}

/// What a run may spend in all: on its models and its judges, retries included, from its first start to its last resume.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd: Option<f64>,
    /// Tokens, of requests and answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
}

impl Budget {
    /// Whether it bounds nothing.
    pub const fn is_boundless(&self) -> bool {
        self.usd.is_none() && self.tokens.is_none()
    }

    /// What this one says, and of what it does not say what another one does.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            usd: if self.usd.is_some() { self.usd } else { other.usd },
            tokens: if self.tokens.is_some() { self.tokens } else { other.tokens },
        }
    }
}

impl PlanOutline {
    /// Whether a report of this plan is made from fields of the golden rows, so that samples have to come with them.
    pub const fn needs_rows(&self) -> bool {
        !self.slices.is_empty() || self.cluster.is_some()
    }
}

/// Who made a run, with what, and from which state of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Who, as claimed.
    pub by: Actor,
    /// The git commit of the project, with `+` behind it where files differed from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The version of carat.
    pub tool: String,
}

/// A model that judges.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgeOutline {
    /// Which model.
    pub model: ModelId,
    /// What it costs, as far as the project says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// As [`Variant::route`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Digest>,
}

/// A scorer as a reader of results needs to know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScorerOutline {
    /// The name in the spec.
    pub name: Arc<str>,
    /// Which scorer: `choice`, `exact`, …
    pub kind: String,
    /// The digest of its settings.
    pub digest: Digest,
    /// Whether it says right or wrong, rather than how good.
    pub verdict: bool,
    /// Whether it says right or wrong as well as how good: by itself, or by a threshold.
    #[serde(default)]
    pub passes: bool,
    /// From which value on an answer passes, for one that says how good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The classes, in the order of the spec, for a scorer over classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// The metric of the whole corpus that its counts add up to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corpus: Option<CorpusOutline>,
}

impl ScorerOutline {
    /// Whether its classes are those of the golden rows, so that precision, recall and F1 say something of the model.
    pub fn is_classifier(&self) -> bool {
        !self.classes.is_empty() && !self.compares_people()
    }

    /// Whether its classes are verdicts that a person gave too, so that their agreement says something of the judge.
    pub fn compares_people(&self) -> bool {
        !self.classes.is_empty() && self.kind == "judge"
    }
}

/// A metric of a whole corpus, as a reader of results needs to know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorpusOutline {
    /// The aggregate's name: `bleu` of `quality.bleu`.
    pub name: String,
    /// How it is computed.
    pub metric: CorpusMetric,
}

/// Which golden data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetId {
    /// The name in the project.
    pub name: String,
    /// The number of its version.
    pub version: Option<u32>,
    /// The digest of the rows that the run selects, in their order.
    pub digest: Digest,
    /// The digest of all rows, which the version is known by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<Digest>,
    /// How many rows the run selects.
    pub rows: u64,
}

/// One prompt version × one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its number in the run.
    pub number: u32,
    /// What people call it: `support/triage@1×nearest`.
    pub label: String,
    /// Which prompt version.
    pub prompt: PromptId,
    /// Which model.
    pub model: ModelId,
    /// The version of the model's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Numbered>,
    /// What it costs, as far as the project says so; part of the record, for prices change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// The way to the model, where its settings have more to it than is in its digest: see
    /// [`ModelSpec::route`](crate::spec::ModelSpec::route).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Digest>,
}

/// A version by its number and its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// The number of the version.
    pub version: u32,
    /// The name of the content.
    pub digest: Digest,
}

/// Which prompt version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptId {
    /// The name in the project.
    pub name: Arc<str>,
    /// The number of its version.
    pub version: Option<u32>,
    /// The digest of all that reaches the model.
    pub digest: Digest,
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
