//! What holds for every door.

use carat_core::{FinishReason, Flaw, ModelErrorKind};
use carat_sim::{FaultKind, FaultRule, Limits, Settings};

use super::{ANSWER, DOORS, Door, simulated, with, with_fault};
use crate::asking::{KEY, ask, model};

#[tokio::test]
async fn every_door_gives_the_same_answer() {
    let server = simulated(Settings::default()).await;
    for door in DOORS {
        let answer = door.ask(&server).await.unwrap();
        assert_eq!((answer.text.as_str(), answer.answered_by), (ANSWER, None), "{door:?}");
        let knows_usage = door.streams();
        assert_eq!(answer.usage.is_some_and(|usage| usage.input_tokens > 0 && usage.output_tokens > 0), knows_usage);
        let reason = if door.streams() { FinishReason::Stop } else { FinishReason::Unknown };
        assert_eq!((answer.finish_reason, answer.first_token_us), (reason, None), "{door:?}");
    }
}

#[tokio::test]
async fn a_stream_says_what_the_whole_answer_says() {
    let server = simulated(Settings::default()).await;
    for door in DOORS.into_iter().filter(|door| door.streams()) {
        let whole = door.ask(&server).await.unwrap();
        let streamed = ask(&*door.streamed(&server)).await.unwrap();
        assert_eq!((&streamed.text, streamed.usage), (&whole.text, whole.usage), "{door:?}");
        assert_eq!(streamed.finish_reason, FinishReason::Stop, "{door:?}");
        assert!(streamed.first_token_us.is_some(), "{door:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_by_its_variable_and_does_not_show() {
    let server = simulated(Settings { key: Some("another".into()), ..Settings::default() }).await;
    for door in DOORS {
        let error = door.ask(&server).await.unwrap_err();
        assert_eq!((error.kind, error.status), (ModelErrorKind::Authentication, Some(401)), "{door:?}");
        assert!(error.message.contains("check the key in $MY_KEY"), "{}", error.message);
        assert!(!error.message.contains(KEY), "{}", error.message);
    }
}

#[tokio::test]
async fn the_key_of_a_provider_is_for_the_provider_alone() {
    let server = simulated(Settings::default()).await;
    for door in DOORS {
        let mut spec = door.spec(&server);
        spec.as_object_mut().unwrap().remove("api_key_env");
        let error = ask(&*model(spec)).await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::Authentication, "{door:?}");
        assert!(error.message.contains("no key was sent"), "{}", error.message);
    }
}

#[tokio::test]
async fn a_model_that_is_not_there_is_told_with_its_name() {
    let server = simulated(Settings::default()).await;
    for door in DOORS {
        let error = ask(&*model(with(door.spec(&server), "model", "m-2"))).await.unwrap_err();
        assert_eq!((error.kind, error.status), (ModelErrorKind::NotFound, Some(404)), "{door:?}: {}", error.message);
        assert!(error.message.contains("check the model's name `m-2`"), "{}", error.message);
    }
}

#[tokio::test]
async fn faults_keep_their_meaning_behind_every_door() {
    use ModelErrorKind::{BadRequest, Connection, Malformed, RateLimited, Server, Timeout};
    let cases = [
        (FaultKind::RateLimitedSeconds, RateLimited, Some(429)),
        (FaultKind::ServerError, Server, Some(500)),
        (FaultKind::UnavailableHtml, Server, Some(503)),
        (FaultKind::Overloaded, Server, Some(529)),
        (FaultKind::ContextLengthExceeded, BadRequest, Some(400)),
        (FaultKind::TooLarge, BadRequest, Some(413)),
        (FaultKind::DroppedConnection, Connection, None),
        (FaultKind::TruncatedBody, Malformed, None),
        (FaultKind::MalformedJson, Malformed, None),
        (FaultKind::Hang, Timeout, None),
    ];
    for (fault, kind, status) in cases {
        let server = with_fault(fault).await;
        for door in DOORS {
            let error = ask(&*model(with(door.spec(&server), "timeout", "300ms"))).await.unwrap_err();
            assert_eq!((error.kind, error.status), (kind, status), "{door:?} {fault:?}: {}", error.message);
            let wait = (fault == FaultKind::RateLimitedSeconds).then_some(1000);
            assert_eq!(error.retry_after_ms, wait, "{door:?} {fault:?}");
            assert!(
                !error.message.contains("OpenAI's API") || matches!(door, Door::Prefixed | Door::Azure | Door::AzureV1)
            );
        }
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closed_does_no_harm() {
    let server = with_fault(FaultKind::ClosedOnReuse).await;
    for door in DOORS {
        let model = door.model(&server);
        for _ in 0..3 {
            assert_eq!(ask(&*model).await.unwrap().text, ANSWER, "{door:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_no_answer() {
    use ModelErrorKind::{Malformed, Server};
    for (fault, kind) in [
        (FaultKind::TruncatedStream, Malformed),
        (FaultKind::StreamWithoutEnd, Malformed),
        (FaultKind::StreamErrorEvent, Server),
    ] {
        let server = with_fault(fault).await;
        for door in DOORS.into_iter().filter(|door| door.streams()) {
            let error = ask(&*door.streamed(&server)).await.unwrap_err();
            assert!(error.kind.is_transient(), "{door:?} {fault:?}: {error:?}");
            if door == Door::Anthropic {
                assert_eq!(error.kind, kind, "{fault:?}: {}", error.message);
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_a_filter_stopped_or_a_limit_cut_is_an_answer_with_that_flaw() {
    for (fault, flaw) in [
        (FaultKind::ContentFilter, Flaw::Filtered),
        (FaultKind::FinishLength, Flaw::CutShort),
        (FaultKind::NullContent, Flaw::Empty),
    ] {
        let server = with_fault(fault).await;
        for door in DOORS.into_iter().filter(|door| door.streams()) {
            assert_eq!(door.ask(&server).await.unwrap().flaw(), Some(flaw), "{door:?} {fault:?}");
            assert_eq!(ask(&*door.streamed(&server)).await.unwrap().flaw(), Some(flaw), "{door:?} {fault:?}");
        }
    }
    // The protocol has no word for why an answer ends: that it is empty shows all the same.
    let server = with_fault(FaultKind::NullContent).await;
    for door in [Door::Infer, Door::Generate] {
        assert_eq!(door.ask(&server).await.unwrap().flaw(), Some(Flaw::Empty), "{door:?}");
    }
}

#[tokio::test]
async fn what_an_answer_leaves_out_is_unknown_and_does_no_harm() {
    for fault in [FaultKind::MissingUsage, FaultKind::MissingFields, FaultKind::OtherModel] {
        let server = with_fault(fault).await;
        for door in DOORS {
            let answer = door.ask(&server).await.unwrap_or_else(|error| panic!("{door:?} {fault:?}: {error}"));
            assert_eq!(answer.text, ANSWER, "{door:?} {fault:?}");
            assert_eq!(
                answer.usage.is_some(),
                door.streams() && fault != FaultKind::MissingUsage,
                "{door:?} {fault:?}"
            );
            assert_eq!(answer.answered_by.is_some(), fault == FaultKind::OtherModel, "{door:?} {fault:?}");
        }
    }
}

#[tokio::test]
async fn every_door_says_whose_limits_bind_it_and_what_is_left_of_them() {
    let limits =
        Limits { requests_per_minute: Some(600), tokens_per_minute: Some(60_000), headers: true, ..Limits::default() };
    for door in DOORS {
        let server = simulated(Settings { limits, ..Settings::default() }).await;
        let model = door.model(&server);
        assert_eq!(model.limits(), None, "{door:?}");
        ask(&*model).await.unwrap();
        let left = model.limits().unwrap();
        assert_eq!((left.number, left.requests.unwrap().remaining), (1, 599), "{door:?}");
        assert!(left.tokens.is_some_and(|left| left.remaining < 60_000), "{door:?}");
        let account = model.account().unwrap();
        assert_eq!(&*account.name, format!("{} (MY_KEY)", server.address()), "{door:?}");
        assert!(model.input_tokens(&crate::asking::request(&[(carat_core::Role::User, "hello")])) > 0);
    }
}

#[tokio::test]
async fn a_key_that_a_server_repeats_is_not_kept() {
    let answers = [("hello".to_owned(), format!("your key is {KEY}"))].into();
    let server =
        carat_sim::Simulation::new(Settings { answers, ..Settings::default() }).start("127.0.0.1:0").await.unwrap();
    for door in DOORS {
        assert_eq!(door.ask(&server).await.unwrap().text, "your key is ***", "{door:?}");
    }
}

#[tokio::test]
async fn one_fault_is_followed_by_an_answer_to_the_next_attempt() {
    for door in DOORS {
        let faults = vec![FaultRule::first(FaultKind::Overloaded, 1)];
        let server = simulated(Settings { faults, ..Settings::default() }).await;
        assert!(door.ask(&server).await.unwrap_err().kind.is_transient(), "{door:?}");
        assert_eq!(door.ask(&server).await.unwrap().text, ANSWER, "{door:?}");
    }
}
