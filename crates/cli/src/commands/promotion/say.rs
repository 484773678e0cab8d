//! `carat promotion approve | reject ID`

use std::sync::Arc;

use carat_core::audit::Action;
use carat_core::promotion::{Approval, Promotion, State};
use carat_core::untrusted::one_line;
use carat_core::version::{Actor, Source};
use carat_store::{Kept, Store};

use crate::commands::promote::apply::{Draft, TRIES, Taken, given_up};
use crate::commands::promote::matter::{Matter, Weighed, all_hold};
use crate::commands::promote::{shape, telling, withdraw_overtaken};
use crate::commands::versions::shelf::Shelf;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::{Session, now};

use super::withdraw::refuse_ended;

/// What somebody says of a promotion.
#[derive(Clone, Copy)]
pub(super) enum Word<'a> {
    Yes { comment: Option<&'a str> },
    No { comment: &'a str },
}

pub(super) async fn say(session: &Session, id: &str, word: Word<'_>, json: bool) -> Result<Exit, Fault> {
    if matches!(word, Word::No { comment } if comment.trim().is_empty()) {
        return Err(Fault::mendable("--comment is empty; say why"));
    }
    // Where there is no store there is no promotion, and none is made to find that out.
    let store = Arc::new(session.only_looking().store().await?);
    let ended = said(session, &store, id, word, json).await;
    if let Some(store) = Arc::into_inner(store) {
        store.close().await;
    }
    ended
}

async fn said(session: &Session, store: &Arc<Store>, id: &str, word: Word<'_>, json: bool) -> Result<Exit, Fault> {
    for _ in 0..TRIES {
        let Kept { value: promotion, revision } = store.promotion(id).await?;
        refuse_ended(&promotion, store).await?;
        let kind = promotion.subject.kind;
        let shelf = Shelf { kind, session: session.clone(), catalogue: session.catalogue(store) };
        let matter = Matter::of(&shelf, promotion.subject.clone(), promotion.label.clone()).await?;
        let draft = Draft { promotion, revision: Some(revision) };
        if let Some(exit) = attempt(draft, &matter, word, json).await? {
            return Ok(exit);
        }
    }
    let promotion = store.promotion(id).await?.value;
    Err(given_up(&promotion.subject, &promotion.label))
}

/// One step, and another one if nothing is missing any more; none where somebody else took one meanwhile.
///
/// What was said is on record before the label moves: whoever is stopped in between finds an approved promotion, which
/// `promote` applies.
async fn attempt(mut draft: Draft, matter: &Matter<'_>, word: Word<'_>, json: bool) -> Result<Option<Exit>, Fault> {
    let by = &matter.shelf.catalogue.by;
    if draft.promotion.replaces.as_ref() != matter.base() {
        return overtaken(draft, matter, by).await;
    }
    refuse_unfit(&draft.promotion, matter, by, word)?;
    let (approves, comment) = match word {
        Word::Yes { comment } => (true, comment),
        Word::No { comment } => (false, Some(comment)),
    };
    let is_known = said_before(&draft.promotion, by, approves, comment);
    if !is_known {
        let said = Approval { by: by.clone(), at: now(), approves, comment: comment.map(str::to_owned) };
        draft.promotion.approvals.push(said);
    }
    let Weighed { findings, terms } = matter.weigh(&draft.promotion).await?;
    draft.promotion.findings = findings;
    draft.promotion.policy = Some(terms);
    let is_ready = all_hold(&draft.promotion.findings);
    if is_known {
        let who = one_line(&by.name, telling::WORDS);
        matter.session().talk(&format!("{who} has said so already; it is not recorded once more"));
        if !is_ready {
            return tell(&draft.promotion, matter, json).await.map(Some);
        }
    }
    let state = if is_ready { State::Approved } else { State::Proposed };
    if draft.promotion.state != state {
        draft.promotion.state = state;
        draft.promotion.since = now();
    }
    let action = if approves { Action::PromotionApproved } else { Action::PromotionRejected };
    if !is_known && let Taken::ChangedMeanwhile = draft.record(matter, action, by, comment).await? {
        return Ok(None);
    }
    if is_ready && let Taken::ChangedMeanwhile = draft.apply(matter, Action::PromotionApplied, by).await? {
        // The word is on record; whoever changed the promotion since will have applied it, or said no.
        let now = matter.store().promotion(&draft.promotion.id).await?.value;
        return tell(&now, matter, json).await.map(Some);
    }
    tell(&draft.promotion, matter, json).await.map(Some)
}

/// Whether that is somebody's last word already. Another comment is another word.
fn said_before(promotion: &Promotion, by: &Actor, approves: bool, comment: Option<&str>) -> bool {
    let last = promotion.approvals.iter().rev().find(|said| said.by.is(by));
    let is_new = |said: &Approval| comment.is_some() && said.comment.as_deref() != comment;
    last.is_some_and(|said| said.approves == approves && !is_new(said))
}

/// The label went elsewhere since the promotion was proposed: what was looked at is not what would be done.
async fn overtaken(draft: Draft, matter: &Matter<'_>, by: &Actor) -> Result<Option<Exit>, Fault> {
    let Matter { subject, label, .. } = matter;
    let kind = subject.kind;
    let id = telling::short(&draft.promotion.id).to_owned();
    let why = telling::went_elsewhere(label, matter.current.as_ref());
    match withdraw_overtaken(draft, matter, by).await? {
        Taken::ChangedMeanwhile => Ok(None),
        Taken::Recorded => Err(Fault {
            exit: Exit::GateFailed,
            message: format!(
                "promotion {id} is withdrawn: {why}, and what was proposed was another change; \
                 `carat {kind} promote {subject} --to {label}` makes a new one"
            ),
        }),
    }
}

/// A word that cannot count is not taken down, so that nobody believes it does.
fn refuse_unfit(promotion: &Promotion, matter: &Matter<'_>, by: &Actor, word: Word<'_>) -> Result<(), Fault> {
    if by.source == Source::Unknown {
        return Err(Fault::mendable("nothing says who you are; give --actor NAME, or set CARAT_ACTOR"));
    }
    if matches!(word, Word::No { .. }) || matter.policy.author_may_approve {
        return Ok(());
    }
    let Some(what) = matter.part_in(promotion, by) else { return Ok(()) };
    let (label, by) = (&promotion.label, one_line(&by.name, telling::WORDS));
    Err(Fault::mendable(format!(
        "{by} {what}, and the policy of `{label}` asks for the word of somebody else; ask a colleague, or let \
         `author_may_approve` be true"
    )))
}

/// Somebody's word is on record, whatever is missing still: that is no failure, and is said last of all where it is so.
async fn tell(promotion: &Promotion, matter: &Matter<'_>, json: bool) -> Result<Exit, Fault> {
    if json {
        out::json(&shape::outcome(matter.store(), promotion).await?)?;
        return Ok(Exit::Fine);
    }
    let found = format!("{}{}", telling::changed(promotion), telling::findings(&promotion.findings));
    if promotion.state == State::Applied {
        out::data(&format!("{found}{}", telling::applied(promotion, matter.found_there())))?;
        matter.session().talk(&telling::way_back(promotion));
    } else {
        out::data(&found)?;
        matter.session().talk(&telling::next_steps(promotion));
        out::data(&telling::still_open(promotion))?;
    }
    Ok(Exit::Fine)
}
