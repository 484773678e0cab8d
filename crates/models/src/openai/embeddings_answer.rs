//! What `/embeddings` answers: the vector of the one text that was sent.

use carat_core::{Completion, FinishReason};
use serde::Deserialize;
use serde_json::Value;

use crate::told::{UsageTold, Words};
use crate::wire::{Failure, Told};

/// The most numbers that a vector may have. Models give some thousand; what is longer is a mistake that would fill the
/// record.
const LONGEST_VECTOR: usize = 65_536;

/// An answer. Every field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EmbeddingsAnswer {
    id: Words,
    model: Words,
    data: Option<Vec<Embedding>>,
    usage: Option<UsageTold>,
    error: Option<Value>,
    /// Where an error's words stand on servers that have no `error`.
    message: Option<Value>,
    detail: Option<Value>,
}

/// JSON has no number that is none or without end: an answer with one cannot be read at all.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Embedding {
    embedding: Option<Vec<f64>>,
}

impl EmbeddingsAnswer {
    /// The vector of the text, as a JSON array, from the model that was asked.
    pub(super) fn completion(self, asked: &str) -> Result<Completion, Failure> {
        if let Some(told) = self.told() {
            return Err(Failure::Told(told));
        }
        let text = written(self.data).map_err(Failure::Unreadable)?;
        Ok(Completion {
            text,
            finish_reason: FinishReason::Stop,
            usage: self.usage.and_then(UsageTold::known_of_input),
            answered_by: self.model.filled().filter(|model| model != asked),
            response_id: self.id.filled(),
            ..Completion::default()
        })
    }

    /// The error that the answer tells of instead of answering.
    fn told(&self) -> Option<Told> {
        let error = self.error.as_ref().and_then(Told::read);
        let words = self.message.as_ref().or(self.detail.as_ref()).filter(|_| self.data.is_none());
        error.or_else(|| words.and_then(Told::read))
    }
}

fn written(data: Option<Vec<Embedding>>) -> Result<String, String> {
    let data = data.ok_or_else(|| "it has no `data`".to_owned())?;
    let count = data.len();
    let [Embedding { embedding: Some(numbers) }] = data.as_slice() else {
        return Err(match count {
            0 => "it has no embedding".to_owned(),
            1 => "its embedding has no numbers".to_owned(),
            several => format!("it has {several} embeddings of one text"),
        });
    };
    match numbers.len() {
        0 => Err("its embedding has no numbers".to_owned()),
        count if count > LONGEST_VECTOR => {
            Err(format!("its embedding has {count} numbers, which is more than any has"))
        }
        _ => serde_json::to_string(numbers).map_err(|error| error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::{ModelErrorKind, Usage};
    use proptest::prelude::*;
    use serde_json::json;

    fn heard(answer: Value) -> Result<Completion, Failure> {
        serde_json::from_value::<EmbeddingsAnswer>(answer).unwrap().completion("m")
    }

    fn unreadable(answer: Value) -> String {
        match heard(answer) {
            Err(Failure::Unreadable(problem)) => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_vector_is_the_text_of_the_answer() {
        let completion = heard(json!({
            "object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -1, 1e-7]}],
            "usage": {"prompt_tokens": 3, "total_tokens": 3}
        }));
        let usage = Usage { input_tokens: 3, output_tokens: 0, cached_input_tokens: None, reasoning_tokens: None };
        let text = "[0.5,-1.0,1e-7]".to_owned();
        let expected =
            Completion { text, finish_reason: FinishReason::Stop, usage: Some(usage), ..Completion::default() };
        assert_eq!(completion.unwrap(), expected);
    }

    #[test]
    fn a_vector_is_all_that_an_answer_needs() {
        let completion = heard(json!({"data": [{"embedding": [1]}]})).unwrap();
        assert_eq!((completion.text.as_str(), completion.usage, completion.answered_by), ("[1.0]", None, None));
        let other = heard(json!({"id": "e1", "model": "m-2", "data": [{"embedding": [1]}]})).unwrap();
        assert_eq!((other.answered_by.as_deref(), other.response_id.as_deref()), (Some("m-2"), Some("e1")));
    }

    #[test]
    fn an_answer_without_exactly_one_vector_is_none() {
        assert_eq!(unreadable(json!({})), "it has no `data`");
        assert_eq!(unreadable(json!({"data": []})), "it has no embedding");
        assert_eq!(unreadable(json!({"data": [{}]})), "its embedding has no numbers");
        assert_eq!(unreadable(json!({"data": [{"embedding": []}]})), "its embedding has no numbers");
        let two = json!({"data": [{"embedding": [1]}, {"embedding": [2]}]});
        assert_eq!(unreadable(two), "it has 2 embeddings of one text");
        let long = json!({"data": [{"embedding": vec![0; LONGEST_VECTOR + 1]}]});
        assert_eq!(unreadable(long), "its embedding has 65537 numbers, which is more than any has");
    }

    #[test]
    fn what_is_no_list_of_numbers_cannot_be_read() {
        for embedding in ["[NaN]", "[1e999]", "[Infinity]", "[null]", "[\"1\"]", "\"AACAPw==\"", "[[1]]", "{}", "1"] {
            let answer = format!(r#"{{"data":[{{"embedding":{embedding}}}]}}"#);
            assert!(serde_json::from_str::<EmbeddingsAnswer>(&answer).is_err(), "{embedding}");
        }
    }

    #[test]
    fn an_error_under_a_status_of_success_is_an_error() {
        let told = |kind| Failure::Told(Told { kind, words: "slow down".to_owned() });
        let error = heard(json!({"error": {"message": "slow down", "code": 429}})).unwrap_err();
        assert_eq!(error, told(ModelErrorKind::RateLimited));
        assert_eq!(heard(json!({"detail": "slow down"})).unwrap_err(), told(ModelErrorKind::Server));
        assert!(heard(json!({"message": "ok", "data": [{"embedding": [1]}]})).is_ok());
    }

    proptest! {
        #[test]
        fn every_number_comes_through(numbers in prop::collection::vec(-1e6_f32..1e6, 1..40)) {
            let text = heard(json!({"data": [{"embedding": numbers}]})).unwrap().text;
            let read: Vec<f32> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(read, numbers);
        }
    }
}
