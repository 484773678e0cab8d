//! The controller by itself: what one answer after another does to the limit, and what hints do.

use std::time::Duration;

use carat_core::event::LimitCause;
use carat_core::{Left, LimitHints};
use carat_eval::limits::{Change, Controller, History, How, Settings, Start, Ticket, Why};

const SECOND: Duration = Duration::from_secs(1);
const ANSWERED: How = How::Answered { tokens: None };
const REFUSED: How = How::RateLimited { retry_after: None };

/// A controller whose calls take a second, as wide as it lets them.
struct Account {
    controller: Controller,
    now: Duration,
    tickets: Vec<Ticket>,
}

impl Account {
    fn new(settings: Settings) -> Self {
        Self { controller: Controller::new(&settings), now: Duration::ZERO, tickets: Vec::new() }
    }

    /// Begins as many calls as may be now, at most so many.
    fn begin(&mut self, most: usize) -> usize {
        let before = self.tickets.len();
        while self.tickets.len() < before.saturating_add(most) {
            match self.controller.begin(self.now, 0) {
                Start::Now(ticket) => self.tickets.push(ticket),
                Start::At(_) | Start::WhenOneEnds => break,
            }
        }
        self.tickets.len() - before
    }

    /// Ends the oldest of the calls in flight.
    fn end(&mut self, how: How) -> Option<Change> {
        let ticket = self.tickets.remove(0);
        self.controller.end(self.now, ticket, how, None)
    }

    /// Lets a second pass; then ends all that are in flight, each followed by others, as long as places open.
    fn second(&mut self) -> Vec<Change> {
        self.now += SECOND;
        let mut changes = Vec::new();
        for _ in 0..self.tickets.len() {
            changes.extend(self.end(ANSWERED));
        }
        // What is opened comes bit by bit.
        for _ in 0..10 {
            self.begin(usize::MAX);
            self.now += SECOND / 10;
        }
        changes
    }

    fn hear(&mut self, number: u64, remaining: u64, reset_ms: u64) {
        let ticket = self.tickets.remove(0);
        let requests = Some(Left { remaining, reset_ms });
        self.controller.end(self.now, ticket, ANSWERED, Some(LimitHints { number, requests, tokens: None }));
    }

    fn waits_until(&mut self) -> Duration {
        match self.controller.begin(self.now, 0) {
            Start::At(at) => at,
            other => panic!("{other:?}"),
        }
    }
}

fn raised(changes: &[Change]) -> Vec<(usize, usize, LimitCause)> {
    changes.iter().map(|change| (change.from, change.to, change.why)).collect()
}

#[test]
fn a_clean_round_doubles_the_limit_up_to_the_ceiling() {
    let mut account = Account::new(Settings::adaptive(8, 20));
    account.begin(usize::MAX);
    let changes: Vec<Change> = (0..8).flat_map(|_| account.second()).collect();
    assert_eq!(raised(&changes), [(8, 16, LimitCause::SlowStart), (16, 20, LimitCause::SlowStart)]);
    assert_eq!(account.controller.in_flight(), 20);
}

#[test]
fn a_limit_that_is_not_used_does_not_grow() {
    let mut account = Account::new(Settings::adaptive(10, 100));
    for _ in 0..100 {
        account.begin(7);
        for _ in 0..7 {
            assert_eq!(account.end(ANSWERED), None);
        }
    }
    let grown = (0..20).find_map(|_| {
        account.begin(8 - account.tickets.len());
        account.end(ANSWERED)
    });
    assert_eq!(grown.map(|change| (change.from, change.to)), Some((10, 20)));
}

#[test]
fn a_failure_voids_the_round_and_does_not_cut() {
    let mut account = Account::new(Settings::adaptive(8, 100));
    for _ in 0..100 {
        account.begin(usize::MAX);
        for _ in 0..7 {
            assert_eq!(account.end(ANSWERED), None);
            account.begin(usize::MAX);
        }
        assert_eq!(account.end(How::Failed), None);
    }
    assert_eq!((account.controller.limit(), account.controller.history().failed), (8, 100));
}

#[test]
fn an_abandoned_call_says_nothing() {
    let mut account = Account::new(Settings::adaptive(8, 100));
    account.begin(usize::MAX);
    for _ in 0..7 {
        assert_eq!(account.end(ANSWERED), None);
        account.begin(1);
        assert_eq!(account.end(How::Abandoned), None);
        account.begin(1);
    }
    assert_eq!(account.end(ANSWERED).map(|change| change.to), Some(16));
}

#[test]
fn a_refusal_cuts_to_four_fifths_of_what_was_in_flight() {
    let mut account = Account::new(Settings::adaptive(40, 100));
    account.begin(30);
    let last = account.tickets.pop().unwrap();
    let change = account.controller.end(account.now, last, REFUSED, None).unwrap();
    assert_eq!((change.from, change.to, change.why), (40, 24, LimitCause::RateLimited));
}

