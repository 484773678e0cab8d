//! `POST …/embeddings`: vectors from hashed words and letter triples, so that similar texts lie close together.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::conversation::tokens;
use crate::counters::Receipt;
use crate::deliver;
use crate::fault_kind::FaultKind;
use crate::hash::Digest;
use crate::refusal::Refusal;
use crate::visit::{Fate, Outcome, Visit};
use crate::world::Scene;

/// The longest vector that can be asked for; the number comes from outside.
const MOST_DIMENSIONS: usize = 16_384;

#[derive(Deserialize)]
pub(crate) struct EmbeddingRequest<'a> {
    #[serde(borrow, default)]
    model: Cow<'a, str>,
    input: Input,
    #[serde(default)]
    dimensions: Option<usize>,
    #[serde(borrow, default)]
    encoding_format: Option<Cow<'a, str>>,
}

/// A text or tokens, or a list of either.
#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Text(String),
    Texts(Vec<String>),
    Tokens(Vec<u64>),
    TokenLists(Vec<Vec<u64>>),
}

impl Input {
    fn texts(self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text],
            Self::Texts(texts) => texts,
            Self::Tokens(list) => vec![spelled(&list)],
            Self::TokenLists(lists) => lists.iter().map(|list| spelled(list)).collect(),
        }
    }
}

fn spelled(list: &[u64]) -> String {
    let words: Vec<String> = list.iter().map(u64::to_string).collect();
    words.join(" ")
}

/// What is asked for, checked.
#[derive(Debug)]
pub(crate) struct Wish<'a> {
    pub(crate) model: Cow<'a, str>,
    texts: Vec<String>,
    dimensions: usize,
    in_base64: bool,
}

impl<'a> EmbeddingRequest<'a> {
    pub(crate) fn wish(self, scene: &Scene) -> Result<Wish<'a>, Refusal> {
        scene.check_model(&self.model)?;
        let dimensions = self.dimensions.unwrap_or(scene.settings.embedding_dimensions);
        if !(1..=MOST_DIMENSIONS).contains(&dimensions) {
            return Err(Refusal::invalid("'dimensions' is out of range"));
        }
        let in_base64 = self.encoding_format.as_deref() == Some("base64");
        Ok(Wish { model: self.model, texts: self.input.texts(), dimensions, in_base64 })
    }
}

impl Wish<'_> {
    /// All texts, as rules of faults look at them.
    pub(crate) fn question(&self) -> String {
        self.texts.join("\n")
    }

    pub(crate) fn receipt(&self, fate: &Fate) -> Receipt {
        Receipt { fingerprint: Some(fate.fingerprint), prompt_tokens: self.tokens(), completion_tokens: 0 }
    }

    fn tokens(&self) -> u64 {
        self.texts.iter().map(|text| tokens(text)).sum()
    }

    /// The body of the answer.
    pub(crate) fn granted(&self, fate: &Fate) -> Value {
        let vectors = self.texts.iter().map(|text| written(&vector(text, self.dimensions), self.in_base64));
        let data: Vec<_> = vectors
            .enumerate()
            .map(|(index, vector)| json!({"object": "embedding", "index": index, "embedding": vector}))
            .collect();
        let tokens = self.tokens();
        let mut answer = json!({"object": "list", "data": data, "model": fate.named(&self.model),
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens}});
        let lacking = match fate.kind() {
            Some(FaultKind::MissingUsage) => Some("usage"),
            Some(FaultKind::MissingFields) => Some("object"),
            _ => None,
        };
        if let (Some(name), Some(fields)) = (lacking, answer.as_object_mut()) {
            fields.shift_remove(name);
        }
        answer
    }
}

pub(crate) async fn handle(mut visit: Visit) -> Outcome {
    let body = visit.body.clone();
    let mut request: EmbeddingRequest<'_> = visit.parse(&body)?;
    if let Some(model) = &visit.path_model {
        request.model = Cow::Owned(model.clone());
    }
    let wish = request.wish(&visit.scene)?;
    visit.admit(&wish.model, wish.tokens())?;
    let fate = visit.fate(&wish.model, &wish.question(), false);
    fate.befall().await?;
    let latency = visit.scene.latency(&wish.model, Digest::new(fate.attempt).bytes(&body));
    if let Some(latency) = latency {
        tokio::time::sleep(latency).await;
    }
    if fate.leaves_answer_whole() {
        visit.call.owe(wish.receipt(&fate));
    }
    Ok(deliver::whole(visit, wish.granted(&fate).to_string().into_bytes(), fate.kind()))
}

fn written(vector: &[f32], in_base64: bool) -> Value {
    if !in_base64 {
        return json!(vector);
    }
    let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    json!(STANDARD.encode(bytes))
}

/// A vector of length 1. Each word and each triple of letters adds to one place, which its hash chooses.
fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions];
    for word in text.to_lowercase().split_whitespace() {
        add(&mut vector, word.as_bytes(), 1.0);
        let framed = format!("^{word}$");
        for triple in framed.as_bytes().windows(3) {
            add(&mut vector, triple, 0.5);
        }
    }
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length == 0.0 {
        // Nothing was said, or all of it cancelled out.
        vector[0] = 1.0;
        return vector;
    }
    vector.iter_mut().for_each(|number| *number /= length);
    vector
}

fn add(vector: &mut [f32], feature: &[u8], weight: f32) {
    let hash = Digest::new(51).bytes(feature).value();
    let place = (hash >> 1) as usize % vector.len();
    vector[place] += if hash & 1 == 0 { weight } else { -weight };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(left: &str, right: &str) -> f32 {
        let (left, right) = (vector(left, 256), vector(right, 256));
        left.iter().zip(&right).map(|(l, r)| l * r).sum()
    }

    #[test]
    fn similar_texts_lie_closer_than_others() {
        let close = likeness("The cat sat on the mat", "A cat sat on the mats");
        let far = likeness("The cat sat on the mat", "Quarterly revenue grew strongly");
        assert!(close > 0.6 && far < 0.3, "{close} {far}");
    }

    #[test]
    fn a_text_is_like_itself_and_nothing_has_a_vector_too() {
        assert!((likeness("same", "same") - 1.0).abs() < 1e-5);
        assert!((likeness("", "") - 1.0).abs() < 1e-5);
    }
}
