//! Whether the store is as its log says.
//!
//! The chain protects the log; what the log speaks of lies in other tables, where whoever can write the file could move a
//! label without a word. So everything that the log tells is compared with what is there: versions with who saved them,
//! every move of every label, and promotions by the digest of the whole document.

use std::collections::BTreeMap;

use carat_core::Digest;
use carat_core::audit::{Action, Entry};
use carat_core::version::{Actor, Kind, Move, Source};
use carat_store::{Store, Version};
use serde_json::Value;

use crate::fault::Fault;

/// What a log has told so far.
#[derive(Default)]
pub(super) struct Told {
    names: BTreeMap<(Kind, String), Named>,
    /// By the id of a promotion: the digest of what it was after its last step, and the entry that says so.
    promotions: BTreeMap<String, (String, u64)>,
}

/// What it has told of one name.
#[derive(Default)]
struct Named {
    versions: BTreeMap<u64, Saved>,
    moves: Vec<Moved>,
}

struct Saved {
    digest: String,
    by: Actor,
    at: String,
    seq: u64,
}

#[derive(PartialEq, Eq)]
struct Moved {
    label: String,
    from: Option<u64>,
    to: Option<u64>,
    at: String,
    by: Actor,
}

impl Told {
    /// Takes what an entry says.
    pub(super) fn take(&mut self, entry: &Entry) {
        let Entry { seq, details, action, .. } = entry;
        if let (Some(id), Some(document)) = (text(details.get("promotion")), text(details.get("document"))) {
            self.promotions.insert(id, (document, *seq));
        }
        let Some(kind) = entry.kind else { return };
        let named = self.names.entry((kind, entry.subject.clone())).or_default();
        match action {
            Action::VersionSaved => {
                let version = details.get("version");
                if let (Some(number), Some(digest)) = (number(version), text(version.and_then(|it| it.get("digest")))) {
                    let (by, at) = (entry.by.clone(), entry.at.clone());
                    named.versions.insert(number, Saved { digest, by, at, seq: *seq });
                }
            }
            Action::LabelMoved | Action::PromotionApplied | Action::EmergencyApplied | Action::RolledBack => {
                let (from, to) = (number(details.get("from")), number(details.get("to")));
                if from != to {
                    let label = text(details.get("label")).unwrap_or_default();
                    named.moves.push(Moved { label, from, to, at: entry.at.clone(), by: entry.by.clone() });
                }
            }
            Action::PromotionProposed
            | Action::PromotionApproved
            | Action::PromotionRejected
            | Action::PromotionWithdrawn
            | Action::RunDeleted => {}
        }
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
                named.compare_versions((kind, &name), &store.versions(kind, &name).await?, &mut found);
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

impl Named {
    fn compare_versions(&self, (kind, name): (Kind, &str), there: &[Version], found: &mut Vec<String>) {
        let mut left: BTreeMap<u64, u64> = self.versions.iter().map(|(number, saved)| (*number, saved.seq)).collect();
        for version in there {
            let (number, by, at) = (u64::from(version.id.number), &version.provenance.by, &version.provenance.at);
            left.remove(&number);
            match self.versions.get(&number) {
                // Before there was a log nobody was asked.
                None if by.source == Source::Unknown => {}
                None => found.push(format!("{kind} {name}@{number} is not in the log")),
                Some(saved) => {
                    let same = (&saved.by, &saved.at) == (by, at) && saved.digest == version.id.digest.to_string();
                    if !same {
                        found.push(format!("{kind} {name}@{number} is not as entry {} says", saved.seq));
                    }
                }
            }
        }
        let gone = left
            .iter()
            .map(|(number, seq)| format!("{kind} {name}@{number}, which entry {seq} speaks of, is not there"));
        found.extend(gone);
    }

    fn compare_moves(&self, (kind, name): (Kind, &str), there: &[Move], found: &mut Vec<String>) {
        let there: Vec<Moved> = there.iter().map(Moved::of).collect();
        let same = self.moves.iter().zip(&there).take_while(|(told, there)| told == there).count();
        let what = match (self.moves.get(same), there.get(same)) {
            (None, None) => return,
            (None, Some(there)) => format!("is moved {}, of which the log says nothing", there.in_words()),
            (Some(told), None) => format!("is not moved {}, as the log says", told.in_words()),
            (Some(told), Some(there)) => {
                format!("is moved {} where the log says that it was moved {}", there.in_words(), told.in_words())
            }
        };
        let label = self.moves.get(same).or(there.get(same)).map_or("", |moved| moved.label.as_str());
        found.push(format!("label {label} of the {kind} {name} {what}"));
    }
}

impl Moved {
    fn of(moved: &Move) -> Self {
        let number = |version: &Option<carat_core::version::VersionId>| version.as_ref().map(|id| u64::from(id.number));
        Self {
            label: moved.label.to_string(),
            from: number(&moved.from),
            to: number(&moved.to),
            at: moved.at.clone(),
            by: moved.by.clone(),
        }
    }

    /// `from 6 to 7 at 2026-… by Ada`
    fn in_words(&self) -> String {
        let end = |end: Option<u64>| end.map_or_else(|| "nothing".to_owned(), |number| number.to_string());
        format!("from {} to {} at {} by {}", end(self.from), end(self.to), self.at, self.by)
    }
}

/// The number of a version in the details of an entry.
fn number(version: Option<&Value>) -> Option<u64> {
    version?.get("number")?.as_u64()
}

fn text(value: Option<&Value>) -> Option<String> {
    value?.as_str().map(str::to_owned)
}
