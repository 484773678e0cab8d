//! `pairwise`: whether an answer is better than another one, asked in both orders, because judges prefer a place as well as
//! an answer.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use carat_core::spec::{PairwiseSpec, Rival};
use carat_core::{Answer, Ask, Grade, Parameters, Request, Score, UnitInterval, Unscored, UnscoredKind};
use futures::future::join_all;

use super::bench::{Ballot, Bench, Seat};
use super::brief::{Section, request};
use super::menu::Menu;
use super::reading::Said;
use super::words::PAIRWISE;
use super::{as_text, count, given, question};
use crate::assessors::{Inside, Rivals, filled};
use crate::frame::Frame;
use crate::scorers::BadSetting;

/// The verdicts, by their places in the menu.
const MENU: [&str; 3] = ["FIRST", "SECOND", "TIE"];
const FIRST: usize = 0;
const TIE: usize = 2;

/// A judge of two answers.
pub(super) struct Pairwise {
    bench: Bench,
    parameters: Parameters,
    words: String,
    menu: Menu,
    /// None where an answer is held against what the row expects.
    rivals: Option<Arc<dyn Rivals>>,
    show_question: bool,
}

/// What one judge's two verdicts come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Met {
    outcome: Outcome,
    /// How often the answer that stood first won.
    first_won: u32,
    /// How many of the two questions had a winner.
    decided: u32,
}

/// How the answer stands to its rival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Win,
    Loss,
    Tie,
    /// The winner changed with the order, which is a tie.
    Flipped,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Win => "win",
            Self::Loss => "loss",
            Self::Tie => "tie",
            Self::Flipped => "flipped",
        }
    }

    /// What it counts as in a panel.
    const fn vote(self) -> Self {
        match self {
            Self::Win | Self::Loss => self,
            Self::Tie | Self::Flipped => Self::Tie,
        }
    }

    /// What it is worth.
    fn value(self) -> UnitInterval {
        match self {
            Self::Win => UnitInterval::ONE,
            Self::Loss => UnitInterval::ZERO,
            Self::Tie | Self::Flipped => UnitInterval::clamped(0.5).unwrap_or(UnitInterval::ZERO),
        }
    }

    /// As a score, with what the metric `first_position` is computed from.
    fn score(self, first_won: u32, decided: u32) -> Score {
        let counts = vec![first_won, decided];
        Score { category: Some(self.as_str().to_owned()), counts, ..Score::from(Grade::Value(self.value())) }
    }
}

impl Met {
    /// Of the verdict where the answer stood first, and the one where it stood second.
    fn new(standing_first: usize, standing_second: usize) -> Self {
        let how_often = |so: &dyn Fn(usize) -> bool| u32::from(so(standing_first)) + u32::from(so(standing_second));
        let (first_won, decided) = (how_often(&|verdict| verdict == FIRST), how_often(&|verdict| verdict != TIE));
        let outcome = match (decided, standing_first == FIRST, standing_second == FIRST) {
            (2, true, false) => Outcome::Win,
            (2, false, true) => Outcome::Loss,
            (2, ..) => Outcome::Flipped,
            _ => Outcome::Tie,
        };
        Self { outcome, first_won, decided }
    }
}

impl Pairwise {
    pub(super) fn new(
        settings: &PairwiseSpec,
        rivals: Option<Arc<dyn Rivals>>,
        show_question: bool,
        (bench, parameters): (Bench, Parameters),
    ) -> Result<Self, BadSetting> {
        let criterion = filled("judge.pairwise.criterion", &settings.criterion)?;
        let rivals = match (settings.against, rivals) {
            (Rival::Expected, _) => None,
            (Rival::Baseline, Some(rivals)) => Some(rivals),
            (Rival::Baseline, None) => {
                let message = "there is no baseline to hold answers against; name one with `--baseline`";
                return Err(BadSetting::new("judge.pairwise.against", message));
            }
        };
        let words = format!("{PAIRWISE}{criterion}");
        Ok(Self { bench, parameters, words, menu: Menu::of(&MENU), rivals, show_question })
    }

