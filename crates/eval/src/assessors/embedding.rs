//! `embedding`: how near the meaning of an answer is to that of what is expected.
//!
//! The score is the cosine of the two embeddings, and 0 where that is negative. Of several expectations the nearest counts.
//! The model is asked with one message, the text, and answers with a JSON array of numbers. Texts that are the same are not
//! asked about: 1. Nor is an answer without any text: it means nothing, 0.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use carat_core::spec::EmbeddingSpec;
use carat_core::untrusted::one_line;
use carat_core::{
    Answer, Ask, Assessor, Grade, Message, Parameters, Request, Role, Score, UnitInterval, Unscored, UnscoredKind,
};
use futures::future::{join_all, try_join};

use super::expected::{given, texts};
use super::{Inside, Surroundings, framed};
use crate::frame::Frame;
use crate::scorers::BadSetting;

/// The most characters that are quoted of an error, or of an answer that is no embedding.
const LONGEST_QUOTE: usize = 120;

/// Makes one of its settings.
pub(super) fn build(
    frame: Frame,
    embedding: &EmbeddingSpec,
    around: &Surroundings<'_>,
) -> Result<Box<dyn Assessor>, BadSetting> {
    let model = (around.judge)(&embedding.model).map_err(|why| BadSetting::new("embedding.model", why))?.name;
    Ok(framed(frame, Embedding { model }))
}

struct Embedding {
    model: Arc<str>,
}

#[async_trait]
impl Inside for Embedding {
    async fn assess(&self, frame: &Frame, answer: &Answer<'_>, ask: &dyn Ask) -> Result<Score, Unscored> {
        let expected = given(frame, answer.row)?;
        let expected = texts(&expected)?;
        if expected.iter().any(|text| text.trim().is_empty()) {
            return Err(Unscored::new(UnscoredKind::BadExpectation, "a text without words has no meaning"));
        }
        let nothing = |reason: String| Ok(frame.judged(Score::from(Grade::Value(UnitInterval::ZERO)).because(reason)));
        match frame.part_of(&answer.completion.text) {
            Err(reason) => nothing(reason),
            Ok(part) if part.trim().is_empty() => nothing("no text, and so no meaning".to_owned()),
            Ok(part) if expected.contains(&part) => Ok(frame.finish(Score::from(Grade::Value(UnitInterval::ONE)))),
            Ok(part) => self.nearest(&part, &expected, ask).await.map(|score| frame.finish(score)),
        }
    }
}

impl Embedding {
    async fn nearest(&self, answer: &str, expected: &[Cow<'_, str>], ask: &dyn Ask) -> Result<Score, Unscored> {
        let all = async { join_all(expected.iter().map(|text| self.embed(text, ask))).await.into_iter().collect() };
        let (answer, expected): (Vec<f64>, Vec<Vec<f64>>) = try_join(self.embed(answer, ask), all).await?;
        let mut nearest = UnitInterval::ZERO;
        for expected in &expected {
            let near = cosine(&answer, expected).map_err(|why| self.failed(&why))?;
            nearest = if near > nearest { near } else { nearest };
        }
        Ok(Score::from(Grade::Value(nearest)))
    }

    async fn embed(&self, text: &str, ask: &dyn Ask) -> Result<Vec<f64>, Unscored> {
        let request = Request {
            messages: vec![Message::text(Role::User, text)],
            tools: Vec::new(),
            response_format: None,
            parameters: Parameters::default(),
        };
        let completion = ask.ask(&self.model, request, 0).await.map_err(|error| {
            let error = one_line(&error.message, LONGEST_QUOTE);
            Unscored::new(UnscoredKind::JudgeFailed, format!("the model `{}` gave no embedding: {error}", self.model))
        })?;
        serde_json::from_str(&completion.text).map_err(|_| {
            let said = one_line(&completion.text, LONGEST_QUOTE);
            self.failed(&format!("“{said}” is no list of numbers; a model of embeddings has `api: embeddings`"))
        })
    }

    fn failed(&self, why: &str) -> Unscored {
        Unscored::new(UnscoredKind::ScorerFailed, format!("the model `{}`: {why}", self.model))
    }
}

/// The cosine of two vectors, at least 0.
fn cosine(left: &[f64], right: &[f64]) -> Result<UnitInterval, String> {
    if left.len() != right.len() {
        return Err(format!("embeddings of {} and {} numbers cannot be compared", left.len(), right.len()));
    }
    let (left, right) = (unit(left)?, unit(right)?);
    let cosine = left.iter().zip(&right).map(|(left, right)| left * right).sum();
    UnitInterval::clamped(cosine).ok_or_else(|| "an embedding with a number that is none".to_owned())
}

/// The vector with a length of 1. It is made small first, so that no square leaves the range of numbers.
fn unit(vector: &[f64]) -> Result<Vec<f64>, String> {
    let largest = vector.iter().fold(0.0, |largest: f64, number| largest.max(number.abs()));
    if !vector.iter().all(|number| number.is_finite()) {
        return Err("an embedding with a number that is none".to_owned());
    }
    if largest == 0.0 {
        return Err("an embedding of nothing but zeros has no direction".to_owned());
    }
    let small: Vec<f64> = vector.iter().map(|number| number / largest).collect();
    let length = small.iter().map(|number| number * number).sum::<f64>().sqrt();
    Ok(small.into_iter().map(|number| number / length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(left: &[f64], right: &[f64]) -> f64 {
        cosine(left, right).unwrap().get()
    }

    #[test]
    fn a_cosine_is_that_of_the_angle_and_never_negative() {
        assert!((value(&[1.0, 0.0], &[1.0, 1.0]) - 0.5_f64.sqrt()).abs() < 1e-15);
        assert_eq!(value(&[1.0, 0.0], &[0.0, 2.0]), 0.0);
        assert_eq!(value(&[1.0, 0.0], &[-1.0, 0.0]), 0.0);
        assert!((value(&[1e308, 1e308], &[1e-300, 1e-300]) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn vectors_without_an_angle_are_refused() {
        assert!(cosine(&[1.0], &[1.0, 2.0]).is_err());
        assert!(cosine(&[], &[]).is_err());
        assert!(cosine(&[0.0], &[1.0]).is_err());
        assert!(cosine(&[f64::NAN], &[1.0]).is_err());
        assert!(cosine(&[f64::INFINITY], &[1.0]).is_err());
    }

    proptest! {
        #[test]
        fn every_two_directions_have_a_cosine(pairs in proptest::collection::vec((any::<f64>(), any::<f64>()), 1..9)) {
            let (left, right): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            if let (Ok(there), Ok(back)) = (cosine(&left, &right), cosine(&right, &left)) {
                prop_assert_eq!(there, back);
                prop_assert!((0.0..=1.0).contains(&there.get()));
            }
        }
    }
}
