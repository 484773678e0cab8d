//! What never happens, whatever a provider does.

use std::time::Duration;

use carat_core::event::LimitCause;
use carat_core::{Left, LimitHints};
use carat_eval::limits::{Controller, How, Settings, Start, Ticket};
use proptest::prelude::*;

/// Something that happens to a controller.
#[derive(Debug, Clone)]
enum Act {
    Begin { tokens: u64 },
    End { which: usize, how: How, hints: Option<LimitHints> },
    Pass(Duration),
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![
        5 => prop::option::of(any::<u64>()).prop_map(|tokens| How::Answered { tokens }),
        2 => prop::option::of(any::<u64>().prop_map(Duration::from_millis)).prop_map(|retry_after| How::RateLimited { retry_after }),
        1 => Just(How::Failed),
        1 => Just(How::Abandoned),
    ]
}

fn left() -> impl Strategy<Value = Option<Left>> {
    let number = || prop_oneof![0..20_u64, any::<u64>()];
    prop::option::of((number(), number()).prop_map(|(remaining, reset_ms)| Left { remaining, reset_ms }))
}

fn hints() -> impl Strategy<Value = Option<LimitHints>> {
    let hints = (0..50_u64, left(), left());
    prop::option::of(hints.prop_map(|(number, requests, tokens)| LimitHints { number, requests, tokens }))
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => prop_oneof![0..1000_u64, any::<u64>()].prop_map(|tokens| Act::Begin { tokens }),
        5 => (any::<usize>(), how(), hints()).prop_map(|(which, how, hints)| Act::End { which, how, hints }),
        2 => (0..3000_u64).prop_map(|ms| Act::Pass(Duration::from_millis(ms))),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    (0..40_usize, 0..10_usize, 0..100_usize).prop_map(|(start, floor, ceiling)| Settings {
        start,
        floor,
        ceiling,
        requests_per_minute: None,
        tokens_per_minute: None,
    })
}

/// A controller, with what is in flight.
struct Account {
    controller: Controller,
    now: Duration,
    tickets: Vec<Ticket>,
    last_cut: Option<Duration>,
    bounds: std::ops::RangeInclusive<usize>,
}

impl Account {
    fn new(settings: &Settings) -> Self {
        let floor = settings.floor.max(1);
        Self {
            controller: Controller::new(settings),
            now: Duration::ZERO,
            tickets: Vec::new(),
            last_cut: None,
            bounds: floor..=settings.ceiling.max(floor),
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Begin { tokens } => self.begin(tokens),
            Act::End { which, how, hints } if !self.tickets.is_empty() => {
                let ticket = self.tickets.swap_remove(which % self.tickets.len());
                self.end(ticket, how, hints);
            }
            Act::End { .. } => {}
            Act::Pass(time) => self.now += time,
        }
        assert!(self.bounds.contains(&self.controller.limit()));
        assert_eq!(self.controller.in_flight(), self.tickets.len());
    }

    fn begin(&mut self, tokens: u64) {
        match self.controller.begin(self.now, tokens) {
            Start::Now(ticket) => {
                self.tickets.push(ticket);
                assert!(self.tickets.len() <= self.controller.limit(), "more than the limit has begun");
            }
            Start::At(at) => assert!(at > self.now && at <= self.now + Duration::from_secs(120), "{at:?}"),
            Start::WhenOneEnds => assert!(!self.tickets.is_empty(), "nothing is in flight that could end"),
        }
    }

    fn end(&mut self, ticket: Ticket, how: How, hints: Option<LimitHints>) {
        let from = self.controller.limit();
        let change = self.controller.end(self.now, ticket, how, hints);
        assert_eq!(change.map_or(from, |change| change.to), self.controller.limit(), "a change that nobody is told of");
        let Some(change) = change else { return };
        assert_eq!((change.at, change.from), (self.now, from));
        let falls = matches!(change.why, LimitCause::RateLimited | LimitCause::Corrected);
        assert_eq!(change.to < from, falls, "{change:?}");
        assert_eq!(matches!(how, How::RateLimited { .. }), falls, "{change:?} after {how:?}");
        if change.why == LimitCause::RateLimited {
            assert!(self.last_cut.is_none_or(|cut| cut + Duration::from_secs(15) <= self.now), "cut twice");
            self.last_cut = Some(self.now);
        }
    }
}

proptest! {
    #[test]
    fn no_history_breaks_a_bound_cuts_twice_or_waits_for_ever(
        settings in settings(),
        acts in prop::collection::vec(act(), 0..300),
    ) {
        let mut account = Account::new(&settings);
        for act in acts {
            account.act(act);
        }
        for ticket in std::mem::take(&mut account.tickets) {
            account.end(ticket, How::Abandoned, None);
        }
        // Whatever was said, two minutes later a call may begin.
        let later = account.now + Duration::from_secs(120);
        prop_assert!(matches!(account.controller.begin(later, u64::MAX), Start::Now(_)));
    }
}
