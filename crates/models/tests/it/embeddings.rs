//! Models that answer a text with its vector.

use std::sync::Arc;

use carat_core::{Completion, FinishReason, Image, ModelErrorKind, Parameters, Part, Request, Role, Usage};
use carat_sim::{Endpoint, FaultKind, FaultRule, Key, Running, Settings, Simulation};
use serde_json::{Value, json};

use crate::asking::{KEY, ask, ask_request, model, request, try_model};
use crate::played::{Played, Step, json_answer};

async fn simulated(faults: Vec<FaultRule>) -> Running {
    let settings = Settings { faults, key: Some(Key::from(KEY)), ..Settings::default() };
    Simulation::new(settings).start("127.0.0.1:0").await.unwrap()
}

fn spec(base_url: &str, more: Value) -> Value {
    let mut spec = json!({"provider": "openai", "model": "embed-1", "base_url": base_url, "api": "embeddings",
        "api_key_env": "MY_KEY", "timeout": "2s"});
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    spec
}

fn text(text: &str) -> Request {
    request(&[(Role::User, text)])
}

async fn embedded(server: &Running, request: &Request) -> Completion {
    ask_request(&*model(spec(&server.base_url(), json!({}))), request).await.unwrap()
}

fn numbers(completion: &Completion) -> Vec<f64> {
    serde_json::from_str(&completion.text).unwrap()
}

async fn vector(server: &Running, said: &str) -> Vec<f64> {
    numbers(&embedded(server, &text(said)).await)
}

