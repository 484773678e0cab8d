//! `indel` and `jaro_winkler`: how near the answer is to what is expected, in other edits than `levenshtein` counts.
//!
//! * **Source** the whole answer, or the part that `on` names. **Range** a degree. **Normalisation** as [`text`](super::text)
//!   has it. Lengths are in Unicode scalar values. Two empty texts are alike: 1.
//! * `indel`: 1 - (insertions + deletions) / (both lengths), which is what `ratio` of rapidfuzz and fuzzywuzzy gives.
//! * `jaro_winkler`: Jaro's similarity with Winkler's bonus of 0.1 for each of up to four characters that both begin with.
//! * Of several expectations the nearest counts.
//! * **Unscored** as `levenshtein` is.

use std::borrow::Cow;

use carat_core::spec::Text;
use carat_core::{Score, Unscored};
use serde_json::Value;

use super::assembly::Measure;
use super::expected;
use super::graded::{degree, too_long};
use super::text::normalise;
use crate::measures::similarity::{indel_ratio, jaro_winkler};
use crate::measures::too_long::TooLong;

/// A likeness of two texts.
pub(super) struct Similar {
    text: Text,
    likeness: fn(&str, &str) -> Result<f64, TooLong>,
}

impl Similar {
    pub(super) fn indel(text: Text) -> Self {
        Self { text, likeness: indel_ratio }
    }

    pub(super) fn jaro_winkler(text: Text) -> Self {
        Self { text, likeness: |left, right| Ok(jaro_winkler(left, right)) }
    }
}

impl Measure for Similar {
    type Expected<'r> = Vec<Cow<'r, str>>;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        expected::normalised(row, &self.text)
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let answer = normalise(answer, &self.text);
        let mut nearest = 0.0_f64;
        for text in expected {
            nearest = nearest.max((self.likeness)(&answer, text).map_err(too_long)?);
        }
        degree(nearest)
    }
}
