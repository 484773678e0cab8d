//! Models against the real thing: sockets, programs, files.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod asking;
mod baselines;
mod doors;
mod echoed;
mod embeddings;
mod errors;
mod identity;
mod judging;
mod played;
mod programs;
mod published;
mod recorded;
mod server;
mod setup;
mod simulated;
mod streams;
mod wire;
