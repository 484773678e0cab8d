use proptest::prelude::*;

use super::*;
use crate::Digest;
use crate::version::{Actor, Kind, Label, Source};

fn version(number: u32) -> VersionId {
    VersionId { kind: Kind::Prompt, name: "triage".to_owned(), number, digest: Digest::of_bytes(&[0]) }
}

fn label() -> Label {
    Label::new("production").unwrap()
}

fn eve() -> Actor {
    Actor { name: "Eve".to_owned(), source: Source::Flag }
}

fn at(hour: u32) -> String {
    format!("2026-11-26T{hour:02}:00:00.000Z")
}

/// A promotion of version `number` with that number for its id.
fn promotion(number: u32, state: State, hour: u32) -> Promotion {
    Promotion {
        id: number.to_string(),
        subject: version(number),
        label: label(),
        replaces: None,
        by: eve(),
        at: at(0),
        why: None,
        policy: None,
        findings: Vec::new(),
        approvals: Vec::new(),
        state,
        since: at(hour),
        emergency: None,
    }
}

/// A move an hour, each to a version (0 is nothing) by the promotion with this id (0 is none).
fn history(moves: &[(u32, u32)]) -> Vec<Move> {
    let place = |number: u32| (number > 0).then(|| version(number));
    let from = |hour: usize| hour.checked_sub(1).and_then(|before| place(moves[before].0));
    let moved = |(hour, (to, by)): (usize, &(u32, u32))| Move {
        label: label(),
        from: from(hour),
        to: place(*to),
        at: at(u32::try_from(hour).unwrap() + 1),
        by: eve(),
        why: None,
        promotion: (*by > 0).then(|| by.to_string()),
    };
    moves.iter().enumerate().map(moved).collect()
}

/// Where it points past its policy and where it stood before; none where all is well.
fn found(moves: &[(u32, u32)], promotions: &[Promotion]) -> Option<(u32, Option<u32>)> {
    let history = history(moves);
    let bypass = Course::of(&history, promotions).bypass()?;
    let number = |version: VersionId| version.number;
    Some((bypass.moved.to.map_or(0, number), bypass.stood.map(number)))
}

#[test]
fn a_label_that_promotions_moved_is_well() {
    let all = [promotion(1, State::Applied, 1), promotion(2, State::Applied, 2)];
    assert_eq!(found(&[], &all), None);
    assert_eq!(found(&[(1, 1), (2, 2)], &all), None);
}

#[test]
fn a_move_by_hand_is_told_with_where_the_label_stood() {
    let all = [promotion(1, State::Applied, 1)];
    assert_eq!(found(&[(1, 1), (2, 0)], &all), Some((2, Some(1))));
    assert_eq!(found(&[(1, 1), (2, 0), (3, 0)], &all), Some((3, Some(1))), "two steps are no better than one");
    assert_eq!(found(&[(1, 0)], &[]), Some((1, None)));
    assert_eq!(found(&[(1, 0), (2, 0)], &[]), Some((2, Some(1))));
    assert_eq!(found(&[(2, 9)], &[]), Some((2, None)), "a promotion that is not there stands for nothing");
}

#[test]
fn a_label_that_was_taken_away_is_told_where_a_promotion_had_put_it() {
    let all = [promotion(1, State::Applied, 1), promotion(2, State::Applied, 2)];
    assert_eq!(found(&[(1, 1), (2, 2), (0, 0)], &all), Some((0, Some(2))));
    assert_eq!(found(&[(1, 1), (3, 0), (0, 0)], &all), Some((0, Some(1))));
    assert_eq!(found(&[(1, 0), (0, 0)], &[]), None, "nobody asked for anything");
    assert_eq!(found(&[(1, 1), (0, 0), (1, 0)], &all), None, "and it is back");
}

#[test]
fn whoever_goes_back_to_where_it_stood_mends_it() {
    let all = [promotion(1, State::Applied, 1), promotion(2, State::Applied, 2)];
    assert_eq!(found(&[(1, 1), (3, 0), (1, 0)], &all[..1]), None);
    assert_eq!(found(&[(1, 1), (3, 0), (0, 0), (1, 0)], &all[..1]), None);
    assert_eq!(found(&[(1, 1), (2, 2), (1, 0)], &all), Some((1, Some(2))), "that was another time");
}

#[test]
fn a_rollback_goes_to_what_was_promoted_and_washes_nothing_clean() {
    let two = promotion(2, State::RolledBack, 3);
    assert_eq!(found(&[(1, 1), (2, 2), (1, 2)], &[promotion(1, State::Applied, 1), two.clone()]), None);
    assert_eq!(found(&[(1, 0), (2, 2), (1, 2)], &[two]), Some((1, Some(2))));
}

