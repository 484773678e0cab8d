//! The binary from outside: what a person or a script sees, with a cleared environment.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, in its helpers too")]

mod outside;
