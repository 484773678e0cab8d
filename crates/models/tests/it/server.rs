//! What a server says of itself: its list of models.

use std::path::Path;
use std::time::{Duration, Instant};

use carat_core::ModelErrorKind;
use carat_models::{Server, Surroundings, key_variable};
use carat_sim::{Endpoint, FaultKind, FaultRule, ModelSettings, Running, Settings, Simulation};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::asking::{KEY, env, spec};
use crate::played::{Played, Step, answer, json_answer};

const PATIENCE: Duration = Duration::from_secs(3);

/// The most that is read of a reply.
const LONGEST: usize = 8 << 20;

fn try_server(written: Value, env: &dyn Fn(&str) -> Option<String>) -> Result<Server, String> {
    let surroundings = Surroundings { env, folder: Path::new("."), recorded: None };
    Server::of("m", &spec(written), &surroundings).map_err(|error| error.to_string())
}

fn server(base_url: &str, more: Value) -> Server {
    let mut written = json!({"provider": "openai", "base_url": base_url, "api_key_env": "MY_KEY"});
    written.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    try_server(written, &env).unwrap()
}

async fn simulated(settings: Settings) -> Running {
    let models = [("m-1".to_owned(), ModelSettings::default()), ("m-2".to_owned(), ModelSettings::default())].into();
    Simulation::new(Settings { models, ..settings }).start("127.0.0.1:0").await.unwrap()
}

/// The kind and the words of what comes of a server that does this.
async fn error_of(step: Step) -> (ModelErrorKind, String) {
    let played = Played::always(step).await;
    let error = server(&played.base_url, json!({})).get("/models", Duration::from_millis(500)).await.unwrap_err();
    assert!(!error.message.contains(KEY), "{}", error.message);
    (error.kind, error.message)
}

#[tokio::test]
async fn a_list_is_a_reply_to_whoever_has_the_key() {
    let sim = simulated(Settings { key: Some(KEY.into()), ..Settings::default() }).await;
    let reply = server(&sim.base_url(), json!({})).get("/models", PATIENCE).await.unwrap();
    let list: Value = serde_json::from_slice(&reply.body).unwrap();
    let names: Vec<&str> = list["data"].as_array().unwrap().iter().filter_map(|model| model["id"].as_str()).collect();
    assert_eq!((reply.status, names), (200, vec!["m-1", "m-2"]));
    assert_eq!(sim.counters().totals.requests.values().sum::<u64>(), 1);
}

#[tokio::test]
async fn every_status_is_a_reply() {
    let sim = simulated(Settings { key: Some("another".into()), ..Settings::default() }).await;
    assert_eq!(server(&sim.base_url(), json!({})).get("/models", PATIENCE).await.unwrap().status, 401);
    for (kind, status) in [(FaultKind::ErrorDetail, 404), (FaultKind::RateLimited, 429), (FaultKind::ErrorHtml, 502)] {
        let rule = FaultRule { endpoint: Some(Endpoint::Models), ..FaultRule::always(kind) };
        let sim = simulated(Settings { faults: vec![rule], ..Settings::default() }).await;
        let reply = server(&sim.base_url(), json!({})).get("/models", PATIENCE).await.unwrap();
        assert_eq!(reply.status, status, "{kind:?}");
        assert_eq!(sim.counters().totals.requests.values().sum::<u64>(), 1, "{kind:?}: it is asked once");
    }
}

#[tokio::test]
async fn the_key_goes_in_the_header_to_the_prefixed_path_with_all_that_belongs_to_the_server() {
    let played = Played::always(Step::Say(json_answer("{}"))).await;
    let more = json!({
        "base_url": format!("{}/proxy/?api-version=a%20b", played.base_url), "organization": "org-1",
        "headers": {"X-Team": "support ${TEAM_KEY}"}
    });
    server(&played.base_url, more).get("/models", PATIENCE).await.unwrap();
    let request = &played.requests()[0];
    assert!(request.starts_with("GET /v1/proxy/models?api-version=a+b HTTP/1.1\r\n"), "{request}");
    let user_agent = concat!("user-agent: carat/", env!("CARGO_PKG_VERSION"), "\r\n");
    let team = format!("x-team: support {KEY}\r\n");
    for header in [&format!("authorization: Bearer {KEY}\r\n"), "openai-organization: org-1\r\n", &team, user_agent] {
        assert!(request.contains(header), "{request}");
    }
    assert_eq!(request.matches(KEY).count(), 2, "{request}");
}

#[tokio::test]
async fn the_key_of_openai_is_for_openai_alone() {
    let played = Played::always(Step::Say(json_answer("{}"))).await;
    let written = json!({"provider": "openai", "base_url": played.base_url});
    try_server(written, &env).unwrap().get("/models", PATIENCE).await.unwrap();
    let request = &played.requests()[0];
    assert!(!request.to_lowercase().contains("authorization"), "{request}");
    assert!(request.starts_with("GET /v1/models HTTP/1.1\r\n"), "{request}");
}

#[tokio::test]
async fn a_redirect_is_a_reply_and_its_aim_never_sees_the_key() {
    let aim = Played::always(Step::Say(json_answer("{}"))).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let place = format!("location: {}/models\r\n", aim.base_url);
        let played = Played::always(Step::Say(answer(status, &place, ""))).await;
        let reply = server(&played.base_url, json!({})).get("/models", PATIENCE).await.unwrap();
        assert_eq!(reply.status.to_string(), status[..3]);
    }
    assert_eq!(aim.connections(), 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let error = server(&base_url, json!({})).get("/models", PATIENCE).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Connection);
    assert!(error.message.starts_with("no connection: ") && error.message.contains("refused"), "{}", error.message);
}

