//! What one variant's samples add up to.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::spec::Price;
use crate::{Completion, Flaw, ModelErrorKind, Outcome, RowId, RunId, Sample, Usage};

use super::ScorerTally;

/// What a sample is a part of, as far as intervals have to know.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PartOf<'a> {
    /// The row, where cases are repeated: intervals are over rows then, and not over repeats.
    pub(super) row: Option<&'a RowId>,
    /// The number of the cluster, where rows hang together: intervals are over clusters then.
    pub(super) cluster: Option<u32>,
}

/// The samples of one variant, added up. The same samples in any order give the same tally.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Cases that have ended.
    pub samples: u64,
    /// Of these, the ones that the model answered.
    pub answered: u64,
    /// Of these, the ones whose prompt could not be rendered.
    pub unrendered: u64,
    /// Of these, the ones without an answer, by kind of failure.
    pub unanswered: BTreeMap<ModelErrorKind, u64>,
    /// Answers with a flaw, by kind; they are answers all the same.
    pub flaws: BTreeMap<Flaw, u64>,
    /// Attempts that were followed by another one.
    pub retries: u64,
    /// Answers that some scorer had nothing to say about.
    pub with_unscored: u64,
    /// What each scorer said.
    pub scorers: BTreeMap<Arc<str>, ScorerTally>,
    /// Tokens of the answers whose usage is known.
    pub usage: Usage,
    /// The tokens of the longest request, as far as usage is known.
    pub longest_input: u64,
    /// Answers whose usage is not known.
    pub usage_unknown: u64,
    /// Answers that were given before, to the same question, and cost nothing this time.
    pub cached: u64,
    /// Tokens of these, as far as they are known.
    pub cached_usage: Usage,
    /// The runs in which these were given, and when each began.
    pub origins: BTreeMap<RunId, String>,
    /// Microseconds of the answers, in order of arrival.
    pub latencies_us: Vec<u32>,
    /// Where rows hang together: how many samples each cluster has, by its number.
    pub clusters: HashMap<u32, ClusterCounts>,
}

/// The samples of one cluster.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClusterCounts {
    /// Cases that have ended.
    pub samples: u64,
    /// Of these, the ones that the model answered.
    pub answered: u64,
    /// Of these, the ones that some scorer had nothing to say about.
    pub with_unscored: u64,
}

impl Tally {
    /// Adds a sample, with what it is a part of.
    pub(super) fn add(&mut self, sample: &Sample, part: PartOf<'_>) {
        self.samples += 1;
        if let Some(cluster) = part.cluster {
            self.clusters.entry(cluster).or_default().add(&sample.outcome);
        }
        match &sample.outcome {
            Outcome::Unrendered { .. } => self.unrendered += 1,
            Outcome::Unanswered { error } => *self.unanswered.entry(error.kind).or_default() += 1,
            Outcome::Completed { completion, scores, unscored } => {
                self.answered += 1;
                if let Some(flaw) = completion.flaw() {
                    *self.flaws.entry(flaw).or_default() += 1;
                }
                self.add_usage(completion);
                self.latencies_us.extend(sample.latency_us.map(|us| u32::try_from(us).unwrap_or(u32::MAX)));
                for (scorer, score) in scores {
                    self.scorer(scorer).add(score, part);
                }
                self.with_unscored += u64::from(!unscored.is_empty());
                for (scorer, why) in unscored {
                    *self.scorer(scorer).unscored.entry(why.reason).or_default() += 1;
                }
            }
        }
    }

    fn add_usage(&mut self, completion: &Completion) {
        match &completion.usage {
            Some(usage) => {
                add_usage(&mut self.usage, usage);
                self.longest_input = self.longest_input.max(usage.input_tokens);
            }
            None => self.usage_unknown += 1,
        }
        if let Some(origin) = &completion.origin {
            self.cached += 1;
            if !self.origins.contains_key(&origin.run) {
                self.origins.insert(origin.run.clone(), origin.since.clone());
            }
            completion.usage.iter().for_each(|usage| add_usage(&mut self.cached_usage, usage));
        }
    }

    fn scorer(&mut self, name: &Arc<str>) -> &mut ScorerTally {
        self.scorers.entry(Arc::clone(name)).or_default()
    }

    /// Whether a price holds for every one of the calls, and the usage of all of them is known.
    pub fn is_covered(&self, price: &Price) -> bool {
        let longest = Usage { input_tokens: self.longest_input, ..Usage::default() };
        self.usage_unknown == 0 && price.covers(&longest)
    }

    /// Tokens of the answers that were paid for in this run.
    pub fn paid_usage(&self) -> Usage {
        let part = |all: Option<u64>, cached: Option<u64>| all.map(|all| all.saturating_sub(cached.unwrap_or(0)));
        Usage {
            input_tokens: self.usage.input_tokens.saturating_sub(self.cached_usage.input_tokens),
            output_tokens: self.usage.output_tokens.saturating_sub(self.cached_usage.output_tokens),
            cached_input_tokens: part(self.usage.cached_input_tokens, self.cached_usage.cached_input_tokens),
            reasoning_tokens: part(self.usage.reasoning_tokens, self.cached_usage.reasoning_tokens),
        }
    }

    /// Cases without an answer, for whatever reason.
    pub fn errors(&self) -> u64 {
        self.samples - self.answered
    }

    /// Everything that went wrong, by the word for it; answers with a flaw included.
    pub fn failures(&self) -> BTreeMap<&'static str, u64> {
        let unrendered = (self.unrendered > 0).then_some(("unrendered", self.unrendered));
        let unanswered = self.unanswered.iter().map(|(kind, count)| (kind.as_str(), *count));
        unrendered
            .into_iter()
            .chain(unanswered)
            .chain(self.flaws.iter().map(|(flaw, count)| (flaw.as_str(), *count)))
            .collect()
    }
}

impl ClusterCounts {
    fn add(&mut self, outcome: &Outcome) {
        self.samples += 1;
        if let Outcome::Completed { unscored, .. } = outcome {
            self.answered += 1;
            self.with_unscored += u64::from(!unscored.is_empty());
        }
    }
}

/// Adds what a call used. A part that no call has named stays unknown, and a sum that no number holds is the largest one.
pub(super) fn add_usage(sum: &mut Usage, usage: &Usage) {
    sum.input_tokens = sum.input_tokens.saturating_add(usage.input_tokens);
    sum.output_tokens = sum.output_tokens.saturating_add(usage.output_tokens);
    let add = |sum: &mut Option<u64>, part: Option<u64>| {
        if let Some(part) = part {
            *sum = Some(sum.unwrap_or(0).saturating_add(part));
        }
    };
    add(&mut sum.cached_input_tokens, usage.cached_input_tokens);
    add(&mut sum.reasoning_tokens, usage.reasoning_tokens);
}
