//! The judges of a case: one, or a panel.

use std::sync::Arc;

use carat_core::spec::JudgeSpec;
use carat_core::untrusted::one_line;
use carat_core::{Ask, ModelId, Request, Unscored, UnscoredKind};
use futures::future::join_all;

use super::menu::Menu;
use super::reading::{self, Said};
use crate::scorers::BadSetting;

/// The most characters of an error that are told.
const LONGEST_ERROR: usize = 300;

/// Those who are asked, in the order of the spec.
pub(super) struct Bench {
    pub(super) seats: Vec<Seat>,
}

/// A place on the bench.
pub(super) struct Seat {
    judge: Arc<str>,
    /// How many places before this one are the same judge's: it is asked for another answer there, not for the same again.
    vote: u32,
}

/// What came from one place.
#[derive(Debug)]
pub(super) struct Ballot<T> {
    /// Who sits there.
    pub(super) judge: Arc<str>,
    /// The verdict, or why there is none.
    pub(super) said: Result<Said<T>, Unscored>,
}

impl Bench {
    /// The judges of a spec.
    ///
    /// # Errors
    /// There are none, both a judge and a panel, or one that the project does not have.
    pub(super) fn new(spec: &JudgeSpec, known: &dyn Fn(&str) -> Result<ModelId, String>) -> Result<Self, BadSetting> {
        match (&spec.model, spec.panel.as_slice()) {
            (None, []) => {
                return Err(BadSetting::new(
                    "judge",
                    "nobody judges: name a `model` of `carat.yaml`, or a `panel` of them",
                ));
            }
            (Some(_), [_, ..]) => {
                return Err(BadSetting::new("judge.panel", "stands beside `model`; put all judges in the panel"));
            }
            (Some(_), []) | (None, [_, ..]) => {}
        }
        let mut seats: Vec<Seat> = Vec::new();
        for (index, name) in spec.judges().into_iter().enumerate() {
            let key = if spec.model.is_some() { "judge.model".to_owned() } else { format!("judge.panel[{index}]") };
            let judge = known(name).map_err(|why| BadSetting::new(key, why))?.name;
            let vote = seats.iter().filter(|seat| seat.judge == judge).map(|_| 1).sum();
            seats.push(Seat { judge, vote });
        }
        Ok(Self { seats })
    }

    /// Asks all of them at once.
    pub(super) async fn ask(&self, request: &Request, menu: &Menu, ask: &dyn Ask) -> Vec<Ballot<usize>> {
        join_all(self.seats.iter().map(|seat| seat.cast(request, menu, ask))).await
    }
}

impl Seat {
    async fn cast(&self, request: &Request, menu: &Menu, ask: &dyn Ask) -> Ballot<usize> {
        self.ballot(self.ask(request, menu, ask).await)
    }

    /// What this one says.
    pub(super) async fn ask(&self, request: &Request, menu: &Menu, ask: &dyn Ask) -> Result<Said<usize>, Unscored> {
        let judge = &self.judge;
        let completion = ask.ask(judge, request.clone(), self.vote).await.map_err(|error| {
            let error = one_line(&error.message, LONGEST_ERROR);
            Unscored::new(UnscoredKind::JudgeFailed, format!("the judge `{judge}` gave no answer: {error}"))
        })?;
        reading::read(&completion, menu)
            .map_err(|why| Unscored::new(UnscoredKind::NoVerdict, format!("the judge `{judge}` {why}")))
    }

    /// The same as a ballot.
    pub(super) fn ballot<T>(&self, said: Result<Said<T>, Unscored>) -> Ballot<T> {
        Ballot { judge: Arc::clone(&self.judge), said }
    }
}
