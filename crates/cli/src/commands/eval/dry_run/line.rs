//! What one prompt on one model is going to take.

use carat_core::spec::{Api, EvalSpec, Price};
use carat_core::{Parameters, Usage};
use carat_registry::{FoundModel, FoundPrompt, Priced};
use serde_json::Value;

use super::asked::Asked;
use super::estimate::Estimate;
use super::past::Answers;

/// A prompt on a model.
pub(super) struct Line<'a> {
    pub(super) prompt: &'a str,
    /// As the eval calls it.
    pub(super) model: &'a str,
    pub(super) calls: u64,
    /// Tokens of the requests.
    pub(super) input: Estimate,
    /// Tokens of the answers.
    pub(super) output: Estimate,
    /// US dollars.
    pub(super) cost: Estimate,
    /// How it is known how long answers are.
    pub(super) basis: Basis,
    /// What is known of the price.
    pub(super) priced: Priced<'a>,
    /// The share of requests that are longer than the price is for.
    pub(super) too_long: f64,
    /// How many of the calls were answered before, about, and cost nothing.
    pub(super) answered_before: f64,
}

/// How it is known how long answers are going to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Basis {
    /// There were such answers before.
    Past(Answers),
    /// They may have so many tokens.
    Most(u64),
    /// An embedding has no tokens.
    Embedding,
    /// It is not.
    Unknown,
}

impl<'a> Line<'a> {
    pub(super) fn new((prompt, model): (&'a str, &'a str), asked: &Asked, basis: Basis, priced: Priced<'a>) -> Self {
        let price = priced.price();
        let too_long = asked.longer_than(price.and_then(|price| price.up_to));
        let output = basis.sum(asked.answered(), |usage| usage.output_tokens as f64);
        let cost = price.map_or(Estimate::UNKNOWN, |price| cost(&price, asked, &basis));
        let (calls, input, answered_before) = (asked.calls(), asked.input(), asked.answered_before());
        Self { prompt, model, calls, input, output, cost, basis, priced, too_long, answered_before }
    }

    /// Whether somebody may charge for it.
    pub(super) fn is_paid(&self) -> bool {
        !self.priced.price().is_some_and(|price| price.is_free())
    }
}

/// What all calls cost. Whether the provider has a part of the input in its cache nobody knows before, and is left out.
fn cost(price: &Price, asked: &Asked, basis: &Basis) -> Estimate {
    if price.is_free() {
        return Estimate::exactly(0.0);
    }
    let input = asked.input_up_to(price.up_to).times(price.input / 1e6);
    let of_answer = |usage: &Usage| {
        let answer = Usage { input_tokens: 0, cached_input_tokens: None, ..*usage };
        price.cost(Some(&answer)).unwrap_or_default()
    };
    let too_long = asked.longer_than(price.up_to);
    let sum = input.plus(basis.sum(asked.answered() * (1.0 - too_long), of_answer));
    if too_long > 0.0 { Estimate::from(sum.low) } else { sum }
}

impl Basis {
    /// What there is to go by: two answers at least, for one shows no spread; else the bound that goes along with each request.
    pub(super) fn of(answers: Answers, model: &FoundModel, prompt: &FoundPrompt, spec: &EvalSpec) -> Self {
        if model.spec.api == Api::Embeddings {
            return Self::Embedding;
        }
        if answers.usage.len() > 1 {
            return Self::Past(answers);
        }
        most(model, prompt, spec).map_or(Self::Unknown, Self::Most)
    }

    /// The sum of a measure of so many answers. Of answers that are only bounded, all may be hidden reasoning or none.
    fn sum(&self, answers: f64, measure: impl Fn(&Usage) -> f64) -> Estimate {
        match self {
            Self::Past(past) => {
                let seen: Vec<f64> = past.usage.iter().map(measure).collect();
                Estimate::of_further(&seen, answers)
            }
            Self::Most(most) => {
                let said = Usage { output_tokens: *most, ..Usage::default() };
                let hidden = Usage { reasoning_tokens: Some(*most), ..said };
                Estimate::up_to(measure(&said).max(measure(&hidden)) * answers)
            }
            Self::Embedding => Estimate::exactly(0.0),
            Self::Unknown => Estimate::UNKNOWN,
        }
    }
}

