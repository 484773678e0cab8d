//! What `docs/digests.md` promises to everybody: published vectors, and scripts that share no code with carat.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed, in its helpers too")]

mod independent;
mod vectors;