#[test]
fn one_episode_cuts_once_and_calls_from_before_the_cut_never_cut_again() {
    let mut account = Account::new(Settings::adaptive(40, 100));
    account.begin(40);
    let last = account.tickets.pop().unwrap();
    assert_eq!(account.controller.end(account.now, last, REFUSED, None).map(|change| change.to), Some(32));
    // Slow calls of the same burst, refused long after the cool-down.
    account.now += 100 * SECOND;
    account.tickets.drain(..).rev().take(9).for_each(|ticket| {
        let change = account.controller.end(account.now, ticket, REFUSED, None);
        assert!(change.is_none_or(|change| change.why == LimitCause::Corrected), "{change:?}");
    });
    assert_eq!(account.controller.history().cuts, 1);
}

#[test]
fn a_call_that_was_refused_after_a_long_wait_is_one_of_those_in_flight_by_then() {
    let mut account = Account::new(Settings::adaptive(40, 100));
    account.begin(30);
    account.now += 2 * SECOND;
    let change = account.end(REFUSED).unwrap();
    assert_eq!((change.to, change.why), (24, LimitCause::RateLimited));
}

#[test]
fn a_refusal_of_less_than_was_refused_before_changes_nothing_within_the_cool_down() {
    let mut account = Account::new(Settings::adaptive(40, 100));
    account.begin(40);
    let last = account.tickets.pop().unwrap();
    account.controller.end(account.now, last, REFUSED, None);
    assert!((0..39).all(|_| account.end(ANSWERED).is_none()));
    account.begin(20);
    let last = account.tickets.pop().unwrap();
    assert_eq!(account.controller.end(account.now, last, REFUSED, None), None);
    assert!((0..19).all(|_| account.end(ANSWERED).is_none()));
    let recovered: Vec<Change> = (0..6).flat_map(|_| account.second()).collect();
    assert_eq!(raised(&recovered)[0], (32, 38, LimitCause::Recovery));
}

#[test]
fn answers_to_calls_from_before_the_cut_count_for_no_round() {
    let mut account = Account::new(Settings::adaptive(40, 100));
    account.begin(40);
    let last = account.tickets.pop().unwrap();
    account.controller.end(account.now, last, REFUSED, None);
    assert!((0..39).all(|_| account.end(ANSWERED).is_none()));
    assert_eq!(account.begin(usize::MAX), 32);
    assert!((0..31).all(|_| account.end(ANSWERED).is_none()));
    assert_eq!(account.end(ANSWERED).map(|change| (change.to, change.why)), Some((38, LimitCause::Recovery)));
}

#[test]
fn a_round_is_opened_bit_by_bit_even_where_all_answers_come_at_once() {
    let mut account = Account::new(Settings::adaptive(16, 100));
    account.begin(usize::MAX);
    account.now += 5 * SECOND;
    assert_eq!((0..16).filter_map(|_| account.end(ANSWERED)).map(|change| change.to).collect::<Vec<_>>(), [32]);
    account.begin(usize::MAX);
    let (mut opened, first) = (vec![account.tickets.len()], account.now);
    while account.now < first + 5 * SECOND {
        account.now += SECOND / 4;
        for _ in 0..4 {
            account.end(ANSWERED);
            account.begin(usize::MAX);
        }
        opened.push(account.tickets.len());
    }
    assert!(opened[0] <= 17, "{opened:?}");
    assert!(opened.windows(2).all(|pair| pair[0] <= pair[1] && pair[1] <= pair[0] + 4), "{opened:?}");
    assert!(opened.last().is_some_and(|&open| open >= 32), "{opened:?}");
}

#[test]
fn the_level_that_was_refused_is_soon_reached_again_and_seldom_passed() {
    let mut account = Account::new(Settings::adaptive(50, 100));
    account.begin(50);
    let last = account.tickets.pop().unwrap();
    account.controller.end(account.now, last, REFUSED, None);
    let changes: Vec<Change> = (0..12).flat_map(|_| account.second()).collect();
    let raised = raised(&changes);
    assert_eq!(
        raised[..3],
        [(40, 47, LimitCause::Recovery), (47, 49, LimitCause::Growth), (49, 51, LimitCause::Growth)]
    );
}

