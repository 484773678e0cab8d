//! What every scorer has around its measure: a name, the part of the answer that it looks at, a threshold.

use std::borrow::Cow;

use carat_core::spec::{ScorerKind, ScorerSpec};
use carat_core::{Completion, Grade, Row, Score, Scorer, UnitInterval, Unscored};
use serde_json::Value;

use super::error::{BadSetting, ScorerError};
use super::extract::Extract;

/// How a text is held against an expectation: the one thing in which scorers differ.
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

/// A scorer about to be made.
pub(super) struct Assembly<'s> {
    spec: &'s ScorerSpec,
    kind: &'static str,
    fenced: bool,
}

impl<'s> Assembly<'s> {
    /// Around a measure of this kind.
    pub(super) fn of(spec: &'s ScorerSpec, kind: &ScorerKind<'_>) -> Self {
        let fenced = matches!(kind, ScorerKind::Json(json) if json.fenced);
        Self { spec, kind: kind.as_str(), fenced }
    }

    /// With this measure, once name, extraction and threshold are found to be right.
    pub(super) fn with<M: Measure + 'static>(
        self,
        measure: Result<M, BadSetting>,
    ) -> Result<Box<dyn Scorer>, ScorerError> {
        self.whole(measure).map_err(|bad| bad.of(&self.spec.name))
    }

    fn whole<M: Measure + 'static>(&self, measure: Result<M, BadSetting>) -> Result<Box<dyn Scorer>, BadSetting> {
        if self.spec.name.trim().is_empty() {
            return Err(BadSetting::new("name", "a scorer needs a name; scores are reported under it"));
        }
        let measure = measure?;
        let threshold = self.threshold(measure.gives_degree())?;
        let on = self.spec.on.as_ref().map(|on| Extract::new(on, self.fenced)).transpose()?;
        Ok(Box::new(Whole { name: self.spec.name.clone(), on, threshold, measure }))
    }

    fn threshold(&self, degree: bool) -> Result<Option<UnitInterval>, BadSetting> {
        let Some(given) = self.spec.threshold else { return Ok(None) };
        let threshold = UnitInterval::new(given)
            .ok_or_else(|| BadSetting::new("threshold", format!("{given} is not a number from 0 to 1")))?;
        if degree {
            return Ok(Some(threshold));
        }
        let kind = if self.kind == "json" { "json without fields" } else { self.kind };
        let message = format!("`{kind}` says right or wrong, so there is no degree to compare with; leave it out");
        Err(BadSetting::new("threshold", message))
    }
}

/// A scorer, ready for answers.
struct Whole<M> {
    name: String,
    on: Option<Extract>,
    threshold: Option<UnitInterval>,
    measure: M,
}

impl<M: Measure> Scorer for Whole<M> {
    fn name(&self) -> &str {
        &self.name
    }

    fn score(&self, row: &Row, completion: &Completion) -> Result<Score, Unscored> {
        let expected = self.measure.expected(row.expected.as_ref())?;
        let mut score = match self.part_of(&completion.text) {
            Ok(answer) => self.measure.measure(&answer, &expected)?,
            Err(reason) => self.measure.nothing(&expected, reason),
        };
        if let Some(threshold) = self.threshold {
            score.pass = Some(score.value >= threshold);
        }
        Ok(score)
    }
}

impl<M> Whole<M> {
    fn part_of<'a>(&self, answer: &'a str) -> Result<Cow<'a, str>, String> {
        self.on.as_ref().map_or(Ok(Cow::Borrowed(answer)), |on| on.part_of(answer))
    }
}
