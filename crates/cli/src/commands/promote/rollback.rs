//! `carat prompt rollback NAME --label LABEL`
//!
//! Going back needs no evidence and nobody's word: it is what is done when something is wrong already. It is recorded like
//! everything else.

use carat_core::audit::Action;
use carat_core::nearest::did_you_mean;
use carat_core::promotion::{Promotion, State};
use carat_core::untrusted::one_line;
use carat_core::version::{Actor, Kind, Label, Move, Pick, Reference, VersionId};
use carat_store::{Kept, LabelMove, Step, Store, StoreError};
use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::{Session, now};

use super::apply::withdraw_others;
use super::{Rollback, policy, reason, telling};

/// Where a label is, and where it goes back to.
struct Way {
    label: Label,
    from: VersionId,
    to: VersionId,
    /// The promotion that put it where it is.
    promotion: Option<Kept<Promotion>>,
}

pub(super) async fn rollback(args: &Rollback, kind: Kind, session: &Session) -> Result<Exit, Fault> {
    let label = policy::label(&args.label)?;
    let why = reason("--why", args.why.as_deref())?;
    let store = session.store().await?;
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
    let from = match history.last() {
        Some(Move { to: Some(from), .. }) => from.clone(),
        Some(Move { to: None, .. }) | None => return Err(points_nowhere(session, store, (kind, name), label).await?),
    };
    let promotions = store.promotions(Some(kind), Some(name)).await?;
    let to = match &args.to {
        Some(written) => been_there(session, store, (kind, name), written, &history, label).await?,
        None => before(&from, &promotions, &history, label)?,
    };
    refuse_emergency(&to, &promotions, label, why)?;
    let promotion = promotion_to(&from, promotions, label);
    let way = Way { label: label.clone(), from, to, promotion };
    if way.from != way.to {
        let by = session.actor();
        way.go(store, &by, why).await?;
        withdraw_others(store, &way.to, label, &by).await?;
    }
    way.tell(store, session, args.json).await
}