#[test]
fn only_calls_that_are_refused_after_a_pause_make_the_next_one_longer() {
    let mut account = Account::new(Settings::adaptive(40, 40));
    account.begin(30);
    let last = account.tickets.pop().unwrap();
    account.controller.end(account.now, last, REFUSED, None);
    assert!((0..29).all(|_| account.end(ANSWERED).is_none()));
    // Five that begin before any of them is refused.
    assert_eq!(account.begin(5), 5);
    for _ in 0..5 {
        account.end(REFUSED);
    }
    let mut pauses = Vec::new();
    for _ in 0..7 {
        let until = account.waits_until();
        pauses.push((until - account.now).as_millis());
        account.now = until;
        assert_eq!(account.begin(usize::MAX), 1, "one a pause");
        account.end(REFUSED);
    }
    assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
    account.now = account.waits_until();
    account.begin(1);
    account.end(How::RateLimited { retry_after: Some(3600 * SECOND) });
    assert_eq!(account.waits_until() - account.now, 60 * SECOND);
    account.now = account.waits_until();
    account.begin(1);
    account.end(ANSWERED);
    assert_eq!(account.begin(usize::MAX), 1, "what is opened again comes bit by bit");
}

#[test]
fn a_fixed_limit_learns_nothing_from_answers() {
    let mut account = Account::new(Settings::fixed(3));
    for _ in 0..100 {
        assert_eq!(account.begin(usize::MAX), 3);
        assert!(account.end(REFUSED).or(account.end(ANSWERED)).or(account.end(How::Failed)).is_none());
    }
    assert_eq!(account.controller.limit(), 3);
}

#[test]
fn no_more_begins_than_a_header_says_is_left_until_its_reset() {
    let mut account = Account::new(Settings::fixed(100));
    account.begin(1);
    account.hear(1, 5, 20_000);
    assert_eq!(account.begin(usize::MAX), 5);
    assert_eq!(account.waits_until(), 20 * SECOND);
    account.now = 20 * SECOND;
    // Whole again: as much as was left at the most.
    assert_eq!(account.begin(usize::MAX), 5);
    assert_eq!(account.waits_until(), 40 * SECOND);
}

#[test]
fn calls_that_began_after_the_one_whose_answer_says_what_is_left_are_taken_off_it() {
    let mut account = Account::new(Settings::fixed(100));
    account.begin(4);
    account.hear(1, 10, 20_000);
    assert_eq!(account.begin(usize::MAX), 7);
    // The next answer knows of one call more than the first.
    account.hear(2, 9, 20_000);
    assert_eq!(account.begin(usize::MAX), 0);
    // An answer to a later call says that somebody else has used the account.
    account.tickets.swap(0, 8);
    account.hear(3, 0, 20_000);
    account.hear(4, 100, 20_000);
    assert_eq!(account.begin(usize::MAX), 0, "an older call's answer says nothing new");
}

#[test]
fn each_hint_is_taken_once() {
    let mut account = Account::new(Settings::fixed(100));
    account.begin(1);
    account.hear(7, 2, 20_000);
    assert_eq!(account.begin(1), 1);
    account.hear(7, 2, 20_000);
    assert_eq!(account.begin(usize::MAX), 1);
}

#[test]
fn tokens_that_are_left_hold_back_who_needs_more() {
    let mut controller = Controller::new(&Settings::fixed(100));
    let Start::Now(ticket) = controller.begin(Duration::ZERO, 10) else { panic!("nothing is in flight") };
    let tokens = Some(Left { remaining: 1000, reset_ms: 6_000 });
    controller.end(Duration::ZERO, ticket, ANSWERED, Some(LimitHints { number: 1, requests: None, tokens }));
    assert!(matches!(controller.begin(Duration::ZERO, 900), Start::Now(_)));
    assert!(matches!(controller.begin(Duration::ZERO, 101), Start::At(at) if at == 6 * SECOND));
    assert!(matches!(controller.begin(Duration::ZERO, 100), Start::Now(_)));
}

#[test]
fn hints_without_sense_stop_nobody_for_long() {
    for (remaining, reset_ms, waits) in [(0, 0, 0), (0, 86_400_000, 120), (0, u64::MAX, 120)] {
        let mut account = Account::new(Settings::fixed(10));
        for number in 1..100 {
            account.begin(1);
            account.hear(number, remaining, reset_ms);
            account.now += waits * SECOND;
            assert_eq!(account.begin(1), 1, "{remaining} left, whole again in {reset_ms} ms");
            account.end(ANSWERED);
            account.now += waits * SECOND;
        }
    }
}

/// Ends a call with the word that nothing is left for so long, and gives how long the next one waits.
fn told_nothing_is_left(account: &mut Account, number: u64, reset_ms: u64) -> Duration {
    account.hear(number, 0, reset_ms);
    match account.controller.begin(account.now, 0) {
        Start::Now(ticket) => {
            account.tickets.push(ticket);
            Duration::ZERO
        }
        Start::At(at) => {
            let waits = at - account.now;
            account.now = at;
            assert_eq!(account.begin(usize::MAX), 1, "one, to see");
            waits
        }
        Start::WhenOneEnds => panic!("nothing is in flight"),
    }
}

