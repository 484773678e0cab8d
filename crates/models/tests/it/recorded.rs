//! Recorded answers.

use std::sync::Arc;

use carat_core::{FinishReason, ModelErrorKind, Usage};
use carat_models::{Recorded, Table};
use serde_json::json;

use crate::asking::{ask, model, recorded};

#[tokio::test]
async fn a_field_of_the_row_is_an_answer() {
    for (column, text) in
        [("expected", "billing"), ("metadata.old", "technical"), ("input.deep", r#"{"x":1}"#), ("input.deep.x", "1")]
    {
        let completion = ask(&*model(json!({"provider": "recorded", "column": column}))).await.unwrap();
        assert_eq!((completion.text.as_str(), completion.finish_reason), (text, FinishReason::Stop));
    }
}

#[tokio::test]
async fn a_table_answers_by_row_with_what_is_known_of_the_call() {
    let usage = Usage { input_tokens: 3, output_tokens: 1, ..Usage::default() };
    let answer = Recorded { usage: Some(usage), finish_reason: Some(FinishReason::Length), ..Recorded::text("old") };
    let table = Table::new([("r1".into(), answer)]).unwrap();
    let completion =
        ask(&*recorded(json!({"provider": "recorded", "from": "a.jsonl"}), Arc::new(table))).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.finish_reason), ("old", FinishReason::Length));
    assert_eq!(completion.usage, Some(usage));
}

#[tokio::test]
async fn a_row_without_an_answer_is_told() {
    let table = Table::new([("r2".into(), Recorded::text("x"))]).unwrap();
    let error = ask(&*recorded(json!({"provider": "recorded", "from": "a.jsonl"}), Arc::new(table))).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::NotRecorded);
    insta::assert_snapshot!(error, @"`m` has no recorded answer for row `r1`; record one, or leave the row out");
}

#[test]
fn the_digest_of_the_model_is_that_of_its_answers() {
    let digest = |text: &str| {
        let table = Table::new([("r1".into(), Recorded::text(text))]).unwrap();
        recorded(json!({"provider": "recorded", "from": "a.jsonl"}), Arc::new(table)).id().digest
    };
    assert_eq!(digest("a"), digest("a"));
    assert_ne!(digest("a"), digest("b"));
}
