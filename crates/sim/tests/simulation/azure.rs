use carat_sim::{FaultKind, Key, Limits, ModelSettings, Settings};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::{Table, asking, events, streaming};

const PATH: &str = "/openai/deployments/triage-eu/chat/completions?api-version=2024-10-21";

async fn keyed() -> Table {
    Table::set(Settings { key: Some(Key::from("azure-key")), ..Settings::default() }).await
}

async fn refusal(call: RequestBuilder) -> (u16, Value) {
    let reply = call.send().await.unwrap();
    (reply.status().as_u16(), reply.json::<Value>().await.unwrap()["error"].take())
}

#[tokio::test]
async fn a_deployment_says_what_a_model_of_its_name_says() {
    let judge = ModelSettings { reply: Some("billing".to_owned()), ..ModelSettings::default() };
    let models = [("triage-eu".to_owned(), judge)].into();
    let table = Table::set(Settings { models, ..Settings::default() }).await;
    let mut body = asking("x");
    body["model"] = json!("ignored");
    let answer: Value = table.post_to(PATH, &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&answer["model"], &answer["choices"][0]["message"]["content"]),
        (&json!("triage-eu"), &json!("billing"))
    );
    assert_eq!(answer["choices"][0]["content_filter_results"]["hate"], json!({"filtered": false, "severity": "safe"}));
    assert_eq!(answer["prompt_filter_results"][0]["content_filter_results"]["violence"]["severity"], "safe");
    assert!(answer["usage"]["total_tokens"].is_u64());
    // The same body to another deployment is another request.
    table.post_to(&PATH.replace("-eu", "-us"), &body).send().await.unwrap();
    assert_eq!((table.sim.counters().repeated(), table.sim.counters().answered_calls.len()), (0, 2));
}

#[tokio::test]
async fn only_the_api_key_header_lets_in() {
    let table = keyed().await;
    let post = || table.post_to(PATH, &asking("x"));
    for call in [post(), post().header("api-key", "wrong"), post().bearer_auth("azure-key")] {
        let (status, error) = refusal(call).await;
        assert_eq!((status, &error["code"]), (401, &json!("401")));
        assert!(error["message"].as_str().unwrap().starts_with("Access denied due to invalid subscription key"));
    }
    assert_eq!(post().header("api-key", "azure-key").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn without_a_version_nothing_is_found_and_a_deployment_may_not_exist() {
    let models = [("known".to_owned(), ModelSettings::default())].into();
    let table = Table::set(Settings { models, strict_models: true, ..Settings::default() }).await;
    for path in ["/openai/deployments/known/chat/completions", "/openai/deployments/known/embeddings?api-version="] {
        let (status, error) = refusal(table.post_to(path, &asking("x"))).await;
        assert_eq!((status, error), (404, json!({"code": "404", "message": "Resource not found"})));
    }
    let (status, error) = refusal(table.post_to(PATH, &asking("x"))).await;
    assert_eq!((status, &error["code"]), (404, &json!("DeploymentNotFound")));
    let body = json!({"input": "x"});
    let path = "/openai/deployments/known/embeddings?api-version=2024-10-21";
    assert_eq!(table.post_to(path, &body).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_filtered_prompt_is_refused_and_a_filtered_answer_says_so() {
    let table = Table::with_fault(FaultKind::PromptFiltered).await;
    let (status, error) = refusal(table.post_to(PATH, &asking("x"))).await;
    assert_eq!((status, &error["code"], &error["param"]), (400, &json!("content_filter"), &json!("prompt")));
    assert_eq!(error["innererror"]["code"], "ResponsibleAIPolicyViolation");
    assert_eq!(error["innererror"]["content_filter_result"]["hate"], json!({"filtered": true, "severity": "high"}));
    let table = Table::with_fault(FaultKind::ContentFilter).await;
    let answer: Value = table.post_to(PATH, &asking("x")).send().await.unwrap().json().await.unwrap();
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "content_filter");
    assert_eq!(choice["content_filter_results"]["hate"], json!({"filtered": true, "severity": "medium"}));
}

#[tokio::test]
async fn a_stream_begins_with_an_event_without_choices() {
    let table = Table::set(Settings::default()).await;
    let text = table.post_to(PATH, &streaming("x")).send().await.unwrap().text().await.unwrap();
    let events = events(&text);
    let first: Value = serde_json::from_str(events[0]).unwrap();
    assert_eq!((&first["choices"], &first["model"]), (&json!([]), &json!("")));
    assert!(first["prompt_filter_results"].is_array());
    assert_eq!(events.last(), Some(&"[DONE]"));
}

#[tokio::test]
async fn limits_are_told_in_its_own_words() {
    let limits = Limits { requests_per_minute: Some(1), headers: true, ..Limits::default() };
    let table = Table::set(Settings { limits, ..Settings::default() }).await;
    let first = table.post_to(PATH, &asking("x")).send().await.unwrap();
    assert_eq!(first.headers()["x-ratelimit-remaining-requests"], "0");
    let (status, error) = refusal(table.post_to(PATH, &asking("x"))).await;
    assert_eq!((status, &error["code"], error.get("type")), (429, &json!("429"), None));
}
