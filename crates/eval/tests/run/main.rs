//! Runs as stories on paused time: a scripted model, real prompts, real scorers, and a sink that keeps what it hears.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, in its helpers too")]

mod budget;
mod cache;
mod judging;
mod latency;
mod limits;
mod resume;
mod retries;
mod scripted;
mod slow_scorers;
mod stopping;
mod story;
