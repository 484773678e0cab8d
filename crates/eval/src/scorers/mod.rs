//! The scorers: from a golden row and an answer to a score, by computing alone.
//!
//! What holds for every one of them:
//!
//! * **Source.** The text of the completion, or the part of it that [`Extraction`](carat_core::spec::Extraction) names. An
//!   empty text is a text like any other: no scorer has an exception for it. Scorers that look at something else – calls, refusals, the end,
//!   time and cost – say so.
//! * **Range.** A verdict is 0 or 1 with `pass`; a degree is a number from 0 to 1, with `pass` where there is a threshold.
//!   `invert` turns either around; an answer in which the wanted part cannot be found stays wrong.
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
mod graded;
mod json;
mod levenshtein;
mod looks;
mod near;
mod number;
mod overlap;
mod pattern;
mod rates;
mod regex;
mod similar;
mod squad;
mod text;

use carat_core::Scorer;
use carat_core::spec::{ScorerKind, ScorerSpec};

use assembly::Assembly;
pub(crate) use error::BadSetting;
pub use error::ScorerError;
pub(crate) use extract::Extract;

/// Makes a scorer of what a person wrote; none of what has to ask somebody, which is an
/// [assessor](crate::assessors).
///
/// `read_file` hands back the text of a file that the spec names beside itself (a JSON Schema), or in words why it cannot.
///
/// # Errors
/// Everything that can be wrong in a spec is found here and never while scoring: none or several kinds, a bad regular
/// expression, JSON path, template or schema, an unknown capture group, classes that are the same apart from case, a
/// threshold that is not from 0 to 1 or that stands with a scorer of verdicts, a negative tolerance or weight, a setting
/// without effect.
pub fn build(
    spec: &ScorerSpec,
    read_file: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Option<Box<dyn Scorer>>, ScorerError> {
    let kind = spec.kind().map_err(ScorerError::Kind)?;
    let assembly = Assembly::of(spec, kind);
    let scorer = match kind {
        ScorerKind::Exact(settings) => assembly.with(Ok(exact::Exact(*settings))),
        ScorerKind::Contains(settings) => assembly.with(contains::Contains::new(settings)),
        ScorerKind::Regex(settings) => assembly.with(regex::Matches::new(settings)),
        ScorerKind::Choice(settings) => assembly.with(choice::Choice::new(settings)),
        ScorerKind::Number(settings) => assembly.with(number::Number::new(settings)),
        ScorerKind::NumericDiff(_) => assembly.with(Ok(near::NumericDiff)),
        ScorerKind::Json(settings) => assembly.with(json::Json::new(settings, read_file)),
        ScorerKind::JsonDiff(settings) => assembly.with(Ok(near::JsonDiff(settings.clone()))),
        ScorerKind::List(settings) => assembly.with(Ok(near::List(settings.clone()))),
        ScorerKind::Levenshtein(settings) => assembly.with(Ok(levenshtein::Levenshtein(*settings))),
        ScorerKind::Indel(settings) => assembly.with(Ok(similar::Similar::indel(*settings))),
        ScorerKind::JaroWinkler(settings) => assembly.with(Ok(similar::Similar::jaro_winkler(*settings))),
        ScorerKind::Wer(settings) => assembly.with(Ok(rates::ErrorRate::of_words(settings))),
        ScorerKind::Cer(settings) => assembly.with(Ok(rates::ErrorRate::of_characters(settings))),
        ScorerKind::Rouge(settings) => assembly.with(Ok(overlap::Rouge(settings.clone()))),
        ScorerKind::Bleu(settings) => assembly.with(Ok(overlap::Bleu::new(settings))),
        ScorerKind::Chrf(settings) => assembly.with(overlap::Chrf::new(settings)),
        ScorerKind::Ter(settings) => assembly.with(Ok(rates::Ter::new(settings))),
        ScorerKind::Squad(settings) => assembly.with(Ok(squad::Squad(settings.clone()))),
        ScorerKind::ToolCalls(settings) => assembly.looking(Ok(looks::ToolCalls::new(settings))),
        ScorerKind::Refusal(settings) => assembly.looking(Ok(looks::Refusal(settings.clone()))),
        ScorerKind::FinishReason(settings) => assembly.looking(looks::FinishedBy::new(settings)),
        ScorerKind::Length(settings) => assembly.looking(looks::Length::new(settings)),
        ScorerKind::Latency(settings) => assembly.looking(Ok(looks::Latency(settings.clone()))),
        ScorerKind::Cost(settings) => assembly.looking(looks::Cost::new(settings)),
        ScorerKind::Embedding(_) | ScorerKind::Judge(_) | ScorerKind::Program(_) => return Ok(None),
    };
    scorer.map(Some)
}
