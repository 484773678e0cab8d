//! What every scorer has around it, whatever it does: a name, the rows that it speaks of, what it holds answers against, the
//! part of the answer that it looks at, a threshold, and whether it is turned around.

use std::borrow::Cow;

use carat_core::prompt::ExpectedTemplate;
use carat_core::spec::{OVERALL, RefusalWanted, Says, ScorerKind, ScorerSpec};
use carat_core::{Row, Score, UnitInterval, Unscored, UnscoredKind};
use serde_json::Value;

use crate::scorers::{BadSetting, Extract};

/// What every scorer has around it.
pub(crate) struct Frame {
    name: String,
    tags: Vec<String>,
    expected: Option<ExpectedTemplate>,
    on: Option<Extract>,
    threshold: Option<UnitInterval>,
    invert: bool,
}

impl Frame {
    /// Of a spec, once everything in it is found to be right. `fenced` lets JSON stand in a fenced code block.
    pub(crate) fn new(spec: &ScorerSpec, kind: &ScorerKind<'_>, fenced: bool) -> Result<Self, BadSetting> {
        if spec.name.trim().is_empty() {
            return Err(BadSetting::new("name", "a scorer needs a name; scores are reported under it"));
        }
        if spec.name == OVERALL {
            let message =
                format!("`{OVERALL}` is the weighted mean of the scorers that have a weight; take another name");
            return Err(BadSetting::new("name", message));
        }
        if spec.weight.is_some_and(|weight| !weight.is_finite() || weight < 0.0) {
            return Err(BadSetting::new("weight", "a weight is a number from 0 on"));
        }
        // A list is always read from a code block too, and so is the document in which `on` looks for it.
        let fenced = fenced || matches!(kind, ScorerKind::List(_));
        Ok(Self {
            name: spec.name.clone(),
            tags: spec.tags.clone(),
            expected: spec.expected.as_deref().map(|template| template_of(template, kind)).transpose()?,
            on: spec.on.as_ref().map(|on| Extract::new(on, fenced)).transpose()?,
            threshold: threshold(spec.threshold, kind)?,
            invert: spec.invert,
        })
    }

    /// The same for a scorer that looks at answers as a whole.
    pub(crate) fn without_text(spec: &ScorerSpec, kind: &ScorerKind<'_>) -> Result<Self, BadSetting> {
        if spec.on.is_some() {
            let message = format!("`{}` looks at the answer as a whole; leave it out", kind.as_str());
            return Err(BadSetting::new("on", message));
        }
        Self::new(spec, kind, false)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the scorer has a say on this row.
    pub(crate) fn applies(&self, row: &Row) -> bool {
        self.tags.iter().all(|tag| row.tags.contains(tag))
    }

    /// What answers are held against.
    pub(crate) fn expected<'r>(&self, row: &'r Row) -> Result<Option<Cow<'r, Value>>, Unscored> {
        match &self.expected {
            None => Ok(row.expected.as_ref().map(Cow::Borrowed)),
            Some(template) => template.value(row).map(|value| value.map(Cow::Owned)).map_err(|why| {
                Unscored::new(UnscoredKind::BadExpectation, format!("`expected` cannot be made: {why}"))
            }),
        }
    }

    /// The part of an answer that is looked at, or why there is none.
    pub(crate) fn part_of<'a>(&self, answer: &'a str) -> Result<Cow<'a, str>, String> {
        self.on.as_ref().map_or(Ok(Cow::Borrowed(answer)), |on| on.part_of(answer))
    }

    /// Turned around where it is to be, and held against the threshold.
    pub(crate) fn finish(&self, score: Score) -> Score {
        let score = if self.invert { turned(score) } else { score };
        self.judged(score)
    }

    /// Held against the threshold alone: an answer without the part that is looked at is wrong, and turning the scorer
    /// around does not make it right.
    pub(crate) fn judged(&self, mut score: Score) -> Score {
        if let Some(threshold) = self.threshold {
            score.pass = Some(score.value >= threshold);
        }
        score
    }
}

/// Classes are left out: turned around, right and wrong say nothing of them.
fn turned(score: Score) -> Score {
    Score { value: score.value.inverted(), pass: score.pass.map(|pass| !pass), labels: None, ..score }
}

fn template_of(template: &str, kind: &ScorerKind<'_>) -> Result<ExpectedTemplate, BadSetting> {
    if !may_look_at_the_row(kind) {
        let message =
            format!("has no effect: this `{}` does not look at what is expected; leave it out", kind.as_str());
        return Err(BadSetting::new("expected", message));
    }
    ExpectedTemplate::new(template).map_err(|why| BadSetting::new("expected", why))
}

/// Whether it may hold answers against what a row expects. A judge knows that better, and says so itself.
fn may_look_at_the_row(kind: &ScorerKind<'_>) -> bool {
    match kind {
        ScorerKind::Contains(words) => words.all.is_empty() && words.any.is_empty() && words.none.is_empty(),
        ScorerKind::Regex(regex) => regex.capture.is_some(),
        ScorerKind::Json(json) => !json.fields.is_empty(),
        ScorerKind::Refusal(refusal) => refusal.wanted == RefusalWanted::AsExpected,
        ScorerKind::FinishReason(_) | ScorerKind::Length(_) | ScorerKind::Latency(_) | ScorerKind::Cost(_) => false,
        ScorerKind::Exact(_)
        | ScorerKind::Choice(_)
        | ScorerKind::Number(_)
        | ScorerKind::NumericDiff(_)
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
        | ScorerKind::Embedding(_)
        | ScorerKind::Judge(_)
        | ScorerKind::Program(_) => true,
    }
}

fn threshold(given: Option<f64>, kind: &ScorerKind<'_>) -> Result<Option<UnitInterval>, BadSetting> {
    let Some(given) = given else { return Ok(None) };
    let threshold = UnitInterval::new(given)
        .ok_or_else(|| BadSetting::new("threshold", format!("{given} is not a number from 0 to 1")))?;
    if kind.says() != Says::Verdict {
        return Ok(Some(threshold));
    }
    let kind = if kind.as_str() == "json" { "json without fields" } else { kind.as_str() };
    let message = format!("`{kind}` says right or wrong, so there is no degree to compare with; leave it out");
    Err(BadSetting::new("threshold", message))
}