/// The vectors of the simulated server have the length 1, so that this is their cosine.
fn nearness(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[tokio::test]
async fn a_text_is_answered_with_its_vector_and_what_it_used() {
    let server = simulated(Vec::new()).await;
    let completion = embedded(&server, &text("Where is my parcel?")).await;
    assert_eq!(numbers(&completion).len(), 256);
    let usage = Usage { input_tokens: 5, ..Usage::default() };
    let expected = Completion {
        text: completion.text.clone(),
        finish_reason: FinishReason::Stop,
        usage: Some(usage),
        ..Completion::default()
    };
    assert_eq!(completion, expected);
    assert_eq!(server.totals().answered(Endpoint::Embeddings), 1);
}

#[tokio::test]
async fn texts_that_are_alike_have_vectors_that_are_near() {
    let server = simulated(Vec::new()).await;
    let asked = vector(&server, "Where is my parcel?").await;
    let (same, near, far) = (
        vector(&server, "Where is my parcel?").await,
        vector(&server, "where is my other parcel").await,
        vector(&server, "I was charged twice").await,
    );
    assert_eq!(asked, same);
    assert!(nearness(&asked, &near) > 0.5 && nearness(&asked, &far) < 0.3);
}

#[tokio::test]
async fn a_text_goes_out_with_key_organisation_headers_and_parameters() {
    let server = Played::always(Step::Say(json_answer(r#"{"data":[{"embedding":[0.5]}]}"#))).await;
    let more = json!({"organization": "org-1", "headers": {"X-Team": "support"}});
    let parameters = Parameters([("dimensions".to_owned(), json!(64))].into());
    let asked = Request { parameters, ..text("hello") };
    let completion = ask_request(&*model(spec(&server.base_url, more)), &asked).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.usage), ("[0.5]", None));
    let sent = &server.requests()[0];
    assert!(sent.starts_with("POST /v1/embeddings HTTP/1.1\r\n"), "{sent}");
    for header in [&format!("authorization: Bearer {KEY}\r\n"), "openai-organization: org-1\r\n", "x-team: support\r\n"]
    {
        assert!(sent.contains(header), "{sent}");
    }
    let body: Value = serde_json::from_str(sent.split_once("\r\n\r\n").unwrap().1).unwrap();
    let expected = json!({"model": "embed-1", "input": "hello", "encoding_format": "float", "dimensions": 64});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn the_number_of_dimensions_is_that_of_the_parameters() {
    let server = simulated(Vec::new()).await;
    let parameters = Parameters([("dimensions".to_owned(), json!(8))].into());
    assert_eq!(numbers(&embedded(&server, &Request { parameters, ..text("hello") }).await).len(), 8);
}

#[tokio::test]
async fn what_is_no_single_text_is_not_sent() {
    let server = simulated(Vec::new()).await;
    let model = model(spec(&server.base_url(), json!({})));
    let several = request(&[(Role::System, "be brief"), (Role::User, "hello")]);
    let mut picture = text("look:");
    let image = Image { url: "https://example.org/a.png".to_owned(), digest: None, media_type: None, bytes: None };
    picture.messages[0].content.push(Part::Image(image));
    let mut twice = text("hello");
    twice.parameters.0.insert("input".to_owned(), json!("other"));
    for (asked, why) in [(several, "2 messages"), (picture, "a picture"), (twice, "`input` is no parameter")] {
        let error = ask_request(&*model, &asked).await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::BadRequest);
        assert!(error.message.starts_with("not sent: ") && error.message.contains(why), "{}", error.message);
    }
    assert_eq!(server.totals().requests(Endpoint::Embeddings), 0);
}

#[tokio::test]
async fn an_answer_without_one_vector_of_numbers_cannot_be_read() {
    let cases = [
        ("{}", "it has no `data`"),
        (r#"{"data":[]}"#, "it has no embedding"),
        (r#"{"data":[{"embedding":[]}]}"#, "its embedding has no numbers"),
        (r#"{"data":[{"embedding":[1]},{"embedding":[2]}]}"#, "it has 2 embeddings of one text"),
        (r#"{"data":[{"embedding":[1,NaN]}]}"#, "expected"),
        (r#"{"data":[{"embedding":[1,1e999]}]}"#, "number out of range"),
        (r#"{"data":[{"embedding":[1,null]}]}"#, "invalid type: null"),
        (r#"{"data":[{"embedding":"AACAPw=="}]}"#, "invalid type: string"),
        (r#"{"data":[{"embedding":[[1]]}]}"#, "invalid type: sequence"),
        ("<html>", "expected value"),
    ];
    for (body, why) in cases {
        let server = Played::always(Step::Say(json_answer(body))).await;
        let error = ask(&*model(spec(&server.base_url, json!({})))).await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::Malformed, "{body}");
        assert!(error.message.starts_with("the answer cannot be read: ") && error.message.contains(why), "{error}");
    }
}

#[tokio::test]
async fn faults_are_told_as_those_of_other_models() {
    use ModelErrorKind::{Authentication, Connection, Malformed, RateLimited, Server, Timeout};
    let cases = [
        (FaultKind::RateLimitedSeconds, RateLimited, Some(429)),
        (FaultKind::ServerError, Server, Some(500)),
        (FaultKind::UnavailableHtml, Server, Some(503)),
        (FaultKind::ErrorNumberCode, Authentication, Some(401)),
        (FaultKind::DroppedConnection, Connection, None),
        (FaultKind::TruncatedBody, Malformed, None),
        (FaultKind::MalformedJson, Malformed, None),
        (FaultKind::Hang, Timeout, None),
    ];
    for (fault, kind, status) in cases {
        let server = simulated(vec![FaultRule::always(fault)]).await;
        let model = model(spec(&server.base_url(), json!({"timeout": "300ms"})));
        let error = ask(&*model).await.unwrap_err();
        assert_eq!((error.kind, error.status), (kind, status), "{fault:?}: {}", error.message);
        assert!(error.message.contains("/embeddings"), "{}", error.message);
        assert_eq!(error.retry_after_ms.is_some(), fault == FaultKind::RateLimitedSeconds);
        assert_eq!((server.totals().faults(fault), server.totals().answered(Endpoint::Embeddings)), (1, 0));
    }
}

#[tokio::test]
async fn what_an_answer_leaves_out_does_no_harm() {
    for fault in [FaultKind::MissingUsage, FaultKind::MissingFields, FaultKind::OtherModel, FaultKind::ClosedOnReuse] {
        let server = simulated(vec![FaultRule::always(fault)]).await;
        let model = model(spec(&server.base_url(), json!({})));
        for _ in 0..2 {
            let completion = ask(&*model).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
            assert_eq!(numbers(&completion).len(), 256);
            assert_eq!(completion.usage.is_none(), fault == FaultKind::MissingUsage);
            assert_eq!(completion.answered_by.is_some(), fault == FaultKind::OtherModel);
        }
    }
}

#[tokio::test]
async fn many_texts_at_once_share_a_model() {
    let server = Arc::new(simulated(Vec::new()).await);
    let model = model(spec(&server.base_url(), json!({})));
    let calls: Vec<_> = (0..32)
        .map(|number| {
            let model = Arc::clone(&model);
            tokio::spawn(async move { ask_request(&*model, &text(&number.to_string())).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.counters().answered_calls.len(), 32);
}

#[test]
fn an_embedding_cannot_be_streamed() {
    let written = json!({"provider": "openai", "api": "embeddings", "stream": true});
    let error = try_model(written).map(|_| ()).unwrap_err().to_string();
    insta::assert_snapshot!(error, @"model `m`: `stream` has no effect with `api: embeddings`, whose answers come in one piece; leave it out");
}