/// The most tokens that an answer may have, as the requests are going to say: the eval's word counts before the prompt's, and
/// that before the model's.
fn most(model: &FoundModel, prompt: &FoundPrompt, spec: &EvalSpec) -> Option<u64> {
    parameters(model, prompt, spec).0.get("max_output_tokens").and_then(Value::as_u64)
}

/// The parameters that go along with each request.
pub(super) fn parameters(model: &FoundModel, prompt: &FoundPrompt, spec: &EvalSpec) -> Parameters {
    let written = |parameters| Parameters::from_written(parameters).unwrap_or_default();
    let of_model = written(&model.spec.parameters);
    of_model.overridden_by(&prompt.prompt.parameters).overridden_by(&written(&spec.parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price { input: 1.0, output: 10.0, reasoning: Some(20.0), ..Price::FREE };

    fn answers(lengths: impl IntoIterator<Item = u64>) -> Answers {
        let usage = |length| Usage { output_tokens: length, input_tokens: 1_000_000, ..Usage::default() };
        Answers { usage: lengths.into_iter().map(usage).collect(), runs: vec!["r".to_owned()] }
    }

    fn line(basis: Basis, priced: Priced<'static>, tokens: &[Option<u64>]) -> Line<'static> {
        Line::new(("ask", "m"), &Asked::made_up(tokens.to_vec(), tokens.len() as u64, 2), basis, priced)
    }

    #[test]
    fn input_is_counted_and_answers_are_as_long_as_before() {
        let past = Basis::Past(answers([100, 300]));
        let line = line(past, Priced::Written(PRICE), &[Some(1000), Some(3000), None]);
        assert_eq!((line.calls, line.input), (6, Estimate::exactly(8000.0)));
        assert_eq!(line.output, Estimate { low: 400.0, about: Some(800.0), high: Some(1200.0) });
        let about = line.cost.about.unwrap();
        assert!(
            (about - (8000.0 + 800.0 * 10.0) / 1e6).abs() < 1e-12,
            "what was asked before is not paid again: {about}"
        );
    }

    #[test]
    fn what_was_answered_before_costs_nothing() {
        let asked = Asked::made_up(vec![Some(1000), Some(3000)], 20, 2).of_which_open(vec![0.0, 0.5]);
        let line = Line::new(("ask", "m"), &asked, Basis::Embedding, Priced::Written(PRICE));
        assert_eq!((line.calls, line.answered_before), (40, 30.0));
        let about = line.cost.about.unwrap();
        assert!((about - 20.0 * 2.0 * 750.0 / 1e6).abs() < 1e-12, "{about}");
    }

    #[test]
    fn where_no_answer_is_known_there_is_an_upper_end_or_none() {
        let bounded = line(Basis::Most(500), Priced::Written(PRICE), &[Some(1000)]);
        assert_eq!(bounded.output, Estimate::up_to(1000.0));
        let Estimate { low, about, high } = bounded.cost;
        assert!((low - 0.002).abs() < 1e-12 && about.is_none(), "the input alone");
        assert!((high.unwrap() - (0.002 + 0.02)).abs() < 1e-12, "all of it may be hidden reasoning, which is dearer");
        let open = line(Basis::Unknown, Priced::Written(PRICE), &[Some(1000)]);
        assert_eq!((open.output, open.cost), (Estimate::UNKNOWN, Estimate::from(0.002)));
        let embedding = line(Basis::Embedding, Priced::Written(PRICE), &[Some(1000)]);
        assert_eq!(embedding.cost.about, Some(0.002));
    }

    #[test]
    fn an_unknown_price_is_not_nothing_and_nothing_is_not_unknown() {
        let past = || Basis::Past(answers([100, 300]));
        let unknown = line(past(), Priced::Unknown { nearest: None }, &[Some(1000)]);
        assert_eq!((unknown.cost, unknown.is_paid()), (Estimate::UNKNOWN, true));
        let free = line(Basis::Unknown, Priced::Free, &[Some(1000)]);
        assert_eq!((free.cost, free.is_paid()), (Estimate::exactly(0.0), false));
    }

    #[test]
    fn requests_that_are_longer_than_the_price_is_for_leave_it_open() {
        let price = Price { up_to: Some(1000), ..PRICE };
        let line = line(Basis::Embedding, Priced::Written(price), &[Some(1000), Some(1001)]);
        assert_eq!((line.too_long, line.cost), (0.5, Estimate::from(0.002)));
    }
}
