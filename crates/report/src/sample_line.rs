//! The shape of a sample where samples are written one a line.

use std::collections::BTreeMap;

use carat_core::{FinishReason, Labels, Message, Outcome, Sample, Score, ToolCall, Unscored, UnscoredKind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::look;

/// One prompt × one model × one row × one repeat, and what came of it (`carat run show --jsonl`).
#[derive(Debug, Serialize, JsonSchema)]
pub struct SampleLine<'a> {
    /// Which row.
    row: &'a str,
    /// Which prompt version × model, as people call it.
    variant: &'a str,
    /// Which repeat, from 0.
    trial: u32,
    /// `completed`, `unrendered` (the prompt could not be filled with this row) or `unanswered`.
    outcome: &'static str,
    /// The name of all that was sent; null when nothing could be.
    request_digest: Option<String>,
    /// What was sent; null when nothing could be.
    #[schemars(schema_with = "messages")]
    messages: Option<&'a [Message]>,
    /// The words of the answer; null without an answer.
    output: Option<&'a str>,
    /// What the model said when it declined in a field of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a str>,
    /// The functions that the model wants to be called.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(default, schema_with = "tool_calls")]
    tool_calls: &'a [ToolCall],
    /// Why the answer ended where it did; null without an answer.
    finish_reason: Option<FinishReason>,
    /// What a right answer is: any JSON; null where the row does not say.
    expected: Option<&'a Value>,
    /// What each scorer says, by its name, in the order of the spec.
    #[schemars(with = "BTreeMap<String, ScoreLine<'static>>")]
    scores: ByScorer<'a, ScoreLine<'a>>,
    /// The scorers that have nothing to say, and why. That is neither right nor wrong.
    #[schemars(with = "BTreeMap<String, UnscoredLine<'static>>")]
    unscored: ByScorer<'a, UnscoredLine<'a>>,
    /// What the call used; null when the server did not say.
    usage: Option<UsageLine>,
    /// How long the attempt that ended the case took; null when nothing was asked.
    latency_ms: Option<f64>,
    /// How often the model was asked.
    attempts: u32,
    /// Whether the answer came from the record and nobody was asked.
    cached: bool,
    /// Why there is no answer; null when there is one.
    error: Option<ErrorLine<'a>>,
}

/// What one scorer says.
#[derive(Debug, Serialize, JsonSchema)]
struct ScoreLine<'a> {
    /// How good, from 0 to 1; a verdict is 0 or 1.
    value: f64,
    /// Right or wrong; null where the scorer does not decide that.
    pass: Option<bool>,
    /// Why; null where the value says it all.
    reason: Option<&'a str>,
    /// The class that was expected and the one that was named, for scorers over classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<LabelsLine<'a>>,
    /// Which of several things a judge may say it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'a str>,
}

/// Classes.
#[derive(Debug, Serialize, JsonSchema)]
struct LabelsLine<'a> {
    /// That of the row.
    expected: &'a str,
    /// The one that the answer names; null when it names none, or several.
    predicted: Option<&'a str>,
}

/// Why a scorer has nothing to say.
#[derive(Debug, Serialize, JsonSchema)]
struct UnscoredLine<'a> {
    /// What kind of reason: `no-expectation`, `no-verdict`, …
    #[schemars(with = "String")]
    reason: UnscoredKind,
    /// The reason in words.
    detail: &'a str,
}

/// Tokens. What the server did not name is left out.
#[derive(Debug, Serialize, JsonSchema)]
struct UsageLine {
    /// Of the request.
    input_tokens: u64,
    /// Of the answer.
    output_tokens: u64,
    /// Of the input, what came from the provider's cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    cached_input_tokens: Option<u64>,
    /// Of the output, what was hidden reasoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_tokens: Option<u64>,
}

/// Why there is no answer.
#[derive(Debug, Serialize, JsonSchema)]
struct ErrorLine<'a> {
    /// What kind of failure: `unrendered`, `timeout`, `rate-limited`, …
    kind: &'static str,
    /// What happened.
    message: &'a str,
}

