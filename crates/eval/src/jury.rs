//! All that scores the answers of an eval: what computes, what asks, and what they add up to.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use carat_core::spec::{OVERALL, Price, ScorerSpec};
use carat_core::{Answer, Ask, Assessor, Outcome, Sample, Score, Scorer, UnitInterval, Unscored, UnscoredKind};

/// What each scorer says of an answer, by its name.
#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    /// The scores.
    pub scores: Vec<(Arc<str>, Score)>,
    /// The scorers that had nothing to say, and why.
    pub unscored: Vec<(Arc<str>, Unscored)>,
}

impl Verdicts {
    fn add(&mut self, name: Arc<str>, verdict: Result<Score, Unscored>) {
        match verdict {
            Ok(score) => self.scores.push((name, score)),
            Err(why) => self.unscored.push((name, why)),
        }
    }
}

/// All scorers of an eval.
#[derive(Default)]
pub struct Jury {
    scorers: Vec<Box<dyn Scorer>>,
    assessors: Vec<Box<dyn Assessor>>,
    /// Names in the order of the spec.
    order: Vec<Arc<str>>,
    weights: HashMap<Arc<str>, f64>,
    /// What an answer of a variant costs, by the variant's number.
    prices: HashMap<u32, Price>,
}

impl Jury {
    /// Of what computes and what asks, by the spec in which they stand.
    pub fn new(spec: &[ScorerSpec], scorers: Vec<Box<dyn Scorer>>, assessors: Vec<Box<dyn Assessor>>) -> Self {
        let order = spec.iter().map(|scorer| Arc::from(scorer.name.as_str())).collect();
        let weights =
            spec.iter().filter_map(|scorer| Some((Arc::from(scorer.name.as_str()), scorer.weight?))).collect();
        Self { scorers, assessors, order, weights, prices: HashMap::new() }
    }

    /// With what answers cost, by the number of the variant.
    #[must_use]
    pub fn priced(mut self, prices: HashMap<u32, Price>) -> Self {
        self.prices = prices;
        self
    }

    /// Whether some of it has to wait for somebody.
    pub(crate) const fn waits(&self) -> bool {
        !self.assessors.is_empty()
    }

    /// What computing alone says of a sample; nothing where there is no answer.
    pub(crate) fn compute(&self, sample: &Sample) -> Verdicts {
        let mut verdicts = Verdicts::default();
        let Some(answer) = self.answer(sample) else { return verdicts };
        for scorer in self.scorers.iter().filter(|scorer| scorer.applies(answer.row)) {
            // A scorer that breaks is a bug of ours; the answer was paid for and is kept all the same.
            let verdict = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scorer.score(&answer)));
            verdicts.add(scorer.name().into(), verdict.unwrap_or_else(|_| Err(broke())));
        }
        verdicts
    }

    /// The same with what those say who ask, all at once.
    pub(crate) async fn ask(&self, sample: &Sample, computed: Verdicts, ask: &dyn ForScorer) -> Verdicts {
        let mut verdicts = computed;
        let Some(answer) = self.answer(sample) else { return verdicts };
        let answer = &answer;
        let asked = self.assessors.iter().filter(|assessor| assessor.applies(answer.row)).map(|assessor| async move {
            let name: Arc<str> = assessor.name().into();
            let way = ask.of(&name);
            (Arc::clone(&name), assessor.assess(answer, &*way).await)
        });
        for (name, verdict) in futures::future::join_all(asked).await {
            verdicts.add(name, verdict);
        }
        verdicts
    }

    /// In the order of the spec, with what the weighted ones add up to.
    pub(crate) fn conclude(&self, mut verdicts: Verdicts) -> Verdicts {
        let place = |name: &Arc<str>| self.order.iter().position(|known| known == name);
        verdicts.scores.sort_by_key(|(name, _)| place(name));
        verdicts.unscored.sort_by_key(|(name, _)| place(name));
        if let Some(overall) = self.overall(&verdicts) {
            verdicts.add(OVERALL.into(), overall);
        }
        verdicts
    }

    /// The weighted mean; unscored where one that has a weight is, for what is left would be another measure.
    fn overall(&self, verdicts: &Verdicts) -> Option<Result<Score, Unscored>> {
        let weight = |name: &Arc<str>| self.weights.get(name).copied().filter(|weight| *weight > 0.0);
        let missing = verdicts.unscored.iter().find(|(name, _)| weight(name).is_some());
        if let Some((name, why)) = missing {
            return Some(Err(Unscored::new(why.reason, format!("`{name}` has no score: {}", why.detail))));
        }
        let weighted: Vec<_> =
            verdicts.scores.iter().filter_map(|(name, score)| Some((weight(name)?, score.value.get()))).collect();
        let whole: f64 = weighted.iter().map(|(weight, _)| weight).sum();
        let sum: f64 = weighted.iter().map(|(weight, value)| weight * value).sum();
        let value = UnitInterval::clamped(sum / whole)?;
        Some(Ok(carat_core::Grade::Value(value).into()))
    }

    /// A sample as scorers see it; none where there is no answer.
    fn answer<'a>(&self, sample: &'a Sample) -> Option<Answer<'a>> {
        let (Some(transcript), Outcome::Completed { completion, .. }) = (&sample.transcript, &sample.outcome) else {
            return None;
        };
        let price = self.prices.get(&sample.case.variant);
        Some(Answer {
            row: &transcript.row,
            request: transcript.request.as_deref(),
            completion,
            trial: sample.case.trial,
            latency: sample.latency_us.map(Duration::from_micros),
            cost: price.and_then(|price| price.cost_of_call(completion.usage.as_ref())),
        })
    }
}

