//! Where calls go, to the byte.

use serde_json::{Value, json};

use crate::asking::{KEY, ask, model};
use crate::played::{Played, Step, json_answer};

/// The first line, the header with the key and the body of what is sent.
async fn sent(answer: Value, spec: impl FnOnce(&str) -> Value) -> (String, String, Value) {
    let played = Played::always(Step::Say(json_answer(&answer.to_string()))).await;
    let mut spec = spec(played.base_url.trim_end_matches("/v1"));
    spec["api_key_env"] = json!("MY_KEY");
    spec["headers"] = json!({"X-Team": "support"});
    ask(&*model(spec)).await.unwrap();
    let request = played.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("\r\nx-team: support\r\n"), "{head}");
    let mut lines = head.lines();
    let first = lines.next().unwrap().to_owned();
    let keys: Vec<&str> = lines.filter(|line| line.contains(KEY)).collect();
    (first, keys.join(" "), serde_json::from_str(body).unwrap())
}

fn chat() -> Value {
    json!({"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]})
}

#[tokio::test]
async fn a_deployment_is_named_by_the_path_and_its_version_by_the_query() {
    let (first, key, body) = sent(chat(), |at| {
        json!({"provider": "azure", "base_url": format!("{at}/gate?x=1"), "model": "gpt 5/eu", "api_version": "2024-10-21",
            "parameters": {}})
    })
    .await;
    assert_eq!(
        first,
        "POST /gate/openai/deployments/gpt%205%2Feu/chat/completions?x=1&api-version=2024-10-21 HTTP/1.1"
    );
    assert_eq!((key, &body["messages"][0]["content"]), (format!("api-key: {KEY}"), &json!("hello")));
}

#[tokio::test]
async fn the_route_without_versions_names_the_deployment_in_the_body() {
    let v1 = |api: &'static str| move |at: &str| json!({"provider": "azure", "base_url": format!("{at}/openai/v1/"), "model": "gpt-5", "api": api});
    let (first, key, body) = sent(chat(), v1("chat")).await;
    assert_eq!(first, "POST /openai/v1/chat/completions HTTP/1.1");
    assert_eq!((key, &body["model"]), (format!("api-key: {KEY}"), &json!("gpt-5")));
    let (first, ..) = sent(json!({"output": [], "status": "completed"}), v1("responses")).await;
    assert_eq!(first, "POST /openai/v1/responses HTTP/1.1");
}

#[tokio::test]
async fn a_message_says_the_version_of_the_interface() {
    let played = Played::always(Step::Say(json_answer(r#"{"content": []}"#))).await;
    let spec =
        json!({"provider": "anthropic", "base_url": played.base_url, "model": "claude", "api_key_env": "MY_KEY"});
    ask(&*model(spec)).await.unwrap();
    let request = played.requests().remove(0);
    assert!(request.starts_with("POST /v1/messages HTTP/1.1\r\n"), "{request}");
    let key = format!("x-api-key: {KEY}\r\n");
    for header in
        [&*key, "anthropic-version: 2023-06-01\r\n", "content-type: application/json\r\n", "user-agent: carat/"]
    {
        assert!(request.contains(header), "{request}");
    }
    assert!(!request.contains("authorization"), "{request}");
}

#[tokio::test]
async fn a_model_for_inference_is_named_by_the_path_with_its_version() {
    let infer = |at: &str| {
        let tensors = json!({"input": "prompt", "output": "answer"});
        json!({"provider": "oip", "base_url": at, "model": "org/m", "model_version": "3", "api": "infer", "tensors": tensors})
    };
    let answer = json!({"outputs": [{"name": "answer", "datatype": "BYTES", "shape": [1], "data": ["x"]}]});
    let (first, key, mut body) = sent(answer, infer).await;
    assert!(body["id"].take().as_str().is_some_and(|id| id.starts_with("sha256:")));
    assert_eq!(first, "POST /v2/models/org%2Fm/versions/3/infer HTTP/1.1");
    assert_eq!(key, format!("authorization: Bearer {KEY}"));
    let input = json!({"name": "prompt", "shape": [1], "datatype": "BYTES", "data": ["hello"]});
    assert_eq!(body, json!({"id": null, "inputs": [input], "outputs": [{"name": "answer"}]}));
    let generate =
        |at: &str| json!({"provider": "oip", "base_url": format!("{at}/serving/"), "model": "m", "api": "generate"});
    let (first, _, body) = sent(json!({"text_output": "x"}), generate).await;
    assert_eq!(first, "POST /serving/v2/models/m/generate HTTP/1.1");
    assert_eq!(body, json!({"text_input": "hello"}));
}
