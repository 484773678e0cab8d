//! What has been paid for.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::spec::Price;
use crate::{Completion, ModelError, Usage};

/// How long an answer is thought to be, in tokens, before there is one and where nothing bounds it.
pub const FIRST_GUESS: u64 = 1024;

/// Money and tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// US dollars.
    pub usd: f64,
    /// Tokens of requests and answers.
    pub tokens: u64,
}

impl Spent {
    /// What a call comes to that used so much; without a price it costs no dollars.
    pub fn on(price: Option<&Price>, usage: &Usage) -> Self {
        let usd = price.and_then(|price| price.cost(Some(usage))).unwrap_or(0.0);
        Self { usd, tokens: usage.total() }
    }

    /// Adds another sum.
    pub fn add(&mut self, other: Self) {
        self.usd += other.usd;
        self.tokens = self.tokens.saturating_add(other.tokens);
    }

    /// Takes another sum away, down to nothing.
    pub fn take(&mut self, other: Self) {
        self.usd = (self.usd - other.usd).max(0.0);
        self.tokens = self.tokens.saturating_sub(other.tokens);
    }

    /// The larger of both, of dollars and of tokens.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self { usd: self.usd.max(other.usd), tokens: self.tokens.max(other.tokens) }
    }
}

/// All that was ever paid in a run, call by call: also for what does not count any more, and for what nobody told the cost
/// of. It only grows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    /// For the calls of which it is known.
    pub known: Spent,
    /// What is charged for the others: it may be more than they did cost.
    pub supposed: Spent,
    /// How many those are.
    pub supposed_calls: u64,
    /// Whether there were calls that used something and have no price at all, so that it was more dollars.
    pub is_more: bool,
    /// The longest requests and answers, by the model's name.
    pub longest: BTreeMap<Arc<str>, Longest>,
}

/// The longest of a model's requests and answers, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Longest {
    /// Of the requests.
    pub input_tokens: u64,
    /// Of the answers.
    pub output_tokens: u64,
}

impl Ledger {
    /// Known and supposed together: what counts against a budget.
    pub fn total(&self) -> Spent {
        let mut total = self.known;
        total.add(self.supposed);
        total
    }

    /// A call was answered.
    pub fn answered(&mut self, model: &Arc<str>, price: Option<&Price>, completion: &Completion) {
        match (&completion.usage, &completion.supposed) {
            (Some(usage), _) => {
                let longest = self.longest.entry(Arc::clone(model)).or_default();
                longest.input_tokens = longest.input_tokens.max(usage.input_tokens);
                longest.output_tokens = longest.output_tokens.max(usage.output_tokens);
                self.charge(price, usage);
            }
            (None, Some(supposed)) => self.suppose(price, Spent::on(price, supposed)),
            (None, None) => self.guess(model, price),
        }
    }

    /// A call failed. It costs nothing but where it may stand on the bill.
    pub fn failed(&mut self, model: &Arc<str>, price: Option<&Price>, error: &ModelError) {
        match &error.supposed {
            Some(supposed) => self.suppose(price, Spent::on(price, supposed)),
            None if error.kind.may_be_billed() => self.guess(model, price),
            None => {}
        }
    }

    /// A call used so much. One that is longer than its price is for is charged at that price, which is the least it cost.
    pub fn charge(&mut self, price: Option<&Price>, usage: &Usage) {
        let spent = Spent::on(price, usage);
        if price.is_some_and(|price| !price.covers(usage)) {
            return self.suppose(price, spent);
        }
        self.is_more |= price.is_none() && usage.total() > 0;
        self.known.add(spent);
    }

    /// A call is taken to have cost so much.
    pub fn suppose(&mut self, price: Option<&Price>, spent: Spent) {
        self.supposed_calls += 1;
        self.is_more |= price.is_none();
        self.supposed.add(spent);
    }

    /// A call of which nothing is known: as long as the longest request, and as an answer before there is one. What is free
    /// and counts no tokens, such as a baseline, cost nothing.
    fn guess(&mut self, model: &Arc<str>, price: Option<&Price>) {
        if price.is_some_and(Price::is_free) {
            return;
        }
        let input_tokens = self.longest.get(model).map_or(0, |longest| longest.input_tokens);
        let usage = Usage { input_tokens, output_tokens: FIRST_GUESS, ..Usage::default() };
        self.suppose(price, Spent::on(price, &usage));
    }
}

impl From<Spent> for Ledger {
    fn from(known: Spent) -> Self {
        Self { known, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelErrorKind;

    const PRICE: Price = Price { input: 1.0, output: 10.0, ..Price::FREE };

    fn usage(input_tokens: u64, output_tokens: u64) -> Usage {
        Usage { input_tokens, output_tokens, ..Usage::default() }
    }

    fn answer(usage: Option<Usage>, supposed: Option<Usage>) -> Completion {
        Completion { usage, supposed: supposed.map(Box::new), ..Completion::default() }
    }

    #[test]
    fn what_a_provider_tells_is_known_and_the_rest_is_supposed() {
        let (model, mut ledger) = (Arc::from("m"), Ledger::default());
        ledger.answered(&model, Some(&PRICE), &answer(Some(usage(100, 10)), None));
        ledger.answered(&model, Some(&PRICE), &answer(None, Some(usage(50, 50))));
        assert_eq!((ledger.known.tokens, ledger.supposed.tokens, ledger.supposed_calls), (110, 100, 1));
        ledger.answered(&model, Some(&PRICE), &answer(None, None));
        assert_eq!(ledger.supposed.tokens, 100 + 100 + FIRST_GUESS, "as long a request as the longest");
        assert!((ledger.known.usd - 0.000_2).abs() < 1e-12 && !ledger.is_more);
    }

    #[test]
    fn an_attempt_that_failed_costs_nothing_but_where_it_may_stand_on_the_bill() {
        let (model, mut ledger) = (Arc::from("m"), Ledger::default());
        ledger.failed(&model, Some(&PRICE), &ModelError::new(ModelErrorKind::RateLimited, ""));
        assert_eq!(ledger, Ledger::default());
        let supposed = Some(Box::new(usage(5, 5)));
        ledger.failed(&model, None, &ModelError { supposed, ..ModelError::new(ModelErrorKind::Timeout, "") });
        ledger.failed(&model, Some(&PRICE), &ModelError::new(ModelErrorKind::Malformed, ""));
        assert_eq!((ledger.supposed.tokens, ledger.supposed_calls), (10 + FIRST_GUESS, 2));
        assert!(ledger.is_more, "one had no price");
    }

    #[test]
    fn a_baseline_costs_nothing() {
        let mut ledger = Ledger::default();
        ledger.answered(&Arc::from("nearest"), Some(&Price::FREE), &answer(None, None));
        assert_eq!(ledger.total(), Spent::default());
    }

    #[test]
    fn a_request_that_is_longer_than_its_price_is_for_cost_at_least_that_price() {
        let mut ledger = Ledger::default();
        ledger.charge(Some(&Price { up_to: Some(10), ..PRICE }), &usage(11, 0));
        assert_eq!((ledger.known, ledger.supposed_calls), (Spent::default(), 1));
        assert!(ledger.supposed.usd > 0.0);
    }

    #[test]
    fn more_tokens_than_a_number_holds_are_the_most_that_it_holds() {
        let mut ledger = Ledger::default();
        ledger.charge(Some(&PRICE), &usage(u64::MAX, u64::MAX));
        ledger.charge(Some(&PRICE), &usage(1, 1));
        assert_eq!(ledger.total().tokens, u64::MAX);
        assert!(ledger.total().usd.is_finite());
    }
}
