//! Answers that exist already.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use carat_core::nearest::did_you_mean;
use carat_core::{Call, Completion, Digest, FinishReason, Model, ModelError, ModelErrorKind, ModelId, RowId, Usage};
use serde::Serialize;
use serde_json::Value;

/// An answer that exists already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The words.
    pub text: String,
    /// What the call used when it was made; none when that is not known.
    pub usage: Option<Usage>,
    /// Why the answer ended; none stands for an answer that was done.
    pub finish_reason: Option<FinishReason>,
}

impl Recorded {
    /// An answer of which only the words are known.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), usage: None, finish_reason: None }
    }
}

/// Where recorded answers are found.
pub trait AnswerSource: Send + Sync {
    /// The name of all the answers by their content: it changes when an answer does.
    fn digest(&self) -> Digest;

    /// The answer to a call; none when there is none for its row.
    fn answer(&self, call: &Call<'_>) -> Option<Recorded>;
}

/// The answer is a field of the golden row itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldOfRow {
    path: String,
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Expected,
    Input(String),
    Metadata(String),
}

impl FieldOfRow {
    /// Takes `expected`, `input.NAME` or `metadata.NAME`; further dots lead into objects.
    ///
    /// # Errors
    /// The path is none of these; the message says so.
    pub fn parse(path: &str) -> Result<Self, String> {
        let place = match path.split_once('.') {
            None if path == "expected" => Place::Expected,
            Some(("input", name)) if !name.is_empty() => Place::Input(name.to_owned()),
            Some(("metadata", name)) if !name.is_empty() => Place::Metadata(name.to_owned()),
            _ => return Err(Self::refuse(path)),
        };
        Ok(Self { path: path.to_owned(), place })
    }

    fn refuse(path: &str) -> String {
        let first = path.split('.').next().unwrap_or(path);
        let hint = did_you_mean(first, ["expected", "input", "metadata"]);
        format!("`{path}` is no field of a golden row (`expected`, `input.NAME` or `metadata.NAME`){hint}")
    }
}

impl AnswerSource for FieldOfRow {
    fn digest(&self) -> Digest {
        Digest::of_json(&serde_json::json!({ "field": self.path }))
    }

    fn answer(&self, call: &Call<'_>) -> Option<Recorded> {
        let value = match &self.place {
            Place::Expected => call.row.expected.as_ref(),
            Place::Input(name) => find(&call.row.input, name),
            Place::Metadata(name) => find(&call.row.metadata, name),
        };
        match value? {
            Value::Null => None,
            Value::String(text) => Some(Recorded::text(text.clone())),
            other => Some(Recorded::text(other.to_string())),
        }
    }
}

/// A field by its whole name, which may have dots in it, or else by steps.
fn find<'a>(fields: &'a serde_json::Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        find(fields.get(first)?.as_object()?, rest)
    })
}

/// Answers by row.
#[derive(Debug, Clone)]
pub struct Table {
    answers: BTreeMap<RowId, Recorded>,
    digest: Digest,
}

/// A table has two answers for one row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are two answers for row `{row}`; keep one")]
pub struct TwoAnswers {
    /// Which row.
    pub row: RowId,
}

impl Table {
    /// Takes pairs of a row and its answer, in any order.
    ///
    /// # Errors
    /// Two pairs are for the same row.
    pub fn new(pairs: impl IntoIterator<Item = (RowId, Recorded)>) -> Result<Self, TwoAnswers> {
        let mut answers = BTreeMap::new();
        for (row, answer) in pairs {
            if answers.insert(row.clone(), answer).is_some() {
                return Err(TwoAnswers { row });
            }
        }
        let rows: Vec<u8> = answers.iter().flat_map(|pair| *Digest::of_json(&pair).as_bytes()).collect();
        Ok(Self { digest: Digest::of_bytes(&rows), answers })
    }
}

impl AnswerSource for Table {
    fn digest(&self) -> Digest {
        self.digest
    }

    fn answer(&self, call: &Call<'_>) -> Option<Recorded> {
        self.answers.get(&call.row.id).cloned()
    }
}

/// A model that answers from a source.
pub(crate) struct RecordedModel {
    id: ModelId,
    source: Arc<dyn AnswerSource>,
}

impl RecordedModel {
    pub(crate) const fn new(id: ModelId, source: Arc<dyn AnswerSource>) -> Self {
        Self { id, source }
    }

    /// The name of what decides the answers of a model with this source.
    pub(crate) fn digest(source: &dyn AnswerSource) -> Digest {
        Digest::of_json(&serde_json::json!({ "provider": "recorded", "answers": source.digest() }))
    }
}

#[async_trait]
impl Model for RecordedModel {
    fn id(&self) -> &ModelId {
        &self.id
    }

    async fn complete(&self, call: Call<'_>) -> Result<Completion, ModelError> {
        let Some(answer) = self.source.answer(&call) else {
            let message = format!(
                "`{}` has no recorded answer for row `{}`; record one, or leave the row out",
                self.id.name, call.row.id
            );
            return Err(ModelError::new(ModelErrorKind::NotRecorded, message));
        };
        Ok(Completion {
            text: answer.text,
            usage: answer.usage,
            finish_reason: answer.finish_reason.unwrap_or(FinishReason::Stop),
            ..Completion::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_no_row_has_is_told_with_the_nearest() {
        let error = FieldOfRow::parse("expcted").unwrap_err();
        insta::assert_snapshot!(error, @"`expcted` is no field of a golden row (`expected`, `input.NAME` or `metadata.NAME`); did you mean `expected`?");
        assert!(FieldOfRow::parse("input.").is_err());
        assert!(FieldOfRow::parse("expected.x").is_err());
    }

    #[test]
    fn the_digest_of_a_table_does_not_depend_on_order_but_on_answers() {
        let pairs = |a: &str| [("r1".into(), Recorded::text(a)), ("r2".into(), Recorded::text("b"))];
        let mut reversed = pairs("a");
        reversed.reverse();
        assert_eq!(Table::new(pairs("a")).unwrap().digest(), Table::new(reversed).unwrap().digest());
        assert_ne!(Table::new(pairs("a")).unwrap().digest(), Table::new(pairs("c")).unwrap().digest());
    }

    #[test]
    fn two_answers_for_one_row_are_refused() {
        let error = Table::new([("r".into(), Recorded::text("a")), ("r".into(), Recorded::text("b"))]).unwrap_err();
        assert_eq!(error.to_string(), "there are two answers for row `r`; keep one");
    }
}
