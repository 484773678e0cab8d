//! What becomes of the limit when things happen to the provider.

use std::fmt::Write;
use std::time::Duration;

use carat_core::event::LimitCause;
use carat_eval::limits::Settings;

use crate::world::{Seen, Turn, World};

const SECOND: Duration = Duration::from_secs(1);

/// The history of a limit, a line a change.
fn told(seen: &Seen) -> String {
    let mut told = String::new();
    for change in &seen.history.changes {
        let (at, why) = (change.at.as_secs_f64(), serde_json::to_value(change.why).unwrap());
        writeln!(told, "{at:5.1} s: {} to {}, {}", change.from, change.to, why.as_str().unwrap()).unwrap();
    }
    for (from, to) in [(0, 10), (10, 70), (72, 90), (105, 150)] {
        let (used, (came, refused)) = (seen.mean(from, to), seen.came(from, to));
        writeln!(told, "{from}..{to} s: {used:.0} calls in service, {refused} of {came} refused").unwrap();
    }
    told
}

#[tokio::test(start_paused = true)]
async fn start_saturation_a_storm_and_recovery() {
    let turns = vec![(70 * SECOND, Turn::Storm(20 * SECOND))];
    let seen = World { turns, lasts: 150 * SECOND, ..World::new(50, 1000) }.live().await;
    insta::assert_snapshot!(told(&seen), @r"
      1.5 s: 16 to 32, slow_start
      3.2 s: 32 to 64, slow_start
      3.8 s: 64 to 40, rate_limited
      6.1 s: 40 to 48, recovery
      7.2 s: 48 to 50, growth
      8.2 s: 50 to 52, growth
      8.3 s: 52 to 50, corrected
     11.2 s: 50 to 52, growth
     11.3 s: 52 to 50, corrected
     16.4 s: 50 to 52, growth
     16.5 s: 52 to 50, corrected
     25.9 s: 50 to 52, growth
     26.1 s: 52 to 40, rate_limited
     28.3 s: 40 to 48, recovery
     29.4 s: 48 to 50, growth
     46.0 s: 50 to 52, growth
     46.2 s: 52 to 40, rate_limited
     48.4 s: 40 to 48, recovery
     49.6 s: 48 to 50, growth
     70.0 s: 50 to 40, rate_limited
     70.3 s: 40 to 39, corrected
    100.3 s: 39 to 40, growth
    101.5 s: 40 to 42, growth
    102.5 s: 42 to 44, growth
    103.4 s: 44 to 46, growth
    104.5 s: 46 to 48, growth
    105.5 s: 48 to 50, growth
    106.6 s: 50 to 52, growth
    106.8 s: 52 to 40, rate_limited
    109.1 s: 40 to 48, recovery
    110.3 s: 48 to 50, growth
    111.4 s: 50 to 52, growth
    111.5 s: 52 to 50, corrected
    114.4 s: 50 to 52, growth
    114.4 s: 52 to 50, corrected
    119.6 s: 50 to 52, growth
    119.7 s: 52 to 50, corrected
    129.0 s: 50 to 52, growth
    129.1 s: 52 to 40, rate_limited
    131.3 s: 40 to 48, recovery
    132.5 s: 48 to 50, growth
    149.3 s: 50 to 52, growth
    149.4 s: 52 to 40, rate_limited
    0..10 s: 36 calls in service, 5 of 407 refused
    10..70 s: 47 calls in service, 4 of 2859 refused
    72..90 s: 0 calls in service, 3 of 3 refused
    105..150 s: 47 calls in service, 6 of 2117 refused
    ");
}

#[tokio::test(start_paused = true)]
async fn retry_after_stops_the_calls_that_were_refused_and_no_others() {
    let lasts = 120 * SECOND;
    let seen = World { retry_after: Some(SECOND), lasts, ..World::new(50, 1000) }.live().await;
    assert!(seen.busy[10..120].iter().all(|&busy| busy > 30.0), "{:?}", seen.busy);
}

#[tokio::test(start_paused = true)]
async fn a_long_retry_after_never_prolongs_a_cut() {
    let lasts = 60 * SECOND;
    let seen = World { retry_after: Some(89 * SECOND), lasts, ..World::new(50, 1000) }.live().await;
    let cut = seen.history.changes.iter().position(|change| change.why == LimitCause::RateLimited).unwrap();
    let (cut, next) = (seen.history.changes[cut], seen.history.changes[cut + 1]);
    assert!(next.to > next.from && next.at < cut.at + 5 * SECOND, "{cut:?} {next:?}");
}

#[tokio::test(start_paused = true)]
async fn failures_of_the_server_never_cut() {
    let turns = vec![(5 * SECOND, Turn::Breaks(20 * SECOND))];
    let settings = Settings::adaptive(16, 48);
    let seen = World { turns, settings, lasts: 40 * SECOND, ..World::new(50, 1000) }.live().await;
    assert!(seen.history.failed > 100, "{:?}", seen.history);
    assert_eq!((seen.history.cuts, seen.history.refused), (0, 0));
    assert!(
        seen.history.changes.iter().all(|change| !(7 * SECOND..25 * SECOND).contains(&change.at)),
        "{:?}",
        seen.history.changes
    );
    assert!(seen.mean(30, 40) > 45.0, "{:?}", seen.busy);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_always_refused_goes_to_the_floor_and_is_asked_now_and_then() {
    let turns = vec![(Duration::ZERO, Turn::Storm(600 * SECOND))];
    let seen = World { turns, lasts: 300 * SECOND, ..World::new(50, 1000) }.live().await;
    assert_eq!(seen.history.changes.back().unwrap().to, 1, "{:?}", seen.history.changes);
    let came: Vec<u64> = seen.came.iter().map(|second| second.0).collect();
    assert!(came[..20].iter().sum::<u64>() < 40, "{came:?}");
    assert!((200 / 8 - 1..=200 / 8 + 1).contains(&came[100..300].iter().sum::<u64>()), "{came:?}");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_bears_less_than_before_is_followed_down() {
    let turns = vec![(60 * SECOND, Turn::Bears(10))];
    let seen = World { turns, lasts: 180 * SECOND, ..World::new(50, 1000) }.live().await;
    assert!(seen.mean(80, 180) > 8.5, "{:?}", seen.busy);
    assert!(seen.refused(62, 80) < 0.1, "{:?}", seen.came);
    assert!(seen.refused(80, 180) < 0.02, "{:?}", seen.came);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_bears_more_than_before_is_followed_up() {
    let turns = vec![(60 * SECOND, Turn::Bears(200))];
    let seen = World { turns, lasts: 180 * SECOND, ..World::new(50, 1000) }.live().await;
    assert!(seen.reached(180.0).is_some_and(|second| second < 140), "{:?}", seen.busy);
}

#[tokio::test(start_paused = true)]
async fn refusals_without_a_reason_do_not_bring_an_account_to_a_halt() {
    let seen = World { moods: 0.01, lasts: 300 * SECOND, ..World::new(50, 1000) }.live().await;
    assert!(seen.mean(60, 300) > 15.0, "{:?}", seen.busy);
}

#[tokio::test(start_paused = true)]
async fn what_headers_say_is_left_in_a_minute_is_used_up_and_not_overdrawn() {
    let world = World::new(1000, 1000);
    let settings = Settings::adaptive(16, 64);
    let lasts = 300 * SECOND;
    let seen = World { requests_per_minute: Some(600), tells: true, settings, lasts, ..world }.live().await;
    assert_eq!(seen.history.refused, 0);
    assert!(seen.history.answered > 5 * 600 - 64, "{:?}", seen.history);
}

#[tokio::test(start_paused = true)]
async fn a_minute_that_is_used_up_without_a_word_before_costs_few_refusals() {
    for retry_after in [Some(SECOND), None] {
        let world = World { retry_after, settings: Settings::adaptive(16, 64), ..World::new(1000, 1000) };
        let seen = World { requests_per_minute: Some(600), lasts: 300 * SECOND, ..world }.live().await;
        assert!(seen.refused(0, 300) < 0.04, "{:?}", seen.history);
        assert!(seen.history.answered > 5 * 600 - 128, "{:?}", seen.history);
    }
}
