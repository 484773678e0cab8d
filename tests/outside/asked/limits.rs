//! Limits of providers.

use std::time::{Duration, Instant};

use carat_sim::{FaultKind, FaultRule, Latency, Limits, RetryAfter, Settings};

use super::{calls, ends, project, server};

#[test]
fn a_limit_that_nobody_told_of_is_found_and_every_case_is_answered() {
    let limits = Limits { concurrent: Some(24), retry_after: RetryAfter::Ms, ..Limits::default() };
    let latency = Latency { p50_ms: 20.0, p95_ms: None };
    let server = server(Settings { limits, latency, ..Settings::default() });
    let project = project(&server, 1500, "");
    ends(&project, 0, &["eval", "questions"]);
    let report = project.report("@last");
    assert_eq!((&report["variants"][0]["errors"], server.counters().repeated()), (&0.into(), 0));
    let limit = &report["limits"][0];
    assert!(limit["cuts"].as_u64().unwrap() >= 1, "{limit}");
    assert_eq!(limit["first"], 16);
    let refused = calls(&server) - 1500;
    assert!(refused < 100, "{refused} of 1500 refused");
}

#[test]
fn what_a_server_says_is_left_is_not_overdrawn() {
    // 600 a minute fill up evenly, so that at most some are there at the start.
    let limits = Limits { requests_per_minute: Some(600), headers: true, ..Limits::default() };
    let server = server(Settings { limits, ..Settings::default() });
    let project = project(&server, 620, "");
    ends(&project, 0, &["eval", "questions"]);
    let refused = calls(&server) - 620;
    assert!(refused <= 64, "{refused} refused");
}

#[test]
fn a_wait_of_a_day_ends_the_run_with_what_the_server_said() {
    let fault = FaultRule { wait_ms: Some(86_400_000), ..FaultRule::always(FaultKind::RateLimitedSeconds) };
    let server = server(Settings { faults: vec![fault], ..Settings::default() });
    let project = project(&server, 100, "");
    let began = Instant::now();
    let ended = ends(&project, 3, &["eval", "questions"]);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(ended.data.contains("would pass the total time-out"), "{}", ended.data);
}

#[test]
fn a_wait_that_makes_no_sense_is_a_wait_of_our_own() {
    let fault = FaultRule { times: Some(3), ..FaultRule::always(FaultKind::RateLimitedNonsense) };
    let server = server(Settings { faults: vec![fault], ..Settings::default() });
    let project = project(&server, 30, "");
    ends(&project, 0, &["eval", "questions"]);
    assert_eq!(calls(&server), 33);
}

#[test]
fn a_limit_that_makes_no_sense_is_refused_with_its_place() {
    let server = server(Settings::default());
    let project = project(&server, 5, ", limits: { requests_per_minit: 5 }");
    let refused = ends(&project, 2, &["eval", "questions"]);
    insta::assert_snapshot!(refused.told(&project), @"
    exit 2
    error: carat.yaml:2:75: unknown field `requests_per_minit`, expected one of concurrency, requests_per_minute, tokens_per_minute; did you mean `requests_per_minute`?
    ");
}
