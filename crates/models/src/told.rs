//! What servers and programs tell of an answer, read leniently: a field that is missing, null or of another type is not
//! known, and never a reason to lose an answer that was paid for.

use std::fmt;

use carat_core::{FinishReason, Usage};
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;

/// A text: a string, or a list of parts that have texts, joined. Anything else is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) Option<String>);

impl Words {
    /// The text, unless it is missing or empty.
    pub(crate) fn filled(self) -> Option<String> {
        self.0.filter(|text| !text.is_empty())
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordsVisitor)
    }
}

struct WordsVisitor;

impl<'de> Visitor<'de> for WordsVisitor {
    type Value = Words;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Words, E> {
        Ok(Words(Some(text.to_owned())))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Words, E> {
        Ok(Words(Some(text)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Words, E> {
        Ok(Words(None))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Words, E> {
        Ok(Words(None))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Words, E> {
        Ok(Words(Some(number.to_string())))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Words, E> {
        Ok(Words(Some(number.to_string())))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Words, E> {
        Ok(Words(Some(number.to_string())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Words, A::Error> {
        let mut joined: Option<String> = None;
        while let Some(Words(part)) = parts.next_element()? {
            if let Some(part) = part {
                joined.get_or_insert_default().push_str(&part);
            }
        }
        Ok(Words(joined))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Words, A::Error> {
        let mut text = Words(None);
        while let Some(name) = fields.next_key::<String>()? {
            if name == "text" {
                text = fields.next_value()?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(text)
    }
}

/// A number of things. Anything that is not a whole number from 0 is none; nor is one that is larger than what every reader
/// of JSON agrees on, which no server can mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) Option<u64>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

/// The largest count that is believed: 2⁵³.
const MOST: u64 = 1 << 53;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Count, E> {
        Ok(Count(Some(number).filter(|number| *number <= MOST)))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Count, E> {
        Ok(Count(number.try_into().ok().filter(|number| *number <= MOST)))
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and in range")]
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Count, E> {
        let whole = number.fract() == 0.0 && (0.0..9e15).contains(&number);
        Ok(Count(whole.then_some(number as u64)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Count, E> {
        Ok(Count(text.parse().ok().filter(|number| *number <= MOST)))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Count, A::Error> {
        while members.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Count(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Count, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Count(None))
    }
}

/// What a call used, under the names of either of OpenAI's APIs; some servers send both.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UsageTold {
    prompt_tokens: Count,
    completion_tokens: Count,
    input_tokens: Count,
    output_tokens: Count,
    total_tokens: Count,
    cached_input_tokens: Count,
    reasoning_tokens: Count,
    prompt_tokens_details: Option<Details>,
    completion_tokens_details: Option<Details>,
    input_tokens_details: Option<Details>,
    output_tokens_details: Option<Details>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Details {
    cached_tokens: Count,
    reasoning_tokens: Count,
}

impl UsageTold {
    /// What is known; none when input or output is not: unknown is not zero.
    pub(crate) fn known(self) -> Option<Usage> {
        let input = self.prompt_tokens_details.or(self.input_tokens_details).unwrap_or_default();
        let output = self.completion_tokens_details.or(self.output_tokens_details).unwrap_or_default();
        Some(Usage {
            input_tokens: self.prompt_tokens.0.or(self.input_tokens.0)?,
            output_tokens: self.completion_tokens.0.or(self.output_tokens.0)?,
            cached_input_tokens: input.cached_tokens.0.or(self.cached_input_tokens.0),
            reasoning_tokens: output.reasoning_tokens.0.or(self.reasoning_tokens.0),
        })
    }

    /// What is known of a call whose answer has no tokens. Some servers name nothing but the total, which is the input
    /// then.
    pub(crate) fn known_of_input(self) -> Option<Usage> {
        let input_tokens = self.prompt_tokens.0.or(self.input_tokens.0).or(self.total_tokens.0)?;
        Some(Usage { input_tokens, ..Usage::default() })
    }
}

/// What a server's word for the end of an answer means.
pub(crate) fn finish_reason(word: &str) -> FinishReason {
    match word {
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "completed" => FinishReason::Stop,
        "length" | "max_tokens" | "max_output_tokens" | "model_length" => FinishReason::Length,
        "tool_calls" | "tool_use" | "tool_call" | "function_call" => FinishReason::ToolCalls,
        "content_filter" | "safety" => FinishReason::ContentFilter,
        _ => FinishReason::Unknown,
    }
}

/// The arguments of a tool call: JSON where the model wrote JSON, else a string with what it wrote. So it is where they are
/// nested deeper than a reader of the record, in which they stand some levels down, would follow.
pub(crate) fn arguments(written: String) -> Value {
    match serde_json::from_str(&written) {
        Ok(value) if depth(&value) <= DEEPEST => value,
        _ => Value::String(written),
    }
}

/// The same of arguments that came as JSON, and not as a text of JSON.
pub(crate) fn bare_arguments(value: Value) -> Value {
    if depth(&value) <= DEEPEST { value } else { Value::String(value.to_string()) }
}

/// Half of what serde's reader of JSON follows, which is 128 levels.
const DEEPEST: usize = 64;

/// How deep a value is nested; the reader that it came from has bounded it.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(members) => 1 + members.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(value: Value) -> Option<String> {
        serde_json::from_value::<Words>(value).unwrap().0
    }

    #[test]
    fn a_text_may_come_as_a_string_or_in_parts() {
        assert_eq!(words(json!("a")), Some("a".to_owned()));
        assert_eq!(
            words(json!([{"type": "text", "text": "a"}, {"type": "thinking", "thinking": []}, "b"])).unwrap(),
            "ab"
        );
        assert_eq!(words(json!(null)), None);
        assert_eq!(words(json!({"type": "other"})), None);
    }

    #[test]
    fn a_number_of_another_type_is_not_known() {
        let counts: Vec<Count> = serde_json::from_value(json!([3, 4.0, "5", -1, null, {}, [], 1.5, true])).unwrap();
        let counts: Vec<_> = counts.into_iter().map(|count| count.0).collect();
        assert_eq!(counts, [Some(3), Some(4), Some(5), None, None, None, None, None, None]);
    }

    #[test]
    fn a_number_that_no_server_can_mean_is_not_known() {
        let counts = r#"[9007199254740992, 9007199254740993, "9007199254740993", 18446744073709551615, 1e300]"#;
        let counts: Vec<Count> = serde_json::from_str(counts).unwrap();
        let counts: Vec<_> = counts.into_iter().map(|count| count.0).collect();
        assert_eq!(counts, [Some(1 << 53), None, None, None, None]);
    }

    #[test]
    fn usage_without_output_is_unknown_and_not_zero() {
        let usage = |value| serde_json::from_value::<UsageTold>(value).unwrap().known();
        assert_eq!(usage(json!({"prompt_tokens": 3})), None);
        assert_eq!(usage(json!({})), None);
        let told = usage(
            json!({"input_tokens": 3, "prompt_tokens": 3, "output_tokens": 1, "input_tokens_details": {"cached_tokens": 2}}),
        );
        let known = Usage { input_tokens: 3, output_tokens: 1, cached_input_tokens: Some(2), reasoning_tokens: None };
        assert_eq!(told, Some(known));
    }

    #[test]
    fn a_call_without_output_needs_no_word_of_it() {
        let usage = |value| serde_json::from_value::<UsageTold>(value).unwrap().known_of_input();
        let known = Some(Usage { input_tokens: 3, ..Usage::default() });
        assert_eq!(usage(json!({"prompt_tokens": 3, "total_tokens": 9})), known);
        assert_eq!(usage(json!({"total_tokens": 3})), known);
        assert_eq!(usage(json!({"total_tokens": null})), None);
    }

    #[test]
    fn arguments_that_are_not_json_are_kept_as_written() {
        assert_eq!(arguments(r#"{"a":1}"#.to_owned()), json!({"a": 1}));
        assert_eq!(arguments(r#"{"a":"#.to_owned()), json!(r#"{"a":"#));
    }

    #[test]
    fn arguments_that_no_reader_of_the_record_could_follow_are_kept_as_written() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(arguments(nested(64)).is_array());
        for levels in [65, 126, 1000] {
            assert_eq!(arguments(nested(levels)), json!(nested(levels)));
        }
        let deep = |levels| serde_json::from_str::<Value>(&nested(levels)).unwrap();
        assert_eq!((bare_arguments(deep(64)), bare_arguments(deep(65))), (deep(64), json!(nested(65))));
    }
}
