//! The Open Inference Protocol, and Triton's extension for texts.

use carat_core::{ModelErrorKind, Role};
use carat_sim::{Endpoint, Settings};
use serde_json::{Value, json};

use super::{ANSWER, Door, MODEL, simulated, with};
use crate::asking::{ask, model, request, try_model};

#[tokio::test]
async fn a_version_and_names_of_tensors_go_along() {
    let server = simulated(Settings::default()).await;
    let tensors = json!({"input": "prompt", "output": "text"});
    let spec = with(with(Door::Infer.spec(&server), "tensors", tensors), "model_version", "3");
    let answer = ask(&*model(spec)).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.response_id.is_some()), (ANSWER, true));
    let spec = with(Door::Generate.spec(&server), "model_version", "3");
    assert_eq!(ask(&*model(spec)).await.unwrap().text, ANSWER);
}

#[tokio::test]
async fn parameters_go_along() {
    let server = simulated(Settings::default()).await;
    let mut asked = request(&[(Role::User, "hello")]);
    asked.parameters.0.insert("max_output_tokens".to_owned(), json!(1));
    for door in [Door::Infer, Door::Generate] {
        let answer = door.ask_with(&server, &asked).await.unwrap();
        assert!(!answer.text.is_empty() && answer.text.len() < ANSWER.len(), "{door:?}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_conversation_is_not_sent() {
    let server = simulated(Settings::default()).await;
    let asked = request(&[(Role::System, "be brief"), (Role::User, "hello")]);
    for door in [Door::Infer, Door::Generate] {
        let error = door.ask_with(&server, &asked).await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::BadRequest);
        assert!(error.message.starts_with("not sent: a model of provider `oip` takes one text"), "{}", error.message);
    }
    assert_eq!(server.totals().requests(Endpoint::Infer), 0);
}

#[test]
fn settings_that_the_protocol_has_no_use_for_are_refused() {
    let problem = |more: Value| {
        let mut written = json!({"provider": "oip", "base_url": "http://localhost:8000", "model": MODEL});
        written.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        try_model(written).map(|_| ()).unwrap_err().to_string()
    };
    insta::assert_snapshot!(problem(json!({})), @"model `m`: provider `oip` needs `api`: `api: infer` for tensors, as the protocol has them, or `api: generate` for Triton's extension for texts");
    insta::assert_snapshot!(problem(json!({"api": "responses"})), @"model `m`: provider `oip` has no `api: responses` (there are infer and generate)");
    insta::assert_snapshot!(problem(json!({"api": "infer", "stream": true})), @"model `m`: `stream` does not belong to provider `oip`; leave it out, or is it another provider?");
    insta::assert_snapshot!(problem(json!({"api": "generate", "tensors": {"input": "x"}})), @"model `m`: `tensors` has no effect with `api: generate`, which has one text and no tensors; leave it out");
    for written in ["http://localhost:8000/v2", "http://localhost:8000/v2/models/m/infer"] {
        let told = problem(json!({"api": "infer", "base_url": written}));
        assert_eq!(
            told,
            "model `m`: `base_url` is what stands before `/v2`; write `http://localhost:8000`, and the model as `model`"
        );
    }
    let misplaced = try_model(json!({"provider": "openai", "tensors": {}})).map(|_| ()).unwrap_err().to_string();
    insta::assert_snapshot!(misplaced, @"model `m`: `tensors` does not belong to provider `openai`; leave it out, or is it another provider?");
    let none = try_model(json!({"provider": "openai", "api": "infer"})).map(|_| ()).unwrap_err().to_string();
    insta::assert_snapshot!(none, @"model `m`: provider `openai` has no `api: infer` (there are chat, responses and embeddings)");
}
