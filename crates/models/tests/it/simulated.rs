//! Every way in which the simulated server misbehaves, over both APIs, whole and streamed.

use carat_core::{Completion, FinishReason, Model, ModelError, ModelErrorKind};
use carat_sim::{FaultKind, FaultRule, Running, Settings, Simulation};
use serde_json::{Value, json};

use crate::asking::{ask, model};

/// Both APIs, whole and streamed.
const WAYS: [(&str, bool); 4] = [("chat", false), ("chat", true), ("responses", false), ("responses", true)];

async fn simulated(faults: Vec<FaultRule>) -> Running {
    let answers = [("hello".to_owned(), "a somewhat longer answer about billing".to_owned())].into();
    Simulation::new(Settings { answers, faults, ..Settings::default() }).start("127.0.0.1:0").await.unwrap()
}

fn spec(server: &Running, (api, stream): (&str, bool)) -> Value {
    json!({"provider": "openai", "model": "gpt-test", "base_url": server.base_url(), "api": api, "stream": stream, "timeout": "2s"})
}

async fn asked_once(kind: FaultKind, way: (&str, bool)) -> Result<Completion, ModelError> {
    let server = simulated(vec![FaultRule::always(kind)]).await;
    ask(&*model(spec(&server, way))).await
}

async fn expect_error(
    kind: FaultKind,
    ways: &[(&str, bool)],
    expected: (ModelErrorKind, Option<u16>),
) -> Vec<ModelError> {
    let mut errors = Vec::new();
    for way in ways {
        let error = asked_once(kind, *way).await.unwrap_err();
        assert_eq!((error.kind, error.status), expected, "{kind:?} {way:?}: {}", error.message);
        errors.push(error);
    }
    errors
}

