//! `carat promotion withdraw ID`

use carat_core::audit::Action;
use carat_core::promotion::{Promotion, State};
use carat_core::untrusted::one_line;
use carat_core::version::Actor;
use carat_store::{Kept, Step, Store, StoreError};

use crate::commands::audit::why_last;
use crate::commands::promote::apply::TRIES;
use crate::commands::promote::{shape, telling};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::{Session, now};

pub(super) async fn withdraw(session: &Session, id: &str, why: Option<&str>, json: bool) -> Result<Exit, Fault> {
    // Where there is no store there is no promotion, and none is made to find that out.
    let store = session.only_looking().store().await?;
    let ended = match withdrawn(&store, &session.actor(), id, why).await {
        Ok(promotion) => tell(&promotion, &store, json).await,
        Err(fault) => Err(fault),
    };
    store.close().await;
    ended
}

async fn withdrawn(store: &Store, by: &Actor, id: &str, why: Option<&str>) -> Result<Promotion, Fault> {
    for _ in 0..TRIES {
        let Kept { value: promotion, revision } = store.promotion(id).await?;
        refuse_ended(&promotion, store).await?;
        let at = now();
        let after = Promotion { state: State::Withdrawn, since: at.clone(), ..promotion };
        let (before, action) = (Some(revision), Action::PromotionWithdrawn);
        let step = Step { before, after: &after, action, by, at: &at, why, moves: None };
        match store.step(&step).await {
            Ok(_) => return Ok(after),
            // Somebody said something of it, or applied it: look again.
            Err(StoreError::Outrun { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault::world(format!("promotion {id} is being changed by others again and again; try again later")))
}

/// What is over cannot be changed.
pub(super) async fn refuse_ended(promotion: &Promotion, store: &Store) -> Result<(), Fault> {
    let Promotion { id, subject, label, state, since, .. } = promotion;
    let (kind, name) = (subject.kind, &subject.name);
    let advice = match state {
        State::Proposed | State::Approved => return Ok(()),
        State::Applied => format!("`carat {kind} rollback {name} --label {label}` moves `{label}` back"),
        State::RolledBack | State::Withdrawn => {
            format!("`carat {kind} promote {subject} --to {label}` makes a new one")
        }
    };
    let (id, word) = (telling::short(id), state.as_str().replace('_', " "));
    let why = why_ended(promotion, store).await?.map(|why| format!(" ({})", one_line(&why, telling::WORDS)));
    let why = why.unwrap_or_default();
    Err(Fault::mendable(format!("promotion {id} was {word} at {since}{why}; {advice}")))
}

/// Why a promotion ended as it did, which the audit log knows.
pub(super) async fn why_ended(promotion: &Promotion, store: &Store) -> Result<Option<String>, Fault> {
    match promotion.state {
        State::RolledBack | State::Withdrawn => why_last(&promotion.id, store).await,
        State::Proposed | State::Approved | State::Applied => Ok(None),
    }
}

async fn tell(promotion: &Promotion, store: &Store, json: bool) -> Result<Exit, Fault> {
    if json {
        out::json(&shape::outcome(store, promotion).await?)?;
    } else {
        let (id, Promotion { subject, label, .. }) = (telling::short(&promotion.id), promotion);
        out::data(&format!("promotion {id} is withdrawn; {label} was not moved to {subject}\n"))?;
    }
    Ok(Exit::Fine)
}
