//! Runs as stories on paused time: a scripted model, real prompts, real scorers, and a sink that keeps what it hears.

mod resume;
mod retries;
mod scripted;
mod stopping;
mod story;
