//! How a label came to where it points: a pile of stays, onto which moves lay another one, and from which rollbacks take.

use std::collections::{BTreeMap, BTreeSet};

use super::{Promotion, State};
use crate::version::{Move, VersionId};

/// What is on record as the reason of a rollback that no promotion stands for.
const ROLLED_BACK: &str = "rolled back";

/// The reason of a rollback of a label that no promotion put where it is, to where none had put it: nothing else tells of such
/// a move that it is one.
pub fn rolled_back(why: Option<&str>) -> String {
    why.map_or_else(|| ROLLED_BACK.to_owned(), |why| format!("{ROLLED_BACK}: {why}"))
}

fn says_rolled_back(moved: &Move) -> bool {
    let why = moved.why.as_deref().and_then(|why| why.strip_prefix(ROLLED_BACK));
    why.is_some_and(|rest| rest.is_empty() || rest.starts_with(": "))
}

/// A time in which a label pointed somewhere.
#[derive(Debug, Clone, Copy)]
pub struct Stay<'p> {
    /// Where; none where the label had been taken away.
    pub version: Option<&'p VersionId>,
    /// The promotion that put it there, or was applied to where it found the label; none where somebody moved it by hand.
    pub promotion: Option<&'p Promotion>,
    /// When it came there first: RFC 3339.
    pub(super) at: &'p str,
}

impl<'p> Stay<'p> {
    /// When it came to stand there by its promotion: RFC 3339.
    pub fn since(&self) -> &'p str {
        // That of a promotion which was rolled back, and whose version came back, is when it was left.
        match self.promotion {
            Some(promotion) if promotion.state == State::Applied => &promotion.since,
            Some(_) | None => self.at,
        }
    }
}

/// A label that somebody moved past its policy: it points where no promotion put it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bypass {
    /// The move. It goes nowhere where a label was taken away at which a promotion stood.
    pub moved: Move,
    /// Where the label stood by a promotion before that; where it pointed before, if it never did.
    pub stood: Option<VersionId>,
}

/// The course of one label of one name.
///
/// * A promotion lays a stay of its own onto the pile, whatever is below it, and so does a move by hand.
/// * A rollback takes the last stay away, and what lies above the one that it goes to. Going where no stay is left lays what
///   was there once onto the pile again. So rollbacks without an aim come to an end, whatever was done before.
/// * A promotion that is applied to where its label points already stands for that stay.
/// * Whoever goes back by hand to where the label last stood by a promotion undoes what was done by hand since.
#[derive(Debug)]
pub struct Course<'p> {
    /// The last one on top.
    pile: Vec<Stay<'p>>,
    /// What was taken away, the last one last.
    left: Vec<Stay<'p>>,
    last: Option<&'p Move>,
    /// The promotions that have moved the label, or stood for a move.
    known: BTreeSet<&'p str>,
}

impl<'p> Course<'p> {
    /// By the whole history of the label (its moves, oldest first), and the promotions of that name, in any order; others may be
    /// among them.
    pub fn of(history: &'p [Move], promotions: impl IntoIterator<Item = &'p Promotion>) -> Self {
        let promotions: BTreeMap<&str, &Promotion> = promotions.into_iter().map(|it| (it.id.as_str(), it)).collect();
        let applied: Vec<&Promotion> =
            promotions.values().copied().filter(|promotion| promotion.state == State::Applied).collect();
        let mut course = Self { pile: Vec::new(), left: Vec::new(), last: history.last(), known: BTreeSet::new() };
        for (at, moved) in history.iter().enumerate() {
            let by = moved.promotion.as_deref().and_then(|id| promotions.get(id)).copied();
            course.take(moved, by);
            let next = history.get(at + 1).map(|next| next.at.as_str());
            if course.pile.last().is_some_and(|top| top.promotion.is_none()) {
                let found = applied.iter().find(|promotion| stands_for(promotion, moved, next));
                found.into_iter().for_each(|promotion| course.adopt(promotion));
            }
        }
        course
    }

    fn take(&mut self, moved: &'p Move, by: Option<&'p Promotion>) {
        let to = moved.to.as_ref();
        let Some(promotion) = by else { return self.take_by_hand(moved) };
        let is_known = self.known.contains(promotion.id.as_str());
        if to == Some(&promotion.subject) && !is_known {
            self.known.insert(&promotion.id);
            return self.pile.push(Stay { version: to, promotion: by, at: &moved.at });
        }
        let top = self.pile.last().and_then(|top| top.version);
        if top == Some(&promotion.subject) && !is_known {
            // What is rolled back had been put there, or found there.
            self.adopt(promotion);
        }
        self.go_back(to, moved);
    }

