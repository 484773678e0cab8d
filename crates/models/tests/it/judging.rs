//! Models that judge: what they are asked for as JSON by a schema, over both APIs, whole and streamed.

use carat_core::{Completion, Parameters, Request, ResponseFormat, Role};
use carat_sim::{AnswerRule, Running, Settings, Simulation};
use serde_json::{Value, json};

use crate::asking::{ask_request, model, request};
use crate::played::{Played, Step, json_answer};

/// Both APIs, whole and streamed.
const WAYS: [(&str, bool); 4] = [("chat", false), ("chat", true), ("responses", false), ("responses", true)];

fn schema(verdict: Value) -> Value {
    json!({"type": "object", "properties": {"reason": {"type": "string"}, "verdict": verdict},
        "required": ["reason", "verdict"], "additionalProperties": false})
}

/// A judge's question about an answer, and what its verdict may be.
fn judging(answer: &str, verdict: Value) -> Request {
    let format = ResponseFormat::JsonSchema { name: "verdict".to_owned(), schema: schema(verdict), strict: true };
    let parameters = Parameters([("temperature".to_owned(), json!(0))].into());
    let asked = request(&[(Role::System, "Decide whether the answer meets the rubric."), (Role::User, answer)]);
    Request { response_format: Some(format), parameters, ..asked }
}

fn pass_or_fail(answer: &str) -> Request {
    judging(answer, json!({"type": "string", "enum": ["PASS", "FAIL"]}))
}

async fn judge(rules: Vec<AnswerRule>) -> Running {
    Simulation::new(Settings { rules, ..Settings::default() }).start("127.0.0.1:0").await.unwrap()
}

async fn judged(base_url: &str, (api, stream): (&str, bool), request: &Request) -> Completion {
    let spec = json!({"provider": "openai", "model": "judge", "base_url": base_url, "api": api, "stream": stream});
    ask_request(&*model(spec), request).await.unwrap()
}

async fn verdict(server: &Running, way: (&str, bool), request: &Request) -> Value {
    let said = judged(&server.base_url(), way, request).await.text;
    let said: Value = serde_json::from_str(&said).unwrap();
    said["verdict"].clone()
}

#[tokio::test]
async fn a_verdict_comes_as_the_schema_wants_it_over_every_way() {
    let server = judge(vec![AnswerRule::on("refund", "PASS"), AnswerRule::always("FAIL")]).await;
    for way in WAYS {
        assert_eq!(verdict(&server, way, &pass_or_fail("Your refund is on its way.")).await, "PASS", "{way:?}");
        assert_eq!(verdict(&server, way, &pass_or_fail("I do not know.")).await, "FAIL", "{way:?}");
    }
}

#[tokio::test]
async fn a_verdict_may_be_a_number() {
    let server = judge(vec![AnswerRule::always("4")]).await;
    let asked = judging("x", json!({"type": "integer", "enum": [1, 2, 3, 4, 5]}));
    for way in WAYS {
        assert_eq!(verdict(&server, way, &asked).await, 4, "{way:?}");
    }
}

#[tokio::test]
async fn a_judge_that_knows_no_schemas_is_heard_in_its_own_words() {
    let prose = "It meets the rubric.\nVERDICT: PASS";
    let server = judge(vec![AnswerRule { verbatim: true, ..AnswerRule::always(prose) }]).await;
    for way in WAYS {
        assert_eq!(judged(&server.base_url(), way, &pass_or_fail("x")).await.text, prose, "{way:?}");
    }
}

#[tokio::test]
async fn the_schema_stands_on_the_wire_where_each_api_has_it() {
    let chat = r#"{"choices":[{"message":{"content":"{}"}}]}"#;
    let responses = r#"{"status":"completed","output":[]}"#;
    let schema = schema(json!({"type": "string", "enum": ["PASS", "FAIL"]}));
    let nested = json!({"type": "json_schema", "json_schema": {"name": "verdict", "schema": schema, "strict": true}});
    let flat = json!({"type": "json_schema", "name": "verdict", "schema": schema, "strict": true});
    for (api, answer, place, format) in
        [("chat", chat, "/response_format", nested), ("responses", responses, "/text/format", flat)]
    {
        let server = Played::always(Step::Say(json_answer(answer))).await;
        judged(&server.base_url, (api, false), &pass_or_fail("x")).await;
        let sent: Value = serde_json::from_str(server.requests()[0].split_once("\r\n\r\n").unwrap().1).unwrap();
        assert_eq!((sent.pointer(place), &sent["temperature"]), (Some(&format), &json!(0)), "{api}");
    }
}