#[test]
fn a_promotion_that_finds_the_label_there_stands_for_the_move() {
    let moves = [(1, 1), (2, 0)];
    let one = promotion(1, State::Applied, 1);
    assert_eq!(found(&moves, &[one.clone(), promotion(2, State::Applied, 5)]), None);
    assert_eq!(found(&moves, &[one.clone(), promotion(2, State::Approved, 5)]), Some((2, Some(1))));
    let elsewhere = Promotion { label: Label::new("staging").unwrap(), ..promotion(2, State::Applied, 5) };
    assert_eq!(found(&moves, &[one.clone(), elsewhere]), Some((2, Some(1))));
    // It stands for that move, and for no later one.
    let all = [one, promotion(2, State::Applied, 3), promotion(3, State::Applied, 4)];
    assert_eq!(found(&[(1, 1), (2, 0), (1, 0), (3, 3)], &all), None);
    assert_eq!(found(&[(1, 1), (2, 0), (3, 0), (3, 3), (2, 0)], &all), Some((2, Some(3))));
    // Rolled back, it was there all the same.
    let back = [promotion(1, State::Applied, 1), promotion(2, State::RolledBack, 3)];
    assert_eq!(found(&[(1, 1), (2, 0), (1, 2)], &back), None);
}

/// Where a rollback goes that names no aim.
fn before(moves: &[(u32, u32)], promotions: &[Promotion]) -> Option<u32> {
    let history = history(moves);
    let stay = Course::of(&history, promotions).before()?;
    stay.version.map(|version| version.number)
}

#[test]
fn a_rollback_goes_to_where_a_promotion_had_put_the_label_before_somebody_moved_it() {
    let all = [promotion(1, State::Applied, 1), promotion(2, State::Applied, 2)];
    assert_eq!(before(&[(1, 1), (2, 2), (3, 0), (1, 0)], &all), Some(2), "however often, and wherever to");
    assert_eq!(before(&[(1, 1), (2, 2), (0, 0)], &all), Some(2));
    assert_eq!(before(&[(1, 0), (2, 0), (3, 0)], &all), Some(2), "where none had, step by step");
    assert_eq!(before(&[(1, 0), (2, 2)], &all), Some(1));
    assert_eq!(before(&[(1, 1)], &all), None);
    assert_eq!(before(&[], &all), None);
}

#[test]
fn what_is_in_force_is_the_promotion_by_which_the_label_is_where_it_is() {
    let again = Promotion { subject: version(1), ..promotion(3, State::Applied, 3) };
    let all = [promotion(1, State::Applied, 1), promotion(2, State::RolledBack, 4), again];
    let in_force = |moves: &[(u32, u32)]| {
        let history = history(moves);
        let course = Course::of(&history, &all);
        let [force, held] = [course.in_force(), course.held_to().and_then(|stay| stay.promotion)];
        [force, held].map(|promotion| promotion.map(|promotion| promotion.id.parse::<u32>().unwrap()))
    };
    assert_eq!(in_force(&[(1, 1), (2, 2)]), [Some(2), Some(2)], "whatever became of it in between");
    assert_eq!(in_force(&[(1, 1), (2, 2), (1, 3)]), [Some(3), Some(3)], "of two of one version the later one");
    assert_eq!(in_force(&[(1, 1), (2, 2), (1, 2)]), [Some(1), Some(1)]);
    assert_eq!(in_force(&[(1, 1), (3, 0)]), [None, Some(1)]);
    assert_eq!(in_force(&[(3, 0), (2, 2), (3, 2)]), [None, Some(2)], "it was held to that, and left");
    assert_eq!(in_force(&[(3, 0)]), [None, None]);
}

#[test]
fn nobody_gets_past_a_promotion_by_calling_a_move_a_rollback() {
    let all = [promotion(1, State::Applied, 1), promotion(2, State::Applied, 2)];
    let mut history = history(&[(1, 1), (2, 2), (1, 0)]);
    history[2].why = Some(rolled_back(Some("so he says")));
    let bypass = Course::of(&history, &all).bypass().unwrap();
    assert_eq!(bypass.stood, Some(version(2)));
}

/// What is done with a label.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Promote(u32),
    Hand(u32),
    Back,
    BackTo(u32),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        3 => (1u32..5).prop_map(Deed::Promote),
        1 => (0u32..5).prop_map(Deed::Hand),
        2 => Just(Deed::Back),
        1 => (1u32..5).prop_map(Deed::BackTo),
    ];
    prop::collection::vec(deed, 0..24)
}

/// A store with one label, and who moves it as the commands do.
#[derive(Default)]
struct Desk {
    history: Vec<Move>,
    promotions: Vec<Promotion>,
}

impl Desk {
    fn after(deeds: &[Deed]) -> Self {
        let mut desk = Self::default();
        deeds.iter().for_each(|deed| desk.take(*deed));
        desk
    }