    fn take_by_hand(&mut self, moved: &'p Move) {
        let to = moved.to.as_ref();
        let is_mended = to.is_some() && self.stood().is_some_and(|stood| stood.version == to);
        // Nobody gets past a promotion by saying that it was a rollback.
        let is_rollback = || {
            let is_by_hand = |stay: Option<&Stay<'_>>| stay.is_some_and(|stay| stay.promotion.is_none());
            says_rolled_back(moved) && is_by_hand(self.pile.last()) && is_by_hand(self.place(to))
        };
        if is_mended || is_rollback() {
            self.go_back(to, moved);
        } else {
            self.pile.push(Stay { version: to, promotion: None, at: &moved.at });
        }
    }

    fn adopt(&mut self, promotion: &'p Promotion) {
        self.known.insert(&promotion.id);
        self.pile.last_mut().into_iter().for_each(|top| top.promotion = Some(promotion));
    }

    fn go_back(&mut self, to: Option<&'p VersionId>, moved: &'p Move) {
        let aim = to.and_then(|to| self.back_to(to));
        self.left.extend(self.pile.pop());
        match self.pile.iter().rposition(|stay| aim.is_some_and(|aim| stay.is(&aim))) {
            Some(at) => self.left.extend(self.pile.drain(at + 1..)),
            None => self.pile.push(aim.unwrap_or(Stay { version: to, promotion: None, at: &moved.at })),
        }
    }

    /// The stay below the last one that was at a version, rather one by a promotion.
    fn place(&self, version: Option<&VersionId>) -> Option<&Stay<'p>> {
        let (_, below) = self.pile.split_last()?;
        rather_promoted(below, version)
    }

    /// Where the label is: the last stay; none before its first move.
    pub fn now(&self) -> Option<Stay<'p>> {
        self.pile.last().copied()
    }

    /// The promotion by which the label points where it points; none where there is none.
    pub fn in_force(&self) -> Option<&'p Promotion> {
        self.pile.last()?.promotion
    }

    /// The last stay on the pile that a promotion stands for.
    fn stood(&self) -> Option<&Stay<'p>> {
        self.pile.iter().rev().find(|stay| stay.promotion.is_some())
    }

    /// What whoever promotes next is compared with: where the label stands, or last stood, by a promotion; where all of them were
    /// rolled back, the last of those. None where there has been none.
    pub fn held_to(&self) -> Option<Stay<'p>> {
        let left = || self.left.iter().rev().find(|stay| stay.promotion.is_some());
        self.stood().or_else(left).copied()
    }

    /// Where a rollback goes that names no aim: where somebody moved the label by hand, to where it last stood by a promotion;
    /// else to what lies below the last stay. None where the label pointed to nothing before.
    pub fn before(&self) -> Option<Stay<'p>> {
        let (top, below) = self.pile.split_last()?;
        let mut below = below.iter().rev().filter(|stay| stay.version.is_some());
        let stood = || below.clone().find(|stay| stay.promotion.is_some());
        let stood = if top.promotion.is_some() { None } else { stood() };
        self.back_to(stood.or_else(|| below.next())?.version?)
    }

    /// The stay that a rollback to this version goes to: the last one on the pile, below where the label is, else the last one
    /// that was taken away; rather one by a promotion. None where the label has never been there.
    pub fn back_to(&self, version: &VersionId) -> Option<Stay<'p>> {
        let left = || rather_promoted(&self.left, Some(version));
        let here = || self.pile.last().filter(|top| top.version == Some(version));
        self.place(Some(version)).or_else(left).or_else(here).copied()
    }

    /// Whether the label points where no promotion put it, or points nowhere although one had put it somewhere. None where all
    /// is well.
    pub fn bypass(&self) -> Option<Bypass> {
        let top = self.pile.last().filter(|top| top.promotion.is_none())?;
        let stood = self.stood().and_then(|stay| stay.version);
        if top.version.is_none() && stood.is_none() {
            return None;
        }
        let moved = self.last?.clone();
        let stood = stood.or(moved.from.as_ref()).cloned();
        Some(Bypass { moved, stood })
    }
}

impl Stay<'_> {
    /// Whether it is the very same.
    fn is(&self, other: &Self) -> bool {
        let [one, two] = [self, other].map(|stay| stay.promotion.map(|promotion| promotion.id.as_str()));
        self.version == other.version && self.at == other.at && one == two
    }
}

fn rather_promoted<'s, 'p>(stays: &'s [Stay<'p>], version: Option<&VersionId>) -> Option<&'s Stay<'p>> {
    let mut at_it = stays.iter().rev().filter(|stay| stay.version == version);
    at_it.clone().find(|stay| stay.promotion.is_some()).or_else(|| at_it.next())
}

/// Whether a promotion was applied to where its label pointed already, by this move and before the next.
fn stands_for(promotion: &Promotion, moved: &Move, next: Option<&str>) -> bool {
    let since = promotion.since.as_str();
    promotion.label == moved.label
        && moved.to.as_ref() == Some(&promotion.subject)
        && moved.at.as_str() <= since
        && next.is_none_or(|next| since <= next)
}

#[cfg(test)]
mod tests;
