//! The queue: who waits, in which order, and what happens when somebody goes away.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use carat_core::{Left, LimitHints};
use carat_eval::limits::{How, Settings, Slots, Why};
use proptest::prelude::*;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep, timeout};

const ANSWERED: How = How::Answered { tokens: None };

#[tokio::test(start_paused = true)]
async fn calls_are_as_wide_as_a_fixed_limit_and_no_wider() {
    let (slots, began) = (Arc::new(Slots::fixed(4)), Instant::now());
    let mut calls = JoinSet::new();
    for _ in 0..40 {
        let slots = Arc::clone(&slots);
        calls.spawn(async move {
            let slot = slots.acquire(0).await;
            sleep(Duration::from_millis(100)).await;
            slot.end(ANSWERED, None)
        });
    }
    assert!(calls.join_all().await.iter().all(Option::is_none), "a fixed limit learns nothing");
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    assert_eq!((slots.history().peak_in_flight, slots.limit(), slots.in_flight()), (4, 4, 0));
}

#[tokio::test(start_paused = true)]
async fn who_comes_first_is_served_first() {
    let (slots, served) = (Rc::new(Slots::fixed(3)), Rc::new(RefCell::new(Vec::new())));
    let local = LocalSet::new();
    for caller in 0..100 {
        let (slots, served) = (Rc::clone(&slots), Rc::clone(&served));
        local.spawn_local(async move {
            sleep(Duration::from_millis(caller / 2)).await;
            let _slot = slots.acquire(0).await;
            served.borrow_mut().push(caller);
            sleep(Duration::from_millis(1 + caller % 7)).await;
        });
    }
    local.await;
    assert_eq!(*served.borrow(), (0..100).collect::<Vec<u64>>());
}

#[tokio::test(start_paused = true)]
async fn who_gives_a_slot_back_and_wants_another_waits_behind_those_who_wait() {
    let slots = Slots::fixed(1);
    let held = slots.acquire(0).await;
    let mut waiting = Box::pin(slots.acquire(0));
    assert!(timeout(Duration::ZERO, &mut waiting).await.is_err());
    held.end(ANSWERED, None);
    assert!(timeout(Duration::ZERO, slots.acquire(0)).await.is_err(), "served before its turn");
    drop(waiting.await);
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_is_dropped_is_free_again() {
    let slots = Slots::fixed(1);
    drop(slots.acquire(0).await);
    assert_eq!(slots.in_flight(), 0);
    let history = slots.history();
    assert_eq!((history.started, history.answered + history.refused + history.failed), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_reset_begins_when_it_comes_or_when_an_answer_says_otherwise() {
    let slots = Slots::new(&Settings::adaptive(4, 4));
    let (before, first, second) = (slots.acquire(0).await, slots.acquire(0).await, slots.acquire(0).await);
    let began = Instant::now();
    let hint = |number, remaining| {
        Some(LimitHints { number, requests: Some(Left { remaining, reset_ms: 30_000 }), tokens: None })
    };
    before.end(ANSWERED, hint(1, 9));
    first.end(ANSWERED, hint(2, 0));
    assert!(timeout(Duration::from_secs(10), slots.acquire(0)).await.is_err());
    let waiting = async {
        let slot = slots.acquire(0).await;
        (began.elapsed(), slot)
    };
    let hearing = async {
        sleep(Duration::from_secs(2)).await;
        second.end(ANSWERED, hint(3, 1))
    };
    let ((waited, third), _) = tokio::join!(waiting, hearing);
    assert_eq!(waited, Duration::from_secs(12));
    third.end(ANSWERED, hint(4, 0));
    drop(slots.acquire(0).await);
    assert_eq!(began.elapsed(), Duration::from_secs(42));
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_while_waiting_for_a_time_is_not_told_of_any_more() {
    let slots = Slots::new(&Settings { requests_per_minute: Some(1), ..Settings::adaptive(4, 4) });
    drop(slots.acquire(0).await);
    let mut waiting = Box::pin(slots.acquire(0));
    assert!(timeout(Duration::from_secs(15), &mut waiting).await.is_err());
    let (now, hold) = slots.held().unwrap();
    assert_eq!((now.as_secs(), hold.why, hold.until.as_secs()), (15, Why::RequestsPerMinute(1), 60));
    drop(waiting);
    assert_eq!(slots.held(), None);
}

/// What a caller does: comes at a time, goes away if it has waited for too long, and holds its slot for a while.
fn callers() -> impl Strategy<Value = Vec<(u64, u64, u64)>> {
    prop::collection::vec((0..50_u64, 1..40_u64, 0..20_u64), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whoever_goes_away_loses_no_slot(callers in callers(), limit in 1_usize..6) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let slots = Rc::new(Slots::fixed(limit));
            let (local, served, gone) = (LocalSet::new(), Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
            let all = callers.len();
            for (comes, patience, holds) in callers {
                let (slots, served, gone) = (Rc::clone(&slots), Rc::clone(&served), Rc::clone(&gone));
                local.spawn_local(async move {
                    sleep(Duration::from_millis(comes)).await;
                    match timeout(Duration::from_millis(patience), slots.acquire(0)).await {
                        Ok(slot) => {
                            served.set(served.get() + 1);
                            sleep(Duration::from_millis(holds)).await;
                            drop(slot);
                        }
                        Err(_) => gone.set(gone.get() + 1),
                    }
                });
            }
            timeout(Duration::from_secs(10), local).await.unwrap();
            assert_eq!(served.get() + gone.get(), all);
            assert_eq!(slots.in_flight(), 0);
            assert!(slots.history().peak_in_flight <= limit);
            // Every slot is there still, at once.
            let mut held = Vec::new();
            for _ in 0..limit {
                held.push(timeout(Duration::from_millis(1), slots.acquire(0)).await.unwrap());
            }
            assert!(timeout(Duration::from_millis(1), slots.acquire(0)).await.is_err());
        });
    }
}
