//! The scorers from outside: specs as people write them, rows and answers as they come.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod calls;
mod choice;
mod corpora;
mod every;
mod frame;
mod given;
mod hostile;
mod json;
mod lists;
mod looks;
mod manners;
#[cfg(unix)]
mod manual;
mod nearness;
mod numbers;
mod overlap;
mod rates;
mod reference;
mod specs;
mod squad;
mod texts;
