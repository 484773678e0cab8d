//! A measure of texts becomes a scorer.

use carat_core::spec::{ScorerKind, ScorerSpec};
use carat_core::{Answer, Grade, Row, Score, Scorer, UnitInterval, Unscored};
use serde_json::Value;

use super::error::{BadSetting, ScorerError};
use crate::frame::Frame;

/// How a text is held against an expectation: the one thing in which scorers of texts differ.
pub(super) trait Measure: Send + Sync {
    /// What is expected, read once and made ready for comparing.
    type Expected<'r>;

    /// Whether it gives a degree; a verdict where it does not.
    fn gives_degree(&self) -> bool {
        false
    }

    /// Reads what the row expects. This comes first, so that whether a row can be scored does not depend on the answer.
    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored>;

    /// Measures the looked-at part of an answer.
    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored>;

    /// The score of an answer in which what is looked for cannot be found.
    fn nothing(&self, _expected: &Self::Expected<'_>, reason: String) -> Score {
        let grade = if self.gives_degree() { Grade::Value(UnitInterval::ZERO) } else { Grade::Pass(false) };
        Score::from(grade).because(reason)
    }
}

/// How an answer as a whole – its calls, its end, its time – is held against an expectation.
pub(super) trait Look: Send + Sync {
    /// Looks at an answer.
    fn look(&self, answer: &Answer<'_>, expected: Option<&Value>) -> Result<Score, Unscored>;
}

/// A scorer about to be made.
pub(super) struct Assembly<'s> {
    spec: &'s ScorerSpec,
    kind: ScorerKind<'s>,
}

impl<'s> Assembly<'s> {
    /// Around a measure of this kind.
    pub(super) const fn of(spec: &'s ScorerSpec, kind: ScorerKind<'s>) -> Self {
        Self { spec, kind }
    }

    /// With this measure of texts.
    pub(super) fn with<M: Measure + 'static>(
        self,
        measure: Result<M, BadSetting>,
    ) -> Result<Box<dyn Scorer>, ScorerError> {
        let fenced = match self.kind {
            ScorerKind::Json(json) => json.fenced,
            ScorerKind::JsonDiff(json) => json.fenced,
            _ => false,
        };
        let whole = || Ok(Whole { frame: Frame::new(self.spec, &self.kind, fenced)?, measure: measure? });
        let whole: Result<_, BadSetting> = whole();
        whole.map(|whole| Box::new(whole) as Box<dyn Scorer>).map_err(|bad| bad.of(&self.spec.name))
    }

    /// With this look at whole answers.
    pub(super) fn looking<L: Look + 'static>(
        self,
        look: Result<L, BadSetting>,
    ) -> Result<Box<dyn Scorer>, ScorerError> {
        let seen = || Ok(Seen { frame: Frame::without_text(self.spec, &self.kind)?, look: look? });
        let seen: Result<_, BadSetting> = seen();
        seen.map(|seen| Box::new(seen) as Box<dyn Scorer>).map_err(|bad| bad.of(&self.spec.name))
    }
}

/// A scorer of texts, ready for answers.
struct Whole<M> {
    frame: Frame,
    measure: M,
}

impl<M: Measure> Scorer for Whole<M> {
    fn name(&self) -> &str {
        self.frame.name()
    }

    fn applies(&self, row: &Row) -> bool {
        self.frame.applies(row)
    }

    fn score(&self, answer: &Answer<'_>) -> Result<Score, Unscored> {
        let written = self.frame.expected(answer.row)?;
        let expected = self.measure.expected(written.as_deref())?;
        match self.frame.part_of(&answer.completion.text) {
            Ok(part) => Ok(self.frame.finish(self.measure.measure(&part, &expected)?)),
            Err(reason) => Ok(self.frame.judged(self.measure.nothing(&expected, reason))),
        }
    }
}

/// A scorer of whole answers.
struct Seen<L> {
    frame: Frame,
    look: L,
}

impl<L: Look> Scorer for Seen<L> {
    fn name(&self) -> &str {
        self.frame.name()
    }

    fn applies(&self, row: &Row) -> bool {
        self.frame.applies(row)
    }

    fn score(&self, answer: &Answer<'_>) -> Result<Score, Unscored> {
        let expected = self.frame.expected(answer.row)?;
        self.look.look(answer, expected.as_deref()).map(|score| self.frame.finish(score))
    }
}
