//! `exact`: the answer equals what is expected.
//!
//! * **Source** the whole answer, or the part that `on` names. **Range** a verdict. **Normalisation** as
//!   [`text`](super::text) has it; by default none: one trailing line break is a difference.
//! * An expectation that is a list is met by any of its members. An empty answer meets an empty expectation and no other,
//!   unlike in peers that let it meet everything or nothing.
//! * **Unscored** without an expectation, and with one that is an object, an empty list, or of which nothing is left.

use std::borrow::Cow;

use carat_core::spec::ExactSpec;
use carat_core::{Grade, Score, Unscored};
use serde_json::Value;

use super::assembly::Measure;
use super::expected;
use super::text::normalise;

/// Equality after what is named.
pub(super) struct Exact(pub(super) ExactSpec);

impl Measure for Exact {
    type Expected<'r> = Vec<Cow<'r, str>>;

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        expected::normalised(row, &self.0)
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let answer = normalise(answer, &self.0);
        Ok(Grade::Pass(expected.contains(&answer)).into())
    }
}
