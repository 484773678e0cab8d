//! Reports, read back by those who read them.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test breaks loudly, in its helpers too")]

mod browser;
mod clusters;
mod junit;
mod lines;
mod made;
mod markdown;
mod page;
mod partly;
mod tables;
