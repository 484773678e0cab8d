//! The lines of an archive. The first member of each tells what it is and which, so that a file can be gone through without
//! reading what it holds.

use carat_core::Digest;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::pool::Content;
use crate::record::{EventRecord, JudgementRecord, Nonsense, SampleRecord, json};
use crate::{RunRecord, StoreError};

/// What a line is, by its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// The run; the first line.
    Run,
    /// Something that samples share.
    Content(Digest),
    /// An event with its number.
    Event(u64),
    /// A judgement with its number.
    Judgement(u64),
    /// A sample with its number.
    Sample(u64),
}

/// `{"content":"sha256:` and 64 digits.
const CONTENT: &str = r#"{"content":""#;
const DIGEST: usize = 7 + 64;

impl Head {
    pub(super) fn of(line: &str) -> Result<Self, Nonsense> {
        if let Some(digest) = line.strip_prefix(CONTENT) {
            let digest = digest.get(..DIGEST).and_then(|digest| digest.parse().ok());
            return digest.map(Self::Content).ok_or_else(|| unknown(line));
        }
        if line.starts_with(r#"{"run":{"#) {
            return Ok(Self::Run);
        }
        let number = |name: &str| {
            let rest = line.strip_prefix("{\"")?.strip_prefix(name)?.strip_prefix("\":")?;
            rest.split_once(',')?.0.parse().ok()
        };
        let sample = || number("sample").map(Self::Sample);
        let event = || number("event").map(Self::Event);
        let judgement = || number("judgement").map(Self::Judgement);
        sample().or_else(event).or_else(judgement).ok_or_else(|| unknown(line))
    }
}

fn unknown(line: &str) -> Nonsense {
    let beginning: String = line.chars().take(24).collect();
    Nonsense(format!("a line begins with {beginning:?}, which means nothing"))
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunLine {
    run: KeptRun,
}

/// What a store knows of a run besides its journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptRun {
    pub(super) id: String,
    pub(super) eval: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) started_at: String,
}

impl KeptRun {
    /// How a run ended and how many samples it has, its events tell.
    pub(super) fn of(run: &RunRecord) -> Self {
        let RunRecord { id, eval, name, started_at, status: _, samples: _ } = run;
        Self { id: id.to_string(), eval: eval.clone(), name: name.clone(), started_at: started_at.clone() }
    }
}

pub(super) fn of_run(run: &RunRecord) -> Result<String, StoreError> {
    json(&RunLine { run: KeptRun::of(run) })
}

pub(super) fn run(line: &str) -> Result<KeptRun, Nonsense> {
    read::<RunLine>("the run", line).map(|line| line.run)
}

pub(super) fn of_content(content: &Content) -> String {
    format!(r#"{CONTENT}{}","body":{}}}"#, content.digest, content.body)
}

/// The document of a content's line.
pub(super) fn content(line: &str) -> Result<&str, Nonsense> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ContentLine<'a> {
        #[serde(rename = "content")]
        _digest: Digest,
        #[serde(borrow)]
        body: &'a RawValue,
    }
    read::<ContentLine<'_>>("a content", line).map(|line| line.body.get())
}

pub(super) fn of_event(record: &EventRecord) -> Result<String, StoreError> {
    with(record, &[("body", Some(&record.body))])
}

pub(super) fn of_judgement(record: &JudgementRecord) -> Result<String, StoreError> {
    with(record, &[("body", Some(&record.body))])
}

pub(super) fn of_sample(record: &SampleRecord) -> Result<String, StoreError> {
    let SampleRecord { verdicts, answer, request, .. } = record;
    with(record, &[("verdicts", verdicts.as_deref()), ("answer", Some(answer)), ("request", request.as_deref())])
}

/// The record with its documents.
fn with<T: Serialize>(record: &T, documents: &[(&str, Option<&str>)]) -> Result<String, StoreError> {
    let mut line = json(record)?;
    line.pop();
    for (name, document) in documents {
        if let Some(document) = document {
            line.push_str(&format!(r#","{name}":"#));
            line.push_str(document);
        }
    }
    line.push('}');
    Ok(line)
}

pub(super) fn read<'a, T: Deserialize<'a>>(what: &str, line: &'a str) -> Result<T, Nonsense> {
    serde_json::from_str(line).map_err(|error| Nonsense(format!("the line of {what} cannot be read: {error}")))
}
