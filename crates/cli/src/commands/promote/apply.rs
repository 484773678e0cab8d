//! The steps of a promotion.

use carat_core::audit::Action;
use carat_core::promotion::{Promotion, State};
use carat_core::untrusted::one_line;
use carat_core::version::{Actor, Kind, Label, Move, VersionId};
use carat_store::{Kept, LabelMove, Step, Store, StoreError};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::session::now;

use super::matter::Matter;
use super::telling;

/// A promotion as it is to be after the next step, and the revision that it is based on; none for a new one.
pub(crate) struct Draft {
    pub(crate) promotion: Promotion,
    pub(crate) revision: Option<u64>,
}

/// What became of a step.
pub(crate) enum Taken {
    /// It is recorded.
    Recorded,
    /// Somebody changed the promotion meanwhile; the label is where it was, so that it can be looked at again.
    ChangedMeanwhile,
}

/// A promotion that was found open may have been changed so often before it is given up.
pub(crate) const TRIES: u32 = 5;

impl Draft {
    /// Takes a step that moves no label.
    pub(crate) async fn record(
        &mut self,
        matter: &Matter<'_>,
        action: Action,
        by: &Actor,
        why: Option<&str>,
    ) -> Result<Taken, Fault> {
        let at = now();
        let step = Step { before: self.revision, after: &self.promotion, action, by, at: &at, why, moves: None };
        let taken = matter.store().step(&step).await;
        self.note(matter, taken).await
    }

    /// Moves the label to the version. Where somebody moved it there past its policy nothing moves: the log has the entry, and
    /// the promotion stands for that move.
    pub(crate) async fn apply(&mut self, matter: &Matter<'_>, action: Action, by: &Actor) -> Result<Taken, Fault> {
        let at = now();
        self.promotion.state = State::Applied;
        self.promotion.since.clone_from(&at);
        let why = self.promotion.emergency.as_ref().map(|why| format!("emergency: {why}"));
        let why = why.or_else(|| self.promotion.why.clone());
        let expected = matter.current.as_ref().map(|current| current.number);
        let moves = Some(LabelMove { expected, to: Some(matter.subject.number) });
        let after = &self.promotion;
        let step = Step { before: self.revision, after, action, by, at: &at, why: why.as_deref(), moves };
        let taken = self.note(matter, matter.store().step(&step).await).await?;
        if let Taken::Recorded = taken {
            withdraw_others(matter.store(), &matter.subject, &matter.label, by).await?;
        }
        Ok(taken)
    }

    async fn note(&mut self, matter: &Matter<'_>, taken: Result<u64, StoreError>) -> Result<Taken, Fault> {
        match taken {
            Ok(revision) => {
                self.revision = Some(revision);
                Ok(Taken::Recorded)
            }
            Err(StoreError::Outrun { .. }) => match moved_meanwhile(matter).await? {
                Some(moved) => Err(outrun(matter, &moved)),
                None => Ok(Taken::ChangedMeanwhile),
            },
            Err(error) => Err(error.into()),
        }
    }
}

/// Takes back what else is open for a label that has just moved: it was proposed, and perhaps approved, as another change.
/// Whoever is stopped before this leaves promotions that are found to be overtaken when somebody touches them.
pub(super) async fn withdraw_others(
    store: &Store,
    points_to: &VersionId,
    label: &Label,
    by: &Actor,
) -> Result<(), Fault> {
    let why = telling::went_elsewhere(label, Some(points_to));
    for Kept { value, revision } in store.promotions(Some(points_to.kind), Some(&points_to.name)).await? {
        if !value.state.is_open() || value.label != *label {
            continue;
        }
        let at = now();
        let after = Promotion { state: State::Withdrawn, since: at.clone(), ..value };
        let (before, action) = (Some(revision), Action::PromotionWithdrawn);
        let step = Step { before, after: &after, action, by, at: &at, why: Some(&why), moves: None };
        match store.step(&step).await {
            // Who was faster will find it overtaken.
            Ok(_) | Err(StoreError::Outrun { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The move that took the label elsewhere since it was looked at.
async fn moved_meanwhile(matter: &Matter<'_>) -> Result<Option<Move>, Fault> {
    let (kind, name) = (matter.subject.kind, &matter.subject.name);
    let last = last_move(matter.store(), (kind, name), &matter.label).await?;
    Ok(last.filter(|last| last.to != matter.current))
}

/// The last move of a label.
pub(crate) async fn last_move(store: &Store, (kind, name): (Kind, &str), label: &Label) -> Result<Option<Move>, Fault> {
    Ok(store.label_history(kind, name, Some(label)).await?.pop())
}

/// Somebody else moved the label first.
fn outrun(matter: &Matter<'_>, moved: &Move) -> Fault {
    let Matter { subject, label, .. } = matter;
    let kind = subject.kind;
    let promotion = moved.promotion.as_ref().map(|id| format!(" (promotion {id})")).unwrap_or_default();
    let (by, at) = (one_line(&moved.by.name, telling::WORDS), &moved.at);
    let message = match &moved.to {
        Some(to) if to == subject => {
            format!("{by} was faster: `{label}` points to {subject} since {at}{promotion}; nothing is left to do")
        }
        Some(to) => format!(
            "{by} was faster: `{label}` points to {to} since {at}{promotion}, and nothing was moved here; see how the two \
             differ (carat {kind} diff {to} {subject}), and promote again: the policy is then held against {to}"
        ),
        None => format!(
            "{by} was faster: `{label}` of {} was taken away at {at}, and nothing was moved here; promote again if it is \
             still to be put there",
            subject.name
        ),
    };
    Fault { exit: Exit::GateFailed, message }
}

/// Too many others are at it.
pub(crate) fn given_up(subject: &VersionId, label: &Label) -> Fault {
    let message =
        format!("the promotion of {subject} to `{label}` is being changed by others again and again; try again later");
    Fault { exit: Exit::World, message }
}
