//! Deployments of Azure OpenAI.

use carat_core::{ModelErrorKind, Role, Tool};
use carat_sim::{Endpoint, FaultKind, Settings};
use serde_json::{Value, json};

use super::{Door, MODEL, simulated, with, with_fault};
use crate::asking::{ask, model, request, try_model};

#[tokio::test]
async fn a_filtered_prompt_is_told_with_what_was_found_and_is_not_asked_again() {
    let server = with_fault(FaultKind::PromptFiltered).await;
    for door in [Door::Azure, Door::AzureV1] {
        for spec in [door.spec(&server), with(door.spec(&server), "stream", true)] {
            let error = ask(&*model(spec)).await.unwrap_err();
            assert_eq!((error.kind, error.status), (ModelErrorKind::BadRequest, Some(400)), "{door:?}");
            assert!(!error.kind.is_transient() && !error.kind.condemns_the_model());
            let told =
                error.message.starts_with("the provider's content filter refuses the prompt (400 Bad Request): ");
            assert!(told && error.message.ends_with("; it found: hate (high)"), "{}", error.message);
        }
    }
}

#[tokio::test]
async fn tools_are_called() {
    let server = simulated(Settings { eager_tools: true, ..Settings::default() }).await;
    let mut asked = request(&[(Role::User, "hello")]);
    let parameters = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    asked.tools.push(Tool { name: "weather".to_owned(), description: None, parameters, strict: None });
    let answer = Door::Azure.ask_with(&server, &asked).await.unwrap();
    assert_eq!(answer.tool_calls[0].name, "weather");
    assert!(answer.tool_calls[0].arguments["city"].is_string());
}

#[tokio::test]
async fn texts_are_embedded() {
    let server = simulated(Settings::default()).await;
    for door in [Door::Prefixed, Door::Azure, Door::AzureV1] {
        let answer = ask(&*model(with(door.spec(&server), "api", "embeddings"))).await.unwrap();
        let vector: Vec<f64> = serde_json::from_str(&answer.text).unwrap();
        assert_eq!((vector.len(), answer.usage.is_some()), (256, true), "{door:?}");
    }
    assert_eq!(server.totals().answered(Endpoint::Embeddings), 3);
}

#[tokio::test]
async fn the_limit_of_output_tokens_has_the_name_that_all_its_models_know() {
    let server = crate::played::Played::always(crate::played::Step::Say(crate::played::json_answer(
        r#"{"choices": [{"message": {"content": "x"}}]}"#,
    )))
    .await;
    let base_url = server.base_url.trim_end_matches("/v1");
    let spec = json!({"provider": "azure", "base_url": base_url, "model": MODEL, "api_version": "2024-10-21"});
    let mut asked = request(&[(Role::User, "hello")]);
    asked.parameters.0.insert("max_output_tokens".to_owned(), json!(8));
    crate::asking::ask_request(&*model(spec), &asked).await.unwrap();
    assert!(server.requests()[0].contains(r#""max_completion_tokens":8"#), "{}", server.requests()[0]);
}

#[test]
fn a_route_that_cannot_be_is_told_with_the_one_that_can() {
    let problem = |mut more: Value| {
        more["provider"] = json!("azure");
        try_model(more).map(|_| ()).unwrap_err().to_string()
    };
    insta::assert_snapshot!(problem(json!({})), @"model `m`: provider `azure` needs `base_url`: where the server is, such as `base_url: https://NAME.openai.azure.com` or `base_url: http://localhost:8000`");
    insta::assert_snapshot!(problem(json!({"base_url": "https://eu.openai.azure.com"})), @"model `m`: provider `azure` needs `api_version`: `api_version: 2024-10-21`, or the route without versions, whose `base_url` ends in `/openai/v1`");
    insta::assert_snapshot!(problem(json!({"base_url": "https://eu.openai.azure.com/openai/v1", "api_version": "2024-10-21"})), @"model `m`: with `api_version`, `base_url` is what stands before `/openai`; write `https://eu.openai.azure.com`, and the deployment as `model`");
    insta::assert_snapshot!(problem(json!({"base_url": "https://eu.openai.azure.com/openai/deployments/x", "api_version": "1"})), @"model `m`: with `api_version`, `base_url` is what stands before `/openai`; write `https://eu.openai.azure.com`, and the deployment as `model`");
    insta::assert_snapshot!(problem(json!({"base_url": "https://eu.openai.azure.com", "api_version": "1", "api": "responses"})), @"model `m`: Azure serves `api: responses` on the route without versions alone: leave `api_version` out, and let `base_url` end in `/openai/v1`");
    insta::assert_snapshot!(problem(json!({"base_url": "https://eu.openai.azure.com", "api_version": "1", "api": "infer"})), @"model `m`: provider `azure` has no `api: infer` (there are chat, responses and embeddings)");
}
