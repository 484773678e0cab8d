//! The scorers that ask somebody, from outside: specs as people write them, judges that do what a script says, real programs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod asked;
mod embedding;
mod identity;
mod judges;
mod pairwise;
mod panels;
#[cfg(unix)]
mod programs;
mod specs;
mod verdicts;
