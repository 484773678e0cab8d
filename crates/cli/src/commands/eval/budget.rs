//! `--max-cost`, `--max-tokens`: what a run may spend.

use std::collections::BTreeSet;
use std::sync::Arc;

use carat_core::RunId;
use carat_core::event::{Budget, PlanOutline};
use carat_core::fold::{Ledger, Spent};
use carat_core::spec::Price;
use carat_eval::{Purse, Refused, Statement};
use carat_registry::PROJECT_FILE;
use carat_store::Store;

use crate::fault::Fault;

/// US dollars that somebody typed: finite, and not less than nothing.
pub(super) fn dollars(text: &str) -> Result<f64, String> {
    let number = text.strip_prefix('$').unwrap_or(text);
    match number.parse::<f64>() {
        Ok(usd) if usd.is_finite() && usd >= 0.0 => Ok(usd),
        Ok(_) | Err(_) => Err("expected US dollars, such as 2.50".to_owned()),
    }
}

/// A budget in dollars says nothing of a model whose price is not known.
pub(super) fn refuse_unpriced(plan: &PlanOutline) -> Result<(), Fault> {
    if plan.budget.usd.is_none() {
        return Ok(());
    }
    let unknown: BTreeSet<_> = prices(plan).filter(|(_, price)| price.is_none()).map(|(name, _)| name).collect();
    let Some(first) = unknown.first() else { return Ok(()) };
    let names: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
    Err(Fault::mendable(format!(
        "--max-cost needs to know what each model costs, and the price of {} is not known; write it into {PROJECT_FILE} as \
         `models: {{ {first}: {{ price: {{ input: USD, output: USD }} }} }}` (for a million tokens), or bound the run with \
         --max-tokens instead",
        names.join(", ")
    )))
}

/// The models and judges of a plan, and what they cost.
fn prices(plan: &PlanOutline) -> impl Iterator<Item = (&Arc<str>, Option<&Price>)> {
    let models = plan.variants.iter().map(|variant| (&variant.model.name, variant.price.as_ref()));
    models.chain(plan.judges.iter().map(|judge| (&judge.model.name, judge.price.as_ref())))
}

/// The purse of a run that goes on. All that was ever paid in it counts; where nothing is bounded, nobody needs to know.
pub(super) async fn purse(budget: Budget, store: &Store, run: &RunId) -> Result<Arc<Purse>, Fault> {
    let paid = if budget.is_boundless() { Ledger::default() } else { store.paid(run).await? };
    Ok(Arc::new(Purse::new(budget, paid)))
}

/// What to say where the budget was used up.
pub(super) fn used_up(plan: &PlanOutline, statement: &Statement, run: &str) -> String {
    let budget = plan.budget;
    let spent = [in_dollars(budget, &statement.paid), in_tokens(budget, &statement.paid)];
    let spent: Vec<String> = spent.into_iter().flatten().collect();
    let spent = spent.join(", ");
    let flag = if budget.usd.is_some() { "--max-cost USD" } else { "--max-tokens N" };
    match &statement.refused {
        Some(Refused::NoPrice { model, input_tokens }) => {
            let of_model = prices(plan).filter(|(name, _)| *name == model);
            let up_to = of_model.filter_map(|(_, price)| price?.up_to).next().unwrap_or_default();
            format!(
                "stopped for the budget: what a request of {input_tokens} tokens to `{model}` costs is not known, for its \
                 price holds up to {up_to}; {spent} spent; give it a price for such requests in {PROJECT_FILE} and go on \
                 with `carat eval --resume {run}`"
            )
        }
        refused => {
            let next = match refused {
                Some(Refused::NoRoom(next)) => format!("may cost {}", next_call(budget, *next)),
                Some(Refused::NoPrice { .. }) | None => "might pass it".to_owned(),
            };
            format!(
                "the budget is used up: {spent} spent, and the next call {next}; raise it and go on with \
                 `carat eval --resume {run} {flag}`"
            )
        }
    }
}

fn in_dollars(budget: Budget, paid: &Ledger) -> Option<String> {
    let (usd, known) = (budget.usd?, money(paid.known.usd));
    Some(match paid.supposed.usd > 0.0 || paid.is_more {
        false => format!("{known} of ${usd}"),
        true => format!("at least {known} of ${usd} ({} with {})", money(paid.total().usd), guessed(paid)),
    })
}

fn in_tokens(budget: Budget, paid: &Ledger) -> Option<String> {
    let (tokens, known) = (budget.tokens?, paid.known.tokens);
    Some(match paid.supposed.tokens > 0 {
        false => format!("{known} of {tokens} tokens"),
        true => format!("at least {known} of {tokens} tokens ({} with {})", paid.total().tokens, guessed(paid)),
    })
}

/// What is charged for beside what is known.
fn guessed(paid: &Ledger) -> String {
    match paid.supposed_calls {
        1 => "a call of which nobody says what it cost".to_owned(),
        calls => format!("{calls} calls of which nobody says what they cost"),
    }
}

