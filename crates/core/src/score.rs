//! What an answer is worth, and the port to whatever says so.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Completion, Row};

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
}

impl From<Grade> for Score {
    fn from(grade: Grade) -> Self {
        let (value, pass) = match grade {
            Grade::Pass(true) => (UnitInterval::ONE, Some(true)),
            Grade::Pass(false) => (UnitInterval::ZERO, Some(false)),
            Grade::Value(value) => (value, None),
        };
        Self { value, pass, reason: None, labels: None }
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
    /// The scorer itself failed.
    ScorerFailed,
}

/// Something that scores answers by computing, without waiting for anything. It runs on a thread pool for computing, never
/// on a thread that serves the network.
pub trait Scorer: Send + Sync {
    /// The name in the spec.
    fn name(&self) -> &str;

    /// Scores one answer.
    ///
    /// # Errors
    /// Why there is nothing to say; that is neither right nor wrong.
    fn score(&self, row: &Row, completion: &Completion) -> Result<Score, Unscored>;
}
