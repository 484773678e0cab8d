//! How labels came to where they are that promotions have moved, in all of a store.

use std::collections::BTreeSet;

use carat_core::promotion::{Course, Promotion, State, Stay, compared_with};
use carat_core::version::{Kind, Label, Move, VersionId};
use carat_store::Store;

use crate::fault::Fault;

/// The histories of labels to which something has been promoted.
pub(crate) struct Courses {
    promotions: Vec<Promotion>,
    /// Of each label of each name all moves, oldest first.
    histories: Vec<Vec<Move>>,
}

impl Courses {
    /// Those of these promotions' labels. All promotions of each name and label have to be among them.
    ///
    /// # Errors
    /// Whatever keeps the store from being read.
    pub(crate) async fn of(store: &Store, promotions: Vec<Promotion>) -> Result<Self, Fault> {
        let has_been_there = |promotion: &&Promotion| matches!(promotion.state, State::Applied | State::RolledBack);
        let signs: BTreeSet<(Kind, &str, &Label)> = promotions
            .iter()
            .filter(has_been_there)
            .map(|it| (it.subject.kind, it.subject.name.as_str(), &it.label))
            .collect();
        let mut histories = Vec::with_capacity(signs.len());
        for (kind, name, label) in signs {
            histories.push(store.label_history(kind, name, Some(label)).await?);
        }
        Ok(Self { promotions, histories })
    }

    /// Each of them, with its label.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Label, Course<'_>)> {
        self.histories.iter().filter_map(|history| {
            let label = &history.last()?.label;
            let is_its = |promotion: &&Promotion| promotion.label == *label;
            Some((label, Course::of(history, self.promotions.iter().filter(is_its))))
        })
    }

    /// The ids of the promotions by which labels are where they are.
    pub(crate) fn in_force(&self) -> BTreeSet<&str> {
        self.iter().filter_map(|(_, course)| Some(course.in_force()?.id.as_str())).collect()
    }

    /// What a promotion of this thing to this label is compared with.
    pub(super) fn compared_with(&self, subject: &VersionId, label: &Label) -> Option<Stay<'_>> {
        let of_label = self.iter().filter(|(known, _)| *known == label);
        compared_with(of_label.filter_map(|(_, course)| course.held_to()), subject)
    }
}
