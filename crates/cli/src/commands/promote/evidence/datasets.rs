//! The datasets of recorded runs, and whether they are still the newest.

use std::collections::BTreeMap;

use carat_core::Digest;
use carat_core::event::PlanOutline;
use carat_core::promotion::Newer;
use carat_core::version::{Kind, Pick, Reference, VersionId};
use carat_registry::FoundDataset;
use carat_store::Version;

use crate::commands::promote::matter::Matter;
use crate::fault::Fault;

/// The dataset of a run.
pub(super) struct Used {
    pub(super) version: VersionId,
    /// What is newer; none if it is the newest.
    pub(super) superseded: Option<Newer>,
    pub(super) flaw: Option<String>,
}

/// What there is of a dataset.
struct Known {
    versions: Vec<Version>,
    /// The rows that its file has now; none where it cannot be read.
    present: Option<FoundDataset>,
}

/// The versions of datasets, each name read once.
pub(super) struct Datasets<'m> {
    matter: &'m Matter<'m>,
    known: BTreeMap<String, Known>,
}

impl<'m> Datasets<'m> {
    pub(super) const fn of_project(matter: &'m Matter<'m>) -> Self {
        Self { matter, known: BTreeMap::new() }
    }

    /// `written` is how the eval refers to its dataset.
    pub(super) async fn of(&mut self, plan: &PlanOutline, written: &str) -> Result<Used, Fault> {
        let name = &plan.dataset.name;
        // By content: a run that came from another store has the numbers of that store. An older carat named what it selected.
        let digest = plan.dataset.whole.unwrap_or(plan.dataset.digest);
        if !self.known.contains_key(name) {
            let known = self.look(name).await?;
            self.known.insert(name.clone(), known);
        }
        if self.known[name].has_unsaved(&digest) {
            self.save(name).await?;
        }
        let Known { versions, present } = &self.known[name];
        let Some(version) = versions.iter().find(|version| version.id.digest == digest) else {
            let number = plan.dataset.version.unwrap_or(0);
            let version = VersionId { kind: Kind::Dataset, name: name.clone(), number, digest };
            let flaw = Some(format!("the version of {name} that it ran on is not in this store"));
            return Ok(Used { version, superseded: None, flaw });
        };
        // What the project has now is the newest there is, whatever number it got when it was saved; and a version of a
        // dataset is judged on itself.
        let present = present.as_ref().map(|present| present.digest);
        let is_present = present == Some(version.id.digest) || self.matter.subject.kind == Kind::Dataset;
        let superseded = if is_present {
            None
        } else {
            let newer = versions.iter().find(|newer| newer.id.number > version.id.number);
            let saved = newer.map(|newer| Newer::Version { saved_at: newer.provenance.at.clone() });
            // An eval that names a version would not take other rows if it were run once more.
            saved.or_else(|| present.filter(|_| takes_the_file(written)).map(|_| Newer::Unsaved))
        };
        Ok(Used { version: version.id.clone(), superseded, flaw: None })
    }

    async fn look(&self, name: &str) -> Result<Known, Fault> {
        let versions = self.matter.store().versions(Kind::Dataset, name).await?;
        let found = if takes_the_file(name) { self.matter.shelf.catalogue.dataset(name).await.ok() } else { None };
        Ok(Known { versions, present: found })
    }

    /// Gives the rows that the file has now a number, so that what is on record as evidence can be found again: a run that was
    /// made elsewhere brings its answers, and not its dataset.
    async fn save(&mut self, name: &str) -> Result<(), Fault> {
        let Some(present) = self.known.get(name).and_then(|known| known.present.as_ref()) else { return Ok(()) };
        let saved = self.matter.shelf.catalogue.save_dataset(present, true, None).await?;
        self.matter.session().talk(&format!("{name} is saved as {}  {}", saved.id, saved.id.digest.short()));
        let known = self.look(name).await?;
        self.known.insert(name.to_owned(), known);
        Ok(())
    }
}

impl Known {
    /// Whether these rows are those of the file now, and no version has them.
    fn has_unsaved(&self, digest: &Digest) -> bool {
        let is_saved = self.versions.iter().any(|version| version.id.digest == *digest);
        !is_saved && self.present.as_ref().is_some_and(|present| present.digest == *digest)
    }
}

/// Whether a reference means what the project has now.
fn takes_the_file(written: &str) -> bool {
    Reference::read(written).is_ok_and(|reference| reference.pick == Pick::Working)
}
