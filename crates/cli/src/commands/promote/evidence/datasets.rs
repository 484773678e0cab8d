//! The datasets of recorded runs, and whether they are still the newest.

use std::collections::BTreeMap;

use carat_core::Digest;
use carat_core::event::PlanOutline;
use carat_core::promotion::Newer;
use carat_core::version::{Kind, Pick, Reference, VersionId};
use carat_registry::dataset::survey;
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

/// The versions of datasets, each name read once.
pub(super) struct Datasets<'m> {
    matter: &'m Matter<'m>,
    known: BTreeMap<String, (Vec<Version>, Option<Digest>)>,
}

impl<'m> Datasets<'m> {
    pub(super) const fn of_project(matter: &'m Matter<'m>) -> Self {
        Self { matter, known: BTreeMap::new() }
    }

    /// `written` is how the eval refers to its dataset.
    pub(super) async fn of(&mut self, plan: &PlanOutline, written: &str) -> Result<Used, Fault> {
        let name = &plan.dataset.name;
        if !self.known.contains_key(name) {
            let versions = self.matter.store().versions(Kind::Dataset, name).await?;
            self.known.insert(name.clone(), (versions, self.as_it_is_now(name)));
        }
        let (versions, present) = &self.known[name];
        // By content: a run that came from another store has the numbers of that store. An older carat named what it selected.
        let digest = plan.dataset.whole.unwrap_or(plan.dataset.digest);
        let Some(version) = versions.iter().find(|version| version.id.digest == digest) else {
            let number = plan.dataset.version.unwrap_or(0);
            let version = VersionId { kind: Kind::Dataset, name: name.clone(), number, digest };
            let flaw = Some(format!("the version of {name} that it ran on is not in this store"));
            return Ok(Used { version, superseded: None, flaw });
        };
        // What the project has now is the newest there is, whatever number it got when it was saved; and a version of a
        // dataset is judged on itself.
        let is_present = *present == Some(version.id.digest) || self.matter.subject.kind == Kind::Dataset;
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

    /// The digest of the working file; none where it cannot be read.
    fn as_it_is_now(&self, name: &str) -> Option<Digest> {
        let (_, dataset) = self.matter.session().project.dataset(name).ok()?;
        tokio::task::block_in_place(|| survey(&dataset)).ok().map(|survey| survey.digest)
    }
}

/// Whether a reference means what the project has now.
fn takes_the_file(written: &str) -> bool {
    Reference::read(written).is_ok_and(|reference| reference.pick == Pick::Working)
}
