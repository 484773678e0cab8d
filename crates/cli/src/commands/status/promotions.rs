//! By what labels came to where they are, and what waits.

use std::collections::BTreeSet;

use carat_core::promotion::{Finding, Promotion, State};
use carat_core::version::{Label, Move};
use carat_store::Store;

use crate::fault::Fault;

/// What is in force, and what is proposed.
#[derive(Debug, Default)]
pub(super) struct Promotions {
    /// Labels that point where a promotion with evidence put them.
    pub(super) with_evidence: usize,
    /// Labels that were promoted to, and that point where they do by no such promotion.
    pub(super) without: Vec<Label>,
    /// The newest one that waits for something.
    pub(super) open: Option<Promotion>,
}

impl Promotions {
    pub(super) async fn gather(store: &Store) -> Result<Self, Fault> {
        let all: Vec<Promotion> = store.promotions(None, None).await?.into_iter().map(|kept| kept.value).collect();
        let applied = || all.iter().filter(|promotion| promotion.state == State::Applied);
        let signs: BTreeSet<_> = applied().map(|it| (it.subject.kind, &it.subject.name, &it.label)).collect();
        let mut found =
            Self { open: all.iter().find(|promotion| promotion.state.is_open()).cloned(), ..Self::default() };
        for (kind, name, label) in signs {
            let history = store.label_history(kind, name, Some(label)).await?;
            let Some(moved) = history.last().filter(|moved| moved.to.is_some()) else { continue };
            let put_there = applied().filter(|promotion| promotion.label == *label && may_have(promotion, moved));
            match put_there.max_by(|a, b| a.since.cmp(&b.since)) {
                Some(promotion) if is_evident(promotion) => found.with_evidence += 1,
                Some(_) | None => found.without.push(label.clone()),
            }
        }
        Ok(found)
    }
}

/// Whether a label may be where its last move put it by this promotion: one that was moved by hand is not there by any.
/// Where another promotion was rolled back, it is there again by the one before.
fn may_have(promotion: &Promotion, moved: &Move) -> bool {
    moved.promotion.is_some() && moved.to.as_ref() == Some(&promotion.subject)
}

/// Whether it went by what was measured: an emergency goes past it.
fn is_evident(promotion: &Promotion) -> bool {
    let shows = |finding: &Finding| finding.holds && !finding.evidence.is_empty();
    promotion.emergency.is_none() && promotion.findings.iter().any(shows)
}
