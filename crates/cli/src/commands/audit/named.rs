//! What the log tells of one name, held against what is there.

use std::collections::BTreeMap;

use carat_core::audit::Entry;
use carat_core::version::{Actor, Kind, Move, Source, VersionId};
use carat_store::Version;

use super::{number, text};

/// What a log has told of one name so far, each with the number of the entry.
#[derive(Default)]
pub(super) struct Named {
    versions: BTreeMap<u64, (u64, Saved)>,
    /// What it tells of contents that were kept: at once, or later than their version got its number.
    kept: BTreeMap<u64, Kept>,
    moves: Vec<(u64, Moved)>,
}

/// What it tells of a version.
struct Saved {
    digest: String,
    by: Actor,
    at: String,
    message: Option<String>,
    commit: Option<String>,
}

/// What it tells of a content.
struct Kept {
    seq: u64,
    digest: String,
    /// Whether it was kept.
    is_kept: bool,
}

/// What it tells of a move of a label.
struct Moved {
    label: String,
    from: Option<u64>,
    to: Option<u64>,
    at: String,
    by: Actor,
    why: Option<String>,
    promotion: Option<String>,
}

impl Named {
    /// Takes an entry that says that a version was saved.
    pub(super) fn take_version(&mut self, entry: &Entry) {
        let Some((number, digest)) = version(entry) else { return };
        // An older carat did not say.
        if let Some(kept) = text(entry, "kept") {
            let (seq, digest, is_kept) = (entry.seq, digest.to_owned(), kept != "nothing");
            self.kept.insert(number, Kept { seq, digest, is_kept });
        }
        let said = |key| text(entry, key).map(str::to_owned);
        let saved = Saved {
            digest: digest.to_owned(),
            by: entry.by.clone(),
            at: entry.at.clone(),
            message: said("message"),
            commit: said("commit"),
        };
        self.versions.insert(number, (entry.seq, saved));
    }

    /// Takes an entry that says that a content was kept.
    pub(super) fn take_kept(&mut self, entry: &Entry) {
        let Some((number, digest)) = version(entry) else { return };
        self.kept.insert(number, Kept { seq: entry.seq, digest: digest.to_owned(), is_kept: true });
    }

    /// Whether the content of the version with this number was kept, as far as it has told.
    pub(super) fn has_kept(&self, number: u32) -> Option<bool> {
        self.kept.get(&u64::from(number)).map(|kept| kept.is_kept)
    }

    /// Takes an entry that says that a label was moved, if it was.
    pub(super) fn take_move(&mut self, entry: &Entry) {
        let (from, to) = (number(entry, "from"), number(entry, "to"));
        if from == to {
            return;
        }
        let said = |key| text(entry, key).map(str::to_owned);
        let (label, at, by) = (said("label").unwrap_or_default(), entry.at.clone(), entry.by.clone());
        let moved = Moved { label, from, to, at, by, why: said("why"), promotion: said("promotion") };
        self.moves.push((entry.seq, moved));
    }

    /// Whether it has told of the version with this number.
    pub(super) fn knows(&self, number: u32) -> bool {
        self.versions.contains_key(&u64::from(number))
    }

    /// `began` is when the log begins: what was saved before that is not in it.
    pub(super) fn compare_versions(
        &self,
        (kind, name): (Kind, &str),
        there: &[Version],
        began: Option<&str>,
        found: &mut Vec<String>,
    ) {
        let mut left: BTreeMap<u64, u64> = self.kept.iter().map(|(number, kept)| (*number, kept.seq)).collect();
        left.extend(self.versions.iter().map(|(number, (seq, _))| (*number, *seq)));
        for version in there {
            let number = u64::from(version.id.number);
            left.remove(&number);
            match self.versions.get(&number) {
                // Before there was a log nobody was asked.
                None if version.provenance.by.source == Source::Unknown
                    && began.is_none_or(|began| version.provenance.at.as_str() < began) =>
                {
                    let digest = version.id.digest.to_string();
                    if let Some(Kept { seq, .. }) = self.kept.get(&number).filter(|kept| kept.digest != digest) {
                        found.push(format!("{kind} {name}@{number} is not as entry {seq} says: its digest"));
                    }
                }
                None => found.push(format!("{kind} {name}@{number} is not in the log")),
                Some((seq, saved)) => {
                    let others = saved.others(version);
                    if !others.is_empty() {
                        let others = others.join(", ");
                        found.push(format!("{kind} {name}@{number} is not as entry {seq} says: {others}"));
                    }
                }
            }
        }
        let gone = left
            .iter()
            .map(|(number, seq)| format!("{kind} {name}@{number}, which entry {seq} speaks of, is not there"));
        found.extend(gone);
    }

