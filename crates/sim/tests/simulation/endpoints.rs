use carat_sim::{Endpoint, Settings};
use serde_json::{Value, json};

use crate::{Table, asking};

#[tokio::test]
async fn any_prefix_is_accepted_and_other_paths_are_not() {
    let table = Table::set(Settings::default()).await;
    let url = |path: &str| format!("http://{}{path}", table.sim.address());
    // The second is where KServe serves OpenAI's interface.
    for path in ["/chat/completions", "/openai/v1/chat/completions", "/serving/ns/model/openai/v1/chat/completions?v=1"]
    {
        let reply = table.client.post(url(path)).body(asking("x").to_string()).send().await.unwrap();
        assert_eq!(reply.status(), 200);
    }
    let reply = table.client.get(url("/v1/chat/completions")).send().await.unwrap();
    assert_eq!(reply.status(), 404);
    let reply = table.client.get(url("/v1/nothing")).send().await.unwrap();
    assert_eq!(reply.json::<Value>().await.unwrap()["error"]["code"], "unknown_url");
}

#[tokio::test]
async fn embeddings_come_as_numbers_and_as_base64() {
    let table = Table::set(Settings::default()).await;
    let mut body = json!({"model": "e", "input": ["one", "two"], "dimensions": 8});
    let answer: Value = table.post("embeddings", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["data"][1]["embedding"].as_array().unwrap().len(), 8);
    body["encoding_format"] = json!("base64");
    let answer: Value = table.post("embeddings", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["data"][0]["embedding"].as_str().unwrap().len(), 44);
    assert_eq!(table.sim.totals().answered(Endpoint::Embeddings), 2);
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_sent_until_it_is_deleted() {
    let table = Table::set(Settings::default()).await;
    let file = table.upload("{\"a\": 1}\n").await;
    assert_eq!((&file["bytes"], &file["filename"], &file["purpose"]), (&json!(9), &json!("in.jsonl"), &json!("batch")));
    let path = format!("files/{}", file["id"].as_str().unwrap());
    assert_eq!(table.get(&path).await.json::<Value>().await.unwrap(), file);
    assert_eq!(table.get(&format!("{path}/content")).await.text().await.unwrap(), "{\"a\": 1}\n");
    let list: Value = table.get("files?purpose=batch&limit=1").await.json().await.unwrap();
    assert_eq!((&list["data"][0], &list["has_more"]), (&file, &json!(false)));
    let url = format!("{}/{path}", table.sim.base_url());
    let deleted: Value = table.client.delete(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(deleted["deleted"], true);
    assert_eq!(table.get(&path).await.status(), 404);
}
