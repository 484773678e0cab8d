//! `squad`: short answers to questions, as the SQuAD leaderboards score them.
//!
//! * **Source** the whole answer, or the part that `on` names. **Range** F1 is a degree, `exact` a verdict.
//!   **Normalisation** and its peculiarities as [`crate::measures::squad`] has them.
//! * Of several expectations the best counts; an empty text, or an empty list, expects no answer (SQuAD 2.0).
//! * **Unscored** without an expectation.

use std::borrow::Cow;

use carat_core::spec::{SquadMeasure, SquadSpec};
use carat_core::{Grade, Score, Unscored};
use serde_json::Value;

use super::assembly::Measure;
use super::expected;
use super::graded::degree;
use crate::measures::squad::{Convention, exact, f1};

/// Normalised words.
pub(super) struct Squad(pub(super) SquadSpec);

impl Measure for Squad {
    type Expected<'r> = Vec<Cow<'r, str>>;

    fn gives_degree(&self) -> bool {
        self.0.measure == SquadMeasure::F1
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        match expected::given(row)? {
            Value::Array(members) => members.iter().map(expected::text).collect(),
            one => Ok(vec![expected::text(one)?]),
        }
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        match self.0.measure {
            SquadMeasure::F1 => degree(f1(answer, expected, Convention::Two).ok_or_else(expected::missing)?),
            SquadMeasure::Exact => {
                let met = exact(answer, expected, Convention::Two).ok_or_else(expected::missing)?;
                Ok(Grade::Pass(met).into())
            }
        }
    }
}
