//! `wer`, `cer` and `ter`: errors in relation to what is expected.
//!
//! * **Source** the whole answer, or the part that `on` names. **Range** a degree: 1 - rate, at least 0, for one answer. The
//!   corpus has the rate itself, all errors by the length of all that is expected: `NAME.wer`, `NAME.cer`, `NAME.ter`, from
//!   0, which is best, to any number.
//! * `wer` counts words between white space, `cer` Unicode scalar values without white space around the text, as jiwer does
//!   (but for single tabs and line breaks, which part words here); `ter` words and shifts of words, as sacrebleu does.
//!   **Normalisation** as [`text`](super::text) has it; by default none (`ter`: lower case).
//! * Of several expectations the one with the lowest rate counts for `wer` and `cer`; `ter` has edits to the nearest and
//!   the average length, as the reference has it.
//! * **Unscored** without an expectation, and where texts are too long to align. For `ter` an expectation alone can be.

use std::borrow::Cow;

use carat_core::spec::{Case, ErrorRateSpec, TerSpec, Text};
use carat_core::{Score, Unscored};
use serde_json::Value;

use super::assembly::Measure;
use super::expected;
use super::graded::{counted, too_long};
use super::text::normalise;
use crate::measures::error_rates::{self, Breaks, character_errors, word_errors};
use crate::measures::length::white_space_words;
use crate::measures::ter;
use crate::measures::too_long::TooLong;

/// Errors by length.
pub(super) struct ErrorRate {
    text: Text,
    errors: fn(&str, &str) -> Result<[u32; 2], TooLong>,
}

impl ErrorRate {
    pub(super) fn of_words(spec: &ErrorRateSpec) -> Self {
        Self { text: spec.text, errors: |answer, expected| word_errors(answer, expected, Breaks::AnyWhiteSpace) }
    }

    pub(super) fn of_characters(spec: &ErrorRateSpec) -> Self {
        Self { text: spec.text, errors: character_errors }
    }
}

impl Measure for ErrorRate {
    type Expected<'r> = Vec<Cow<'r, str>>;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        expected::normalised(row, &self.text)
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let answer = normalise(answer, &self.text);
        let mut least: Option<[u32; 2]> = None;
        for text in expected {
            let counts = (self.errors)(&answer, text).map_err(too_long)?;
            if least.is_none_or(|least| error_rates::rate(counts) < error_rates::rate(least)) {
                least = Some(counts);
            }
        }
        let counts = least.ok_or_else(expected::missing)?;
        counted(1.0 - error_rates::rate(counts), counts.to_vec())
    }

    /// As if the answer were empty, so that the corpus does not leave its errors out.
    fn nothing(&self, expected: &Self::Expected<'_>, reason: String) -> Score {
        super::overlap::nothing(self, expected, reason)
    }
}

/// Translation edit rate.
pub(super) struct Ter(ter::Settings);

impl Ter {
    pub(super) fn new(spec: &TerSpec) -> Self {
        Self(ter::Settings { case_sensitive: spec.case == Case::Exact })
    }
}

impl Measure for Ter {
    type Expected<'r> = Vec<Cow<'r, str>>;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        let texts = expected::normalised(row, &Text::default())?;
        // Found here, so that it does not depend on the answer whether the row is scored.
        match texts.iter().map(|text| white_space_words(text)).find(|words| *words > ter::MOST_WORDS) {
            Some(words) => {
                Err(expected::bad(format!("{words} words are too many for `ter`; the most is {}", ter::MOST_WORDS)))
            }
            None => Ok(texts),
        }
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let counts = ter::counts(answer, expected, self.0).map_err(too_long)?.ok_or_else(expected::missing)?;
        let rate = ter::sentence(&counts).unwrap_or(1.0);
        counted(1.0 - rate, counts.to_vec())
    }

    fn nothing(&self, expected: &Self::Expected<'_>, reason: String) -> Score {
        super::overlap::nothing(self, expected, reason)
    }
}
