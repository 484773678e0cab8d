//! `carat prompt rollback NAME --label LABEL`
//!
//! Going back needs no evidence and nobody's word: it is what is done when something is wrong already. It is recorded like
//! everything else.

mod aim;
mod way;

use carat_core::promotion::{Course, Stay};
use carat_core::untrusted::one_line;
use carat_core::version::{Kind, Label, VersionId};
use carat_store::Store;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::session::Session;

use super::apply::withdraw_others;
use super::{Rollback, policy, reason};
use aim::{been_there, no_store, points_nowhere};
use way::Way;

pub(super) async fn rollback(args: &Rollback, kind: Kind, session: &Session) -> Result<Exit, Fault> {
    let label = policy::label(&args.label)?;
    let why = reason("--why", args.why.as_deref())?;
    let Some(store) = session.store_if_there().await? else { return Err(no_store(args, kind, session)) };
    let ended = go(args, (kind, &label), why, session, &store).await;
    store.close().await;
    ended
}

async fn go(
    args: &Rollback,
    (kind, label): (Kind, &Label),
    why: Option<&str>,
    session: &Session,
    store: &Store,
) -> Result<Exit, Fault> {
    let name = args.name.as_str();
    let history = store.label_history(kind, name, Some(label)).await?;
    let promotions = store.promotions(Some(kind), Some(name)).await?;
    let its = promotions.iter().map(|kept| &kept.value).filter(|promotion| promotion.label == *label);
    let course = Course::of(&history, its);
    let aim = match &args.to {
        // It has to be somewhere to begin with.
        Some(written) if course.now().is_some() => {
            course.back_to(&been_there(session, store, (kind, name), written, &history, label).await?)
        }
        Some(_) => None,
        None => course.before(),
    };
    let from = course.now().and_then(|now| now.version);
    let Some((aim, to)) = aim.and_then(|aim| Some((aim, aim.version?))) else {
        return Err(match from {
            Some(from) => nothing_before(from, label),
            None => points_nowhere(session, store, (kind, name), label).await?,
        });
    };
    let way = Way::between(label, from, to, &course, &promotions);
    if way.goes_anywhere() {
        let has_policy = session.project.spec.policy.contains_key(label);
        if has_policy || course.held_to().is_some() {
            refuse_without_word(aim, to, label, why)?;
        }
        let by = session.actor();
        way.go(store, &by, why).await?;
        withdraw_others(store, to, label, &by).await?;
    }
    way.tell(store, session, args.json).await
}

/// What came there past the policy does not come back without a word: a rollback must not wash it clean.
fn refuse_without_word(aim: Stay<'_>, to: &VersionId, label: &Label, why: Option<&str>) -> Result<(), Fault> {
    let how = match aim.promotion.map(|promotion| &promotion.emergency) {
        _ if why.is_some() => return Ok(()),
        Some(None) => return Ok(()),
        Some(Some(reason)) => format!("by an emergency, past the policy ({})", one_line(reason, 120)),
        None => "by no promotion".to_owned(),
    };
    Err(Fault::mendable(format!("{to} came to `{label}` {how}; say why it goes back there with --why")))
}

fn nothing_before(from: &VersionId, label: &Label) -> Fault {
    let advice = format!("there is nothing to go back to; `carat {} log {}` lists what there is", from.kind, from.name);
    Fault::mendable(format!("`{label}` pointed to nothing before {from}; {advice}"))
}
