//! `carat prompt promote REF --to LABEL`

use carat_core::audit::Action;
use carat_core::promotion::{Promotion, State};
use carat_core::untrusted::one_line;
use carat_core::version::{Actor, Kind, Label, VersionId};
use carat_store::{Kept, Store};
use serde_json::json;

use crate::commands::versions::shelf::Shelf;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::{Session, now};

use super::apply::{Draft, TRIES, Taken, given_up, last_move};
use super::matter::{Matter, Weighed, all_hold};
use super::{Promote, changes, policy, policy_of, reason, running, shape, subject, telling};

/// Looks at what there is, and moves the label if nothing is missing; else records that somebody wants it to move.
pub(super) async fn promote(args: &Promote, kind: Kind, session: &Session) -> Result<Exit, Fault> {
    let wish = Wish::read(args)?;
    // Nothing is saved for a label that cannot be promoted to.
    policy_of(session, &wish.label, (kind, &args.reference))?;
    let shelf = Shelf::to_change(kind, session).await?;
    let ended = on_shelf(args, &wish, &shelf).await;
    shelf.close().await;
    ended
}

async fn on_shelf(args: &Promote, wish: &Wish<'_>, shelf: &Shelf) -> Result<Exit, Fault> {
    let subject = subject::find(shelf, &args.reference).await?;
    let mut is_to_run = args.run;
    for _ in 0..=TRIES {
        let matter = Matter::of(shelf, subject.clone(), wish.label.clone()).await?;
        // Where it was put past the policy, it is held to it now.
        if matter.current.as_ref() == Some(&subject) && matter.found_there().is_none() {
            return already(&matter, args.json).await;
        }
        if std::mem::take(&mut is_to_run) && running::run_missing(&matter).await? {
            out::data("\n")?;
            // It takes its time, in which others may have moved the label.
            continue;
        }
        if let Some(exit) = attempt(&matter, wish, &shelf.catalogue.by).await? {
            return Ok(exit);
        }
    }
    Err(given_up(&subject, &wish.label))
}

/// What somebody asks for.
struct Wish<'a> {
    label: Label,
    why: Option<&'a str>,
    emergency: Option<&'a str>,
    json: bool,
}

impl<'a> Wish<'a> {
    fn read(args: &'a Promote) -> Result<Self, Fault> {
        let label = policy::label(&args.to)?;
        let why = reason("--why", args.why.as_deref())?;
        let emergency = reason("--emergency", args.emergency.as_deref())?;
        Ok(Self { label, why, emergency, json: args.json })
    }
}

/// One look and one step; none where somebody else took one meanwhile.
async fn attempt(matter: &Matter<'_>, wish: &Wish<'_>, by: &Actor) -> Result<Option<Exit>, Fault> {
    let Some(mut draft) = open_or_new(matter, by, wish.why).await? else { return Ok(None) };
    let before = draft.promotion.clone();
    let weighed = matter.weigh(&draft.promotion).await?;
    let is_ready = all_hold(&weighed.findings);
    look(&mut draft, weighed, wish);
    if !wish.json {
        let (changes, asked) = (changes::told(matter).await?, telling::changed(&draft.promotion));
        out::data(&format!("{changes}{asked}{}", telling::findings(&draft.promotion.findings)))?;
    }
    let taken = match (is_ready, wish.emergency) {
        (true, _) => draft.apply(matter, Action::PromotionApplied, by).await?,
        (false, Some(why)) => {
            draft.promotion.emergency = Some(why.to_owned());
            draft.apply(matter, Action::EmergencyApplied, by).await?
        }
        (false, None) if draft.revision.is_some() && draft.promotion == before => Taken::Recorded,
        (false, None) => draft.record(matter, Action::PromotionProposed, by, wish.why).await?,
    };
    match taken {
        Taken::ChangedMeanwhile => Ok(None),
        Taken::Recorded => tell(matter, &draft.promotion, wish).await.map(Some),
    }
}

