//! How many calls may be in flight.

use std::time::Duration;

use super::opening::Opening;
use super::wall::Wall;
use carat_core::event::LimitCause;

use super::Settings;

/// The fewest answers that make a round.
pub(super) const SMALLEST_ROUND: usize = 4;
/// Growth that is not doubling is by one in so many.
pub(super) const STEP: usize = 20;
/// After a cut, refusals do not cut again for so long: they belong to the same episode.
const COOL_DOWN: Duration = Duration::from_secs(15);

/// The limit, and how it is found.
///
/// A *round* is as many answers as the limit, at least four, to calls that began after the last refusal. A clean round (no
/// refusal, no failure) in which the limit was really used (peak in flight at least 0.8 of it) raises the limit. A refusal
/// cuts it, once an episode, or takes back what was tried in vain. The [`Opening`] follows the limit; the [`Wall`] is what
/// refusals have taught.
#[derive(Debug)]
pub(super) struct Level {
    floor: usize,
    ceiling: usize,
    limit: usize,
    opening: Opening,
    round: Round,
    wall: Option<Wall>,
    cut: Option<Cut>,
    /// How many calls had begun when the last refusal was heard.
    heard: u64,
}

/// What was seen since the last round, refusal or failure.
#[derive(Debug, Clone, Copy)]
struct Round {
    answers: usize,
    peak: usize,
}

#[derive(Debug, Clone, Copy)]
struct Cut {
    at: Duration,
    /// How many calls had begun: these never cut again.
    begun: u64,
}

/// A refused call, as far as the level is concerned.
pub(super) struct Refused {
    pub(super) now: Duration,
    /// The how-manieth call of the account it was.
    pub(super) number: u64,
    /// How many calls in flight were too many, itself included.
    pub(super) among: usize,
    /// How many were in flight when the refusal came, itself included.
    pub(super) in_flight: usize,
    /// How many calls have begun by now.
    pub(super) begun: u64,
    /// Whether the account as a whole is refused: that says nothing of how many calls it would bear, however long it lasts.
    pub(super) outage: bool,
}

impl Level {
    pub(super) fn new(settings: &Settings) -> Self {
        let floor = settings.floor.max(1);
        let ceiling = settings.ceiling.max(floor);
        let limit = settings.start.clamp(floor, ceiling);
        let round = Round { answers: 0, peak: 0 };
        Self { floor, ceiling, limit, opening: Opening::new(limit), round, wall: None, cut: None, heard: 0 }
    }

    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    /// When there is a place for one call more; none until one has ended.
    pub(super) const fn ready(&self, in_flight: usize) -> Option<Duration> {
        self.opening.ready(in_flight)
    }

    /// A call begins, as one of so many.
    pub(super) fn begun(&mut self, now: Duration, in_flight: usize) {
        self.round.peak = self.round.peak.max(in_flight);
        self.opening.begun(now, in_flight);
    }

    /// An outage is over: what is in flight is all that is known to be borne, and how often going beyond the wall was in vain
    /// is of another time.
    pub(super) fn outage_ended(&mut self, in_flight: usize) {
        self.opening = Opening::new(in_flight.clamp(self.floor, self.limit));
        self.wall = self.wall.map(|wall| Wall::new(wall.at));
    }

    /// A call failed, which voids the round.
    pub(super) const fn failed(&mut self, in_flight: usize) {
        self.round = Round { answers: 0, peak: in_flight };
    }

    /// The account's `number`-th call was answered, after a time.
    pub(super) fn answered(&mut self, number: u64, took: Duration, in_flight: usize) -> Option<LimitCause> {
        if number <= self.heard {
            return None;
        }
        let doubles_below = self.wall.map_or(if self.cut.is_none() { usize::MAX } else { 0 }, |wall| wall.near());
        self.opening.answered(took, self.limit, doubles_below);
        self.round.answers += 1;
        if self.round.answers < self.limit.max(SMALLEST_ROUND) {
            return None;
        }
        let peak = self.round.peak;
        self.round = Round { answers: 0, peak: in_flight };
        if peak * 5 < self.limit * 4 {
            return None;
        }
        let (to, why) = self.raised(peak)?;
        self.set(to).then_some(why)
    }

    /// The limit after a clean round in which it was used, up to `peak` calls at a time.
    fn raised(&mut self, peak: usize) -> Option<(usize, LimitCause)> {
        let (limit, more) = (self.limit, self.limit + (self.limit / STEP).max(1));
        let Some(wall) = &mut self.wall else {
            return Some(if self.cut.is_none() {
                (limit.saturating_mul(2), LimitCause::SlowStart)
            } else {
                (more, LimitCause::Growth)
            });
        };
        if limit < wall.near() {
            return Some(((limit * 2).min(wall.near()), LimitCause::Recovery));
        }
        if limit < wall.at {
            return Some((more.min(wall.at), LimitCause::Growth));
        }
        if limit == wall.at {
            return wall.stay().then_some((more, LimitCause::Growth));
        }
        // Beyond it, and nothing was refused: it is gone.
        (peak > wall.at).then(|| {
            self.wall = None;
            (more, LimitCause::Growth)
        })
    }

    /// A call was refused.
    pub(super) fn refused(&mut self, call: &Refused) -> Option<LimitCause> {
        let fresh = call.number > std::mem::replace(&mut self.heard, call.begun);
        let left = call.in_flight.saturating_sub(1);
        self.round = Round { answers: 0, peak: left };
        self.opening.close(left.max(self.floor));
        if call.outage {
            return None;
        }
        let borne = call.among.saturating_sub(1).max(self.floor);
        if self.cut.is_none_or(|cut| call.number > cut.begun && call.now >= cut.at + COOL_DOWN) {
            self.cut = Some(Cut { at: call.now, begun: call.begun });
            self.wall = Some(self.wall.map_or_else(|| Wall::new(borne), |wall| wall.again(borne)));
            let to = (call.among.min(call.in_flight) * 4 / 5).min(self.limit);
            return self.set(to).then_some(LimitCause::RateLimited);
        }
        let wall = self.wall?;
        // A call below the wall that is refused during the cool-down has closed its place, and shows nothing more.
        let wall = match fresh {
            true if borne < wall.at => return None,
            true => wall.again(wall.at),
            false => wall.lowered(borne),
        };
        self.wall = Some(wall);
        self.set(self.limit.min(wall.at)).then_some(LimitCause::Corrected)
    }

    /// Sets the limit, within its bounds. Whether that changed it.
    fn set(&mut self, to: usize) -> bool {
        let from = std::mem::replace(&mut self.limit, to.clamp(self.floor, self.ceiling));
        self.opening.bound(self.limit);
        from != self.limit
    }
}