/// What the call that was not begun may cost, in what is bounded.
fn next_call(budget: Budget, next: Spent) -> String {
    let usd = budget.usd.map(|_| money(next.usd));
    let tokens = budget.tokens.map(|_| format!("{} tokens", next.tokens));
    usd.into_iter().chain(tokens).collect::<Vec<_>>().join(", ")
}

/// Dollars with four decimals, or as many as it takes for two digits that say something.
fn money(usd: f64) -> String {
    let decimals = (4..=12).find(|decimals| usd == 0.0 || usd * 10_f64.powi(*decimals) >= 10.0);
    let decimals = decimals.and_then(|decimals| usize::try_from(decimals).ok()).unwrap_or(12);
    format!("${usd:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const RUN: &str = "0193";

    fn plan(budget: Budget) -> PlanOutline {
        let digest = "0".repeat(64);
        let digest = format!("sha256:{digest}");
        let judge =
            json!({"model": {"name": "m", "digest": digest}, "price": {"input": 1, "output": 1, "up_to": 1000}});
        let plan = json!({"eval": "e", "spec_file": "e.yaml", "spec_digest": digest, "variants": [], "trials": 1, "cases": 1,
                          "dataset": {"name": "d", "version": 1, "digest": digest, "rows": 1}, "scorers": [],
                          "judges": [judge]});
        PlanOutline { budget, ..serde_json::from_value(plan).unwrap() }
    }

    fn statement(known: Spent, supposed: (Spent, u64), refused: Refused) -> Statement {
        let paid = Ledger { known, supposed: supposed.0, supposed_calls: supposed.1, ..Ledger::default() };
        Statement { paid, refused: Some(refused) }
    }

    #[test]
    fn dollars_are_finite_and_not_negative() {
        assert_eq!(dollars("2.50"), Ok(2.5));
        assert_eq!(dollars("$0"), Ok(0.0));
        for wrong in ["", "-1", "inf", "NaN", "2,50", "two"] {
            assert!(dollars(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_was_spent_and_what_the_next_call_may_cost_is_told_for_each_bound() {
        let next = Refused::NoRoom(Spent { usd: 0.003, tokens: 200 });
        let told = statement(Spent { usd: 0.123_456, tokens: 900 }, (Spent::default(), 0), next);
        let plan = plan(Budget { usd: Some(0.125), tokens: Some(1000) });
        insta::assert_snapshot!(used_up(&plan, &told, RUN), @"the budget is used up: $0.1235 of $0.125, 900 of 1000 tokens spent, and the next call may cost $0.0030, 200 tokens; raise it and go on with `carat eval --resume 0193 --max-cost USD`");
    }

    #[test]
    fn a_small_sum_has_digits_that_say_something() {
        let next = Refused::NoRoom(Spent { usd: 0.000_062, tokens: 0 });
        let told = statement(Spent { usd: 0.000_07, tokens: 0 }, (Spent::default(), 0), next);
        let plan = plan(Budget { usd: Some(0.0001), tokens: None });
        insta::assert_snapshot!(used_up(&plan, &told, RUN), @"the budget is used up: $0.000070 of $0.0001 spent, and the next call may cost $0.000062; raise it and go on with `carat eval --resume 0193 --max-cost USD`");
        assert_eq!((money(0.0), money(12.5), money(f64::MAX).len() > 300), ("$0.0000".into(), "$12.5000".into(), true));
    }

    #[test]
    fn calls_of_which_nobody_says_what_they_cost_are_told_apart() {
        let (known, supposed) = (Spent { usd: 0.0, tokens: 100 }, Spent { usd: 0.0, tokens: 5000 });
        let told = statement(known, (supposed, 5), Refused::NoRoom(Spent { usd: 0.0, tokens: 1000 }));
        let plan = plan(Budget { usd: None, tokens: Some(6000) });
        insta::assert_snapshot!(used_up(&plan, &told, RUN), @"the budget is used up: at least 100 of 6000 tokens (5100 with 5 calls of which nobody says what they cost) spent, and the next call may cost 1000 tokens; raise it and go on with `carat eval --resume 0193 --max-tokens N`");
    }

    #[test]
    fn a_request_without_a_price_is_told_with_the_model_and_its_length() {
        let (known, why) = (Spent { usd: 0.5, tokens: 0 }, Refused::NoPrice { model: "m".into(), input_tokens: 2000 });
        let told = statement(known, (Spent::default(), 0), why);
        let plan = plan(Budget { usd: Some(1.0), tokens: None });
        insta::assert_snapshot!(used_up(&plan, &told, RUN), @"stopped for the budget: what a request of 2000 tokens to `m` costs is not known, for its price holds up to 1000; $0.5000 of $1 spent; give it a price for such requests in carat.yaml and go on with `carat eval --resume 0193`");
    }
}