#[tokio::test]
async fn without_faults_every_way_gives_the_same_answer() {
    let server = simulated(Vec::new()).await;
    for way in WAYS {
        let completion = ask(&*model(spec(&server, way))).await.unwrap();
        assert_eq!(completion.text, "a somewhat longer answer about billing", "{way:?}");
        assert_eq!(completion.finish_reason, FinishReason::Stop, "{way:?}");
        assert!(completion.usage.is_some_and(|usage| usage.output_tokens > 0), "{way:?}");
        assert!(completion.response_id.is_some(), "{way:?}");
        assert_eq!((completion.answered_by, completion.first_token_us.is_some()), (None, way.1), "{way:?}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_status_in_every_shape() {
    use ModelErrorKind::{Authentication, BadRequest, NotFound, RateLimited, Server};
    let cases = [
        (FaultKind::RateLimited, RateLimited, 429),
        (FaultKind::QuotaExhausted, RateLimited, 429),
        (FaultKind::ServerError, Server, 500),
        (FaultKind::UnavailableHtml, Server, 503),
        (FaultKind::Overloaded, Server, 529),
        (FaultKind::TooLarge, BadRequest, 413),
        (FaultKind::ContextLengthExceeded, BadRequest, 400),
        (FaultKind::ErrorNumberCode, Authentication, 401),
        (FaultKind::ErrorDetail, NotFound, 404),
        (FaultKind::ErrorHtml, Server, 502),
    ];
    for (fault, kind, status) in cases {
        expect_error(fault, &WAYS, (kind, Some(status))).await;
    }
}

#[tokio::test]
async fn the_wait_is_read_in_each_of_its_forms() {
    let limited = (ModelErrorKind::RateLimited, Some(429));
    for fault in [FaultKind::RateLimitedSeconds, FaultKind::RateLimitedMilliseconds] {
        for error in expect_error(fault, &WAYS, limited).await {
            assert_eq!(error.retry_after_ms, Some(1000), "{fault:?}");
        }
    }
    for error in expect_error(FaultKind::RateLimitedDate, &WAYS, limited).await {
        assert!(error.retry_after_ms.is_some_and(|wait| wait <= 2000), "{error:?}");
    }
    for error in expect_error(FaultKind::RateLimited, &WAYS, limited).await {
        assert_eq!(error.retry_after_ms, None);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_to_its_end_is_no_answer() {
    for (fault, ways) in [
        (FaultKind::TruncatedStream, [WAYS[1], WAYS[3]]),
        (FaultKind::StreamWithoutEnd, [WAYS[1], WAYS[3]]),
        (FaultKind::TruncatedBody, [WAYS[0], WAYS[2]]),
        (FaultKind::MalformedJson, [WAYS[0], WAYS[2]]),
    ] {
        for way in ways {
            let error = asked_once(fault, way).await.unwrap_err();
            assert_eq!(error.kind, ModelErrorKind::Malformed, "{fault:?} {way:?}: {}", error.message);
        }
    }
}

#[tokio::test]
async fn an_error_event_in_a_stream_is_an_error() {
    for way in [WAYS[1], WAYS[3]] {
        let error = asked_once(FaultKind::StreamErrorEvent, way).await.unwrap_err();
        assert!(error.kind.is_transient(), "{way:?}: {error:?}");
        assert_eq!(error.status, Some(200), "{way:?}");
    }
}

#[tokio::test]
async fn what_answers_leave_out_or_have_too_much_of_does_no_harm() {
    for way in WAYS {
        for fault in
            [FaultKind::MissingUsage, FaultKind::MissingFields, FaultKind::UsageWithChoices, FaultKind::OtherModel]
        {
            let completion = asked_once(fault, way).await.unwrap();
            assert_eq!(completion.text, "a somewhat longer answer about billing", "{fault:?} {way:?}");
            assert_eq!(completion.usage.is_none(), fault == FaultKind::MissingUsage, "{fault:?} {way:?}");
            assert_eq!(completion.answered_by.is_some(), fault == FaultKind::OtherModel, "{fault:?} {way:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_or_is_cut_is_an_answer() {
    for way in WAYS {
        for fault in [FaultKind::EmptyContent, FaultKind::NullContent] {
            assert_eq!(asked_once(fault, way).await.unwrap().text, "", "{fault:?} {way:?}");
        }
        let cut = asked_once(FaultKind::FinishLength, way).await.unwrap();
        assert_eq!(cut.finish_reason, FinishReason::Length, "{way:?}");
        let filtered = asked_once(FaultKind::ContentFilter, way).await.unwrap();
        assert_eq!(filtered.finish_reason, FinishReason::ContentFilter, "{way:?}");
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_between_calls_is_not_noticed() {
    for fault in [FaultKind::ClosedAfterAnswer, FaultKind::ClosedOnReuse] {
        for way in WAYS {
            let server = simulated(vec![FaultRule::always(fault)]).await;
            let model = model(spec(&server, way));
            for call in 0..6 {
                ask(&*model).await.unwrap_or_else(|error| panic!("{fault:?} {way:?} {call}: {error}"));
            }
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_dropped_without_a_byte_is_a_broken_one() {
    expect_error(FaultKind::DroppedConnection, &WAYS, (ModelErrorKind::Connection, None)).await;
}

#[tokio::test]
async fn a_server_that_hangs_is_left_after_the_time_limit() {
    let server = simulated(vec![FaultRule::always(FaultKind::Hang)]).await;
    let mut spec = spec(&server, WAYS[0]);
    spec["timeout"] = json!("200ms");
    assert_eq!(ask(&*model(spec)).await.unwrap_err().kind, ModelErrorKind::Timeout);
}

#[tokio::test]
async fn many_calls_at_once_all_come_home_over_bad_connections() {
    let server = simulated(vec![FaultRule::rate(FaultKind::ClosedOnReuse, 0.3)]).await;
    let model: std::sync::Arc<dyn Model> = model(spec(&server, WAYS[0]));
    for _ in 0..5 {
        let calls: Vec<_> = (0..32).map(|_| std::sync::Arc::clone(&model)).collect();
        let calls: Vec<_> = calls.into_iter().map(|model| tokio::spawn(async move { ask(&*model).await })).collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
    }
}
