//! Events, samples and judgements as they lie in their tables, and in the lines of an archive; [`Line`] is the way back.
//!
//! Of a line, the record is all but the documents (`skip_serializing`), which are JSON already.

use carat_core::event::{Judgement, RunStatus};
use carat_core::{Digest, Event, EventKind, Outcome, Sample, Unscored};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::StoreError;
use crate::pool::Sharing;
use crate::text::kept;
use crate::verdicts;

mod columns;
mod line;

pub(crate) use columns::{Nonsense, case, column, digest, number, parsed, unsigned};
pub(crate) use line::{JudgementBody, Line};

/// An event that is neither sample nor judgement, as a row of `events`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventRecord {
    #[serde(rename = "event")]
    pub(crate) seq: i64,
    pub(crate) elapsed_us: i64,
    /// In the body as well.
    #[serde(skip)]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing, deserialize_with = "document")]
    pub(crate) body: String,
}

/// A sample as a row of `samples`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SampleRecord {
    #[serde(rename = "sample")]
    pub(crate) seq: i64,
    pub(crate) elapsed_us: i64,
    pub(crate) variant: i64,
    pub(crate) trial: i64,
    pub(crate) row_id: String,
    pub(crate) row_digest: Digest,
    pub(crate) request_digest: Option<Digest>,
    pub(crate) outcome: i64,
    pub(crate) attempts: i64,
    pub(crate) latency_us: Option<i64>,
    /// See [`verdicts`].
    #[serde(default, skip_serializing, deserialize_with = "document_if_any")]
    pub(crate) verdicts: Option<String>,
    /// JSON: the completion, the error, or the message as a string.
    #[serde(skip_serializing, deserialize_with = "document")]
    pub(crate) answer: String,
    /// None where the transcript is not known, `null` where nothing could be rendered, else see [`crate::request`].
    #[serde(default, skip_serializing, deserialize_with = "document_if_any")]
    pub(crate) request: Option<String>,
}

/// A judgement as a row of `judgements`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JudgementRecord {
    #[serde(rename = "judgement")]
    pub(crate) seq: i64,
    pub(crate) elapsed_us: i64,
    pub(crate) variant: i64,
    pub(crate) row_id: String,
    pub(crate) trial: i64,
    pub(crate) scorer: String,
    pub(crate) model: String,
    pub(crate) model_digest: Digest,
    pub(crate) request_digest: Digest,
    pub(crate) vote: i64,
    /// JSON: see [`JudgementBody`].
    #[serde(skip_serializing, deserialize_with = "document")]
    pub(crate) body: String,
}

/// The column `outcome`.
const COMPLETED: i64 = 0;
const UNRENDERED: i64 = 1;
const UNANSWERED: i64 = 2;
/// There is an answer, and somebody who judges gave none: a resume asks the scorers again.
const COMPLETED_UNJUDGED: i64 = 3;

/// The event that ends a run, in the column `kind`.
pub(crate) const RUN_FINISHED: &str = "run_finished";

impl EventRecord {
    pub(crate) fn of(event: &Event) -> Result<Self, StoreError> {
        Ok(Self {
            seq: bigint("an event's number", event.seq)?,
            elapsed_us: bigint("an event's time", event.elapsed_us)?,
            kind: kind(&event.kind),
            body: json(&event.kind)?,
        })
    }
}

/// The word for an event; the same that its JSON has.
fn kind(event: &EventKind) -> &'static str {
    match event {
        EventKind::RunStarted { .. } => "run_started",
        EventKind::RunResumed { .. } => "run_resumed",
        EventKind::AttemptFailed { .. } => "attempt_failed",
        EventKind::CaseAnswered { .. } => "case_answered",
        EventKind::JudgeAnswered { .. } => "judge_answered",
        EventKind::CaseFinished { .. } => "case_finished",
        EventKind::LimitChanged { .. } => "limit_changed",
        EventKind::ModelGivenUp { .. } => "model_given_up",
        EventKind::RunFinished { .. } => RUN_FINISHED,
    }
}

