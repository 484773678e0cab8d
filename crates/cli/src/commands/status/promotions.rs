//! By what labels came to where they are, and what waits.

use carat_core::promotion::{Finding, Promotion};
use carat_core::version::Label;
use carat_store::Store;

use crate::commands::promote::courses::Courses;
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
        let open = all.iter().find(|promotion| promotion.state.is_open()).cloned();
        let mut found = Self { open, ..Self::default() };
        for (label, course) in Courses::of(store, all).await?.iter() {
            match course.in_force() {
                Some(promotion) if is_evident(promotion) => found.with_evidence += 1,
                // What was taken away is in force by no way.
                None if course.now().is_none_or(|now| now.version.is_none()) => {}
                Some(_) | None => found.without.push(label.clone()),
            }
        }
        Ok(found)
    }
}

/// Whether it went by what was measured: an emergency goes past it.
fn is_evident(promotion: &Promotion) -> bool {
    let shows = |finding: &Finding| finding.holds && !finding.evidence.is_empty();
    promotion.emergency.is_none() && promotion.findings.iter().any(shows)
}
