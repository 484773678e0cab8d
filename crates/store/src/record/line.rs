//! One line of a journal, from whichever table or file, and how it becomes an event again.

use std::sync::Arc;

use carat_core::event::Judgement;
use carat_core::{
    Case, Completion, Digest, Event, EventKind, ModelError, ModelId, Outcome, Row, RowId, Sample, Transcript,
};
use serde::{Deserialize, Serialize};

use super::columns::{Nonsense, column, digest, parsed, unsigned};
use super::{COMPLETED, COMPLETED_UNJUDGED, JudgementRecord, SampleRecord, UNANSWERED, UNRENDERED};
use crate::request::{Contents, KeptRequest, RequestColumn};
use crate::sqlite;
use crate::text::restored;
use crate::verdicts;

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

/// The column `body` of `judgements`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JudgementBody<C> {
    pub(crate) completion: C,
    pub(crate) attempts: u32,
    pub(crate) latency_us: u64,
    pub(crate) cached: bool,
}

impl Line {
    /// From a row of `events`.
    pub(crate) fn of_event_row(row: &sqlite::Row) -> Result<Self, Nonsense> {
        Self::of_event(column(row, "seq")?, column(row, "elapsed_us")?, column(row, "body")?)
    }

    /// From a row of `judgements`.
    pub(crate) fn of_judgement_row(row: &sqlite::Row) -> Result<Self, Nonsense> {
        Self::of_judgement(JudgementRecord::read(row)?)
    }

    /// From a row of `samples`; `with_row` if its request and the golden row are among the columns.
    pub(crate) fn of_sample_row(row: &sqlite::Row, with_row: bool) -> Result<Self, Nonsense> {
        let mut record = SampleRecord::read(row)?;
        if !with_row {
            return Self::of_sample(record, None);
        }
        record.request = column(row, "request")?;
        let golden = match &record.request {
            Some(_) => column::<Option<&str>>(row, "content")?,
            None => None,
        };
        Self::of_sample(record, golden.map(|golden| parsed("golden row", golden)).transpose()?)
    }

    /// An event by its number, its time and its JSON.
    pub(crate) fn of_event(seq: i64, elapsed_us: i64, body: &str) -> Result<Self, Nonsense> {
        Self::new(seq, elapsed_us, Body::Event(Box::new(parsed("event", body)?)))
    }

    pub(crate) fn of_judgement(record: JudgementRecord) -> Result<Self, Nonsense> {
        let (seq, elapsed_us) = (record.seq, record.elapsed_us);
        let judgement = Box::new(record.judgement()?);
        Self::new(seq, elapsed_us, Body::Event(Box::new(EventKind::JudgeAnswered { judgement })))
    }

    /// A sample with its golden row, which is needed where the record has a request.
    pub(crate) fn of_sample(record: SampleRecord, golden: Option<Row>) -> Result<Self, Nonsense> {
        let (seq, elapsed_us) = (record.seq, record.elapsed_us);
        Self::new(seq, elapsed_us, Body::Sample(Box::new(KeptSample::of(record, golden)?)))
    }

    fn new(seq: i64, elapsed_us: i64, body: Body) -> Result<Self, Nonsense> {
        Ok(Self { seq: unsigned("seq", seq)?, elapsed_us: unsigned("elapsed_us", elapsed_us)?, body })
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

impl SampleRecord {
    /// All but the request.
    fn read(row: &sqlite::Row) -> Result<Self, Nonsense> {
        Ok(Self {
            seq: column(row, "seq")?,
            elapsed_us: column(row, "elapsed_us")?,
            variant: column(row, "variant")?,
            trial: column(row, "trial")?,
            row_id: column(row, "row_id")?,
            row_digest: digest(column(row, "row_digest")?)?,
            request_digest: column::<Option<&[u8]>>(row, "request_digest")?.map(digest).transpose()?,
            outcome: column(row, "outcome")?,
            attempts: column(row, "attempts")?,
            latency_us: column(row, "latency_us")?,
            verdicts: column(row, "verdicts")?,
            answer: column(row, "answer")?,
            request: None,
        })
    }

    fn outcome(&self) -> Result<Outcome, Nonsense> {
        Ok(match self.outcome {
            COMPLETED | COMPLETED_UNJUDGED => {
                let completion: Completion = parsed("answer", &self.answer)?;
                let (scores, unscored) = verdicts::read(self.verdicts.as_deref())?;
                Outcome::Completed { completion, scores, unscored }
            }
            UNRENDERED => Outcome::Unrendered { message: parsed("answer", &self.answer)? },
            UNANSWERED => Outcome::Unanswered { error: parsed::<ModelError>("answer", &self.answer)? },
            other => return Err(Nonsense(format!("a sample has the outcome {other}, which means nothing"))),
        })
    }
}

impl JudgementRecord {
    fn read(row: &sqlite::Row) -> Result<Self, Nonsense> {
        Ok(Self {
            seq: column(row, "seq")?,
            elapsed_us: column(row, "elapsed_us")?,
            variant: column(row, "variant")?,
            row_id: column(row, "row_id")?,
            trial: column(row, "trial")?,
            scorer: column(row, "scorer")?,
            model: column(row, "model")?,
            model_digest: digest(column(row, "model_digest")?)?,
            request_digest: digest(column(row, "request_digest")?)?,
            vote: column(row, "vote")?,
            body: column(row, "body")?,
        })
    }

    fn judgement(self) -> Result<Judgement, Nonsense> {
        let body: JudgementBody<Completion> = parsed("judgement", &self.body)?;
        let JudgementBody { completion, attempts, latency_us, cached } = body;
        Ok(Judgement {
            case: case_of(self.variant, self.row_id, self.trial)?,
            scorer: restored(self.scorer).into(),
            model: ModelId { name: restored(self.model).into(), digest: self.model_digest },
            request_digest: self.request_digest,
            vote: unsigned("vote", self.vote)?,
            completion,
            attempts,
            latency_us,
            cached,
        })
    }
}

impl KeptSample {
    fn of(record: SampleRecord, golden: Option<Row>) -> Result<Self, Nonsense> {
        let outcome = record.outcome()?;
        let transcript = match &record.request {
            None => None,
            Some(request) => {
                let golden = golden.ok_or_else(|| Nonsense("the golden row of a sample is missing".to_owned()))?;
                Some((golden, parsed("request", request)?))
            }
        };
        let sample = Sample {
            case: case_of(record.variant, record.row_id, record.trial)?,
            row_digest: record.row_digest,
            request_digest: record.request_digest,
            outcome,
            attempts: unsigned("attempts", record.attempts)?,
            latency_us: record.latency_us.map(|latency| unsigned("latency_us", latency)).transpose()?,
            transcript: None,
        };
        Ok(Self { sample, transcript })
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

fn case_of(variant: i64, row_id: String, trial: i64) -> Result<Case, Nonsense> {
    Ok(Case {
        variant: unsigned("variant", variant)?,
        row: RowId::from(restored(row_id)),
        trial: unsigned("trial", trial)?,
    })
}
