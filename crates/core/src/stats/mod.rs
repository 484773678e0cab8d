//! Statistics of evals, as pure functions over plain numbers.
//!
//! | question | answer |
//! |---|---|
//! | How good is it? | [`wilson`] for passes, [`mean`] for degrees, [`f1_macro`], [`quantile`]; [`clustered`], [`wilson_clustered`] and [`wilson_of_clusters`] where rows hang together |
//! | Is the right one better than the left one, on the same rows? | [`tango`] with [`tango_p`] or [`mcnemar`] for passes; [`paired_t`], [`sign_flip`] and [`paired_bootstrap`] for degrees; [`clustered`] and [`clustered_bootstrap`] where rows hang together |
//! | Would we have seen it? | [`detectable_difference`], [`pairs_needed`] |
//! | We asked many questions: what still stands? | [`holm`], [`benjamini_hochberg`] |
//! | Every row was answered several times | [`Reducer`], [`pass_at_k`], [`pass_hat_k`] |
//! | Do two judges agree? | [`cohen_kappa`], [`fleiss_kappa`], [`krippendorff_alpha`]; [`cohen_kappa_clustered`] where ratings hang together |
//! | The metric is no mean | [`Linearised`], [`gradient`], [`f1_macro_influence`] |
//!
//! Differences are always right minus left. Functions give nothing for what they know nothing about (no pairs, no spread to
//! learn from), and say so; none of them takes agreement for certainty. A number that is not a number is a bug of the caller's:
//! it makes the results NaN or nothing, never a small p-value.

mod adjust;
mod agreement;
mod bootstrap;
mod clustered;
mod distributions;
mod f1;
mod kappa;
mod linearised;
mod mcnemar;
mod mean;
mod order;
mod paired;
mod power;
mod proportion;
mod random;
mod repeats;
mod sign_flip;
mod tango;
mod urn;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod reference;

pub use adjust::{benjamini_hochberg, holm};
pub use agreement::{Level, fleiss_kappa, krippendorff_alpha};
pub use bootstrap::{Bootstrap, clustered_bootstrap, paired_bootstrap};
pub use clustered::{Clustered, clustered, wilson_clustered, wilson_of_clusters};
pub use distributions::z;
pub use f1::{f1_macro, f1_macro_influence, per_class};
pub use kappa::{Kappa, Weights, cohen_kappa, cohen_kappa_clustered};
pub use linearised::{Linearised, gradient};
pub use mcnemar::{Mcnemar, mcnemar};
pub use mean::mean;
pub use order::quantile;
pub use paired::{PairedT, paired_t, paired_t_of_sums, unvaried};
pub use power::{Spread, detectable, detectable_difference, pairs_needed};
pub use proportion::wilson;
pub use repeats::{Reducer, majority, pass_at_k, pass_hat_k};
pub use sign_flip::{SignFlip, sign_flip};
pub use tango::{ScoreTest, tango, tango_p};

/// The share of intervals that hold the true value, in all that carat shows.
pub const CONFIDENCE: f64 = 0.95;

/// A number with the interval that holds the true one with a stated confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The best guess.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Estimate {
    /// The same with its ends cut off at what is possible: 0 and 1 for scores, −1 and 1 for their differences.
    pub fn within(self, least: f64, most: f64) -> Self {
        Self { low: self.low.max(least), high: self.high.min(most), ..self }
    }

    /// A value and as much on either side.
    fn around(value: f64, half: f64) -> Self {
        Self { value, low: value - half, high: value + half }
    }
}