    /// The rival's answer: the same part of it, where it is an answer of a model.
    fn rival(&self, frame: &Frame, answer: &Answer<'_>) -> Result<Result<String, String>, Unscored> {
        let Some(rivals) = &self.rivals else {
            return Ok(Ok(as_text(&*given(frame, answer.row)?).into_owned()));
        };
        let missing = || {
            Unscored::new(
                UnscoredKind::NoExpectation,
                "the baseline has no answer to this row, as it is now, and trial",
            )
        };
        let whole = rivals.answer(answer.row, answer.trial).ok_or_else(missing)?;
        Ok(frame.part_of(&whole).map(Cow::into_owned))
    }

    fn request(&self, question: &[Section<'_>], first: &str, second: &str) -> Request {
        let mut sections = question.to_vec();
        sections.extend([Section::new("FIRST ANSWER", first), Section::new("SECOND ANSWER", second)]);
        request(&self.words, &self.menu, &sections, &self.parameters)
    }

    /// Asks one judge in both orders.
    async fn meet(&self, seat: &Seat, orders: &[Request; 2], ask: &dyn Ask) -> Ballot<Met> {
        let [first, second] = orders;
        let (first, second) = futures::join!(seat.ask(first, &self.menu, ask), seat.ask(second, &self.menu, ask));
        seat.ballot(first.and_then(|first| Ok(self.met(&first, &second?))))
    }

    fn met(&self, first: &Said<usize>, second: &Said<usize>) -> Said<Met> {
        let told = [("standing first", first), ("standing second", second)].map(|(place, said)| {
            let reason = said.reason.as_deref().map(|reason| format!(", {reason}")).unwrap_or_default();
            format!("{place}: {}{reason}", self.menu.word(said.what))
        });
        Said { what: Met::new(first.what, second.what), reason: Some(told.join("; ")) }
    }
}

#[async_trait]
impl Inside for Pairwise {
    async fn assess(&self, frame: &Frame, answer: &Answer<'_>, ask: &dyn Ask) -> Result<Score, Unscored> {
        let question = if self.show_question { question(answer)? } else { Vec::new() };
        let rival = self.rival(frame, answer)?;
        let unasked = |outcome: Outcome, reason: String| outcome.score(0, 0).because(reason);
        let (answer, rival) = match (frame.part_of(&answer.completion.text), rival) {
            (Err(reason), Ok(_)) => return Ok(frame.judged(unasked(Outcome::Loss, reason))),
            (Err(reason), Err(_)) => return Ok(frame.finish(unasked(Outcome::Tie, format!("both: {reason}")))),
            (Ok(_), Err(reason)) => return Ok(frame.finish(unasked(Outcome::Win, format!("the other: {reason}")))),
            (Ok(answer), Ok(rival)) if answer == rival => {
                return Ok(frame.finish(unasked(Outcome::Tie, "the same answer".to_owned())));
            }
            (Ok(answer), Ok(rival)) => (answer, rival),
        };
        let orders = [self.request(&question, &answer, &rival), self.request(&question, &rival, &answer)];
        let ballots = join_all(self.bench.seats.iter().map(|seat| self.meet(seat, &orders, ask))).await;
        decide(&ballots).map(|score| frame.finish(score))
    }
}

/// What the judges say together.
fn decide(ballots: &[Ballot<Met>]) -> Result<Score, Unscored> {
    let shown = |met: &Met| met.outcome.as_str().to_owned();
    let outcome = count::majority(ballots, |met| met.outcome.vote(), shown)?;
    let all: Vec<Met> = ballots.iter().filter_map(|ballot| Some(ballot.said.as_ref().ok()?.what)).collect();
    let how_often = |outcome| all.iter().filter(|met| met.outcome == outcome).count();
    let outcome = match outcome {
        Outcome::Tie if how_often(Outcome::Flipped) > how_often(Outcome::Tie) => Outcome::Flipped,
        Outcome::Win | Outcome::Loss | Outcome::Tie | Outcome::Flipped => outcome,
    };
    let score = outcome.score(all.iter().map(|met| met.first_won).sum(), all.iter().map(|met| met.decided).sum());
    Ok(Score { reason: count::reasons(ballots, shown), ..score })
}
