//! What kind of thing a scorer says.

use crate::corpus::{CorpusMetric, Smoothing};

use super::{JudgeKind, ScorerKind, ScorerSpec, SquadMeasure};

/// What a scorer says of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Right or wrong.
    Verdict,
    /// How good, from 0 to 1.
    Degree,
    /// Both: a part of the way has a value, all of it passes.
    Both,
}

impl ScorerKind<'_> {
    /// What it says of an answer.
    pub fn says(&self) -> Says {
        match self {
            Self::Exact(_)
            | Self::Contains(_)
            | Self::Regex(_)
            | Self::Choice(_)
            | Self::Number(_)
            | Self::Refusal(_)
            | Self::FinishReason(_)
            | Self::Length(_)
            | Self::Latency(_)
            | Self::Cost(_) => Says::Verdict,
            Self::Json(json) if json.fields.is_empty() => Says::Verdict,
            Self::Squad(squad) if squad.measure == SquadMeasure::Exact => Says::Verdict,
            Self::Judge(judge) => match judge.kind() {
                Ok(JudgeKind::Rubric(_, Some(_)) | JudgeKind::Factuality(_) | JudgeKind::Pairwise(_)) => Says::Degree,
                Ok(JudgeKind::Rubric(_, None) | JudgeKind::ClosedQa(_) | JudgeKind::Classify(_)) | Err(_) => {
                    Says::Verdict
                }
            },
            Self::ToolCalls(_) | Self::Program(_) => Says::Both,
            Self::Json(_)
            | Self::Squad(_)
            | Self::NumericDiff(_)
            | Self::JsonDiff(_)
            | Self::List(_)
            | Self::Levenshtein(_)
            | Self::Indel(_)
            | Self::JaroWinkler(_)
            | Self::Wer(_)
            | Self::Cer(_)
            | Self::Rouge(_)
            | Self::Bleu(_)
            | Self::Chrf(_)
            | Self::Ter(_)
            | Self::Embedding(_) => Says::Degree,
        }
    }

    /// The metric of the whole corpus that its counts add up to, with the aggregate's name.
    pub fn corpus(&self) -> Option<(&'static str, CorpusMetric)> {
        match self {
            Self::Bleu(_) => {
                let smoothing = Smoothing::Exp;
                Some(("bleu", CorpusMetric::Bleu { max_order: 4, smoothing, effective_order: false }))
            }
            Self::Chrf(chrf) => {
                let (char_order, word_order) = (chrf.char_order, chrf.word_order);
                Some(("chrf", CorpusMetric::Chrf { char_order, word_order, beta: 2 }))
            }
            Self::Ter(_) => Some(("ter", CorpusMetric::Ter)),
            Self::Wer(_) => Some(("wer", CorpusMetric::ErrorRate)),
            Self::Cer(_) => Some(("cer", CorpusMetric::ErrorRate)),
            Self::Judge(judge) if judge.pairwise.is_some() => Some(("first_position", CorpusMetric::Share)),
            _ => None,
        }
    }

    /// The classes, in the order of the spec, of a scorer over classes: options, or the verdicts that a person gave too.
    pub fn classes(&self) -> Vec<String> {
        match self {
            Self::Choice(choice) => choice.options.clone(),
            Self::Judge(judge) if judge.human.is_some() => judge.menu(),
            _ => Vec::new(),
        }
    }

    /// Whether it has to wait for somebody: a model or a program.
    pub const fn waits(&self) -> bool {
        matches!(self, Self::Judge(_) | Self::Embedding(_) | Self::Program(_))
    }
}

impl ScorerSpec {
    /// The models that it asks, by their names in `carat.yaml`.
    pub fn asks(&self) -> Vec<&str> {
        let judges = self.judge.as_ref().map(super::JudgeSpec::judges).unwrap_or_default();
        judges.into_iter().chain(self.embedding.as_ref().map(|embedding| embedding.model.as_str())).collect()
    }
}