impl Way {
    /// Moves the label back, and says so in the promotion that had moved it there.
    async fn go(&self, store: &Store, by: &Actor, why: Option<&str>) -> Result<(), Fault> {
        let at = now();
        let to = Some(self.to.number);
        let Some(Kept { value, revision }) = &self.promotion else {
            let (kind, name) = (self.from.kind, &self.from.name);
            store.move_label(kind, name, &self.label, to, by, &at, why).await?;
            return Ok(());
        };
        let after = Promotion { state: State::RolledBack, since: at.clone(), ..value.clone() };
        let moves = Some(LabelMove { expected: Some(self.from.number), to });
        let (before, action) = (Some(*revision), Action::RolledBack);
        let step = Step { before, after: &after, action, by, at: &at, why, moves };
        match store.step(&step).await {
            Ok(_) => Ok(()),
            Err(StoreError::Outrun { what }) => {
                let advice =
                    "somebody moved it meanwhile, and nothing was done here; see where it is, and roll back again";
                Err(Fault { exit: Exit::GateFailed, message: format!("{what}: {advice}") })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Says what serves now.
    async fn tell(&self, store: &Store, session: &Session, json: bool) -> Result<Exit, Fault> {
        let Self { label, from, to, promotion } = self;
        if json {
            let promotion = promotion.as_ref().map(|kept| &kept.value.id);
            let moved = (from != to).then(|| json!({"label": label, "from": from, "to": to}));
            out::json(&json!({"format": 1, "moved": moved, "promotion": promotion}))?;
            return Ok(Exit::Fine);
        }
        if from == to {
            out::data(&format!("{label} points to {to} already\n"))?;
            return Ok(Exit::Fine);
        }
        let version = store.version(to.kind, &to.name, &Pick::Number(to.number)).await?;
        let saved = version.map(|version| format!(", saved {} by {}", version.provenance.at, version.provenance.by));
        let line = styled(STRONG, format!("{label} points to {to} again"));
        let about = styled(FAINT, format!("{}{}", to.digest.short(), saved.unwrap_or_default()));
        let undone = promotion.as_ref().map(|kept| {
            let id = telling::short(&kept.value.id);
            styled(FAINT, format!("promotion {id} is rolled back")) + "\n"
        });
        out::data(&format!("{line} (was {from})  {about}\n{}", undone.unwrap_or_default()))?;
        telling::into_use(to.kind, label).iter().for_each(|next| session.talk(next));
        Ok(Exit::Fine)
    }
}

/// The last promotion that put this version there; rather one that has not been rolled back yet.
fn promotion_to(version: &VersionId, all: Vec<Kept<Promotion>>, label: &Label) -> Option<Kept<Promotion>> {
    let rank = |promotion: &Promotion| match promotion.state {
        State::Applied => Some(1),
        State::RolledBack => Some(0),
        State::Proposed | State::Approved | State::Withdrawn => None,
    };
    let is_meant = |kept: &Kept<Promotion>| kept.value.subject == *version && kept.value.label == *label;
    let put_there = all.into_iter().filter(|kept| is_meant(kept) && rank(&kept.value).is_some());
    // The one that was applied last may not be the one that was proposed last.
    put_there.max_by(|a, b| (rank(&a.value), &a.value.since).cmp(&(rank(&b.value), &b.value.since)))
}

/// What came there past the policy does not come back without a word: a rollback must not wash an emergency clean.
fn refuse_emergency(
    to: &VersionId,
    promotions: &[Kept<Promotion>],
    label: &Label,
    why: Option<&str>,
) -> Result<(), Fault> {
    let is_meant = |promotion: &&Promotion| promotion.subject == *to && promotion.label == *label;
    let was_there = |promotion: &&Promotion| matches!(promotion.state, State::Applied | State::RolledBack);
    let last = promotions.iter().map(|kept| &kept.value).filter(is_meant).filter(was_there);
    let emergency = last.max_by(|a, b| a.since.cmp(&b.since)).and_then(|promotion| promotion.emergency.as_ref());
    match emergency {
        Some(reason) if why.is_none() => Err(Fault::mendable(format!(
            "{to} came to `{label}` by an emergency, past the policy ({}); say why it goes back there with --why",
            one_line(reason, 120)
        ))),
        Some(_) | None => Ok(()),
    }
}

/// Where the label pointed before somebody put it where it is. That it came there by going back does not count, or two
/// rollbacks would take each other back.
fn before(
    from: &VersionId,
    promotions: &[Kept<Promotion>],
    history: &[Move],
    label: &Label,
) -> Result<VersionId, Fault> {
    let promoted = |id: &str| promotions.iter().find(|kept| kept.value.id == id).map(|kept| &kept.value.subject);
    let went_back = |moved: &Move| moved.promotion.as_deref().and_then(promoted).is_some_and(|subject| subject != from);
    let put_there = history.iter().rev().find(|moved| moved.to.as_ref() == Some(from) && !went_back(moved));
    put_there.and_then(|moved| moved.from.clone()).ok_or_else(|| {
        let advice =
            format!("there is nothing to go back to; `carat {} log {}` lists what there is", from.kind, from.name);
        Fault::mendable(format!("`{label}` pointed to nothing before {from}; {advice}"))
    })
}

/// A version that somebody named: a reference, or what stands behind the `@` of one.
async fn been_there(
    session: &Session,
    store: &Store,
    (kind, name): (Kind, &str),
    written: &str,
    history: &[Move],
    label: &Label,
) -> Result<VersionId, Fault> {
    let whole = if written.contains('@') { written.to_owned() } else { format!("{name}@{written}") };
    let reference = Reference::read(&whole).map_err(Fault::mendable)?;
    if reference.name != name {
        return Err(Fault::mendable(format!("--to {written} is a version of {}, not of {name}", reference.name)));
    }
    let been: Vec<&VersionId> = history.iter().filter_map(|moved| moved.to.as_ref()).collect();
    let mut numbers: Vec<u32> = been.iter().map(|version| version.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let listed = numbers.join(", ");
    match store.version(kind, name, &reference.pick).await?.map(|version| version.id) {
        Some(version) if been.contains(&&version) => Ok(version),
        Some(version) => Err(Fault::mendable(format!(
            "`{label}` has never pointed to {version}, and a rollback goes where it has been (versions {listed}); \
             `{}` goes somewhere new",
            command_to(session, kind, &version.to_string(), label)
        ))),
        None => Err(Fault::mendable(format!("there is no {whole}; `{label}` has pointed to the versions {listed}"))),
    }
}

/// The command that lets a label point to a version where it has not been: by its policy, or by hand.
fn command_to(session: &Session, kind: Kind, version: &str, label: &Label) -> String {
    if session.project.spec.policy.contains_key(label) {
        format!("carat {kind} promote {version} --to {label}")
    } else {
        format!("carat {kind} label {version} {label}")
    }
}

async fn points_nowhere(
    session: &Session,
    store: &Store,
    (kind, name): (Kind, &str),
    label: &Label,
) -> Result<Fault, Fault> {
    let labels = store.labels(kind, name).await?;
    let known: Vec<&str> = labels.iter().map(|(label, _)| label.as_str()).collect();
    if known.is_empty() {
        let names = store.names(kind).await?;
        let hint = if names.iter().any(|known| known == name) {
            let command = command_to(session, kind, &format!("{name}@latest"), label);
            format!("; `{command}` lets `{label}` point to the newest version")
        } else {
            did_you_mean(name, names.iter().map(String::as_str))
        };
        return Ok(Fault::mendable(format!("no label points to the {kind} `{name}`{hint}")));
    }
    let hint = did_you_mean(label.as_str(), known.iter().copied());
    let listed = known.join(", ");
    Ok(Fault::mendable(format!("the {kind} `{name}` has no label `{label}` (it has {listed}){hint}")))
}
