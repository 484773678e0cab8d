//! Events and samples as they lie in their tables, and back.

use std::sync::Arc;

use carat_core::event::RunStatus;
use carat_core::{Case, Completion, Digest, Event, EventKind, ModelError, Outcome, Row, RowId, Sample, Transcript};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use crate::StoreError;
use crate::pool::Sharing;
use crate::request::{Contents, KeptRequest, RequestColumn};
use crate::sqlite;
use crate::text::{kept, restored};
use crate::verdicts;

/// An event that is no sample, as a row of `events`.
#[derive(Debug)]
pub(crate) struct EventRecord {
    pub(crate) seq: i64,
    pub(crate) elapsed_us: i64,
    pub(crate) kind: &'static str,
    pub(crate) body: String,
}

/// A sample as a row of `samples`.
#[derive(Debug)]
pub(crate) struct SampleRecord {
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
    pub(crate) verdicts: Option<String>,
    /// JSON: the completion, the error, or the message as a string.
    pub(crate) answer: String,
    /// None where the transcript is not known, `null` where nothing could be rendered, else see [`crate::request`].
    pub(crate) request: Option<String>,
}

/// The column `outcome`.
const COMPLETED: i64 = 0;
const UNRENDERED: i64 = 1;
const UNANSWERED: i64 = 2;

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
        EventKind::CaseFinished { .. } => "case_finished",
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
            (COMPLETED, json(completion)?, verdicts::written(scores, unscored)?)
        }
        Outcome::Unrendered { message } => (UNRENDERED, json(message)?, None),
        Outcome::Unanswered { error } => (UNANSWERED, json(error)?, None),
    })
}

/// Something in the store that does not make sense, and what.
#[derive(Debug)]
pub(crate) struct Nonsense(pub(crate) String);

/// One line of a journal as it was read: the contents that it shares with others are still to be put in.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) seq: u64,
    elapsed_us: u64,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Event(Box<EventKind>),
    Sample(Box<KeptSample>),
}

/// A sample without its transcript, and that transcript as it is kept.
#[derive(Debug)]
struct KeptSample {
    sample: Sample,
    transcript: Option<(Row, Option<RequestColumn>)>,
}

impl Line {
    /// Reads the columns that [`crate::replay`] selects.
    pub(crate) fn read(row: &sqlite::Row) -> Result<Self, Nonsense> {
        let body = match column::<Option<String>>(row, "event")? {
            Some(event) => Body::Event(Box::new(parsed("event", &event)?)),
            None => Body::Sample(Box::new(KeptSample::read(row)?)),
        };
        Ok(Self { seq: number(row, "seq")?, elapsed_us: number(row, "elapsed_us")?, body })
    }

    /// The request that has to be known before the line can be completed.
    pub(crate) fn shared_request(&self) -> Option<&Digest> {
        match self.request()? {
            RequestColumn::Shared(digest) => Some(digest),
            RequestColumn::Here(_) => None,
        }
    }

    /// The messages that have to be known before the line can be completed, once the request is.
    pub(crate) fn shared_messages<'a>(&'a self, contents: &'a Contents) -> impl Iterator<Item = &'a Digest> {
        let kept = self.request().and_then(|request| request.kept(contents).ok());
        kept.into_iter().flat_map(KeptRequest::shared_messages)
    }

    fn request(&self) -> Option<&RequestColumn> {
        match &self.body {
            Body::Event(_) => None,
            Body::Sample(kept) => kept.transcript.as_ref().and_then(|(_, request)| request.as_ref()),
        }
    }

    /// The event, with shared messages put in.
    pub(crate) fn complete(self, contents: &Contents) -> Result<Event, Nonsense> {
        let kind = match self.body {
            Body::Event(kind) => *kind,
            Body::Sample(kept) => EventKind::CaseFinished { sample: Box::new(kept.complete(contents)?) },
        };
        Ok(Event { seq: self.seq, elapsed_us: self.elapsed_us, kind })
    }
}

