//! The shape of one number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stats::{CONFIDENCE, Estimate};

/// A number with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// The best guess.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// How many values it is taken over; rows, where cases are repeated.
    pub n: u64,
    /// In how many clusters these are, where rows hang together and there is an interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<u64>,
    /// How the interval was made: `wilson`, `t`, `delta`, `order-statistics`, `asymptotic`, or `none` for a plain count or sum.
    /// With repeats all are over rows, so that repeats of a row do not pass for independent ones. Where rows hang together:
    /// `clustered-wilson`, `clustered-t`, `clustered-delta`, or `unknown`, from end to end of what is possible, where all are
    /// of one cluster.
    pub interval: String,
    /// The share of such intervals that hold the true value.
    pub confidence: f64,
}

impl Metric {
    pub(in crate::fold::report) fn new(estimate: Estimate, n: u64, interval: &str) -> Self {
        let Estimate { value, low, high } = estimate;
        Self { value, low, high, n, clusters: None, interval: interval.to_owned(), confidence: CONFIDENCE }
    }

    pub(in crate::fold::report) fn over(self, clusters: u64) -> Self {
        Self { clusters: Some(clusters), ..self }
    }

    pub(in crate::fold::report) fn plain(value: f64, n: u64) -> Self {
        Self::new(Estimate { value, low: value, high: value }, n, "none")
    }
}
