use carat_sim::{Endpoint, FaultKind, ModelSettings, Settings};
use serde_json::{Value, json};

use crate::Table;

const QUESTION: &str = "What is 2+2?";

async fn told() -> Table {
    let answers = [(QUESTION.to_owned(), "four".to_owned())].into();
    Table::set(Settings { answers, ..Settings::default() }).await
}

fn tensor(text: &str) -> Value {
    json!({"name": "text_input", "datatype": "BYTES", "shape": [1], "data": [text]})
}

async fn post(table: &Table, path: &str, body: &Value) -> (u16, Value) {
    let reply = table.post_to(path, body).send().await.unwrap();
    (reply.status().as_u16(), reply.json().await.unwrap())
}

async fn get(table: &Table, path: &str) -> (u16, Value) {
    let reply = table.client.get(format!("http://{}{path}", table.sim.address())).send().await.unwrap();
    (reply.status().as_u16(), reply.json().await.unwrap())
}

#[tokio::test]
async fn a_prompt_in_a_tensor_is_answered_as_chat_answers_it() {
    let table = told().await;
    let body = json!({"id": "42", "inputs": [tensor(QUESTION)]});
    let output = json!({"name": "text_output", "datatype": "BYTES", "shape": [1], "data": ["four"]});
    let expected = json!({"model_name": "m", "model_version": "1", "id": "42", "outputs": [output]});
    assert_eq!(post(&table, "/v2/models/m/infer", &body).await, (200, expected));

    // A nested shape, another name for the output, a version, and what other inputs say.
    let nested = json!({"name": "prompt", "datatype": "BYTES", "shape": [1, 1], "data": [[QUESTION]]});
    let most = json!({"name": "max_tokens", "datatype": "INT32", "shape": [1], "data": [1]});
    let body = json!({"inputs": [most, nested], "outputs": [{"name": "text"}], "parameters": {"max_tokens": 9}});
    let (_, answer) = post(&table, "/serving/v2/models/m/versions/7/infer", &body).await;
    assert_eq!((&answer["model_version"], &answer["outputs"][0]["name"]), (&json!("7"), &json!("text")));
    assert_eq!(answer["outputs"][0]["data"], json!(["four"]));
    assert!(answer["id"].is_string());
    assert_eq!(table.sim.totals().answered(Endpoint::Infer), 2);
}

#[tokio::test]
async fn triton_generates() {
    let table = told().await;
    let body = json!({"text_input": QUESTION, "parameters": {"max_tokens": 20, "temperature": 0}});
    let expected = json!({"model_name": "m", "model_version": "1", "text_output": "four"});
    assert_eq!(post(&table, "/v2/models/m/generate", &body).await, (200, expected));
    let (_, other) = post(&table, "/v2/models/n/versions/2/generate", &body).await;
    assert_eq!((&other["model_name"], &other["model_version"]), (&json!("n"), &json!("2")));
    let counters = table.sim.counters();
    assert_eq!((counters.repeated(), counters.answered_calls.len()), (0, 2));
    let (status, error) = post(&table, "/v2/models/m/generate", &json!({})).await;
    assert_eq!((status, error), (400, json!({"error": "expected input 'text_input' for model 'm'"})));
}

#[tokio::test]
async fn a_server_tells_of_its_health_and_its_models() {
    let models = [("m".to_owned(), ModelSettings::default())].into();
    let table = Table::set(Settings { models, strict_models: true, ..Settings::default() }).await;
    assert_eq!(get(&table, "/v2/health/ready").await, (200, json!({"ready": true})));
    assert_eq!(get(&table, "/v2/health/live").await, (200, json!({"live": true})));
    assert_eq!(get(&table, "/v2/models/m/ready").await, (200, json!({"name": "m", "ready": true})));
    let (_, described) = get(&table, "/v2/models/m").await;
    assert_eq!((&described["name"], &described["inputs"][0]["datatype"]), (&json!("m"), &json!("BYTES")));
    for path in ["/v2/models/other", "/v2/models/m/infer"] {
        let (status, error) = get(&table, path).await;
        assert_eq!((status, error["error"].is_string()), (404, true));
    }
    let (status, error) = post(&table, "/v2/models/other/infer", &json!({"inputs": [tensor("x")]})).await;
    assert_eq!((status, error["error"].is_string()), (404, true));
}

#[tokio::test]
async fn tensors_that_make_no_sense_are_refused() {
    let table = told().await;
    let spoilt = |name: &str, value: Value| {
        let mut tensor = tensor("x");
        tensor[name] = value;
        json!({"inputs": [tensor]})
    };
    for (body, part) in [
        (json!({"inputs": []}), "expected a BYTES input"),
        (spoilt("datatype", json!("INT32")), "expected a BYTES input"),
        (spoilt("shape", json!([2])), "unexpected number of elements for input 'text_input' of shape [2], got 1"),
        (spoilt("shape", json!([u64::MAX, 2])), "unexpected number"),
        (spoilt("data", json!("x")), "unexpected number"),
        (spoilt("data", json!([7])), "no string"),
        (json!({"inputs": [{"datatype": "BYTES", "shape": [2], "data": ["a", "b"]}]}), "batch-size must be 1"),
        (json!({"inputs": 3}), "could not parse"),
    ] {
        let (status, error) = post(&table, "/v2/models/m/infer", &body).await;
        assert_eq!(status, 400);
        assert!(error["error"].as_str().unwrap().contains(part), "{error}");
    }
}

#[tokio::test]
async fn faults_have_its_shape() {
    let body = json!({"inputs": [tensor(QUESTION)]});
    let table = Table::with_fault(FaultKind::ServerError).await;
    let (status, error) = post(&table, "/v2/models/m/infer", &body).await;
    assert_eq!((status, error["error"].is_string()), (500, true));
    let table = Table::with_fault(FaultKind::NullContent).await;
    let (_, answer) = post(&table, "/v2/models/m/infer", &body).await;
    assert_eq!(answer["outputs"][0]["data"], json!([null]));
}
