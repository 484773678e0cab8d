//! What one variant's samples add up to.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::{Flaw, Labels, ModelErrorKind, Outcome, RowId, Sample, Score, UnscoredKind, Usage};

use super::{CorpusTally, ExactSum};

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
    /// Answers whose usage is not known.
    pub usage_unknown: u64,
    /// Microseconds of the answers, in order of arrival.
    pub latencies_us: Vec<u32>,
}

impl Tally {
    /// Adds a sample. With `repeats`, values are kept by row as well, for intervals over rows rather than over repeats.
    pub(super) fn add(&mut self, sample: &Sample, repeats: bool) {
        self.samples += 1;
        match &sample.outcome {
            Outcome::Unrendered { .. } => self.unrendered += 1,
            Outcome::Unanswered { error } => *self.unanswered.entry(error.kind).or_default() += 1,
            Outcome::Completed { completion, scores, unscored } => {
                self.answered += 1;
                if let Some(flaw) = completion.flaw() {
                    *self.flaws.entry(flaw).or_default() += 1;
                }
                self.add_usage(completion.usage);
                self.latencies_us.extend(sample.latency_us.map(|us| u32::try_from(us).unwrap_or(u32::MAX)));
                let row = repeats.then_some(&sample.case.row);
                for (scorer, score) in scores {
                    self.scorer(scorer).add(score, row);
                }
                self.with_unscored += u64::from(!unscored.is_empty());
                for (scorer, why) in unscored {
                    *self.scorer(scorer).unscored.entry(why.reason).or_default() += 1;
                }
            }
        }
    }

    fn add_usage(&mut self, usage: Option<Usage>) {
        match usage {
            Some(usage) => add_usage(&mut self.usage, &usage),
            None => self.usage_unknown += 1,
        }
    }

    fn scorer(&mut self, name: &Arc<str>) -> &mut ScorerTally {
        self.scorers.entry(Arc::clone(name)).or_default()
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

/// Adds what a call used. A part that no call has named stays unknown.
pub(super) fn add_usage(sum: &mut Usage, usage: &Usage) {
    sum.input_tokens += usage.input_tokens;
    sum.output_tokens += usage.output_tokens;
    let add = |sum: &mut Option<u64>, part: Option<u64>| {
        if let Some(part) = part {
            *sum = Some(sum.unwrap_or(0) + part);
        }
    };
    add(&mut sum.cached_input_tokens, usage.cached_input_tokens);
    add(&mut sum.reasoning_tokens, usage.reasoning_tokens);
}

/// What one scorer said of one variant.
#[derive(Debug, Clone, Default)]
pub struct ScorerTally {
    /// Answers with a score.
    pub scored: u64,
    /// Of these, the ones that were judged right or wrong at all.
    pub judged: u64,
    /// Of these, the right ones.
    pub passed: u64,
    /// The sum of the values.
    pub sum: ExactSum,
    /// The sum of their squares.
    pub sum_of_squares: ExactSum,
    /// Answers without a score, by reason.
    pub unscored: BTreeMap<UnscoredKind, u64>,
    /// How often which class was answered where which was expected.
    pub confusion: BTreeMap<Labels, u64>,
    /// How often a judge named which category.
    pub categories: BTreeMap<String, u64>,
    /// For metrics of a whole corpus: what they are computed from.
    pub corpus: CorpusTally,
    /// For repeated cases: values and verdicts by row.
    pub by_row: HashMap<RowId, RowTally>,
}

/// The repeats of one row.
#[derive(Debug, Clone)]
pub struct RowTally {
    /// Which row.
    pub id: RowId,
    /// Repeats with a score.
    pub scored: u32,
    /// The sum of their values.
    pub sum: ExactSum,
    /// The sum of their squares.
    pub sum_of_squares: ExactSum,
    /// Of those that were judged, the right ones.
    pub passed: u32,
    /// Repeats that were judged right or wrong.
    pub judged: u32,
}

impl RowTally {
    fn new(id: &RowId) -> Self {
        let (sum, sum_of_squares) = (ExactSum::default(), ExactSum::default());
        Self { id: id.clone(), scored: 0, sum, sum_of_squares, passed: 0, judged: 0 }
    }

    /// Whether some repeats pass and some fail.
    pub const fn flickers(&self) -> bool {
        self.passed > 0 && self.passed < self.judged
    }

    /// The standard deviation of the repeats' values; 0 for fewer than two.
    pub fn deviation(&self) -> f64 {
        if self.scored < 2 {
            return 0.0;
        }
        let n = f64::from(self.scored);
        let mean = self.sum.get() / n;
        ((self.sum_of_squares.get() - n * mean * mean) / (n - 1.0)).max(0.0).sqrt()
    }
}

impl ScorerTally {
    fn add(&mut self, score: &Score, row: Option<&RowId>) {
        let value = score.value.get();
        self.scored += 1;
        self.sum.add(value);
        self.sum_of_squares.add(value * value);
        self.judged += u64::from(score.pass.is_some());
        self.passed += u64::from(score.pass == Some(true));
        if let Some(labels) = &score.labels {
            count(&mut self.confusion, labels);
        }
        if let Some(category) = &score.category {
            count(&mut self.categories, category);
        }
        if !score.counts.is_empty() {
            self.corpus.add(&score.counts, row);
        }
        if let Some(row) = row {
            let repeats = self.by_row.entry(row.clone()).or_insert_with(|| RowTally::new(row));
            repeats.scored += 1;
            repeats.sum.add(value);
            repeats.sum_of_squares.add(value * value);
            repeats.judged += u32::from(score.pass.is_some());
            repeats.passed += u32::from(score.pass == Some(true));
        }
    }
}

/// Adds one without copying a key that is there already.
fn count<K: Ord + Clone>(counts: &mut BTreeMap<K, u64>, key: &K) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => drop(counts.insert(key.clone(), 1)),
    }
}
