//! The scorers that ask somebody: a model that judges, a model that embeds, a program.
//!
//! What holds for every one of them:
//!
//! * **Source.** The text of the answer, or the part of it that [`Extraction`](carat_core::spec::Extraction) names. An answer
//!   without that part is wrong, and nobody is asked. Tool calls and refusals are not looked at, except by programs, which
//!   are given the whole completion.
//! * **Turned around.** `invert` turns a score around; an answer without the wanted part stays wrong.
//! * **Unscored.** Whoever is asked may fail or say nothing to the point. That is neither a pass nor a zero: the answer is
//!   unscored, with the reason in words. What a row lacks (an expectation, a baseline's answer) is found before anybody is
//!   asked, and does not depend on the answer.
//! * **Questions.** The same answer to the same row is the same request, so that nothing is asked, or paid for, twice.
//! * **Hostile answers.** An answer may try to speak to its judge. It is fenced off as data, and a verdict is read from the
//!   judge's own words alone: see `judge/brief.rs` and `judge/reading.rs`. What a reason or a detail quotes is short and on one
//!   line.
//! * **Interruption.** An assessment may be dropped at any moment: programs are killed with all that they started, and
//!   nothing is left half done.

mod embedding;
mod expected;
mod identity;
mod judge;
mod program;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use carat_core::spec::{ScorerKind, ScorerSpec};
use carat_core::{Answer, Ask, Assessor, ModelId, Row, Score, Unscored};

use crate::frame::Frame;
use crate::scorers::{BadSetting, ScorerError};
pub use identity::digest;

/// What a scorer that asks somebody needs to know of the world around it.
pub struct Surroundings<'a> {
    /// The project's folder: programs run in it, and paths are meant from it.
    pub folder: &'a Path,
    /// The baseline's answers; none where the eval has no baseline.
    pub rivals: Option<Arc<dyn Rivals>>,
    /// Which model a name in the project means, or in words why there is none, with the nearest name. The digest is to cover
    /// all that decides what the model answers, such as a temperature in its settings: recorded scores stand or fall by it.
    pub judge: &'a dyn Fn(&str) -> Result<ModelId, String>,
}

/// The answers that a pairwise judge holds answers against.
pub trait Rivals: Send + Sync {
    /// The text of the baseline's answer to a row of this very content in a repeat; none where it has none.
    fn answer(&self, row: &Row, trial: u32) -> Option<String>;
}

/// Makes an assessor of what a person wrote; none where the kind computes its score and asks nobody.
///
/// # Errors
/// Everything that can be wrong in a spec is found here and never while scoring: none or several kinds or questions, a judge
/// that the project does not have, an empty panel, a scale without two ends, weights and thresholds that are not from 0 to 1,
/// labels that are the same, a threshold for a verdict, a baseline where there is none, a program that is not there or may
/// not be run, a setting without effect.
pub fn build(spec: &ScorerSpec, around: &Surroundings<'_>) -> Result<Option<Box<dyn Assessor>>, ScorerError> {
    let kind = spec.kind().map_err(ScorerError::Kind)?;
    let frame = || Frame::new(spec, &kind, false);
    let made = match kind {
        ScorerKind::Judge(settings) => frame().and_then(|frame| judge::build(frame, spec, settings, around)),
        ScorerKind::Embedding(settings) => frame().and_then(|frame| embedding::build(frame, settings, around)),
        ScorerKind::Program(settings) => frame().and_then(|frame| program::build(frame, spec, settings, around)),
        ScorerKind::Exact(_)
        | ScorerKind::Contains(_)
        | ScorerKind::Regex(_)
        | ScorerKind::Choice(_)
        | ScorerKind::Number(_)
        | ScorerKind::NumericDiff(_)
        | ScorerKind::Json(_)
        | ScorerKind::JsonDiff(_)
        | ScorerKind::List(_)
        | ScorerKind::Levenshtein(_)
        | ScorerKind::Indel(_)
        | ScorerKind::JaroWinkler(_)
        | ScorerKind::Wer(_)
        | ScorerKind::Cer(_)
        | ScorerKind::Rouge(_)
        | ScorerKind::Bleu(_)
        | ScorerKind::Chrf(_)
        | ScorerKind::Ter(_)
        | ScorerKind::Squad(_)
        | ScorerKind::ToolCalls(_)
        | ScorerKind::Refusal(_)
        | ScorerKind::FinishReason(_)
        | ScorerKind::Length(_)
        | ScorerKind::Latency(_)
        | ScorerKind::Cost(_) => return Ok(None),
    };
    made.map(Some).map_err(|bad| bad.of(&spec.name))
}

/// What stands inside a frame: who is asked, and what is made of what they say.
#[async_trait]
trait Inside: Send + Sync {
    /// Scores one answer, and leaves it to the frame to finish the score.
    async fn assess(&self, frame: &Frame, answer: &Answer<'_>, ask: &dyn Ask) -> Result<Score, Unscored>;
}

/// An assessor, ready for answers.
struct Framed<I> {
    frame: Frame,
    inside: I,
}

/// This inside in this frame.
fn framed<I: Inside + 'static>(frame: Frame, inside: I) -> Box<dyn Assessor> {
    Box::new(Framed { frame, inside })
}

/// A text that has to say something.
fn filled<'t>(key: &str, text: &'t str) -> Result<&'t str, BadSetting> {
    if text.trim().is_empty() { Err(BadSetting::new(key, "is empty; say in words what is asked")) } else { Ok(text) }
}

#[async_trait]
impl<I: Inside> Assessor for Framed<I> {
    fn name(&self) -> &str {
        self.frame.name()
    }

    fn applies(&self, row: &Row) -> bool {
        self.frame.applies(row)
    }

    async fn assess(&self, answer: &Answer<'_>, ask: &dyn Ask) -> Result<Score, Unscored> {
        self.inside.assess(&self.frame, answer, ask).await
    }
}
