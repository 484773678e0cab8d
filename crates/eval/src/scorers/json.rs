//! `json`: the answer is JSON; and by the schema, where there is one; and like the expectation, where fields are named.
//!
//! * **Source** the whole answer, or the part that `on` names; with `fenced` also the one fenced code block in it. Any JSON
//!   value counts, a lone number or string too, unlike in a peer that takes objects and lists alone. What is nested more than
//!   127 deep, and numbers that are not finite, are no JSON.
//! * **Range** without fields a verdict; with fields a degree: the share of fields that agree, and 0 for what is not JSON or
//!   not by the schema. The reason names what is wrong, or the fields that differ.
//! * **Schema** of any draft up to 2020-12, by its `$schema` (2020-12 where it names none). References to other files and
//!   addresses are refused when the scorer is made; `format` is an annotation, as that draft has it.
//! * **Fields** are compared as [`fields`] says.
//! * **Unscored** (only with fields) without an expectation, and with one that lacks a named field or holds something there
//!   that its comparison does not compare. An expectation that is a string is read as JSON, as tables have it.

pub(super) mod document;
mod fields;
mod schema;

use std::borrow::Cow;

use carat_core::spec::JsonSpec;
use carat_core::{Grade, Score, UnitInterval, Unscored};
use serde_json::Value;

use super::assembly::Measure;
use super::error::BadSetting;
use super::excerpt::listed;
use super::expected;
use fields::{Fields, Wanted};
use schema::Schema;

/// JSON, by a schema, like an expectation.
pub(super) struct Json {
    schema: Option<Schema>,
    fields: Option<Fields>,
    fenced: bool,
}

impl Json {
    pub(super) fn new(spec: &JsonSpec, read_file: &dyn Fn(&str) -> Result<String, String>) -> Result<Self, BadSetting> {
        let schema = spec.schema.as_ref().map(|schema| Schema::new(schema, read_file)).transpose()?;
        let fields = (!spec.fields.is_empty()).then(|| Fields::new(&spec.fields)).transpose()?;
        Ok(Self { schema, fields, fenced: spec.fenced })
    }

    /// The answer as a value that is by the schema, or what is wrong with it.
    fn read(&self, answer: &str) -> Result<Value, String> {
        let value = document::read(answer, self.fenced)?;
        self.schema.as_ref().map_or(Ok(()), |schema| schema.check(&value))?;
        Ok(value)
    }
}

impl Measure for Json {
    /// The fields that are compared; none where none are named.
    type Expected<'r> = Vec<Wanted>;

    fn gives_degree(&self) -> bool {
        self.fields.is_some()
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        match &self.fields {
            Some(fields) => fields.wanted(as_document(expected::given(row)?)?.as_ref()),
            None => Ok(Vec::new()),
        }
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        Ok(match self.read(answer) {
            Err(reason) => self.nothing(expected, reason),
            Ok(_) if self.fields.is_none() => Grade::Pass(true).into(),
            Ok(value) => agreement(&value, expected),
        })
    }
}

fn as_document(expectation: &Value) -> Result<Cow<'_, Value>, Unscored> {
    match expectation {
        Value::String(text) => serde_json::from_str(text)
            .map(Cow::Owned)
            .map_err(|error| expected::bad(format!("the expectation is a text that is not JSON: {error}"))),
        value => Ok(Cow::Borrowed(value)),
    }
}

fn agreement(answer: &Value, wanted: &[Wanted]) -> Score {
    let differing: Vec<&str> = wanted.iter().filter(|field| !field.is_met_by(answer)).map(Wanted::name).collect();
    let share = (wanted.len() - differing.len()) as f64 / wanted.len() as f64;
    let score = Score::from(Grade::Value(UnitInterval::new(share).unwrap_or(UnitInterval::ZERO)));
    if differing.is_empty() { score } else { score.because(format!("differs in {}", listed(differing.into_iter()))) }
}