impl KeptSample {
    fn read(row: &sqlite::Row) -> Result<Self, Nonsense> {
        let sample = Sample {
            case: case(row)?,
            row_digest: digest(&column::<Vec<u8>>(row, "row_digest")?)?,
            request_digest: column::<Option<Vec<u8>>>(row, "request_digest")?
                .map(|bytes| digest(&bytes))
                .transpose()?,
            outcome: outcome(row)?,
            attempts: number(row, "attempts")?,
            latency_us: column::<Option<i64>>(row, "latency_us")?
                .map(|latency| unsigned("latency_us", latency))
                .transpose()?,
            transcript: None,
        };
        Ok(Self { sample, transcript: transcript(row)? })
    }

    fn complete(self, contents: &Contents) -> Result<Sample, Nonsense> {
        let transcript = match self.transcript {
            None => None,
            Some((row, request)) => {
                let complete = |request: RequestColumn| request.kept(contents)?.complete(&row, contents).map(Arc::new);
                let request = request.map(complete).transpose()?;
                Some(Arc::new(Transcript { row: Arc::new(row), request }))
            }
        };
        Ok(Sample { transcript, ..self.sample })
    }
}

/// Which case a row of `samples` is about.
pub(crate) fn case(row: &sqlite::Row) -> Result<Case, Nonsense> {
    Ok(Case {
        variant: number(row, "variant")?,
        row: RowId::from(restored(column(row, "row_id")?)),
        trial: number(row, "trial")?,
    })
}

fn outcome(row: &sqlite::Row) -> Result<Outcome, Nonsense> {
    let answer = column::<String>(row, "answer")?;
    Ok(match column::<i64>(row, "outcome")? {
        COMPLETED => {
            let completion: Completion = parsed("answer", &answer)?;
            let (scores, unscored) = verdicts::read(column(row, "verdicts")?)?;
            Outcome::Completed { completion, scores, unscored }
        }
        UNRENDERED => Outcome::Unrendered { message: parsed("answer", &answer)? },
        UNANSWERED => Outcome::Unanswered { error: parsed::<ModelError>("answer", &answer)? },
        other => return Err(Nonsense(format!("a sample has the outcome {other}, which means nothing"))),
    })
}

/// Whether a row of `samples` has an answer.
pub(crate) fn is_completed(row: &sqlite::Row) -> Result<bool, Nonsense> {
    Ok(column::<i64>(row, "outcome")? == COMPLETED)
}

fn transcript(row: &sqlite::Row) -> Result<Option<(Row, Option<RequestColumn>)>, Nonsense> {
    let Some(request) = column::<Option<String>>(row, "request")? else { return Ok(None) };
    let content = column::<Option<String>>(row, "content")?
        .ok_or_else(|| Nonsense("the golden row of a sample is missing".to_owned()))?;
    Ok(Some((parsed("golden row", &content)?, parsed("request", &request)?)))
}

/// How a run ended, by the body of its last event.
pub(crate) fn status(body: &str) -> Result<Option<RunStatus>, Nonsense> {
    Ok(match parsed("event", body)? {
        EventKind::RunFinished { status, .. } => Some(status),
        EventKind::RunStarted { .. }
        | EventKind::RunResumed { .. }
        | EventKind::AttemptFailed { .. }
        | EventKind::CaseAnswered { .. }
        | EventKind::CaseFinished { .. }
        | EventKind::ModelGivenUp { .. } => None,
    })
}

/// The value of a column.
pub(crate) fn column<'r, T>(row: &'r sqlite::Row, name: &'static str) -> Result<T, Nonsense>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(name).map_err(|error| Nonsense(error.to_string()))
}

/// The value of a column that is never negative.
pub(crate) fn number<T: TryFrom<i64>>(row: &sqlite::Row, name: &'static str) -> Result<T, Nonsense> {
    unsigned(name, column(row, name)?)
}

fn unsigned<T: TryFrom<i64>>(name: &str, value: i64) -> Result<T, Nonsense> {
    T::try_from(value).map_err(|_| Nonsense(format!("{name} is {value}")))
}

/// A digest from its bytes.
pub(crate) fn digest(bytes: &[u8]) -> Result<Digest, Nonsense> {
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| Nonsense(format!("a digest has {} bytes", bytes.len())))?;
    Ok(Digest::from_bytes(bytes))
}

/// A document from its text.
pub(crate) fn parsed<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, Nonsense> {
    serde_json::from_str(text)
        .map_err(|error| Nonsense(format!("the {what} of a sample or event cannot be read: {error}")))
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