impl SampleRecord {
    /// What of the transcript is shared with other samples goes through `sharing`.
    pub(crate) fn of(event: &Event, sample: &Sample, sharing: &mut Sharing) -> Result<Self, StoreError> {
        // Whole, so that a new field cannot be forgotten here.
        let Sample { case, row_digest, request_digest, outcome, attempts, latency_us, transcript } = sample;
        let (outcome, answer, verdicts) = columns_of(outcome)?;
        // Where no scorer speaks of the row, the answer has all the scores that it will ever have.
        let is_finished = matches!(event.kind, EventKind::CaseFinished { .. }) && outcome == COMPLETED;
        let verdicts = verdicts.or_else(|| is_finished.then(|| verdicts::NONE.to_owned()));
        Ok(Self {
            seq: bigint("an event's number", event.seq)?,
            elapsed_us: bigint("an event's time", event.elapsed_us)?,
            variant: i64::from(case.variant),
            trial: i64::from(case.trial),
            row_id: kept(case.row.as_str()).into_owned(),
            row_digest: *row_digest,
            request_digest: *request_digest,
            outcome,
            attempts: i64::from(*attempts),
            latency_us: latency_us.map(|latency| bigint("a latency", latency)).transpose()?,
            verdicts,
            answer,
            request: transcript.as_ref().map(|transcript| sharing.transcript(row_digest, transcript)).transpose()?,
        })
    }
}

/// The columns `outcome`, `answer` and `verdicts`.
fn columns_of(outcome: &Outcome) -> Result<(i64, String, Option<String>), StoreError> {
    Ok(match outcome {
        Outcome::Completed { completion, scores, unscored } => {
            let unjudged = unscored.iter().any(|(_, Unscored { reason, .. })| reason.is_passing());
            let outcome = if unjudged { COMPLETED_UNJUDGED } else { COMPLETED };
            (outcome, json(completion)?, verdicts::written(scores, unscored)?)
        }
        Outcome::Unrendered { message } => (UNRENDERED, json(message)?, None),
        Outcome::Unanswered { error } => (UNANSWERED, json(error)?, None),
    })
}

impl JudgementRecord {
    pub(crate) fn of(event: &Event, judgement: &Judgement) -> Result<Self, StoreError> {
        // Whole, so that a new field cannot be forgotten here.
        let Judgement { case, scorer, model, request_digest, vote, completion, attempts, latency_us, cached } =
            judgement;
        let body = JudgementBody { completion, attempts: *attempts, latency_us: *latency_us, cached: *cached };
        Ok(Self {
            seq: bigint("an event's number", event.seq)?,
            elapsed_us: bigint("an event's time", event.elapsed_us)?,
            variant: i64::from(case.variant),
            row_id: kept(case.row.as_str()).into_owned(),
            trial: i64::from(case.trial),
            scorer: kept(scorer).into_owned(),
            model: kept(&model.name).into_owned(),
            model_digest: model.digest,
            request_digest: *request_digest,
            vote: i64::from(*vote),
            body: json(&body)?,
        })
    }
}

/// How a run ended, by the body of its last event.
pub(crate) fn status(body: &str) -> Result<Option<RunStatus>, Nonsense> {
    Ok(match parsed("event", body)? {
        EventKind::RunFinished { status, .. } => Some(status),
        EventKind::RunStarted { .. }
        | EventKind::RunResumed { .. }
        | EventKind::AttemptFailed { .. }
        | EventKind::CaseAnswered { .. }
        | EventKind::JudgeAnswered { .. }
        | EventKind::CaseFinished { .. }
        | EventKind::LimitChanged { .. }
        | EventKind::ModelGivenUp { .. } => None,
    })
}

/// By the column `outcome`: whether there is an answer.
pub(crate) const fn is_completed(outcome: i64) -> bool {
    matches!(outcome, COMPLETED | COMPLETED_UNJUDGED)
}

/// By the column `outcome`: whether somebody who judges gave no answer.
pub(crate) const fn is_unjudged(outcome: i64) -> bool {
    outcome == COMPLETED_UNJUDGED
}

/// The text of a document that stands in a line.
fn document<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    <&RawValue>::deserialize(deserializer).map(|document| document.get().to_owned())
}

/// The same, where it is there at all; `null` is a document.
fn document_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    document(deserializer).map(Some)
}

/// A document's text.
pub(crate) fn json<T: Serialize>(document: &T) -> Result<String, StoreError> {
    serde_json::to_string(document)
        .map_err(|error| StoreError::Unrecordable { what: "a document", cause: error.to_string() })
}

/// A number as a database has them.
pub(crate) fn bigint(what: &'static str, value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|error| StoreError::Unrecordable { what, cause: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_for_an_event_is_the_one_in_its_json() {
        let event = EventKind::RunFinished { at: "2026-01-01T00:00:00Z".into(), status: RunStatus::Finished };
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["kind"], kind(&event));
    }
}
