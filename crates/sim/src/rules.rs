//! Answers by rule: what is said to a request because of what stands in it.

use serde::{Deserialize, Serialize};

use crate::ask::Ask;
use crate::hash::Digest;

/// What is said to every request for which all that is given holds, such as a judge's verdict on answers with some
/// word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRule {
    /// What is said. Where the request wants JSON it is put into what the schema asks for, such as one of its choices.
    pub answer: String,
    /// When a message of the request holds this text, whoever says it.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// When this model is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What a share of the requests is answered in place of `answer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Otherwise>,
    /// Whether answers are said as they stand, also where the request wants JSON: what a model says that knows no
    /// schemas.
    #[serde(default)]
    pub verbatim: bool,
}

/// Another answer to a share of the requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Otherwise {
    /// The share of distinct requests, 0 to 1. Which ones follows from the seed, the model and the messages.
    pub share: f64,
    /// What is said to them.
    pub answer: String,
}

impl AnswerRule {
    /// A rule that gives this answer to everything; narrow it by setting its fields.
    pub fn always(answer: impl Into<String>) -> Self {
        Self { answer: answer.into(), text: None, model: None, otherwise: None, verbatim: false }
    }

    /// A rule that gives this answer to every request with this text in a message.
    pub fn on(text: impl Into<String>, answer: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::always(answer) }
    }

    /// The first rule that is about a request.
    pub(crate) fn first<'s>(rules: &'s [Self], ask: &Ask<'_>) -> Option<&'s Self> {
        rules.iter().find(|rule| rule.is_about(ask))
    }

    /// What is said to the request with this digest.
    pub(crate) fn said(&self, digest: Digest) -> &str {
        match &self.otherwise {
            Some(otherwise) if digest.number(61).unit() < otherwise.share => &otherwise.answer,
            _ => &self.answer,
        }
    }

    fn is_about(&self, ask: &Ask<'_>) -> bool {
        self.model.as_deref().is_none_or(|model| model == ask.model)
            && self.text.as_deref().is_none_or(|text| ask.conversation.holds(text))
    }
}