    fn course(&self) -> Course<'_> {
        Course::of(&self.history, &self.promotions)
    }

    fn number(&self) -> u32 {
        self.history.last().and_then(|moved| moved.to.as_ref()).map_or(0, |version| version.number)
    }

    fn put(&mut self, to: u32, promotion: Option<String>, why: Option<String>) {
        let place = |number: u32| (number > 0).then(|| version(number));
        let (from, at) = (place(self.number()), clock(self.history.len() + 1));
        self.history.push(Move { label: label(), from, to: place(to), at, by: eve(), why, promotion });
    }

    fn take(&mut self, deed: Deed) {
        match deed {
            Deed::Promote(to) if to != self.number() => {
                let id = (self.promotions.len() + 1).to_string();
                let since = clock(self.history.len() + 1);
                self.promotions.push(Promotion { id: id.clone(), since, ..promotion(to, State::Applied, 0) });
                self.put(to, Some(id), None);
            }
            Deed::Hand(to) if to != self.number() => self.put(to, None, None),
            Deed::Back => {
                let aim = self.course().before().and_then(|stay| stay.version).map(|version| version.number);
                aim.into_iter().for_each(|to| self.back_to(to));
            }
            Deed::BackTo(to) if self.history.iter().any(|moved| moved.to == Some(version(to))) => self.back_to(to),
            Deed::Promote(_) | Deed::Hand(_) | Deed::BackTo(_) => {}
        }
    }

    fn back_to(&mut self, to: u32) {
        if to == self.number() {
            return;
        }
        let course = self.course();
        let [undone, back] = [course.now(), course.back_to(&version(to))]
            .map(|stay| stay.and_then(|stay| stay.promotion).map(|promotion| promotion.id.clone()));
        if let Some(id) = &undone {
            let since = clock(self.history.len() + 1);
            let promotion = self.promotions.iter_mut().find(|promotion| promotion.id == *id).unwrap();
            (promotion.state, promotion.since) = (State::RolledBack, since);
        }
        let why = (undone.is_none() && back.is_none()).then(|| rolled_back(None));
        self.put(to, undone.or(back), why);
    }

    /// Where rollbacks lead, one after another.
    fn way_back(mut self) -> Vec<u32> {
        let mut way = vec![self.number()];
        for _ in 0..=self.history.len() {
            let before = self.history.len();
            self.take(Deed::Back);
            if self.history.len() == before {
                break;
            }
            way.push(self.number());
        }
        way
    }
}

/// The minute after so many moves.
fn clock(minute: usize) -> String {
    format!("2026-11-26T{:02}:{:02}:00.000Z", minute / 60, minute % 60)
}

#[test]
fn what_came_back_by_a_promotion_is_a_step_of_its_own() {
    use Deed::{Back, BackTo, Hand, Promote};
    assert_eq!(Desk::after(&[Promote(1), Promote(2), Promote(1)]).way_back(), [1, 2, 1]);
    assert_eq!(Desk::after(&[Promote(1), Promote(2), Promote(3), BackTo(1)]).way_back(), [1]);
    assert_eq!(Desk::after(&[Promote(1), Promote(2), Promote(3), Back, BackTo(3)]).way_back(), [3, 1]);
    assert_eq!(Desk::after(&[Promote(1), Promote(2), Hand(3), Hand(1)]).way_back(), [1, 2, 1]);
    assert_eq!(Desk::after(&[Hand(1), Hand(2), Hand(3)]).way_back(), [3, 2, 1]);
    assert_eq!(Desk::after(&[Hand(1), Promote(2)]).way_back(), [2, 1]);
}

proptest! {
    #[test]
    fn rollbacks_come_to_an_end_whatever_was_done_before(deeds in deeds()) {
        let desk = Desk::after(&deeds);
        let moves = desk.history.len();
        let way = desk.way_back();
        prop_assert!(way.len() <= moves.max(1), "{way:?}");
    }

    #[test]
    fn the_last_stay_is_where_the_label_points(deeds in deeds()) {
        let desk = Desk::after(&deeds);
        let course = desk.course();
        prop_assert_eq!(course.now().and_then(|stay| stay.version).map_or(0, |version| version.number), desk.number());
        prop_assert_eq!(course.in_force().is_some(), course.bypass().is_none() && desk.number() > 0);
        if let Some(promotion) = course.in_force() {
            prop_assert_eq!(promotion.subject.number, desk.number());
        }
    }

    #[test]
    fn promotions_push_and_rollbacks_pop(deeds in prop::collection::vec(prop_oneof![
        (1u32..5).prop_map(Deed::Promote), Just(Deed::Back)
    ], 0..24)) {
        let (mut desk, mut pile) = (Desk::default(), vec![0]);
        for deed in deeds {
            desk.take(deed);
            match deed {
                Deed::Promote(to) if pile.last() != Some(&to) => pile.push(to),
                Deed::Back if pile.len() > 2 => drop(pile.pop()),
                _ => {}
            }
            prop_assert_eq!(pile.last(), Some(&desk.number()));
            prop_assert_eq!(desk.course().bypass(), None);
        }
    }
}