/// The ways of scorers to the models that judge, each told apart by the scorer's name.
pub(crate) trait ForScorer: Send + Sync {
    fn of<'a>(&'a self, scorer: &Arc<str>) -> Box<dyn Ask + 'a>;
}

fn broke() -> Unscored {
    Unscored::new(UnscoredKind::ScorerFailed, "the scorer broke on this answer; please report it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::{Grade, UnscoredKind::NoVerdict};

    fn jury(weights: &[(&str, Option<f64>)]) -> Jury {
        let spec: Vec<_> = weights
            .iter()
            .map(|(name, weight)| ScorerSpec { name: (*name).to_owned(), weight: *weight, ..ScorerSpec::default() })
            .collect();
        Jury::new(&spec, Vec::new(), Vec::new())
    }

    fn score(value: f64) -> Score {
        Grade::Value(UnitInterval::new(value).unwrap()).into()
    }

    fn overall(jury: &Jury, verdicts: Verdicts) -> Option<Result<f64, UnscoredKind>> {
        let verdicts = jury.conclude(verdicts);
        let scored =
            verdicts.scores.iter().find(|(name, _)| &**name == OVERALL).map(|(_, score)| Ok(score.value.get()));
        let unscored = verdicts.unscored.iter().find(|(name, _)| &**name == OVERALL).map(|(_, why)| Err(why.reason));
        scored.or(unscored)
    }

    #[test]
    fn the_overall_score_is_the_weighted_mean() {
        let jury = jury(&[("a", Some(3.0)), ("b", Some(1.0)), ("c", None)]);
        let verdicts = Verdicts {
            scores: vec![("c".into(), score(0.0)), ("b".into(), score(0.0)), ("a".into(), score(1.0))],
            unscored: Vec::new(),
        };
        assert_eq!(overall(&jury, verdicts.clone()), Some(Ok(0.75)));
        let names: Vec<_> = jury.conclude(verdicts).scores.into_iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["a", "b", "c", "overall"]);
    }

    #[test]
    fn without_weights_there_is_no_overall_score() {
        let jury = jury(&[("a", None), ("b", Some(0.0))]);
        let verdicts =
            Verdicts { scores: vec![("a".into(), score(1.0)), ("b".into(), score(1.0))], ..Verdicts::default() };
        assert_eq!(overall(&jury, verdicts), None);
    }

    #[test]
    fn what_a_weighted_scorer_cannot_say_is_not_left_out_of_the_mean_in_silence() {
        let jury = jury(&[("a", Some(1.0)), ("b", Some(1.0))]);
        let verdicts = Verdicts {
            scores: vec![("a".into(), score(1.0))],
            unscored: vec![("b".into(), Unscored::new(NoVerdict, "prose"))],
        };
        assert_eq!(overall(&jury, verdicts), Some(Err(NoVerdict)));
    }
}
