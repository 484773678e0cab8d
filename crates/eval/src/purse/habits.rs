//! What has been learned of a model: how its provider counts, and how long its answers are.

use carat_core::Usage;
use carat_core::fold::{FIRST_GUESS, Longest};

use super::expense::Expense;

/// What has been learned of one model.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Habits {
    /// How many of its calls are out.
    pub(super) in_flight: usize,
    /// Whether a call has ended since the run began or went on, however it did.
    pub(super) has_ended: bool,
    /// The longest answer so far, for each of those that its call asked for; none before there is one.
    longest: Option<u64>,
    /// The longest request so far.
    longest_input: u64,
    /// The tokens that the provider told of a request and those that were counted here, of the call where the first were the
    /// largest multiple of the second; none where it never told more.
    told_and_counted: Option<(u64, u64)>,
    /// Whether an answer was longer than its bound, so that bounds say nothing.
    breaks_bounds: bool,
}

impl Habits {
    /// Of a model that was asked before the run was resumed.
    pub(super) fn of(longest: Longest) -> Self {
        Self { longest: Some(longest.output_tokens), longest_input: longest.input_tokens, ..Self::default() }
    }

    /// Whether a call must not be out together with others of the model: the first one, and where nothing bounds its answer
    /// each one until there is an answer.
    pub(super) fn goes_alone(&self, expense: &Expense) -> bool {
        !self.has_ended || expense.most_output_tokens.is_none() && self.longest.is_none()
    }

    /// What a call may use at most, as the dearest kinds of tokens.
    pub(super) fn at_most(&self, expense: &Expense) -> Usage {
        let longest = self.longest.map_or(FIRST_GUESS, |longest| longest.saturating_mul(2));
        let output = match expense.most_output_tokens {
            Some(most) if self.breaks_bounds => most.max(longest),
            Some(most) => most,
            None => longest,
        };
        let (input_tokens, output_tokens) = (self.input(expense), output.saturating_mul(expense.choices));
        let is_dearer = |part: Option<f64>, whole: f64| part.is_some_and(|part| part > whole);
        let price = expense.price.as_ref();
        let is_cache_dearer = price.is_some_and(|price| is_dearer(price.cached_input, price.input));
        let is_thought_dearer = price.is_some_and(|price| is_dearer(price.reasoning, price.output));
        Usage {
            input_tokens,
            output_tokens,
            cached_input_tokens: is_cache_dearer.then_some(input_tokens),
            reasoning_tokens: is_thought_dearer.then_some(output_tokens),
        }
    }

    /// The tokens of a request as the provider is going to count them.
    fn input(&self, expense: &Expense) -> u64 {
        match self.told_and_counted {
            // What cannot be counted here is as long as the longest so far.
            _ if expense.input_tokens == 0 => self.longest_input,
            Some((told, counted)) => {
                let scaled = (u128::from(expense.input_tokens) * u128::from(told)).div_ceil(u128::from(counted));
                u64::try_from(scaled).unwrap_or(u64::MAX)
            }
            None => expense.input_tokens,
        }
    }

    /// The provider has told what a call used.
    pub(super) fn told(&mut self, expense: &Expense, usage: &Usage) {
        self.longest_input = self.longest_input.max(usage.input_tokens);
        let (told, counted) = (usage.input_tokens, expense.input_tokens);
        let (most_told, of) = self.told_and_counted.unwrap_or((1, 1));
        if counted > 0 && u128::from(told) * u128::from(of) > u128::from(most_told) * u128::from(counted) {
            self.told_and_counted = Some((told, counted));
        }
        let bound = expense.most_output_tokens.map(|most| most.saturating_mul(expense.choices));
        self.breaks_bounds |= bound.is_some_and(|bound| usage.output_tokens > bound);
        self.heard(expense, usage.output_tokens);
    }

    /// An answer, or as many as were asked for, of so many tokens have come.
    pub(super) fn heard(&mut self, expense: &Expense, output_tokens: u64) {
        self.has_ended = true;
        let each = output_tokens.div_ceil(expense.choices.max(1));
        self.longest = Some(self.longest.unwrap_or(0).max(each));
    }
}
