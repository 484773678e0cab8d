//! Runs, rows and samples to record.

use std::path::Path;
use std::sync::Arc;

use carat_core::event::{DatasetId, Judgement, PlanOutline, Reuse, RunStatus};
use carat_core::{
    Case, Completion, Digest, Event, EventKind, FinishReason, Grade, Message, ModelId, Outcome, Request, Role, Row,
    RunId, Sample, Score, Transcript,
};
use carat_store::{Detail, Journal, Store};
use serde_json::json;

pub(crate) const AT: &str = "2026-05-01T12:00:00Z";

/// A folder with a store in it.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) async fn open(folder: &Path) -> Store {
    Store::open(&location(folder)).await.unwrap()
}

pub(crate) fn location(folder: &Path) -> String {
    folder.join("deep/down/carat.db").to_str().unwrap().to_owned()
}

pub(crate) fn run(number: u32) -> RunId {
    RunId::from(format!("019f0000-0000-7000-8000-{number:012}"))
}

pub(crate) async fn begin(store: &Store, number: u32) -> Journal {
    let at = format!("2026-05-01T12:00:{:02}Z", number % 60);
    store.begin_run(&run(number), "triage", None, &at).await.unwrap()
}

pub(crate) fn row(number: u64) -> Row {
    let body = format!("ticket {number}: I was charged twice");
    Row {
        id: format!("t-{number}").into(),
        input: json!({ "body": body }).as_object().unwrap().clone(),
        expected: Some(json!("billing")),
        tags: vec!["de".into()],
        split: None,
        metadata: serde_json::Map::new(),
        messages: Vec::new(),
    }
}

pub(crate) fn request(texts: &[&str]) -> Request {
    let messages = texts.iter().map(|text| Message::text(Role::User, *text)).collect();
    Request { messages, tools: Vec::new(), response_format: None, parameters: Default::default() }
}

/// A sample of a row that was asked this and answered `billing`.
pub(crate) fn sample(variant: u32, row: Row, request: Request) -> Sample {
    let completion = Completion { text: "billing".into(), finish_reason: FinishReason::Stop, ..Default::default() };
    let score = Score::from(Grade::Pass(true));
    Sample {
        case: Case { variant, row: row.id.clone(), trial: 0 },
        row_digest: row.digest(),
        request_digest: Some(request.digest()),
        outcome: Outcome::Completed { completion, scores: vec![("queue".into(), score)], unscored: Vec::new() },
        attempts: 1,
        latency_us: Some(412_000),
        transcript: Some(Arc::new(Transcript { row: Arc::new(row), request: Some(Arc::new(request)) })),
    }
}

pub(crate) fn event(seq: u64, kind: EventKind) -> Event {
    Event { seq, elapsed_us: seq * 1000, kind }
}

pub(crate) fn finished_case(seq: u64, sample: Sample) -> Event {
    event(seq, EventKind::CaseFinished { sample: Box::new(sample) })
}

/// The sample of the row with the event's number.
pub(crate) fn case(seq: u64) -> Event {
    finished_case(seq, sample(0, row(seq), request(&["Which queue?"])))
}

/// What the judge `jury` said of the answer to the row of this number, when it was asked this.
pub(crate) fn judgement(number: u64, question: &str, said: &str) -> Judgement {
    Judgement {
        case: Case { variant: 0, row: row(number).id, trial: 0 },
        scorer: "polite".into(),
        model: ModelId { name: "jury".into(), digest: Digest::of_bytes(b"jury") },
        request_digest: request(&[question]).digest(),
        vote: 0,
        completion: Completion { text: said.into(), finish_reason: FinishReason::Stop, ..Default::default() },
        attempts: 1,
        latency_us: 9_000,
        cached: false,
    }
}

pub(crate) fn judged(seq: u64, judgement: Judgement) -> Event {
    event(seq, EventKind::JudgeAnswered { judgement: Box::new(judgement) })
}

pub(crate) fn plan() -> PlanOutline {
    PlanOutline {
        eval: "triage".into(),
        spec_file: "evals/triage.yaml".into(),
        overrides: Default::default(),
        name: None,
        note: None,
        spec_digest: Digest::of_bytes(b"spec"),
        spec_version: None,
        made: None,
        pinned: std::collections::BTreeMap::new(),
        dataset: DatasetId {
            name: "tickets".into(),
            version: Some(1),
            digest: Digest::of_bytes(b"rows"),
            whole: None,
            rows: 3,
        },
        variants: Vec::new(),
        trials: 1,
        cases: 3,
        scorers: Vec::new(),
        judges: Vec::new(),
        slices: Vec::new(),
        cluster: None,
        gates: Vec::new(),
        baseline: None,
        sharing: Default::default(),
        budget: carat_core::event::Budget::default(),
    }
}

pub(crate) fn started(seq: u64, run: RunId) -> Event {
    event(seq, EventKind::RunStarted { format: carat_core::event::FORMAT, run, at: AT.into(), plan: plan() })
}

pub(crate) fn resumed(seq: u64) -> Event {
    event(seq, EventKind::RunResumed { at: AT.into(), plan: plan(), reuse: Reuse::default() })
}

pub(crate) fn finished(seq: u64, status: RunStatus) -> Event {
    event(seq, EventKind::RunFinished { at: AT.into(), status })
}

/// Everything that a run recorded.
pub(crate) async fn replayed(store: &Store, run: &RunId, detail: Detail) -> Vec<Event> {
    let mut replay = store.replay(run, detail).await.unwrap();
    let mut events = Vec::new();
    while let Some(event) = replay.next().await.unwrap() {
        events.push(event);
    }
    events
}
