//! Whole sources, from the files that people have to the files that they get.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test breaks loudly, in its helpers too")]

mod account;
mod graders;
mod openai;
mod promptfoo;
mod readable;
mod shown;
