use carat_core::ModelErrorKind;
use carat_core::spec::Price;
use proptest::prelude::*;

use super::*;

const PRICE: Price = Price { input: 1.0, output: 10.0, ..Price::FREE };

fn purse(usd: Option<f64>, tokens: Option<u64>) -> Arc<Purse> {
    Arc::new(Purse::new(Budget { usd, tokens }, Spent::default()))
}

fn call(most: Option<u64>) -> Expense {
    Expense { model: "m".into(), price: Some(PRICE), input_tokens: 100, most_output_tokens: most, choices: 1 }
}

fn used(output_tokens: u64) -> Completion {
    told(100, output_tokens)
}

fn told(input_tokens: u64, output_tokens: u64) -> Completion {
    let usage = Usage { input_tokens, output_tokens, ..Usage::default() };
    Completion { usage: Some(usage), ..Completion::default() }
}

fn error(kind: ModelErrorKind) -> ModelError {
    ModelError::new(kind, "")
}

/// After a first answer, which went out alone.
async fn known(purse: &Arc<Purse>, asked: &Expense, mut answer: Completion) {
    purse.set_aside(asked).await.unwrap().answered(&mut answer);
}

/// How many calls can be out at once.
async fn at_once(purse: &Arc<Purse>, asked: &Expense) -> usize {
    let mut open = Vec::new();
    while let Ok(Ok(held)) = tokio::time::timeout(std::time::Duration::ZERO, purse.set_aside(asked)).await {
        open.push(held);
        if open.len() == 1000 {
            break;
        }
    }
    open.len()
}

