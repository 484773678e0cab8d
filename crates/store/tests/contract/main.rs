//! What every store promises, through its public face only, so that the same tests can be run on another database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod catalogue;
mod crash;
mod fixtures;
mod journal;
mod open;
mod resume;
mod runs;
mod sharing;
