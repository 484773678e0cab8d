//! One row of one variant: how often it was asked, what that cost, and which answers came.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::num::NonZeroU64;

use crate::{Completion, Digest, RowId, Sample};

/// One row.
#[derive(Debug, Clone)]
pub(in crate::compare) struct SideRow {
    pub(in crate::compare) id: RowId,
    pub(in crate::compare) digest: Digest,
    pub(in crate::compare) samples: u32,
    pub(in crate::compare) answered: u32,
    /// Answers that some scorer had nothing to say about.
    pub(in crate::compare) unscored: u32,
    /// The number of its cluster; 0 where rows are not clustered.
    pub(in crate::compare) cluster: u32,
    /// The sum of what the answers cost; NaN where one's cost is not known.
    pub(in crate::compare) cost: f64,
    /// Which draws of the model its answers are: the same on two sides where both have the very same ones, of which one took
    /// them from the record. 0 without an answer.
    pub(in crate::compare) draws: u64,
    pub(in crate::compare) slices: Box<[u32]>,
    /// One for every sample.
    pub(in crate::compare) marks: Vec<Mark>,
}

/// What is kept of a sample by itself.
#[derive(Debug, Clone, Copy)]
pub(in crate::compare) struct Mark {
    pub(super) trial: u32,
    /// The number of its event.
    pub(super) seq: u64,
    /// The answer, as a number that differs when answers do; none without an answer.
    pub(in crate::compare) answer: Option<NonZeroU64>,
}

impl SideRow {
    pub(super) fn new(sample: &Sample, slices: Box<[u32]>, cluster: u32) -> Self {
        Self {
            id: sample.case.row.clone(),
            digest: sample.row_digest,
            samples: 0,
            answered: 0,
            unscored: 0,
            cluster,
            cost: 0.0,
            draws: 0,
            slices,
            marks: Vec::with_capacity(1),
        }
    }

    /// The share of its samples that the model did not answer.
    pub(in crate::compare) fn error_share(&self) -> Option<f64> {
        (self.samples > 0).then(|| 1.0 - f64::from(self.answered) / f64::from(self.samples))
    }

    /// The share of its answers that some scorer had nothing to say about.
    pub(in crate::compare) fn unscored_share(&self) -> Option<f64> {
        (self.answered > 0).then(|| f64::from(self.unscored) / f64::from(self.answered))
    }

    /// What an answer costs on average.
    pub(in crate::compare) fn cost_per_sample(&self) -> Option<f64> {
        (self.answered > 0 && !self.cost.is_nan()).then(|| self.cost / f64::from(self.answered))
    }
}

/// A number for the draw that an answer is: by its question, which repeat it is, and the run in which it was given.
pub(super) fn draw_of(sample: &Sample, completion: &Completion, run: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    completion.origin.as_ref().map_or(run, |origin| origin.run.as_str()).hash(&mut hasher);
    sample.request_digest.hash(&mut hasher);
    sample.case.trial.hash(&mut hasher);
    hasher.finish()
}

/// A number that differs when answers do. Answers that are JSON are the same however they are laid out.
pub(super) fn hash_of(completion: &Completion) -> NonZeroU64 {
    let mut hasher = DefaultHasher::new();
    let text = completion.text.trim_start();
    let document = text.starts_with(['{', '[']).then(|| serde_json::from_str::<serde_json::Value>(text));
    match document {
        Some(Ok(value)) => Digest::of_json(&value).hash(&mut hasher),
        _ => completion.text.hash(&mut hasher),
    }
    completion.refusal.hash(&mut hasher);
    for call in &completion.tool_calls {
        call.name.hash(&mut hasher);
        Digest::of_json(&call.arguments).hash(&mut hasher);
    }
    NonZeroU64::new(hasher.finish()).unwrap_or(NonZeroU64::MIN)
}
