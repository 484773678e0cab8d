//! The figure: nine tenths of what a provider bears within 30 seconds, with fewer than two calls in a hundred refused.

use std::time::Duration;

use crate::world::World;

#[tokio::test(start_paused = true)]
async fn nine_tenths_of_fifty_hidden_calls_are_reached_in_thirty_seconds_with_under_two_percent_refused() {
    for (latency_ms, spread, seed) in [
        (50, 0.5, 1),
        (50, 0.5, 2),
        (50, 0.0, 1),
        (200, 0.5, 1),
        (200, 0.5, 2),
        (1000, 0.5, 1),
        (1000, 0.5, 2),
        (1000, 0.0, 1),
        (5000, 0.5, 1),
        (5000, 0.5, 2),
        (5000, 0.0, 1),
    ] {
        let seen = World { spread, seed, ..World::new(50, latency_ms) }.live().await;
        let told = format!("{latency_ms} ms, spread {spread}, seed {seed}: {seen:?}");
        assert!(seen.reached(45.0).is_some_and(|second| second < 30), "{told}");
        assert!(seen.refused(0, 30) < 0.02, "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn in_the_long_run_whatever_is_borne_is_used_and_hardly_a_call_refused() {
    for (bears, latency_ms, used) in [
        (1, 200, 0.9),
        (1, 1000, 0.9),
        (3, 200, 0.9),
        (3, 5000, 0.9),
        (50, 1000, 0.9),
        (50, 5000, 0.88),
        (400, 1000, 0.9),
    ] {
        let lasts = Duration::from_secs(240);
        let seen = World { lasts, ..World::new(bears, latency_ms) }.live().await;
        let told = format!("{bears} calls of {latency_ms} ms: {:?}", seen.history);
        assert!(seen.mean(60, 240) > used * bears as f64, "{} of {told}", seen.mean(60, 240));
        assert!(seen.refused(60, 240) < 0.02, "{} of {told}", seen.refused(60, 240));
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_never_refuses_is_soon_asked_as_wide_as_the_ceiling() {
    let seen =
        World { settings: carat_eval::limits::Settings::adaptive(16, 64), ..World::new(1000, 1000) }.live().await;
    assert_eq!((seen.history.peak_limit, seen.history.peak_in_flight, seen.history.refused), (64, 64, 0));
    assert!(seen.mean(5, 30) > 60.0, "{seen:?}");
}
