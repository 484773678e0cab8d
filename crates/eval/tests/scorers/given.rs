//! What all tests have in common: a scorer of a text, a row, an answer.

use carat_core::spec::ScorerSpec;
use carat_core::{Answer, Completion, Row, Score, Scorer, Unscored, UnscoredKind, yaml};
use carat_eval::scorers::{ScorerError, build};
use serde_json::{Map, Value};

pub(crate) fn try_spec(text: &str) -> Result<ScorerSpec, String> {
    yaml::read(&format!("name: s\n{text}\n"), "eval.yaml").map_err(|error| error.to_string())
}

pub(crate) fn spec(text: &str) -> ScorerSpec {
    try_spec(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

pub(crate) fn try_scorer(text: &str) -> Result<Box<dyn Scorer>, ScorerError> {
    build(&spec(text), &|path| Err(format!("no file `{path}` here"))).map(Option::unwrap)
}

pub(crate) fn scorer(text: &str) -> Box<dyn Scorer> {
    try_scorer(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

/// Why a scorer cannot be made.
pub(crate) fn refusal(text: &str) -> String {
    try_scorer(text).err().map(|error| error.to_string()).unwrap_or_else(|| panic!("`{text}` was taken"))
}

pub(crate) fn row(expected: impl Into<Option<Value>>) -> Row {
    Row {
        id: "r".into(),
        input: Map::new(),
        expected: expected.into(),
        tags: Vec::new(),
        split: None,
        metadata: Map::new(),
        messages: Vec::new(),
    }
}

pub(crate) fn completion(text: &str) -> Completion {
    Completion { text: text.to_owned(), ..Completion::default() }
}

/// An answer of which nothing else is known.
pub(crate) fn said<'a>(row: &'a Row, completion: &'a Completion) -> Answer<'a> {
    Answer { row, request: None, completion, trial: 0, latency: None, cost: None }
}

pub(crate) fn score(scorer: &dyn Scorer, expected: impl Into<Option<Value>>, answer: &str) -> Result<Score, Unscored> {
    scorer.score(&said(&row(expected), &completion(answer)))
}

pub(crate) fn value(text: &str, expected: Value, answer: &str) -> f64 {
    score(&*scorer(text), expected, answer).unwrap().value.get()
}

pub(crate) fn passes(text: &str, expected: Value, answer: &str) -> bool {
    score(&*scorer(text), expected, answer).unwrap().pass.unwrap()
}

pub(crate) fn reason(text: &str, expected: impl Into<Option<Value>>, answer: &str) -> String {
    score(&*scorer(text), expected, answer).unwrap().reason.unwrap_or_default()
}

/// Why a row has no score, whatever the answer.
pub(crate) fn unscored(text: &str, expected: impl Into<Option<Value>>) -> UnscoredKind {
    score(&*scorer(text), expected, "anything").unwrap_err().reason
}

/// Holds a value against that of a reference, which is printed with ten digits or so.
#[track_caller]
pub(crate) fn near(value: f64, expected: f64, what: &str) {
    assert!((value - expected).abs() < 1e-9, "{value} instead of {expected}: {what}");
}
