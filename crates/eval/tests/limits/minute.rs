//! Hard limits a minute.

use std::collections::VecDeque;
use std::time::Duration;

use carat_eval::limits::{Controller, How, Settings, Start, Ticket};
use proptest::prelude::*;

const MINUTE: Duration = Duration::from_secs(60);

/// Begins as many calls as may be within a time, each ended at once; gives when each began.
fn begun(controller: &mut Controller, until: Duration, tokens: u64, used: Option<u64>) -> Vec<Duration> {
    let (mut now, mut begun) = (Duration::ZERO, Vec::new());
    while now < until {
        match controller.begin(now, tokens) {
            Start::Now(ticket) => {
                controller.end(now, ticket, How::Answered { tokens: used }, None);
                begun.push(now);
            }
            Start::At(at) => {
                assert!(at > now, "asked to wait until a time that has passed");
                now = at;
            }
            Start::WhenOneEnds => panic!("nothing is in flight"),
        }
    }
    begun
}

/// The most calls in any minute.
fn most_in_a_minute(begun: &[Duration]) -> usize {
    let (mut window, mut most) = (VecDeque::new(), 0);
    for &at in begun {
        window.push_back(at);
        while window.front().is_some_and(|&first| first + MINUTE <= at) {
            window.pop_front();
        }
        most = most.max(window.len());
    }
    most
}

fn requests(most: u32) -> Controller {
    Controller::new(&Settings { requests_per_minute: Some(most), ..Settings::fixed(1000) })
}

fn tokens(most: u64) -> Controller {
    Controller::new(&Settings { tokens_per_minute: Some(most), ..Settings::fixed(1000) })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_minute_ever_holds_more_requests_than_allowed(most in 0_u32..2000) {
        let begun = begun(&mut requests(most), 4 * MINUTE, 0, None);
        let allowed = most.max(1) as usize;
        prop_assert!(most_in_a_minute(&begun) <= allowed, "{} > {allowed}", most_in_a_minute(&begun));
        prop_assert!(begun.len() >= 4 * allowed * 9 / 10, "{} of {}", begun.len(), 4 * allowed);
    }
}

#[test]
fn requests_are_spread_over_the_minute() {
    let begun = begun(&mut requests(60), MINUTE, 0, None);
    assert!(begun.len() >= 59, "{}", begun.len());
    assert!(begun.windows(3).all(|three| three[2] - three[0] > Duration::from_secs(1)), "{begun:?}");
}

#[test]
fn tokens_count_as_expected_until_the_answer_says_what_was_used() {
    assert_eq!(begun(&mut tokens(6000), MINUTE, 100, None).len(), 60);
    assert_eq!(begun(&mut tokens(6000), MINUTE, 100, Some(50)).len(), 120);
    assert_eq!(begun(&mut tokens(6000), MINUTE, 0, Some(200)).len(), 30);
}

#[test]
fn an_answer_that_claims_absurd_numbers_of_tokens_costs_a_minute_and_no_more() {
    let begun = begun(&mut tokens(6000), 10 * MINUTE, 100, Some(u64::MAX));
    assert_eq!(begun.len(), 10);
}

#[test]
fn both_limits_hold_at_once() {
    let settings = Settings { requests_per_minute: Some(100), tokens_per_minute: Some(1000), ..Settings::fixed(10) };
    assert_eq!(begun(&mut Controller::new(&settings), MINUTE, 100, None).len(), 10);
    assert_eq!(begun(&mut Controller::new(&settings), MINUTE, 1, None).len(), 100);
}

#[test]
fn a_call_that_begins_late_finds_no_burst_saved_up() {
    let mut controller = requests(60);
    let now = 30 * MINUTE;
    let mut tickets: Vec<Ticket> = Vec::new();
    while let Start::Now(ticket) = controller.begin(now, 0) {
        tickets.push(ticket);
    }
    assert!(tickets.len() <= 2, "{}", tickets.len());
}
