//! `rouge`, `bleu` and `chrf`: what the answer and what is expected have in common.
//!
//! * **Source** the whole answer, or the part that `on` names. **Range** a degree from 0 to 1; sacrebleu prints 0 to 100.
//!   **Tokens** and all else as [`crate::measures`] has them: equal to rouge-score 0.1.2 and sacrebleu 2.6.
//! * `NAME.mean` is the mean of the scores of the answers. `NAME.bleu` and `NAME.chrf` are those of the corpus, from summed
//!   counts, which is what papers report.
//! * Of several expectations `rouge` takes the best; `bleu` and `chrf` take all of them, as the references do.
//! * **Unscored** without an expectation; `rouge` of the longest common subsequence where texts are too long for it.

use std::borrow::Cow;

use carat_core::corpus::Smoothing;
use carat_core::spec::{
    BleuSpec, BleuTokenizer, Case, ChrfSpec, RougeMeasure, RougeSpec, RougeTokenizer, RougeType, Text,
};
use carat_core::{Grade, Score, UnitInterval, Unscored};
use serde_json::Value;

use super::assembly::Measure;
use super::error::BadSetting;
use super::expected;
use super::graded::{counted, degree, too_long};
use crate::measures::rouge::{Rouge as Measured, Words, rouge_l, rouge_lsum, rouge_n};
use crate::measures::too_long::TooLong;
use crate::measures::{bleu, chrf};

type Texts<'r> = Vec<Cow<'r, str>>;

fn texts(row: Option<&Value>) -> Result<Texts<'_>, Unscored> {
    expected::normalised(row, &Text::default())
}

/// Recall-oriented overlap.
pub(super) struct Rouge(pub(super) RougeSpec);

impl Rouge {
    fn of(&self, answer: &str, expected: &str) -> Result<Measured, TooLong> {
        let words = match self.0.tokenizer {
            RougeTokenizer::Reference => Words::default(),
            RougeTokenizer::Unicode => Words::Unicode,
        };
        match self.0.rouge {
            RougeType::One => Ok(rouge_n(1, answer, expected, words)),
            RougeType::Two => Ok(rouge_n(2, answer, expected, words)),
            RougeType::L => rouge_l(answer, expected, words),
            RougeType::Lsum => rouge_lsum(answer, expected, words),
        }
    }
}

impl Measure for Rouge {
    type Expected<'r> = Texts<'r>;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        texts(row)
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let mut best = 0.0_f64;
        for text in expected {
            let rouge = self.of(answer, text).map_err(too_long)?;
            best = best.max(match self.0.measure {
                RougeMeasure::F1 => rouge.f1,
                RougeMeasure::Precision => rouge.precision,
                RougeMeasure::Recall => rouge.recall,
            });
        }
        degree(best)
    }
}

/// Bilingual evaluation understudy.
pub(super) struct Bleu(bleu::Settings);

impl Bleu {
    pub(super) fn new(spec: &BleuSpec) -> Self {
        let tokeniser = match spec.tokenizer {
            BleuTokenizer::V13a => bleu::Tokeniser::V13a,
            BleuTokenizer::Char => bleu::Tokeniser::Char,
            BleuTokenizer::None => bleu::Tokeniser::None,
        };
        let lowercase = spec.case == Case::Ignore;
        Self(bleu::Settings { tokeniser, lowercase, max_order: 4, smoothing: Smoothing::Exp })
    }
}

impl Measure for Bleu {
    type Expected<'r> = Texts<'r>;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        texts(row)
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let counts = bleu::counts(answer, expected, &self.0).ok_or_else(expected::missing)?;
        counted(bleu::sentence(&counts, &self.0).unwrap_or(0.0), counts)
    }

    fn nothing(&self, expected: &Self::Expected<'_>, reason: String) -> Score {
        nothing(self, expected, reason)
    }
}

/// Character n-gram F-score.
pub(super) struct Chrf(chrf::Settings);

impl Chrf {
    pub(super) fn new(spec: &ChrfSpec) -> Result<Self, BadSetting> {
        if !(1..=10).contains(&spec.char_order) {
            return Err(BadSetting::new("chrf.char_order", "is a number from 1 to 10; 6 is usual"));
        }
        if spec.word_order > 4 {
            return Err(BadSetting::new("chrf.word_order", "is a number from 0 to 4; 0 is chrF, 2 is chrF++"));
        }
        Ok(Self(chrf::Settings {
            char_order: spec.char_order,
            word_order: spec.word_order,
            lowercase: spec.case == Case::Ignore,
            ..chrf::Settings::default()
        }))
    }
}

impl Measure for Chrf {
    type Expected<'r> = Texts<'r>;

    fn gives_degree(&self) -> bool {
        true
    }

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        texts(row)
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let counts = chrf::counts(answer, expected, &self.0).ok_or_else(expected::missing)?;
        counted(chrf::sentence(&counts, &self.0).unwrap_or(0.0), counts)
    }

    fn nothing(&self, expected: &Self::Expected<'_>, reason: String) -> Score {
        nothing(self, expected, reason)
    }
}

/// Wrong, but with the counts of an empty answer, so that the corpus does not leave out what was expected of it.
pub(super) fn nothing<M: Measure>(measure: &M, expected: &M::Expected<'_>, reason: String) -> Score {
    let counts = measure.measure("", expected).map(|score| score.counts).unwrap_or_default();
    Score { counts, ..Score::from(Grade::Value(UnitInterval::ZERO)) }.because(reason)
}