#[test]
fn an_account_that_answers_although_nothing_is_left_is_not_believed_for_long() {
    for reset_ms in [60_000, 9999 * 3_600_000] {
        let mut account = Account::new(Settings::fixed(10));
        account.begin(1);
        let waits: Vec<u64> =
            (1..6).map(|number| told_nothing_is_left(&mut account, number, reset_ms).as_secs()).collect();
        assert_eq!(waits, [10, 10, 0, 0, 0]);
    }
}

#[test]
fn an_account_that_refuses_when_nothing_is_left_is_believed() {
    let mut account = Account::new(Settings::fixed(10));
    account.begin(1);
    told_nothing_is_left(&mut account, 1, 3_600_000);
    let mut waits = Vec::new();
    for _ in 0..6 {
        account.end(REFUSED);
        let until = account.waits_until();
        waits.push((until - account.now).as_secs());
        account.now = until;
        assert_eq!(account.begin(usize::MAX), 1, "one, to see");
    }
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]) && waits.last() >= Some(&60), "{waits:?}");
}

#[test]
fn a_minute_that_is_used_up_is_waited_for_where_something_was_left_before() {
    let mut account = Account::new(Settings::fixed(10));
    account.begin(2);
    account.hear(1, 5, 60_000);
    account.hear(2, 0, 60_000);
    assert_eq!(account.waits_until(), 60 * SECOND);
}

#[test]
fn an_account_that_is_not_believed_is_believed_again_when_it_refuses_everything() {
    let mut account = Account::new(Settings::fixed(10));
    account.begin(1);
    for number in 1..4 {
        told_nothing_is_left(&mut account, number, 3_600_000);
    }
    assert_eq!(account.begin(usize::MAX), 9, "it is not believed");
    for _ in 0..10 {
        account.end(REFUSED);
    }
    for _ in 0..3 {
        account.now += 10 * SECOND;
        account.begin(1);
        account.end(REFUSED);
    }
    // Longer than the pause of an outage that has just been noticed.
    assert!(account.waits_until() > account.now + 8 * SECOND, "{:?}", account.controller);
}

#[test]
fn what_is_waited_for_is_told_with_its_reason() {
    let held = |account: &mut Account| {
        account.begin(usize::MAX);
        account.controller.held().map(|hold| (hold.why, hold.since.as_secs(), hold.until.as_secs()))
    };
    let requests_per_minute = Some(1);
    let mut slow = Account::new(Settings { requests_per_minute, ..Settings::fixed(10) });
    // What may run ahead of the pace begins at once.
    assert_eq!(held(&mut slow), Some((Why::RequestsPerMinute(1), 0, 60)));
    slow.now = 20 * SECOND;
    assert_eq!(held(&mut slow), Some((Why::RequestsPerMinute(1), 0, 60)));
    slow.now = 60 * SECOND;
    assert_eq!(held(&mut slow), Some((Why::RequestsPerMinute(1), 60, 121)));

    let mut refusing = Account::new(Settings::fixed(10));
    refusing.begin(1);
    refusing.end(REFUSED);
    while refusing.now < 30 * SECOND {
        refusing.now += SECOND / 2;
        if refusing.begin(1) == 1 {
            refusing.end(REFUSED);
        }
    }
    let (why, since, until) = held(&mut refusing).unwrap();
    assert_eq!((why, since), (Why::RefusesAll, 2), "{until}");
    refusing.controller.nobody_waits();
    assert_eq!(refusing.controller.held(), None);

    let mut full = Account::new(Settings::fixed(1));
    assert_eq!(held(&mut full), None, "places are not told of");
}

#[test]
fn the_history_keeps_the_first_changes_and_the_last() {
    let mut account = Account::new(Settings::adaptive(4, 10));
    for _ in 0..400 {
        for _ in 0..40 {
            account.second();
        }
        let last = account.tickets.pop().unwrap();
        account.controller.end(account.now, last, REFUSED, None);
        account.now += 16 * SECOND;
    }
    let history = account.controller.history();
    assert!(history.left_out > 0, "{history:?}");
    assert_eq!(history.changes.len(), 400);
    assert_eq!(history.changes[0].at, 3 * SECOND);
    assert!(history.changes[399].at > 10_000 * SECOND);
    assert!(history.changes.iter().is_sorted_by_key(|change| change.at));
    let kept = serde_json::to_string(history).unwrap();
    assert!(kept.starts_with(r#"{"changes":[{"at_ms":3000,"from":4,"to":8,"why":"slow_start"}"#), "{kept}");
    assert_eq!(&serde_json::from_str::<History>(&kept).unwrap(), history);
}