    pub(super) fn compare_moves(&self, (kind, name): (Kind, &str), there: &[Move], found: &mut Vec<String>) {
        let there: Vec<Moved> = there.iter().map(Moved::of).collect();
        let mut same = 0;
        for ((seq, told), there) in self.moves.iter().zip(&there).take_while(|((_, told), there)| told.is(there)) {
            same += 1;
            let others = told.others(there);
            if !others.is_empty() {
                let (label, others, moved) = (&told.label, others.join(" and "), there.in_words());
                found.push(format!(
                    "label {label} of the {kind} {name} is moved {moved} with another {others} than entry {seq} says"
                ));
            }
        }
        let (told, there) = (self.moves.get(same).map(|(_, told)| told), there.get(same));
        let what = match (told, there) {
            (None, None) => return,
            (None, Some(there)) => format!("is moved {}, of which the log says nothing", there.in_words()),
            (Some(told), None) => format!("is not moved {}, as the log says", told.in_words()),
            (Some(told), Some(there)) => {
                format!("is moved {} where the log says that it was moved {}", there.in_words(), told.in_words())
            }
        };
        let label = told.or(there).map_or("", |moved| moved.label.as_str());
        found.push(format!("label {label} of the {kind} {name} {what}"));
    }
}

/// The number and the digest of the version that an entry is about.
fn version(entry: &Entry) -> Option<(u64, &str)> {
    Some((number(entry, "version")?, entry.details.get("version")?.get("digest")?.as_str()?))
}

impl Saved {
    /// What is other than it says.
    fn others(&self, Version { id, provenance }: &Version) -> Vec<&'static str> {
        let compared = [
            ("its digest", self.digest == id.digest.to_string()),
            ("who saved it", self.by == provenance.by),
            ("when", self.at == provenance.at),
            ("its message", self.message == provenance.message),
            ("its commit", self.commit == provenance.commit),
        ];
        compared.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
    }
}

impl Moved {
    fn of(moved: &Move) -> Self {
        let number = |version: &Option<VersionId>| version.as_ref().map(|id| u64::from(id.number));
        Self {
            label: moved.label.to_string(),
            from: number(&moved.from),
            to: number(&moved.to),
            at: moved.at.clone(),
            by: moved.by.clone(),
            why: moved.why.clone(),
            promotion: moved.promotion.clone(),
        }
    }

    /// Whether both are the same move, whatever is said of it.
    fn is(&self, other: &Self) -> bool {
        let essence = |moved: &Self| (moved.label == other.label, moved.from, moved.to);
        essence(self) == essence(other) && (&self.at, &self.by) == (&other.at, &other.by)
    }

    /// What is said otherwise of the same move.
    fn others(&self, other: &Self) -> Vec<&'static str> {
        let compared = [("reason", self.why == other.why), ("promotion", self.promotion == other.promotion)];
        compared.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
    }

    /// `from 6 to 7 at 2026-… by Ada`
    fn in_words(&self) -> String {
        let end = |end: Option<u64>| end.map_or_else(|| "nothing".to_owned(), |number| number.to_string());
        format!("from {} to {} at {} by {}", end(self.from), end(self.to), self.at, self.by)
    }
}

#[cfg(test)]
mod tests {
    use carat_core::Digest;
    use carat_core::audit::{Action, Chain, Deed};
    use serde_json::{Map, Value, json};

    use super::*;

    fn entry(action: Action, details: Value) -> Entry {
        let by = Actor { name: "ada".to_owned(), source: Source::Git };
        let details: Map<String, Value> = details.as_object().unwrap().clone();
        let kind = Some(Kind::Dataset);
        Chain::next(None, Deed { at: "", by: &by, action, kind, subject: "tickets", details, tool: "0" })
    }

    #[test]
    fn what_was_kept_is_known_from_what_the_log_says_of_it_last_and_not_from_older_entries() {
        let version = json!({"number": 1, "digest": Digest::of_bytes(b"")});
        let kept = |entries: &[(Action, Value)]| {
            let mut named = Named::default();
            for (action, details) in entries {
                let entry = entry(*action, details.clone());
                if *action == Action::ContentKept { named.take_kept(&entry) } else { named.take_version(&entry) }
            }
            named.has_kept(1)
        };
        let saved = |kept: &str| (Action::VersionSaved, json!({"version": version, "kept": kept}));
        let older = (Action::VersionSaved, json!({"version": version}));
        let later = (Action::ContentKept, json!({"version": version, "kept": "rows", "rows": 3}));
        assert_eq!(kept(&[]), None);
        assert_eq!(kept(std::slice::from_ref(&older)), None, "an older carat did not say");
        assert_eq!(kept(&[saved("rows")]), Some(true));
        assert_eq!(kept(&[saved("nothing")]), Some(false));
        assert_eq!(kept(&[saved("nothing"), later.clone()]), Some(true));
        assert_eq!(kept(&[older, later]), Some(true));
    }
}
