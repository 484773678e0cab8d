//! The baselines, asked as a run asks them.

use carat_core::Role::{Assistant, System, User};
use carat_core::{FinishReason, ModelErrorKind, Role};
use serde_json::json;

use crate::asking::{ask_request, model, request};

async fn nearest(turns: &[(Role, &str)]) -> Result<String, ModelErrorKind> {
    let model = model(json!({"provider": "baseline", "model": "nearest"}));
    ask_request(&*model, &request(turns)).await.map(|answer| answer.text).map_err(|error| error.kind)
}

#[tokio::test]
async fn nearest_answers_as_the_most_similar_example() {
    let turns = [
        (System, "route"),
        (User, "I was charged twice"),
        (Assistant, "billing"),
        (User, "the app crashes"),
        (Assistant, "technical"),
    ];
    let asked = |question| [&turns[..], &[(User, question)]].concat();
    assert_eq!(nearest(&asked("It crashed again")).await.unwrap(), "technical");
    assert_eq!(nearest(&asked("charged two times")).await.unwrap(), "billing");
}

#[tokio::test]
async fn examples_that_differ_only_in_their_answers_are_answered_with_their_own() {
    let model = model(json!({"provider": "baseline", "model": "nearest"}));
    for answer in ["a", "b"] {
        let completion =
            ask_request(&*model, &request(&[(User, "x"), (Assistant, answer), (User, "x")])).await.unwrap();
        assert_eq!(
            (completion.text.as_str(), completion.finish_reason, completion.usage),
            (answer, FinishReason::Stop, None)
        );
    }
}

#[tokio::test]
async fn a_prompt_without_examples_is_told_what_it_lacks() {
    for turns in [
        &[(User, "x")][..],
        &[(System, "s"), (Assistant, "a"), (User, "x")],
        &[(User, "x"), (User, "y")],
        &[(System, "s")],
    ] {
        assert_eq!(nearest(turns).await, Err(ModelErrorKind::NoExamples));
    }
    let model = model(json!({"provider": "baseline", "model": "nearest"}));
    let error = ask_request(&*model, &request(&[(User, "x")])).await.unwrap_err();
    insta::assert_snapshot!(error, @"the prompt `support/triage` has no examples: the baseline `nearest` answers as the most similar example was answered, so it needs pairs of a user turn and an assistant turn before the last user turn; add some, or leave this prompt to other models");
}

#[tokio::test]
async fn echo_says_the_last_user_turn_back() {
    let model = model(json!({"provider": "baseline", "model": "echo"}));
    let completion = ask_request(&*model, &request(&[(User, "a"), (Assistant, "b"), (User, "c")])).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.usage), ("c", None));
}
