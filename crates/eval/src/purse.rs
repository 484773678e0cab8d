//! What a run may spend, and what it has spent: over models, judges and retries.
//!
//! Before a call goes out, what it may cost at most is set aside; when it has been answered, what it did cost takes its
//! place. So the calls that are in flight together cannot pass the budget together, and work stops before the budget is
//! passed and not after. What an answer costs at most is known where its length is bounded (`max_tokens` and its like); where
//! it is not, twice the longest answer of the model so far stands for it, which a longer one may pass. So the first call of a
//! model goes out alone, and what has been learned from it (see [`habits`]) is set aside for the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carat_core::event::Budget;
use carat_core::fold::{Ledger, Spent};
use carat_core::{Completion, ModelError, Usage};
use tokio::sync::Notify;

mod expense;
mod habits;
#[cfg(test)]
mod tests;

pub(crate) use expense::Expense;
use habits::Habits;

/// The budget of a run, and what is left of it.
#[derive(Debug)]
pub struct Purse {
    budget: Budget,
    state: Mutex<State>,
    /// Told whenever something that was set aside is free again.
    freed: Notify,
}

#[derive(Debug, Default)]
struct State {
    paid: Ledger,
    set_aside: Spent,
    /// How many calls something is set aside for.
    in_flight: usize,
    /// What has been learned, by the model's name.
    habits: HashMap<Arc<str>, Habits>,
    /// Why nothing more is begun.
    refused: Option<Refused>,
}

/// Why a call was not begun, and so none after it.
#[derive(Debug, Clone, PartialEq)]
pub enum Refused {
    /// It might have passed the budget: so much it may cost.
    NoRoom(Spent),
    /// Its request is longer than the model's price is for, so that nobody knows what it costs; or one before it was.
    NoPrice {
        /// The model's name.
        model: Arc<str>,
        /// Tokens of the request.
        input_tokens: u64,
    },
}

/// Where the budget stands.
#[derive(Debug, Clone)]
pub struct Statement {
    /// All that was paid in the run.
    pub paid: Ledger,
    /// Why nothing more is begun; none while something may be.
    pub refused: Option<Refused>,
}

/// The budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted;

/// What becomes of a wish to spend.
enum Decision {
    Granted(Usage, Spent),
    Refused,
    Wait,
}

impl Purse {
    /// With so much in it, of which some has been spent: in this run, before it was resumed.
    pub fn new(budget: Budget, paid: impl Into<Ledger>) -> Self {
        let paid = paid.into();
        let habits = paid.longest.iter().map(|(model, longest)| (Arc::clone(model), Habits::of(*longest))).collect();
        let state = Mutex::new(State { paid, habits, ..State::default() });
        Self { budget, state, freed: Notify::new() }
    }

    /// Whether anything is bounded.
    pub const fn is_boundless(&self) -> bool {
        self.budget.is_boundless()
    }

    /// Whether a call could not be made because of it.
    pub fn is_exhausted(&self) -> bool {
        self.lock().refused.is_some()
    }

    /// Where it stands.
    pub fn statement(&self) -> Statement {
        let state = self.lock();
        Statement { paid: state.paid.clone(), refused: state.refused.clone() }
    }

    /// What is left of it, for whoever spends from it next.
    pub fn left(&self) -> Budget {
        let spent = self.lock().paid.total();
        // Billionths of a dollar, so that no budget is told with digits that only arithmetic has made.
        let usd = |usd: f64| ((usd - spent.usd).max(0.0) * 1e9).floor() / 1e9;
        Budget {
            usd: self.budget.usd.map(usd),
            tokens: self.budget.tokens.map(|tokens| tokens.saturating_sub(spent.tokens)),
        }
    }