#[tokio::test]
async fn calls_in_flight_cannot_pass_the_budget_together() {
    let purse = purse(None, Some(500));
    known(&purse, &call(Some(100)), used(0)).await;
    let first = purse.set_aside(&call(Some(100))).await.unwrap();
    let second = purse.set_aside(&call(Some(100))).await.unwrap();
    let third = tokio::spawn({
        let purse = Arc::clone(&purse);
        async move { purse.set_aside(&call(Some(100))).await.map(drop) }
    });
    tokio::task::yield_now().await;
    assert!(!third.is_finished(), "it waits to hear what the others cost");
    first.answered(&mut used(0));
    tokio::task::yield_now().await;
    assert!(!third.is_finished(), "100 + 100 + 200 + 200 is more than 500");
    second.answered(&mut used(0));
    assert_eq!(third.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn what_the_budget_has_no_room_for_at_all_ends_the_spending() {
    let purse = purse(Some(0.000_5), None);
    known(&purse, &call(Some(1)), used(1)).await;
    known(&purse, &call(Some(10)), used(10)).await;
    assert!(!purse.is_exhausted());
    assert_eq!(purse.set_aside(&call(Some(30))).await.err(), Some(Exhausted));
    let Some(Refused::NoRoom(next)) = purse.statement().refused else { panic!() };
    assert!((next.usd - 0.000_4).abs() < 1e-12 && next.tokens == 130, "{next:?}");
    let after = purse.set_aside(&call(Some(0))).await.err();
    assert_eq!(after, Some(Exhausted), "nothing is begun any more, however small");
}

#[tokio::test]
async fn what_was_spent_before_a_resume_counts() {
    let before = Spent { usd: 0.0, tokens: 350 };
    let purse = Arc::new(Purse::new(Budget { usd: None, tokens: Some(400) }, before));
    assert_eq!(purse.set_aside(&call(Some(0))).await.err(), Some(Exhausted));
    assert_eq!(purse.left(), Budget { usd: None, tokens: Some(50) });
}

#[tokio::test]
async fn a_refused_call_costs_nothing_and_one_that_timed_out_may_be_billed_and_says_for_how_much() {
    let purse = purse(None, Some(250));
    let (mut refused, mut late) = (error(ModelErrorKind::RateLimited), error(ModelErrorKind::Timeout));
    purse.set_aside(&call(Some(100))).await.unwrap().failed(&mut refused);
    purse.set_aside(&call(Some(100))).await.unwrap().failed(&mut late);
    assert_eq!(purse.set_aside(&call(Some(0))).await.err(), Some(Exhausted));
    assert_eq!((refused.supposed, late.supposed.map(|usage| usage.total())), (None, Some(200)));
    let paid = purse.statement().paid;
    assert_eq!((paid.known.tokens, paid.supposed.tokens, paid.supposed_calls), (0, 200, 1));
}

#[tokio::test]
async fn an_answer_of_which_nobody_says_what_it_used_says_what_it_was_taken_for() {
    let purse = purse(None, Some(10_000));
    let mut short = Completion { text: "yes".into(), ..Completion::default() };
    known(&purse, &call(Some(50)), short.clone()).await;
    purse.set_aside(&call(Some(50))).await.unwrap().answered(&mut short);
    assert_eq!(short.supposed.map(|usage| usage.total()), Some(150));
    let mut long = Completion { text: "x".repeat(4000), ..Completion::default() };
    purse.set_aside(&call(Some(50))).await.unwrap().answered(&mut long);
    assert_eq!(long.supposed.map(|usage| usage.total()), Some(1100), "the answer shows that it was more");
    assert_eq!(purse.statement().paid.supposed.tokens, 150 + 150 + 1100);
}

#[tokio::test]
async fn where_nothing_bounds_its_answers_a_model_is_asked_alone_until_one_shows_their_length() {
    let purse = purse(None, Some(100_000));
    assert_eq!(at_once(&purse, &call(None)).await, 1);
    purse.set_aside(&call(None)).await.unwrap().failed(&mut error(ModelErrorKind::Server));
    assert_eq!(at_once(&purse, &call(None)).await, 1, "a failure shows nothing");
    known(&purse, &call(None), used(10_000)).await;
    assert_eq!(at_once(&purse, &call(None)).await, 4, "10 100 + 4 × 20 100 fits into 100 000");
}

#[tokio::test]
async fn the_first_call_of_a_model_goes_out_alone_and_waits_for_no_other_model() {
    let purse = purse(None, Some(100_000));
    let first = purse.set_aside(&call(Some(1))).await.unwrap();
    assert_eq!(at_once(&purse, &call(Some(1))).await, 0);
    assert_eq!(at_once(&purse, &Expense { model: "other".into(), ..call(Some(1)) }).await, 1);
    first.failed(&mut error(ModelErrorKind::Server));
    assert!(at_once(&purse, &call(Some(1))).await > 100);
}

#[tokio::test]
async fn what_costs_nothing_waits_for_nobody() {
    let purse = purse(Some(0.0), None);
    assert_eq!(at_once(&purse, &Expense { price: Some(Price::FREE), ..call(None) }).await, 1000);
}

#[tokio::test]
async fn after_a_resume_the_longest_answer_before_it_is_known() {
    let mut paid = Ledger::default();
    paid.answered(&"m".into(), Some(&PRICE), &used(5000));
    let purse = Arc::new(Purse::new(Budget { usd: None, tokens: Some(15_199) }, paid));
    assert_eq!(purse.set_aside(&call(None)).await.err(), Some(Exhausted), "5 100 + 100 + 2 × 5 000 does not fit");
}

#[tokio::test]
async fn reasoning_that_is_dearer_than_words_is_set_aside_for() {
    let price = Price { reasoning: Some(100.0), ..PRICE };
    let asked = Expense { price: Some(price), input_tokens: 0, ..call(Some(1000)) };
    assert_eq!(purse(Some(0.09), None).set_aside(&asked).await.err(), Some(Exhausted));
    assert!(purse(Some(0.11), None).set_aside(&asked).await.is_ok());
}

#[tokio::test]
async fn several_answers_at_once_are_set_aside_for() {
    let asked = Expense { choices: 5, ..call(Some(100)) };
    assert_eq!(purse(None, Some(599)).set_aside(&asked).await.err(), Some(Exhausted));
    let purse = purse(None, Some(10_000));
    known(&purse, &Expense { choices: 5, ..call(None) }, used(50)).await;
    assert_eq!(at_once(&purse, &call(None)).await, 82, "each of five had 10: 150 + 82 × 120");
}

#[tokio::test]
async fn a_provider_that_counts_more_tokens_than_were_counted_here_is_believed() {
    let purse = purse(None, Some(100_000));
    known(&purse, &call(Some(0)), told(10_000, 0)).await;
    known(&purse, &call(Some(0)), told(100, 0)).await;
    let asked = Expense { input_tokens: 200, ..call(Some(0)) };
    assert_eq!(at_once(&purse, &asked).await, 4, "10 100 + 4 × 20 000: a hundred times as many");
}

#[tokio::test]
async fn what_cannot_be_counted_here_is_as_long_as_the_longest_so_far() {
    let purse = purse(None, Some(1000));
    let asked = Expense { input_tokens: 0, ..call(Some(0)) };
    known(&purse, &asked, told(300, 0)).await;
    assert_eq!(at_once(&purse, &asked).await, 2);
}

#[tokio::test]
async fn a_bound_that_was_broken_is_not_believed_any_more() {
    let purse = purse(None, Some(3000));
    known(&purse, &call(Some(10)), used(400)).await;
    assert_eq!(at_once(&purse, &call(Some(10))).await, 2, "500 + 2 × 900");
}

#[tokio::test]
async fn a_request_longer_than_its_price_is_for_is_not_begun_under_a_budget_in_dollars() {
    let asked = Expense { price: Some(Price { up_to: Some(99), ..PRICE }), ..call(Some(1)) };
    let dollars = purse(Some(100.0), None);
    assert_eq!(dollars.set_aside(&asked).await.err(), Some(Exhausted));
    let why = Refused::NoPrice { model: "m".into(), input_tokens: 100 };
    assert_eq!(dollars.statement().refused, Some(why));
    assert!(purse(None, Some(1000)).set_aside(&asked).await.is_ok(), "tokens are counted all the same");
}

#[tokio::test]
async fn a_request_that_turns_out_longer_than_its_price_is_for_ends_the_spending() {
    let purse = purse(Some(100.0), None);
    let asked = Expense { price: Some(Price { up_to: Some(100), ..PRICE }), ..call(Some(1000)) };
    known(&purse, &asked, told(101, 1)).await;
    assert_eq!(purse.set_aside(&call(Some(0))).await.err(), Some(Exhausted));
    let Statement { paid, refused } = purse.statement();
    assert_eq!(refused, Some(Refused::NoPrice { model: "m".into(), input_tokens: 101 }));
    assert!((paid.supposed.usd - 0.010_1).abs() < 1e-12, "what was set aside at least: {paid:?}");
}

#[tokio::test]
async fn a_server_that_tells_as_many_tokens_as_a_number_holds_ends_the_spending_and_nothing_else() {
    let purse = purse(Some(1.0), Some(1000));
    known(&purse, &call(Some(1)), told(u64::MAX, u64::MAX)).await;
    assert_eq!(purse.set_aside(&call(None)).await.err(), Some(Exhausted));
    assert_eq!(purse.statement().paid.known.tokens, u64::MAX);
    assert_eq!(purse.left(), Budget { usd: Some(0.0), tokens: Some(0) });
}

proptest! {
    /// However calls overlap and whatever they cost, as long as no answer is longer than its bound.
    #[test]
    fn no_more_is_spent_than_the_budget_has(budget in 0_u64..5000, calls in prop::collection::vec((1_u64..300, 0_u64..=100, any::<bool>()), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let spent = runtime.block_on(async {
            let purse = purse(None, Some(budget));
            let mut open = std::collections::VecDeque::new();
            for (most, share, waits) in calls {
                while open.len() > 4 || (!waits && !open.is_empty()) {
                    let (held, mut answer): (SetAside, Completion) = open.pop_front().unwrap();
                    held.answered(&mut answer);
                }
                let asked = call(Some(most));
                let at_once = tokio::time::timeout(std::time::Duration::ZERO, purse.set_aside(&asked)).await;
                if let Ok(Ok(held)) = at_once {
                    open.push_back((held, used(most * share / 100)));
                }
            }
            for (held, mut answer) in open {
                held.answered(&mut answer);
            }
            purse.statement().paid.total().tokens
        });
        prop_assert!(spent <= budget, "{spent} of {budget}");
    }
}
