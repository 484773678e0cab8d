//! The scorers: from a golden row and an answer to a score, by computing alone.
//!
//! What holds for every one of them:
//!
//! * **Source.** The text of the completion, or the part of it that [`Extraction`](carat_core::spec::Extraction) names. An
//!   empty text is a text like any other: no scorer has an exception for it. Tool calls and refusals are not looked at.
//! * **Range.** A verdict is 0 or 1 with `pass`; a degree (`levenshtein`, and `json` with fields) is a number from 0 to 1,
//!   with `pass` where there is a threshold.
//! * **Normalisation.** Nothing is done to a text that the spec does not name. Unlike some peers nobody here strips, folds
//!   or rounds in silence.
//! * **Unscored.** Whether a row can be scored is a matter of the row alone, whatever the answer: no expectation where one
//!   is needed (`null` is none), or one that the scorer cannot compare with. So two models that answer the same rows are
//!   compared on the same rows. An answer in which the wanted part cannot be found is wrong, not unscored. There is one
//!   exception: texts that are too long for `levenshtein`.
//! * **Hostile answers.** Answers are untrusted: megabytes, control characters, deep nesting and huge numbers cost time in
//!   proportion to their length (`levenshtein` says how it is bounded) and never end the program. What a reason quotes of
//!   them is short and on one line.

mod assembly;
mod choice;
mod contains;
mod error;
mod exact;
mod excerpt;
mod expected;
mod extract;
mod json;
mod levenshtein;
mod number;
mod pattern;
mod regex;
mod text;

use carat_core::Scorer;
use carat_core::spec::{ScorerKind, ScorerSpec};

use assembly::Assembly;
pub use error::ScorerError;

/// Makes a scorer of what a person wrote.
///
/// `read_file` hands back the text of a file that the spec names beside itself (a JSON Schema), or in words why it cannot.
///
/// # Errors
/// Everything that can be wrong in a spec is found here and never while scoring: none or several kinds, a bad regular
/// expression, JSON path or schema, an unknown capture group, classes that are the same apart from case, a threshold that is
/// not from 0 to 1 or that stands with a scorer of verdicts, a negative tolerance, a setting without effect.
pub fn build(
    spec: &ScorerSpec,
    read_file: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Box<dyn Scorer>, ScorerError> {
    let kind = spec.kind().map_err(ScorerError::Kind)?;
    let assembly = Assembly::of(spec, &kind);
    match kind {
        ScorerKind::Exact(settings) => assembly.with(Ok(exact::Exact(*settings))),
        ScorerKind::Contains(settings) => assembly.with(contains::Contains::new(settings)),
        ScorerKind::Regex(settings) => assembly.with(regex::Matches::new(settings)),
        ScorerKind::Choice(settings) => assembly.with(choice::Choice::new(settings)),
        ScorerKind::Number(settings) => assembly.with(number::Number::new(settings)),
        ScorerKind::Json(settings) => assembly.with(json::Json::new(settings, read_file)),
        ScorerKind::Levenshtein(settings) => assembly.with(Ok(levenshtein::Levenshtein(*settings))),
    }
}
