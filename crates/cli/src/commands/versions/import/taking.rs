//! Taking versions in, all of them or none, and saying what became of each.

use carat_core::Digest;
use carat_core::version::{Label, Move, Pick, VersionId};
use carat_registry::PROJECT_FILE;
use carat_store::{Arrival, NewVersion, TakenIn};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::out::{self, FAINT, GOOD, ODD, styled};

use super::super::instant::shown;
use super::super::{shapes, told};
use super::Import;

/// A version that is to be taken in.
pub(super) struct Incoming {
    name: String,
    digest: Digest,
    body: String,
    message: String,
    /// The number that it has where it comes from.
    pub(super) number: Option<u32>,
    /// The labels that are to point to it.
    pub(super) labels: Vec<Label>,
    /// Those that point to it there, and stay where they are here because they have a policy.
    pub(super) protected: Vec<Label>,
}

impl Incoming {
    /// One without number and labels.
    pub(super) const fn new(name: String, digest: Digest, body: String, message: String) -> Self {
        Self { name, digest, body, message, number: None, labels: Vec::new(), protected: Vec::new() }
    }
}

impl Import<'_> {
    /// Takes all of them into the store, or after an error none.
    pub(super) async fn take_in(&mut self, incoming: &[Incoming]) -> Result<(), Fault> {
        let (kind, by, at, why) = (self.shelf.kind, &self.catalogue.by, self.catalogue.now.as_str(), self.message());
        let arrivals: Vec<Arrival<'_>> = incoming
            .iter()
            .map(|one| {
                let (name, digest, body, message) = (one.name.as_str(), one.digest, &one.body, &one.message);
                let (body, message) = (Some(body.as_str()), Some(message.as_str()));
                let version = NewVersion { kind, name, digest, body, by, at, message, commit: None };
                Arrival { version, number: one.number, labels: &one.labels, why: Some(&why) }
            })
            .collect();
        let taken = self.shelf.store().take_in(&arrivals).await?;
        for (incoming, taken) in incoming.iter().zip(&taken) {
            self.tell_taken(incoming, taken).await?;
        }
        Ok(())
    }

    async fn tell_taken(&mut self, incoming: &Incoming, taken: &TakenIn) -> Result<(), Fault> {
        self.tell(&taken.id, taken.is_new).await?;
        if !self.args.json {
            return out::data(&lines(incoming, taken));
        }
        if let Some(Value::Object(entry)) = self.entries.last_mut() {
            let labels =
                taken.moves.iter().map(|moved| json!({"label": moved.label, "moved": shapes::moved_if(moved)}));
            let protected =
                incoming.protected.iter().map(|label| json!({"label": label, "moved": null, "why": "policy"}));
            entry.insert("number_there".to_owned(), json!(incoming.number));
            entry.insert("instead".to_owned(), json!(taken.instead));
            entry.insert("labels".to_owned(), labels.chain(protected).collect());
        }
        Ok(())
    }

    /// Says which version it is here.
    pub(super) async fn tell(&mut self, id: &VersionId, is_new: bool) -> Result<(), Fault> {
        let version = self.shelf.store().version(id.kind, &id.name, &Pick::Number(id.number)).await?;
        let since = version.map(|version| version.provenance.at).unwrap_or_default();
        if self.args.json {
            let more = json!({"new": is_new, "since": since, "number_there": null, "instead": null, "labels": []});
            self.entries.push(shapes::version_with(id, more));
            return Ok(());
        }
        let what =
            if is_new { styled(GOOD, "(new)") } else { styled(FAINT, format!("(known since {})", shown(&since))) };
        out::data(&format!("{} {} {what}\n", told::name(id), styled(FAINT, id.digest)))
    }
}

/// Which number it has here in place of its own, and where its labels point.
fn lines(incoming: &Incoming, taken: &TakenIn) -> String {
    let mut lines = Vec::new();
    if let Some(there) = incoming.number.filter(|there| *there != taken.id.number) {
        lines.push(styled(ODD, renumbered(there, taken)));
    }
    lines.extend(taken.moves.iter().map(|moved| format!("{}  {}", moved.label, ends(moved))));
    let why = styled(ODD, format!("not moved: it has a policy in {PROJECT_FILE}"));
    lines.extend(incoming.protected.iter().map(|label| format!("{label}  {why}")));
    lines.into_iter().map(|line| format!("    {line}\n")).collect()
}

/// `support/triage@2 of the bundle is support/triage@5 here: @2 is another content`
fn renumbered(there: u32, TakenIn { id, instead, .. }: &TakenIn) -> String {
    let theirs = VersionId { number: there, ..id.clone() };
    let why = if instead.is_some() { format!(": @{there} is another content") } else { String::new() };
    format!("{} of the bundle is {} here{why}", told::name(&theirs), told::name(id))
}

fn ends(moved: &Move) -> String {
    if moved.from == moved.to {
        return styled(FAINT, "points there already");
    }
    let end = |end: &Option<_>| end.as_ref().map_or_else(|| "nothing".to_owned(), told::name);
    format!("{} → {}", end(&moved.from), end(&moved.to))
}

#[cfg(test)]
mod tests {
    use carat_core::version::Kind;

    use super::*;

    #[test]
    fn who_knows_a_version_by_another_number_is_told_the_one_that_it_has_here() {
        let id =
            |number| VersionId { kind: Kind::Prompt, name: "sort".to_owned(), number, digest: Digest::of_bytes(b"") };
        let taken = |instead| TakenIn { id: id(5), is_new: true, instead, moves: Vec::new() };
        assert_eq!(renumbered(2, &taken(Some(id(2)))), "sort@2 of the bundle is sort@5 here: @2 is another content");
        assert_eq!(renumbered(2, &taken(None)), "sort@2 of the bundle is sort@5 here");
    }
}
