//! What a model answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{RunId, ToolCall};

/// One answer of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// The words of the answer; empty when the model only asked for tools, or said nothing.
    pub text: String,
    /// The functions that the model wants to be called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// Why the answer ended where it did.
    pub finish_reason: FinishReason,
    /// The model's words when it declined in a field of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What the call used; none when the server did not say. Unknown is not zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What the call is taken to have used at most, where the server did not say and the run has a budget to charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supposed: Option<Box<Usage>>,
    /// Which model says that it answered, when that is not the name that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
    /// The provider's id of the answer, to find it in the provider's logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
    /// From sending the request to the first streamed piece, in microseconds; none when it was not streamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_us: Option<u64>,
    /// Where it comes from, when nobody was asked for it this time; none for an answer of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Box<Origin>>,
}

/// Where an answer comes from that was given before, to the same question: it cost nothing this time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The run in which it was given.
    pub run: RunId,
    /// When that run began: RFC 3339 in UTC. The answer is not older.
    pub since: String,
}

impl Completion {
    /// Whether it was given before and taken from the record.
    pub const fn is_cached(&self) -> bool {
        self.origin.is_some()
    }

    /// What is wrong with the answer as an answer, whatever it says; none when nothing is.
    pub fn flaw(&self) -> Option<Flaw> {
        match self.finish_reason {
            FinishReason::ContentFilter => Some(Flaw::Filtered),
            FinishReason::Length => Some(Flaw::CutShort),
            FinishReason::Stop | FinishReason::ToolCalls | FinishReason::Unknown => {
                let nothing = self.text.is_empty() && self.tool_calls.is_empty() && self.refusal.is_none();
                nothing.then_some(Flaw::Empty)
            }
        }
    }
}

/// An answer that ended in a way that a person should hear of. It is still an answer, recorded and scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// The model answered nothing at all.
    Empty,
    /// The limit of output tokens was reached.
    CutShort,
    /// A content filter stopped it.
    Filtered,
}

impl Flaw {
    /// The word in tables and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::CutShort => "cut-short",
            Self::Filtered => "filtered",
        }
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was done, or met a stop sequence.
    Stop,
    /// The limit of output tokens was reached.
    Length,
    /// It wants tools to be called.
    ToolCalls,
    /// A content filter stopped it.
    ContentFilter,
    /// The server did not say, or used a word that nobody knows.
    #[default]
    Unknown,
}

impl FinishReason {
    /// The word in specs and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
            Self::Unknown => "unknown",
        }
    }
}

/// What a call used, in tokens. A part that the server did not name is none, not zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Tokens of the request, those from the provider's cache included.
    pub input_tokens: u64,
    /// Tokens of the answer, hidden reasoning included.
    pub output_tokens: u64,
    /// Of the input, what came from the provider's cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input_tokens: Option<u64>,
    /// Of the output, what was hidden reasoning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u64>,
}

impl Usage {
    /// Tokens of request and answer. What servers say is added up with care: a sum that no number holds is the largest one.
    pub const fn total(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }
}
