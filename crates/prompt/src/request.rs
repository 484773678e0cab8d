//! What a model is asked, in full.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::Canonical;
use crate::{Digest, Message};

/// All that reaches the model, apart from which model it is.
///
/// Two requests with the same digest are the same question; completions are resumed, cached and audited by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// The functions that the model may ask to be called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// What the answer has to look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_format: Option<ResponseFormat>,
    /// Temperature and the like.
    #[serde(default, skip_serializing_if = "Parameters::is_empty")]
    pub parameters: Parameters,
}

impl Request {
    /// The name of the question: the digest of its canonical JSON.
    pub fn digest(&self) -> Digest {
        Canonical::default().request(self)
    }
}

/// A function that a model may ask to be called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// The function's name.
    pub name: String,
    /// What it is for, in the model's eyes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of its arguments.
    #[serde(default)]
    pub parameters: Value,
    /// Whether the provider enforces the schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
}

/// What the answer has to look like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ResponseFormat {
    /// Any JSON object.
    JsonObject,
    /// JSON by a schema.
    JsonSchema {
        /// The schema's name, as the provider wants one.
        name: String,
        /// The schema.
        schema: Value,
        /// Whether the provider enforces it.
        #[serde(default)]
        strict: bool,
    },
}

/// Sampling parameters by their canonical names (`temperature`, `max_output_tokens`, …), sorted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters(pub BTreeMap<String, Value>);

/// Canonical names, each with the other spellings that files and providers use.
const KNOWN: &[(&str, &[&str])] = &[
    ("dimensions", &[]),
    ("frequency_penalty", &["frequencyPenalty"]),
    ("logit_bias", &["logitBias"]),
    ("logprobs", &[]),
    ("max_output_tokens", &["maxOutputTokens", "max_tokens", "maxTokens", "max_completion_tokens"]),
    ("metadata", &[]),
    ("min_p", &["minP"]),
    ("n", &[]),
    ("parallel_tool_calls", &["parallelToolCalls", "allowMultipleToolCalls"]),
    ("presence_penalty", &["presencePenalty"]),
    ("reasoning_effort", &["reasoningEffort"]),
    ("repetition_penalty", &["repetitionPenalty"]),
    ("seed", &[]),
    ("service_tier", &["serviceTier"]),
    ("stop", &["stopSequences", "stop_sequences"]),
    ("temperature", &[]),
    ("tool_choice", &["toolChoice"]),
    ("top_k", &["topK"]),
    ("top_logprobs", &["topLogprobs", "topLogProbs"]),
    ("top_p", &["topP"]),
    ("user", &[]),
    ("verbosity", &[]),
];

/// A parameter that no model knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no model knows the parameter `{name}`{hint}")]
pub struct UnknownParameter {
    /// The name as written.
    pub name: String,
    /// `; did you mean …?`, or nothing.
    pub hint: String,
}

impl Parameters {
    /// Takes a mapping as a person wrote it: every spelling becomes the canonical one. What stands under
    /// `additionalProperties` (or `extra`) is passed on as it is, for servers with knobs of their own.
    ///
    /// # Errors
    /// A name that no model knows, with the nearest one that some model does.
    pub fn from_written<'a>(
        written: impl IntoIterator<Item = (&'a String, &'a Value)>,
    ) -> Result<Self, UnknownParameter> {
        let mut parameters = BTreeMap::new();
        for (name, value) in written {
            match (name.as_str(), value) {
                ("additionalProperties" | "additional_properties" | "extra", Value::Object(extra)) => {
                    parameters.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
                }
                (_, Value::Null) => {}
                _ => {
                    parameters.insert(canonical(name)?.to_owned(), value.clone());
                }
            }
        }
        Ok(Self(parameters))
    }

    /// These, with those of `over` taking precedence.
    #[must_use]
    pub fn overridden_by(&self, over: &Self) -> Self {
        let mut merged = self.0.clone();
        merged.extend(over.0.iter().map(|(name, value)| (name.clone(), value.clone())));
        Self(merged)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The canonical spelling of a parameter's name.
fn canonical(name: &str) -> Result<&'static str, UnknownParameter> {
    let known = KNOWN.iter().find(|(canonical, others)| *canonical == name || others.contains(&name));
    known.map(|(canonical, _)| *canonical).ok_or_else(|| {
        let candidates = KNOWN.iter().flat_map(|(canonical, others)| others.iter().chain([canonical])).copied();
        UnknownParameter { name: name.to_owned(), hint: crate::nearest::did_you_mean(name, candidates) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Result<Parameters, UnknownParameter> {
        Parameters::from_written(value.as_object().unwrap())
    }

    #[test]
    fn every_spelling_means_the_same_parameter() {
        let a = read(&json!({"maxOutputTokens": 8, "topP": 0.5})).unwrap();
        let b = read(&json!({"max_tokens": 8, "top_p": 0.5})).unwrap();
        assert_eq!(a, b);
    }

    #[test]
    fn a_misspelt_parameter_names_the_nearest() {
        let error = read(&json!({"temprature": 1})).unwrap_err();
        assert_eq!(error.to_string(), "no model knows the parameter `temprature`; did you mean `temperature`?");
    }

    #[test]
    fn knobs_of_a_server_of_ones_own_are_passed_on() {
        let parameters = read(&json!({"additionalProperties": {"mirostat": 2}})).unwrap();
        assert_eq!(parameters.0["mirostat"], json!(2));
    }
}