/// Takes over what was found.
fn look(draft: &mut Draft, Weighed { findings, terms }: Weighed, wish: &Wish<'_>) {
    let promotion = &mut draft.promotion;
    if promotion.state == State::Approved && !all_hold(&findings) {
        promotion.state = State::Proposed;
        promotion.since = now();
    }
    promotion.findings = findings;
    promotion.policy = Some(terms);
    if let Some(why) = wish.why {
        promotion.why = Some(why.to_owned());
    }
}

/// The open promotion of this version to this label, or a new one. One that was proposed while the label pointed elsewhere
/// is about another change: it is withdrawn. None where somebody else changed it meanwhile.
async fn open_or_new(matter: &Matter<'_>, by: &Actor, why: Option<&str>) -> Result<Option<Draft>, Fault> {
    if let Some(Kept { value: promotion, revision }) = open(matter.store(), &matter.subject, &matter.label).await? {
        let draft = Draft { promotion, revision: Some(revision) };
        if draft.promotion.replaces.as_ref() == matter.base() {
            return Ok(Some(draft));
        }
        if let Taken::ChangedMeanwhile = withdraw_overtaken(draft, matter, by).await? {
            return Ok(None);
        }
    }
    let at = now();
    let promotion = Promotion {
        id: uuid::Uuid::now_v7().to_string(),
        subject: matter.subject.clone(),
        label: matter.label.clone(),
        replaces: matter.base().cloned(),
        by: by.clone(),
        at: at.clone(),
        why: why.map(str::to_owned),
        policy: None,
        findings: Vec::new(),
        approvals: Vec::new(),
        state: State::Proposed,
        since: at,
        emergency: None,
    };
    Ok(Some(Draft { promotion, revision: None }))
}

async fn open(store: &Store, subject: &VersionId, label: &Label) -> Result<Option<Kept<Promotion>>, Fault> {
    let all = store.promotions(Some(subject.kind), Some(&subject.name)).await?;
    let is_meant = |kept: &Kept<Promotion>| {
        kept.value.state.is_open() && kept.value.subject == *subject && kept.value.label == *label
    };
    Ok(all.into_iter().find(is_meant))
}

/// Takes back a promotion whose label has gone elsewhere since it was proposed.
pub(crate) async fn withdraw_overtaken(mut draft: Draft, matter: &Matter<'_>, by: &Actor) -> Result<Taken, Fault> {
    let why = telling::went_elsewhere(&matter.label, matter.current.as_ref());
    draft.promotion.state = State::Withdrawn;
    draft.promotion.since = now();
    draft.record(matter, Action::PromotionWithdrawn, by, Some(&why)).await
}

/// There is nothing to do.
async fn already(matter: &Matter<'_>, json: bool) -> Result<Exit, Fault> {
    let Matter { subject, label, .. } = matter;
    let moved = last_move(matter.store(), (subject.kind, &subject.name), label).await?;
    if json {
        out::json(&json!({"format": 1, "applied": true, "state": null, "moved": null, "promotion": null}))?;
        return Ok(Exit::Fine);
    }
    let since =
        moved.map(|moved| format!(" since {}, by {}", moved.at, one_line(&moved.by.name, 160))).unwrap_or_default();
    out::data(&format!("{label} points to {subject} already{since}\n"))?;
    Ok(Exit::Fine)
}

async fn tell(matter: &Matter<'_>, promotion: &Promotion, wish: &Wish<'_>) -> Result<Exit, Fault> {
    let is_applied = promotion.state == State::Applied;
    let exit = if is_applied { Exit::Fine } else { Exit::GateFailed };
    if wish.json {
        out::json(&shape::outcome(matter.store(), promotion).await?)?;
        return Ok(exit);
    }
    if !is_applied {
        out::data(&telling::proposed(promotion))?;
        matter.session().talk(&telling::next_steps(promotion));
        return Ok(exit);
    }
    if wish.emergency.is_some() && promotion.emergency.is_none() {
        matter.session().talk("nothing was missing: it was promoted like any other, and no emergency is on record");
    }
    out::data(&telling::applied(promotion, matter.found_there()))?;
    matter.session().talk(&telling::way_back(promotion));
    Ok(exit)
}
