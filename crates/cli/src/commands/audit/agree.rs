//! Whether the store is as its log says.
//!
//! The chain protects the log; what the log speaks of lies in other tables, where whoever can write the file could move a
//! label without a word. So everything that the log tells is compared with what is there: versions with who saved them and
//! what was said of them, every move of every label with its reason, and promotions by the digest of the whole document.

use std::collections::BTreeMap;

use carat_core::Digest;
use carat_core::audit::{Action, Entry};
use carat_core::version::{Kind, VersionId};
use carat_store::Store;

use crate::fault::Fault;

use super::named::Named;
use super::text;

/// What a log has told so far.
#[derive(Default)]
pub(super) struct Told {
    names: BTreeMap<(Kind, String), Named>,
    /// By the id of a promotion: the digest of what it was after its last step, and the entry that says so.
    promotions: BTreeMap<String, (String, u64)>,
    /// When the log begins.
    began: Option<String>,
}

impl Told {
    /// Takes what an entry says.
    pub(super) fn take(&mut self, entry: &Entry) {
        self.began.get_or_insert_with(|| entry.at.clone());
        if let (Some(id), Some(document)) = (text(entry, "promotion"), text(entry, "document")) {
            self.promotions.insert(id.to_owned(), (document.to_owned(), entry.seq));
        }
        let Some(kind) = entry.kind else { return };
        let named = self.names.entry((kind, entry.subject.clone())).or_default();
        match entry.action {
            Action::VersionSaved => named.take_version(entry),
            Action::ContentKept => named.take_kept(entry),
            Action::LabelMoved | Action::PromotionApplied | Action::EmergencyApplied | Action::RolledBack => {
                named.take_move(entry);
            }
            Action::PromotionProposed
            | Action::PromotionApproved
            | Action::PromotionRejected
            | Action::PromotionWithdrawn
            | Action::RunDeleted
            | Action::RunImported => {}
        }
    }

    /// Whether it has been told that this version was saved; versions that are older than the log are not in it.
    pub(super) fn knows(&self, id: &VersionId) -> bool {
        self.names.get(&(id.kind, id.name.clone())).is_some_and(|named| named.knows(id.number))
    }

    /// Whether what this version consists of was kept, as far as it has been told.
    pub(super) fn has_kept(&self, id: &VersionId) -> Option<bool> {
        self.names.get(&(id.kind, id.name.clone()))?.has_kept(id.number)
    }

    /// Where the store is not as it was told, each in a sentence.
    pub(super) async fn differences(&self, store: &Store) -> Result<Vec<String>, Fault> {
        let mut found = Vec::new();
        for kind in Kind::ALL {
            let mut names = store.names(kind).await?;
            names.extend(self.names.keys().filter(|(of, _)| *of == kind).map(|(_, name)| name.clone()));
            names.sort_unstable();
            names.dedup();
            for name in names {
                let nothing = Named::default();
                let named = self.names.get(&(kind, name.clone())).unwrap_or(&nothing);
                let there = store.versions(kind, &name).await?;
                named.compare_versions((kind, &name), &there, self.began.as_deref(), &mut found);
                named.compare_moves((kind, &name), &store.label_history(kind, &name, None).await?, &mut found);
            }
        }
        self.compare_promotions(store, &mut found).await?;
        Ok(found)
    }

    async fn compare_promotions(&self, store: &Store, found: &mut Vec<String>) -> Result<(), Fault> {
        let mut left: BTreeMap<&str, u64> = self.promotions.iter().map(|(id, (_, seq))| (id.as_str(), *seq)).collect();
        for kept in store.promotions(None, None).await? {
            let id = kept.value.id.as_str();
            left.remove(id);
            match self.promotions.get(id) {
                None => found.push(format!("promotion {id} is not in the log")),
                Some((document, seq)) if *document != Digest::of_json(&kept.value).to_string() => {
                    found.push(format!("promotion {id} is not as entry {seq} left it"));
                }
                Some(_) => {}
            }
        }
        found.extend(left.iter().map(|(id, seq)| format!("promotion {id}, of which entry {seq} speaks, is not there")));
        Ok(())
    }
}
