//! What an answer is worth, and the ports to whatever says so.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Completion, ModelError, Request, Row};

/// A number from 0 to 1; never NaN, never infinite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct UnitInterval(f64);

impl UnitInterval {
    /// The worst.
    pub const ZERO: Self = Self(0.0);
    /// The best.
    pub const ONE: Self = Self(1.0);

    /// The number, if it is one from 0 to 1.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The nearest number from 0 to 1; none for NaN.
    pub fn clamped(value: f64) -> Option<Self> {
        (!value.is_nan()).then(|| Self(value.clamp(0.0, 1.0)))
    }

    /// 1 minus it.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self(1.0 - self.0)
    }
}

impl<'de> Deserialize<'de> for UnitInterval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        Self::new(value).ok_or_else(|| serde::de::Error::custom(format!("{value} is not a number from 0 to 1")))
    }
}

/// A verdict, or a degree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Grade {
    /// Right or wrong.
    Pass(bool),
    /// How good, from 0 to 1.
    Value(UnitInterval),
}

/// What one scorer says of one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// How good, from 0 to 1; a verdict is 0 or 1.
    pub value: UnitInterval,
    /// Right or wrong, where the scorer decides that or has a threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<bool>,
    /// Why, for a person; none where the value says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The class that was expected and the one that was named, for scorers over classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
    /// Which of several things a judge may say it said: `B`, `first`, `polite`. Reports count them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What a metric of the whole corpus is computed from, summed over the answers: see
    /// [`CorpusMetric`](crate::corpus::CorpusMetric). Empty for scorers without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<u32>,
}

impl From<Grade> for Score {
    fn from(grade: Grade) -> Self {
        let (value, pass) = match grade {
            Grade::Pass(true) => (UnitInterval::ONE, Some(true)),
            Grade::Pass(false) => (UnitInterval::ZERO, Some(false)),
            Grade::Value(value) => (value, None),
        };
        Self { value, pass, reason: None, labels: None, category: None, counts: Vec::new() }
    }
}

impl Score {
    /// The same score with a reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// One cell of a confusion matrix.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// The class of the golden row.
    pub expected: String,
    /// The class that the answer names; none when it names no class, or several.
    pub predicted: Option<String>,
}

/// Why a scorer could not say anything. Unscored is not wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unscored {
    /// What kind of reason.
    pub reason: UnscoredKind,
    /// The reason in words.
    pub detail: String,
}

impl Unscored {
    /// A kind of reason, in words.
    pub fn new(reason: UnscoredKind, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// What kind of reason there is for having no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnscoredKind {
    /// The golden row does not say what is expected.
    NoExpectation,
    /// What the golden row expects is not something that this scorer can compare with.
    BadExpectation,
    /// What would be measured is not known: the provider told no usage, the model has no price.
    Unknown,
    /// The judge answered without a verdict that is on the menu, or the panel found no majority.
    NoVerdict,
    /// The judge gave no answer. It is asked again when the run goes on.
    JudgeFailed,
    /// The scorer itself failed.
    ScorerFailed,
}

impl UnscoredKind {
    /// The word in tables and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoExpectation => "no-expectation",
            Self::BadExpectation => "bad-expectation",
            Self::Unknown => "unknown",
            Self::NoVerdict => "no-verdict",
            Self::JudgeFailed => "judge-failed",
            Self::ScorerFailed => "scorer-failed",
        }
    }

    /// Whether the world kept the scorer from speaking, so that asking again may help.
    pub const fn is_passing(self) -> bool {
        matches!(self, Self::JudgeFailed)
    }
}

/// An answer as scorers see it.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The golden row.
    pub row: &'a Row,
    /// What the model was asked; none where it is not recorded.
    pub request: Option<&'a Request>,
    /// What it answered.
    pub completion: &'a Completion,
    /// Which repeat, from 0.
    pub trial: u32,
    /// How long it took; none where it is not known.
    pub latency: Option<Duration>,
    /// What it cost in US dollars; none where price or usage is not known.
    pub cost: Option<f64>,
}

/// Something that scores answers by computing, without waiting for anything. It runs on a thread pool for computing, never
/// on a thread that serves the network.
pub trait Scorer: Send + Sync {
    /// The name in the spec.
    fn name(&self) -> &str;

    /// Whether it has a say on this row at all. Where it has none, the row is not unscored: it is not the scorer's.
    fn applies(&self, _row: &Row) -> bool {
        true
    }

    /// Scores one answer.
    ///
    /// # Errors
    /// Why there is nothing to say; that is neither right nor wrong.
    fn score(&self, answer: &Answer<'_>) -> Result<Score, Unscored>;
}

/// Something that scores answers by asking somebody: a judge, an embeddings endpoint, a program. What it asks a model it asks
/// through [`Ask`], so that the call is recorded, counted, priced and never paid for twice.
#[async_trait]
pub trait Assessor: Send + Sync {
    /// The name in the spec.
    fn name(&self) -> &str;

    /// Whether it has a say on this row at all.
    fn applies(&self, _row: &Row) -> bool {
        true
    }

    /// Scores one answer. It may be dropped at any moment, and is then called again.
    ///
    /// # Errors
    /// Why there is nothing to say; that is neither right nor wrong.
    async fn assess(&self, answer: &Answer<'_>, ask: &dyn Ask) -> Result<Score, Unscored>;
}

/// The way of an [`Assessor`] to the models that judge.
#[async_trait]
pub trait Ask: Send + Sync {
    /// Asks a model of the project, by name, as often as its settings allow. The same request to the same model with the same
    /// `vote` is answered from the record where it has been answered before.
    ///
    /// # Errors
    /// Why there is no answer.
    async fn ask(&self, model: &str, request: Request, vote: u32) -> Result<Completion, ModelError>;
}
