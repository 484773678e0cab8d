//! Similarity of meaning.

use carat_core::{Completion, ModelError, ModelErrorKind, Role, UnscoredKind};
use serde_json::{Value, json};

use crate::asked::{Scripted, assess, given, said, why, worth};

const EMBEDDING: &str = "embedding: { model: judge }";

/// Embeds each of these texts as the JSON beside it.
fn embedding(texts: &[(&'static str, &'static str)]) -> Scripted {
    let texts = texts.to_vec();
    Scripted::new(move |_, request, vote| {
        assert_eq!((request.messages.len(), request.messages[0].role, vote), (1, Role::User, 0));
        let text = request.messages[0].joined_text();
        let found = texts.iter().find(|(known, _)| *known == text);
        found.map(|(_, vector)| said(vector)).ok_or_else(|| ModelError::new(ModelErrorKind::Server, "down"))
    })
}

async fn value(expected: Value, texts: &[(&'static str, &'static str)]) -> f64 {
    worth(assess(EMBEDDING, &given(expected, "two days"), &embedding(texts)).await).0
}

#[tokio::test]
async fn the_score_is_the_cosine_and_a_threshold_decides() {
    let texts = [("two days", "[3, 4]"), ("48 hours", "[4.0, 3.0]"), ("never", "[-3, -4]")];
    assert!((value(json!("48 hours"), &texts).await - 0.96).abs() < 1e-12);
    assert_eq!(value(json!("never"), &texts).await, 0.0);
    let (text, near) = (format!("threshold: 0.9\n{EMBEDDING}"), given(json!("48 hours"), "two days"));
    assert_eq!(worth(assess(&text, &near, &embedding(&texts)).await).1, Some(true));
}

#[tokio::test]
async fn of_several_expectations_the_nearest_counts() {
    let texts = [("two days", "[1, 0]"), ("a", "[0, 1]"), ("b", "[2, 0]"), ("7", "[1, 1]")];
    assert!((value(json!(["a", "b", 7]), &texts).await - 1.0).abs() < 1e-12);
}

#[tokio::test]
async fn the_same_text_needs_no_embedding() {
    for expected in [json!("two days"), json!(["other", "two days"])] {
        let score = assess(EMBEDDING, &given(expected, "two days"), &Scripted::silent()).await;
        assert_eq!(worth(score), (1.0, None, None));
    }
}

#[tokio::test]
async fn an_answer_without_text_is_like_nothing() {
    let text = format!("threshold: 0.1\n{EMBEDDING}");
    let score = assess(&text, &given(json!("two days"), " \n"), &Scripted::silent()).await;
    assert_eq!(worth(score), (0.0, Some(false), None));
    let part = format!("on: {{ regex: 'nowhere' }}\n{EMBEDDING}");
    assert_eq!(worth(assess(&part, &given(json!("x"), "y"), &Scripted::silent()).await).0, 0.0);
}

#[tokio::test]
async fn rows_that_expect_no_text_are_unscored_whatever_the_answer() {
    for (expected, kind) in [
        (json!(null), UnscoredKind::NoExpectation),
        (json!([]), UnscoredKind::BadExpectation),
        (json!({"a": 1}), UnscoredKind::BadExpectation),
        (json!(["a", null]), UnscoredKind::BadExpectation),
        (json!(""), UnscoredKind::BadExpectation),
        (json!(["x", " "]), UnscoredKind::BadExpectation),
    ] {
        for answer in ["", "x"] {
            let score = assess(EMBEDDING, &given(expected.clone(), answer), &Scripted::silent()).await;
            assert_eq!(why(score).0, kind, "{expected}");
        }
    }
}

#[tokio::test]
async fn what_is_no_embedding_is_a_failure_of_the_scorer() {
    for (vector, part) in [
        ("[1, 2, 3]", "embeddings of 3 and 2 numbers"),
        ("[0, 0]", "nothing but zeros"),
        ("[]", "embeddings of 0 and 2 numbers"),
        ("[NaN, 1]", "no list of numbers"),
        ("[1e999, 1]", "no list of numbers"),
        ("[\"1\", 2]", "no list of numbers"),
        (
            "I am a chat model.\u{1b}",
            "“I am a chat model.␛” is no list of numbers; a model of embeddings has `api: embeddings`",
        ),
        ("", "no list of numbers"),
    ] {
        let texts = [("two days", vector), ("x", "[1, 2]")];
        let (kind, detail) = why(assess(EMBEDDING, &given(json!("x"), "two days"), &embedding(&texts)).await);
        assert_eq!(kind, UnscoredKind::ScorerFailed);
        assert!(detail.contains(part), "{detail}");
    }
}

#[tokio::test]
async fn a_call_that_fails_may_be_made_again() {
    let (kind, detail) = why(assess(EMBEDDING, &given(json!("x"), "two days"), &embedding(&[("x", "[1]")])).await);
    assert_eq!((kind, detail.as_str()), (UnscoredKind::JudgeFailed, "the model `judge` gave no embedding: down"));
    let long = Completion { text: "[0.5,".repeat(1 << 18), ..Completion::default() };
    let ask = Scripted::new(move |_, _, _| Ok(long.clone()));
    assert_eq!(why(assess(EMBEDDING, &given(json!("x"), "y"), &ask).await).0, UnscoredKind::ScorerFailed);
}