#[tokio::test]
async fn patience_covers_head_and_body() {
    let whole = json_answer(&"x".repeat(100));
    let (head, body) = whole.split_at(whole.len() - 50);
    let slow_body = Step::Trickle(vec![head.to_vec(), body.to_vec()], Duration::from_millis(400));
    for step in [Step::Hang, slow_body] {
        let began = Instant::now();
        let error = error_of(step).await;
        assert_eq!(error, (ModelErrorKind::Timeout, "no answer within 0.5 s".to_owned()));
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }
    let rule = FaultRule { endpoint: Some(Endpoint::Models), ..FaultRule::always(FaultKind::Hang) };
    let sim = simulated(Settings { faults: vec![rule], ..Settings::default() }).await;
    let error = server(&sim.base_url(), json!({})).get("/models", Duration::from_millis(200)).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Timeout);
}

#[tokio::test]
async fn what_breaks_off_or_is_no_http_is_told_apart() {
    let cut = json_answer(&"x".repeat(100));
    let (kind, words) = error_of(Step::SayAndClose(cut[..cut.len() - 50].to_vec())).await;
    assert!(
        kind == ModelErrorKind::Malformed && words.starts_with("the answer cannot be read: it broke off"),
        "{words}"
    );
    let (kind, words) = error_of(Step::SayAndClose(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())).await;
    assert!(kind == ModelErrorKind::Malformed && words.contains("not an HTTP answer"), "{words}");
    for step in [Step::Close, Step::Reset(Vec::new())] {
        let (kind, words) = error_of(step).await;
        assert!(kind == ModelErrorKind::Connection && words.starts_with("the connection broke: "), "{words}");
    }
}

#[tokio::test]
async fn eight_megabytes_are_read_and_no_byte_more() {
    let of_length = async |length: usize| {
        let played = Played::always(Step::Say(json_answer(&" ".repeat(length)))).await;
        server(&played.base_url, json!({})).get("/models", PATIENCE).await
    };
    assert_eq!(of_length(LONGEST).await.unwrap().body.len(), LONGEST);
    let error = of_length(LONGEST + 1).await.unwrap_err();
    let too_long = "the answer cannot be read: it is longer than 8 MB";
    assert_eq!((error.kind, error.message.as_str()), (ModelErrorKind::Malformed, too_long));
}

#[tokio::test]
async fn an_answer_without_end_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let sending = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut sent = 0_usize;
        while stream.write_all(&[b' '; 1 << 16]).await.is_ok() {
            sent += 1 << 16;
        }
        sent
    });
    let error = server(&base_url, json!({})).get("/models", PATIENCE).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Malformed, "{}", error.message);
    // What the buffers of both ends hold goes out as well.
    let sent = sending.await.unwrap();
    assert!((LONGEST..4 * LONGEST).contains(&sent), "{sent}");
}

#[tokio::test]
async fn proxies_are_asked_and_those_who_need_none_are_not() {
    let proxy = Played::always(Step::Say(json_answer("{}"))).await;
    let address = proxy.base_url.trim_end_matches("/v1").to_owned();
    let with = |except: &'static str| {
        let address = address.clone();
        move |name: &str| match name {
            "http_proxy" => Some(address.clone()),
            "no_proxy" => Some(except.to_owned()),
            _ => None,
        }
    };
    let written = json!({"provider": "openai", "base_url": "http://models.invalid/v1"});
    let reply = try_server(written.clone(), &with("")).unwrap().get("/models", PATIENCE).await.unwrap();
    assert_eq!(reply.status, 200);
    let request = &proxy.requests()[0];
    assert!(request.starts_with("GET http://models.invalid/v1/models HTTP/1.1\r\n"), "{request}");
    let alone = try_server(written, &with("models.invalid")).unwrap().get("/models", PATIENCE).await;
    assert!(alone.is_err() && proxy.requests().len() == 1, "{alone:?}");
}

#[test]
fn settings_that_no_server_can_be_asked_with_are_told_as_for_a_model() {
    let nothing = |_: &str| None;
    let problem = |written: Value| try_server(written, &nothing).map(|_| ()).unwrap_err();
    insta::assert_snapshot!(problem(json!({"provider": "openai"})), @"model `m`: it needs a key, and the variable OPENAI_API_KEY is not set; set it (`export OPENAI_API_KEY=…`), or name another one with `api_key_env`");
    insta::assert_snapshot!(problem(json!({"provider": "baseline", "model": "echo"})), @"model `m`: a model of provider `baseline` answers here, without a server");
    for written in [
        json!({"provider": "openai", "base_url": "localhost:1/v1"}),
        json!({"provider": "openai", "base_url": "http://localhost:1/v1", "command": ["x"]}),
        json!({"provider": "openai", "base_url": "http://localhost:1/v1", "headers": {"X-Api-Key": "x"}}),
    ] {
        assert!(try_server(written.clone(), &nothing).is_err(), "{written}");
    }
}

#[test]
fn the_variable_of_the_key_is_known_without_looking_into_it() {
    let variable = |written: Value| key_variable(&spec(written)).map(str::to_owned);
    assert_eq!(variable(json!({"provider": "openai"})).as_deref(), Some("OPENAI_API_KEY"));
    assert_eq!(variable(json!({"provider": "openai", "api_key_env": "MY_KEY"})).as_deref(), Some("MY_KEY"));
    assert_eq!(variable(json!({"provider": "openai", "base_url": "http://localhost:1/v1"})), None);
    assert_eq!(variable(json!({"provider": "openai", "base_url": "no address"})), None);
    assert_eq!(variable(json!({"provider": "baseline", "model": "echo"})), None);
}
