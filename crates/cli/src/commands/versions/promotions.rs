//! The promotions that moved labels, for whoever tells of the moves.

use std::collections::BTreeMap;

use carat_core::promotion::Promotion;
use carat_core::untrusted::one_line;
use carat_core::version::{Label, Move};
use carat_store::Store;

use crate::fault::Fault;
use crate::out::{GOOD, ODD, styled};

/// The move that put a label where it is.
pub(super) fn last_move<'m>(history: &'m [Move], label: &Label) -> Option<&'m Move> {
    history.iter().rev().find(|moved| moved.label == *label)
}

/// The promotions that moved labels, by their ids.
pub(super) struct Promotions(BTreeMap<String, Promotion>);

impl Promotions {
    pub(super) async fn of(store: &Store, history: &[Move]) -> Result<Self, Fault> {
        let mut promotions = BTreeMap::new();
        for id in history.iter().filter_map(|moved| moved.promotion.as_ref()) {
            if !promotions.contains_key(id) {
                promotions.insert(id.clone(), store.promotion(id).await?.value);
            }
        }
        Ok(Self(promotions))
    }

    /// The promotion that moved a label past its policy.
    pub(super) fn emergency(&self, moved: Option<&Move>) -> Option<(&str, &Promotion)> {
        let moved = moved?;
        let promotion = self.0.get(moved.promotion.as_deref()?)?;
        // A rollback names the promotion that it takes back, and is none.
        let is_it = moved.to.as_ref() == Some(&promotion.subject);
        promotion.emergency.as_deref().filter(|_| is_it).map(|why| (why, promotion))
    }

    /// A label, and whether it was moved past its policy.
    pub(super) fn label(&self, moved: Option<&Move>) -> String {
        let label = moved.map(|moved| moved.label.to_string()).unwrap_or_default();
        match self.emergency(moved) {
            Some(_) => styled(ODD, format!("{label} (emergency)")),
            None => styled(GOOD, label),
        }
    }

    /// Why a label moved, and for an emergency what was not there; none where nobody said why.
    pub(super) fn why(&self, moved: &Move) -> Option<String> {
        let why = moved.why.as_deref().map(|why| one_line(why, 160));
        let Some((emergency, promotion)) = self.emergency(Some(moved)) else { return why };
        let missing: Vec<String> = promotion
            .findings
            .iter()
            .filter(|finding| !finding.holds)
            .map(|finding| one_line(&finding.what, 80))
            .collect();
        let missing = if missing.is_empty() { String::new() } else { format!(" (not there: {})", missing.join(", ")) };
        Some(format!("emergency: {}{missing}", one_line(emergency, 160)))
    }
}
