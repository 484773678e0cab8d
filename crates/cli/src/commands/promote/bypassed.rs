//! Labels that have a policy and point where no promotion put them, in all of a store.

use carat_core::promotion::{Bypass, Course, Promotion};
use carat_core::untrusted::one_line;
use carat_core::version::{Kind, Label, Move, VersionId};
use carat_store::Store;

use crate::fault::Fault;
use crate::session::Session;

/// So much of a name is shown.
const NAME: usize = 160;

/// A label that somebody moved past its policy.
#[derive(Debug)]
pub(crate) struct Bypassed {
    pub(crate) label: Label,
    kind: Kind,
    name: String,
    bypass: Bypass,
    /// Whether a rollback goes to where a promotion had put it.
    can_go_back: bool,
}

/// Looks at every label that has a policy. What evals have is not promoted, and so not looked at.
///
/// # Errors
/// Whatever keeps the store from being read.
pub(crate) async fn bypassed(session: &Session, store: &Store) -> Result<Vec<Bypassed>, Fault> {
    let policies = &session.project.spec.policy;
    let mut found = Vec::new();
    if policies.is_empty() {
        return Ok(found);
    }
    for kind in [Kind::Prompt, Kind::Dataset, Kind::Model] {
        for name in store.names(kind).await? {
            // A label that was taken away is in no list of labels.
            let moves = store.label_history(kind, &name, None).await?;
            if moves.is_empty() {
                continue;
            }
            let kept = store.promotions(Some(kind), Some(&name)).await?.into_iter();
            let promotions: Vec<Promotion> = kept.map(|kept| kept.value).collect();
            found.extend(policies.keys().filter_map(|label| of(kind, &name, label, &moves, &promotions)));
        }
    }
    Ok(found)
}

fn of(kind: Kind, name: &str, label: &Label, moves: &[Move], promotions: &[Promotion]) -> Option<Bypassed> {
    let history: Vec<Move> = moves.iter().filter(|moved| moved.label == *label).cloned().collect();
    let course = Course::of(&history, promotions.iter().filter(|promotion| promotion.label == *label));
    let can_go_back = course.before().is_some_and(|stay| stay.promotion.is_some());
    let bypass = course.bypass()?;
    Some(Bypassed { label: label.clone(), kind, name: name.to_owned(), bypass, can_go_back })
}

impl Bypassed {
    /// What points where, and who put it there.
    pub(crate) fn told(&self) -> String {
        let Self { label, kind, name, bypass, .. } = self;
        match &bypass.moved.to {
            Some(version) => {
                let version = one_line(&version.to_string(), NAME);
                format!("{label} points to the {kind} {version} by no promotion: {}", by(bypass))
            }
            None => format!("{label} of the {kind} {} points nowhere: {}", one_line(name, NAME), by(bypass)),
        }
    }

    /// How it is mended: by holding it to the policy, or by going back.
    pub(crate) fn advice(&self) -> String {
        let Self { label, kind, name, bypass, can_go_back } = self;
        let version: Option<&VersionId> = bypass.moved.to.as_ref().or(bypass.stood.as_ref());
        let version = one_line(&version.map_or_else(|| name.clone(), ToString::to_string), NAME);
        let promote = format!("carat {kind} promote {version} --to {label} holds it to the policy");
        if !can_go_back {
            return promote;
        }
        format!("{promote}; carat {kind} rollback {} --label {label} takes it back", one_line(name, NAME))
    }
}

/// `Eve (flag) moved it there at 2026-11-26T10:00:00.000Z without one`
pub(super) fn by(Bypass { moved, .. }: &Bypass) -> String {
    let how = if moved.to.is_some() { "moved it there" } else { "took it away" };
    let (name, source, at) = (one_line(&moved.by.name, NAME), moved.by.source.as_str(), &moved.at);
    format!("{name} ({source}) {how} at {at} without one")
}
