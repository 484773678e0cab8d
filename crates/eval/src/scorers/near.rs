//! `numeric_diff`, `json_diff` and `list`: how near a number, a document or a list is to what is expected.
//!
//! * **Source** the whole answer, or the part that `on` names; for lists, and for documents with `fenced`, also the one fenced
//!   code block in it. **Range** a degree. An answer that is no number, no JSON or no list has 0, with a reason.
//! * `numeric_diff` and `json_diff` are NumericDiff and JSONDiff of autoevals, `list` is ListContains by optimal assignment;
//!   what each of them does is written at [`crate::measures`].
//! * A document or list that is expected may be written as the JSON of it, as tables have it.
//! * Of an answer with a list of over [`MOST_MEMBERS`], those beyond are met by nothing.
//! * **Unscored** without an expectation, with one that is no number, no list or too long a list, and where a comparison
//!   would cost too much.

use std::borrow::Cow;

use carat_core::spec::{JsonDiffSpec, ListSpec, MemberComparison};
use carat_core::{Score, UnitInterval, Unscored, UnscoredKind};
use serde_json::Value;

use super::assembly::Measure;
use super::excerpt::listed;
use super::expected;
use super::graded::degree;
use super::json::document;
use crate::measures::assignment::{
    MOST_MEMBERS, Matching, Surplus, Unmatched, matching, matching_json, matching_texts,
};
use crate::measures::json_diff::{Incomparable, Texts, are_same, json_similarity, paths};
use crate::measures::numeric::numeric_similarity;

/// The most places of difference that a reason names.
const NAMED: usize = 5;

/// How far a number is off.
pub(super) struct NumericDiff;

impl Measure for NumericDiff {
    type Expected<'r> = f64;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected(&self, row: Option<&Value>) -> Result<f64, Unscored> {
        let value = expected::given(row)?;
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
        number.filter(|number| number.is_finite()).ok_or_else(|| expected::bad(format!("{value} is not a number")))
    }

    fn measure(&self, answer: &str, expected: &f64) -> Result<Score, Unscored> {
        let number = answer.trim().parse::<f64>().ok().and_then(|number| numeric_similarity(number, *expected));
        match number {
            Some(value) => degree(value),
            None => Ok(self.nothing(expected, "no number; `on` takes one out of a text".to_owned())),
        }
    }
}

/// How much documents have in common.
pub(super) struct JsonDiff(pub(super) JsonDiffSpec);

impl Measure for JsonDiff {
    type Expected<'r> = Cow<'r, Value>;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        let given = expected::given(row)?;
        let Value::String(text) = given else { return Ok(Cow::Borrowed(given)) };
        let written = serde_json::from_str(text).ok().filter(|value: &Value| value.is_object() || value.is_array());
        Ok(written.map_or(Cow::Borrowed(given), Cow::Owned))
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let value = match document::read(answer, self.0.fenced) {
            Ok(value) => value,
            Err(reason) => return Ok(self.nothing(expected, reason)),
        };
        let score = degree(json_similarity(&value, expected, Texts::Read).map_err(incomparable)?)?;
        Ok(if score.value == UnitInterval::ONE { score } else { score.because(where_they_differ(&value, expected)) })
    }
}

/// The first places of difference, and how many others there are.
fn where_they_differ(answer: &Value, expected: &Value) -> String {
    let differences = paths(answer, expected, NAMED);
    let places: Vec<String> = differences.first.iter().map(|difference| difference.path.to_string()).collect();
    if places.iter().all(String::is_empty) {
        return "differs as a whole".to_owned();
    }
    let others = match differences.total.saturating_sub(places.len()) {
        0 => String::new(),
        more => format!(" and {more} more places"),
    };
    format!("differs in {}{others}", listed(places.iter().map(String::as_str)))
}

fn incomparable(why: Incomparable) -> Unscored {
    Unscored::new(UnscoredKind::ScorerFailed, why.to_string())
}

/// A list with the expected members.
pub(super) struct List(pub(super) ListSpec);

impl List {
    fn matched(&self, answer: &[Value], expected: &[Value]) -> Result<Matching, Unmatched> {
        let surplus = if self.0.allow_extra { Surplus::Allowed } else { Surplus::Counts };
        match self.0.compare {
            MemberComparison::Exact => matching(answer.len(), expected.len(), surplus, |output, at| {
                Ok(f64::from(u8::from(are_same(&answer[output], &expected[at]))))
            }),
            MemberComparison::JsonDiff => matching_json(answer, expected, surplus, Texts::Keep),
            MemberComparison::Levenshtein => {
                let texts = |values: &[Value]| values.iter().map(text_of).collect::<Vec<_>>();
                matching_texts(&texts(answer), &texts(expected), surplus)
            }
        }
    }

    /// The score of an answer of which only the first members were matched.
    fn of_all(&self, score: f64, looked_at: usize, members: usize) -> f64 {
        if self.0.allow_extra || looked_at == members { score } else { score * looked_at as f64 / members as f64 }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Measure for List {
    type Expected<'r> = Cow<'r, [Value]>;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        let members: Cow<'r, [Value]> = match expected::given(row)? {
            Value::Array(members) => Cow::Borrowed(members),
            // As tables have it.
            Value::String(text) => serde_json::from_str(text)
                .map(Cow::Owned)
                .map_err(|_| expected::bad("the expectation is a text that is not a JSON list"))?,
            other => return Err(expected::bad(format!("{other} is not a list"))),
        };
        if members.len() > MOST_MEMBERS {
            return Err(expected::bad(format!("{} members are expected; the most is {MOST_MEMBERS}", members.len())));
        }
        Ok(members)
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let members = match document::read(answer, true) {
            Ok(Value::Array(members)) => members,
            Ok(_) => return Ok(self.nothing(expected, "JSON, but no list".to_owned())),
            Err(reason) => return Ok(self.nothing(expected, reason)),
        };
        let first = &members[..members.len().min(MOST_MEMBERS)];
        let matched = self.matched(first, expected);
        let matched = matched.map_err(|why| Unscored::new(UnscoredKind::ScorerFailed, why.to_string()))?;
        let missing: Vec<String> = matched.missing().map(|at| expected[at].to_string()).collect();
        let score = degree(self.of_all(matched.score, first.len(), members.len()))?;
        Ok(if missing.is_empty() {
            score
        } else {
            score.because(format!("missing: {}", listed(missing.iter().map(String::as_str))))
        })
    }
}