impl<'a> SampleLine<'a> {
    /// A sample of the variant with this label. What it has no transcript for is null.
    pub fn of(sample: &'a Sample, variant: &'a str) -> Self {
        let completion = look::completion(sample);
        let request = sample.transcript.as_ref().and_then(|transcript| transcript.request.as_deref());
        Self {
            row: sample.case.row.as_str(),
            variant,
            trial: sample.case.trial,
            outcome: outcome(&sample.outcome),
            request_digest: sample.request_digest.map(|digest| digest.to_string()),
            messages: request.map(|request| request.messages.as_slice()),
            output: completion.map(|completion| completion.text.as_str()),
            refusal: completion.and_then(|completion| completion.refusal.as_deref()),
            tool_calls: completion.map(|completion| completion.tool_calls.as_slice()).unwrap_or_default(),
            finish_reason: completion.map(|completion| completion.finish_reason),
            expected: look::row(sample).and_then(|row| row.expected.as_ref()),
            scores: ByScorer(look::scores(sample).map(|(name, score)| (name, score.into())).collect()),
            unscored: ByScorer(look::unscored(sample).map(|(name, why)| (name, why.into())).collect()),
            usage: completion.and_then(|completion| completion.usage).map(UsageLine::from),
            latency_ms: look::latency_ms(sample),
            attempts: sample.attempts,
            cached: look::cached(sample),
            error: look::error(sample).map(|(kind, message)| ErrorLine { kind, message }),
        }
    }
}

/// The word for what came of a case.
pub(crate) const fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Completed { .. } => "completed",
        Outcome::Unrendered { .. } => "unrendered",
        Outcome::Unanswered { .. } => "unanswered",
    }
}

impl<'a> From<&'a Score> for ScoreLine<'a> {
    fn from(score: &'a Score) -> Self {
        let labels =
            |labels: &'a Labels| LabelsLine { expected: &labels.expected, predicted: labels.predicted.as_deref() };
        Self {
            value: score.value.get(),
            pass: score.pass,
            reason: score.reason.as_deref(),
            labels: score.labels.as_ref().map(labels),
            category: score.category.as_deref(),
        }
    }
}

impl<'a> From<&'a Unscored> for UnscoredLine<'a> {
    fn from(why: &'a Unscored) -> Self {
        Self { reason: why.reason, detail: &why.detail }
    }
}

impl From<carat_core::Usage> for UsageLine {
    fn from(usage: carat_core::Usage) -> Self {
        let carat_core::Usage { input_tokens, output_tokens, cached_input_tokens, reasoning_tokens } = usage;
        Self { input_tokens, output_tokens, cached_input_tokens, reasoning_tokens }
    }
}

/// An object whose keys keep their order.
#[derive(Debug)]
struct ByScorer<'a, T>(Vec<(&'a str, T)>);

impl<T: Serialize> Serialize for ByScorer<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Messages as they are written: one text is a string, several parts are a list.
fn messages(_: &mut SchemaGenerator) -> Schema {
    let part = json_schema!({
        "type": "object",
        "properties": {"type": {"enum": ["text", "image"]}, "value": {}},
        "required": ["type", "value"],
    });
    let call = tool_call();
    json_schema!({
        "type": ["array", "null"],
        "items": {
            "type": "object",
            "properties": {
                "role": {"enum": ["system", "developer", "user", "assistant", "tool"]},
                "content": {"anyOf": [{"type": "string"}, {"type": "array", "items": part}]},
                "tool_calls": {"type": "array", "items": call},
                "tool_call_id": {"type": "string"},
                "name": {"type": "string"},
            },
            "required": ["role", "content"],
        },
    })
}

fn tool_calls(_: &mut SchemaGenerator) -> Schema {
    let call = tool_call();
    json_schema!({"type": "array", "items": call})
}

fn tool_call() -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "name": {"type": "string"},
            "arguments": {"description": "JSON where the model wrote JSON, else a string with what it wrote."},
        },
        "required": ["id", "name", "arguments"],
    })
}
