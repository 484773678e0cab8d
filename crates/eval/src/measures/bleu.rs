//! BLEU (Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation"), as sacrebleu 2.6 computes
//! it.
//!
//! * **Range** 0 to 1, where sacrebleu prints 0 to 100. Within it the numbers are the same for the same settings.
//! * **Tokens** as [`Tokeniser`] has them, after lower-casing if that is wanted.
//! * **Several references**: an n-gram matches as often as it stands in the reference that has it most often, and the
//!   length is held against the reference whose length is closest, the shorter one of two.
//! * **Empty texts**: whatever matches nothing has 0, two empty texts too.
//! * A corpus has one score, from the sums of the [`counts`] of its samples: [`Settings::corpus`]. A sample by itself is
//!   scored with effective order, as sacrebleu recommends: [`sentence`].
//!
//! Time and memory grow with the length of the texts.

mod tokens;

use carat_core::corpus::{CorpusMetric, Smoothing};

use super::counts::count;
use super::ngrams::Grams;
use super::space::words;

pub use tokens::Tokeniser;

/// What sacrebleu calls its signature: two scores can be compared only if these are the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How texts are taken apart.
    pub tokeniser: Tokeniser,
    /// Takes upper and lower case for the same.
    pub lowercase: bool,
    /// The longest n-grams.
    pub max_order: u8,
    /// What stands for the precision of an order without matches.
    pub smoothing: Smoothing,
}

impl Default for Settings {
    /// sacrebleu's: `case:mixed|tok:13a|smooth:exp`, n-grams up to 4.
    fn default() -> Self {
        Self { tokeniser: Tokeniser::V13a, lowercase: false, max_order: 4, smoothing: Smoothing::Exp }
    }
}

impl Settings {
    /// The formula for the summed counts of a corpus: without effective order.
    #[must_use]
    pub fn corpus(&self) -> CorpusMetric {
        self.metric(false)
    }

    /// The formula for the counts of one sample: with effective order.
    #[must_use]
    pub fn sentence(&self) -> CorpusMetric {
        self.metric(true)
    }

    fn metric(&self, effective_order: bool) -> CorpusMetric {
        CorpusMetric::Bleu { max_order: self.max_order, smoothing: self.smoothing, effective_order }
    }

    fn prepared(&self, text: &str) -> String {
        if self.lowercase { self.tokeniser.spaced(&text.to_lowercase()) } else { self.tokeniser.spaced(text) }
    }
}

/// What BLEU counts in an output: both lengths in tokens, then the matches and the n-grams of the output, order by order. As
/// many as [`CorpusMetric::width`] says. None without a reference.
#[must_use]
pub fn counts<R: AsRef<str>>(output: &str, references: &[R], settings: &Settings) -> Option<Vec<u32>> {
    let output = settings.prepared(output);
    let references: Vec<String> = references.iter().map(|text| settings.prepared(text.as_ref())).collect();
    let tokens = Grams::of_tokens(words(&output), references.iter().map(|text| words(text)));
    let length = tokens.output().len();
    let lengths = tokens.references().iter().map(Vec::len);
    let closest = lengths.min_by_key(|reference| (reference.abs_diff(length), *reference))?;
    let orders = Grams::orders(tokens, usize::from(settings.max_order));
    let matches = orders.iter().map(Grams::matches_any);
    let totals = orders.iter().map(|grams| grams.output().len());
    Some([length, closest].into_iter().chain(matches).chain(totals).map(count).collect())
}

/// BLEU of one sample, from its counts, from 0 to 1. None if they are not as many as the settings ask for.
#[must_use]
pub fn sentence(counts: &[u32], settings: &Settings) -> Option<f64> {
    settings.sentence().of(counts)
}
