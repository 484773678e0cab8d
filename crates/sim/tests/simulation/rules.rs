use carat_sim::{AnswerRule, Endpoint, FaultKind, FaultRule, ModelSettings, Otherwise, Settings, Simulation};
use serde_json::{Value, json};

use crate::Table;

/// What a judge is asked: instructions of the system, and the answer that is judged.
fn judging(answer: &str) -> Value {
    let schema = json!({"type": "object", "properties": {
        "reason": {"type": "string"}, "verdict": {"type": "string", "enum": ["PASS", "FAIL"]}}});
    json!({"model": "judge", "messages": [
        {"role": "system", "content": "Decide whether the answer meets the rubric."}, {"role": "user", "content": answer}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "verdict", "schema": schema, "strict": true}}})
}

async fn verdict(table: &Table, answer: &str) -> String {
    let said: Value = table.chat(&judging(answer)).await.json().await.unwrap();
    let said: Value = serde_json::from_str(said["choices"][0]["message"]["content"].as_str().unwrap()).unwrap();
    said["verdict"].as_str().unwrap().to_owned()
}

async fn ruled(rules: Vec<AnswerRule>) -> Table {
    Table::set(Settings { rules, ..Settings::default() }).await
}

#[tokio::test]
async fn a_judge_gives_its_verdicts_by_rule() {
    let table = ruled(vec![AnswerRule::on("refund", "PASS"), AnswerRule::on("rubric", "FAIL")]).await;
    assert_eq!(verdict(&table, "Your refund is on its way.").await, "PASS");
    assert_eq!(verdict(&table, "I do not know.").await, "FAIL");
    let said = table.said("hello").await;
    assert!(said.starts_with("answer "), "{said}");
}

#[tokio::test]
async fn a_rule_for_one_model_comes_before_what_that_model_says_to_everything() {
    let judge = ModelSettings { reply: Some("PASS".to_owned()), ..ModelSettings::default() };
    let rule = AnswerRule { model: Some("judge".to_owned()), ..AnswerRule::on("bad", "FAIL") };
    let answers = [("bad".to_owned(), "told".to_owned())].into();
    let models = [("judge".to_owned(), judge)].into();
    let table = Table::set(Settings { rules: vec![rule], answers, models, ..Settings::default() }).await;
    assert_eq!(verdict(&table, "bad").await, "FAIL");
    assert_eq!(verdict(&table, "good").await, "PASS");
    assert_eq!(table.said("bad").await, "told");
}

#[tokio::test]
async fn a_share_of_the_requests_is_answered_otherwise_and_always_the_same_ones() {
    let otherwise = Some(Otherwise { share: 0.3, answer: "FAIL".to_owned() });
    let settings =
        Settings { rules: vec![AnswerRule { otherwise, ..AnswerRule::always("PASS") }], ..Settings::default() };
    let (table, twin) = (Table::set(settings.clone()).await, Table::set(settings).await);
    let mut failed = 0_u32;
    for n in 0..400 {
        let first = verdict(&table, &n.to_string()).await;
        assert_eq!(first, verdict(&twin, &n.to_string()).await);
        failed += u32::from(first == "FAIL");
    }
    // 120, give or take four standard deviations.
    assert!((84..=156).contains(&failed), "{failed}");
    let counters = table.sim.counters();
    assert_eq!((counters.totals.answered(Endpoint::Chat), counters.repeated()), (400, 0));
}

#[tokio::test]
async fn a_model_that_knows_no_schemas_says_its_answer_as_it_stands() {
    let prose = "I think that it is fine.\nVERDICT: PASS";
    let table = ruled(vec![AnswerRule { verbatim: true, ..AnswerRule::always(prose) }]).await;
    let said: Value = table.chat(&judging("x")).await.json().await.unwrap();
    assert_eq!(said["choices"][0]["message"]["content"], prose);
}

#[tokio::test]
async fn rules_hold_for_responses_and_their_instructions_and_faults_strike_them_too() {
    let rules = vec![AnswerRule::on("be brief", "yes")];
    let faults = vec![FaultRule::first(FaultKind::ServerError, 1)];
    let table = Table::set(Settings { rules, faults, ..Settings::default() }).await;
    let body = json!({"model": "m", "instructions": "be brief", "input": "hello"});
    assert_eq!(table.post("responses", &body).send().await.unwrap().status(), 500);
    let said: Value = table.post("responses", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(said["output"][0]["content"][0]["text"], "yes");
    assert_ne!(table.said("hello").await, "yes");
}

#[tokio::test]
async fn rules_are_read_as_json_and_changed_while_the_server_runs() {
    let table = Table::set(Settings::default()).await;
    let rule = json!({"match": "hello", "model": "m", "answer": "hi", "otherwise": {"share": 0.0, "answer": "bye"}});
    let url = format!("http://{}/_sim/settings", table.sim.address());
    let reply = table.client.post(&url).json(&json!({"rules": [rule]})).send().await.unwrap();
    assert_eq!(reply.status(), 204);
    assert_eq!(table.said("hello").await, "hi");
    let unknown = json!({"rules": [{"match": "hello", "answr": "hi"}]});
    assert!(table.client.post(&url).json(&unknown).send().await.unwrap().status().is_client_error());
}

#[test]
fn a_share_out_of_range_does_not_start() {
    let otherwise = Some(Otherwise { share: 30.0, answer: String::new() });
    let settings = Settings { rules: vec![AnswerRule { otherwise, ..AnswerRule::always("x") }], ..Settings::default() };
    let error = Simulation::new(settings).start_on_thread("127.0.0.1:0").unwrap_err();
    assert_eq!(error.to_string(), "`otherwise.share` is 30, which is out of range");
}