    /// Sets aside what a call may cost. Waits while there is too little only because of what is set aside for others, which
    /// may turn out to cost less; and while the first call of the model is out, which shows how the others are to be counted.
    ///
    /// # Errors
    /// There is too little, whatever the others cost; or what it costs is not known.
    pub async fn set_aside(self: &Arc<Self>, expense: &Expense) -> Result<SetAside, Exhausted> {
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            // Before looking, so that what is freed in between is not missed.
            freed.as_mut().enable();
            // In a statement of its own, so that the lock is gone before anybody waits.
            let decision = self.decide(&mut self.lock(), expense);
            match decision {
                Decision::Granted(usage, most) => {
                    let (purse, expense) = (Arc::clone(self), expense.clone());
                    return Ok(SetAside { purse, expense, usage, most, is_settled: false });
                }
                Decision::Refused => {
                    self.freed.notify_waiters();
                    return Err(Exhausted);
                }
                Decision::Wait => freed.await,
            }
        }
    }

    fn decide(&self, state: &mut State, expense: &Expense) -> Decision {
        if state.refused.is_none() && self.budget.usd.is_some() && !expense.has_price() {
            let (model, input_tokens) = (Arc::clone(&expense.model), expense.input_tokens);
            state.refused = Some(Refused::NoPrice { model, input_tokens });
        }
        if state.refused.is_some() {
            return Decision::Refused;
        }
        let habits = state.habits.entry(Arc::clone(&expense.model)).or_default();
        let usage = habits.at_most(expense);
        let most = Spent::on(expense.price.as_ref(), &usage);
        let counts = self.budget.tokens.is_some() || most.usd > 0.0;
        if counts && habits.goes_alone(expense) && habits.in_flight > 0 {
            return Decision::Wait;
        }
        if self.has_room(state, most) {
            state.begin(expense, most);
            return Decision::Granted(usage, most);
        }
        if state.in_flight > 0 {
            return Decision::Wait;
        }
        state.refused = Some(Refused::NoRoom(most));
        Decision::Refused
    }

    fn has_room(&self, state: &State, more: Spent) -> bool {
        let mut all = state.paid.total();
        all.add(state.set_aside);
        all.add(more);
        let within_usd = self.budget.usd.is_none_or(|usd| all.usd <= usd);
        let within_tokens = self.budget.tokens.is_none_or(|tokens| all.tokens <= tokens);
        within_usd && within_tokens
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self, expense: &Expense, most: Spent) {
        self.set_aside.add(most);
        self.in_flight += 1;
        self.habits.entry(Arc::clone(&expense.model)).or_default().in_flight += 1;
    }

    fn end(&mut self, expense: &Expense, most: Spent) -> &mut Habits {
        self.set_aside.take(most);
        self.in_flight -= 1;
        if self.in_flight == 0 {
            // What rounding has left over of many sums.
            self.set_aside = Spent::default();
        }
        let habits = self.habits.entry(Arc::clone(&expense.model)).or_default();
        habits.in_flight -= 1;
        habits
    }
}

/// What is set aside for one call. Dropped, it is free again, as if nothing had been sent.
#[derive(Debug)]
pub struct SetAside {
    purse: Arc<Purse>,
    expense: Expense,
    /// What the call may use at most, and what that costs.
    usage: Usage,
    most: Spent,
    is_settled: bool,
}

impl SetAside {
    /// The call was answered: what it used is spent. Where the provider does not say, what was set aside is, or what the
    /// answer's length shows if that is more; and the answer carries it, so that a resume charges the same.
    pub fn answered(mut self, completion: &mut Completion) {
        self.settle(|state, call| match completion.usage {
            Some(usage) => call.told(state, &usage),
            None => {
                let tokens = expense::length(completion);
                state.end(&call.expense, call.most).heard(&call.expense, tokens);
                let usage = Usage { output_tokens: call.usage.output_tokens.max(tokens), ..call.usage };
                completion.supposed = Some(Box::new(usage));
                let price = call.expense.price.as_ref();
                state.paid.suppose(price, Spent::on(price, &usage));
            }
        });
    }

    /// The call failed. What may have been answered without reaching us may be on the bill: it counts as spent, and the error
    /// carries it.
    pub fn failed(mut self, error: &mut ModelError) {
        self.settle(|state, call| {
            state.end(&call.expense, call.most).has_ended = true;
            if error.kind.may_be_billed() {
                error.supposed = Some(Box::new(call.usage));
                state.paid.suppose(call.expense.price.as_ref(), call.most);
            }
        });
    }

    /// The provider says what the call used.
    fn told(&self, state: &mut State, usage: &Usage) {
        state.end(&self.expense, self.most).told(&self.expense, usage);
        let price = self.expense.price.as_ref();
        if price.is_none_or(|price| price.covers(usage)) {
            return state.paid.charge(price, usage);
        }
        // It turned out to be longer than its price is for: at least so much, and nobody knows how much more.
        state.paid.suppose(price, Spent::on(price, usage).max(self.most));
        if self.purse.budget.usd.is_some() && state.refused.is_none() {
            let (model, input_tokens) = (Arc::clone(&self.expense.model), usage.input_tokens);
            state.refused = Some(Refused::NoPrice { model, input_tokens });
        }
    }

    fn settle(&mut self, how: impl FnOnce(&mut State, &Self)) {
        self.is_settled = true;
        how(&mut self.purse.lock(), self);
        self.purse.freed.notify_waiters();
    }
}

impl Drop for SetAside {
    fn drop(&mut self) {
        if !self.is_settled {
            self.settle(|state, call| {
                state.end(&call.expense, call.most);
            });
        }
    }
}
