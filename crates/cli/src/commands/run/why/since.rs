//! What has become, in this project, of the things that a run used.

use std::collections::BTreeMap;
use std::sync::Arc;

use carat_core::version::{Kind, Move, Pick, Provenance, VersionId};
use carat_core::{Digest, Rows as _};
use carat_registry::Catalogue;
use carat_store::Store;

use crate::fault::Fault;
use crate::recorded::Recorded;
use crate::session::Session;

use super::Found;

/// What this project knows of the versions that a run used.
pub(super) struct Since {
    /// By kind, name and digest.
    known: BTreeMap<(Kind, String, Digest), Known>,
    /// Whether the golden row is still the same in the project's file; none where there is no such file or row to look at.
    pub(super) row_is_same: Option<bool>,
    /// Whether the eval's spec is still the one that was run; none where there is no such file.
    pub(super) spec_is_same: Option<bool>,
    /// The promotions that name the run as their evidence.
    pub(super) promotions: Vec<String>,
}

/// What this project knows of a version.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: VersionId,
    pub(super) provenance: Provenance,
    /// The labels that point to it now.
    pub(super) labels_now: Vec<String>,
    /// The labels that pointed to it when the run began.
    pub(super) labels_then: Vec<String>,
}

impl Since {
    pub(super) async fn of(found: &Found, session: &Session) -> Result<Self, Fault> {
        let store = match &found.recorded {
            Recorded::InStore(store, _) => Arc::clone(store),
            Recorded::InFile(_) => Arc::new(session.only_looking().store().await?),
        };
        let catalogue = session.catalogue_to_read(&store);
        let mut since = Self {
            known: BTreeMap::new(),
            row_is_same: row_is_same(found, session).await,
            spec_is_same: spec_is_same(found, &catalogue).await,
            promotions: promotions(found, &store).await?,
        };
        let plan = &found.plan;
        let dataset = plan.dataset.whole.unwrap_or(plan.dataset.digest);
        since.look_up((Kind::Dataset, &plan.dataset.name, dataset), found, &store).await?;
        for variant in &plan.variants {
            since.look_up((Kind::Prompt, &variant.prompt.name, variant.prompt.digest), found, &store).await?;
            let settings = variant.settings.map_or(variant.model.digest, |settings| settings.digest);
            since.look_up((Kind::Model, &variant.model.name, settings), found, &store).await?;
        }
        Ok(since)
    }

    /// What is known of a version by its content.
    pub(super) fn of_version(&self, kind: Kind, name: &str, digest: Digest) -> Option<&Known> {
        self.known.get(&(kind, name.to_owned(), digest))
    }

    async fn look_up(
        &mut self,
        (kind, name, digest): (Kind, &str, Digest),
        found: &Found,
        store: &Store,
    ) -> Result<(), Fault> {
        let key = (kind, name.to_owned(), digest);
        if self.known.contains_key(&key) {
            return Ok(());
        }
        let Some(version) = store.version(kind, name, &Pick::Digest(digest.hex())).await? else { return Ok(()) };
        let labels = store.labels(kind, name).await?;
        let labels_now =
            labels.iter().filter(|(_, id)| *id == version.id).map(|(label, _)| label.to_string()).collect();
        let began = &found.recorded.record().started_at;
        let history = store.label_history(kind, name, None).await?;
        let mut by_label: BTreeMap<String, Vec<Move>> = BTreeMap::new();
        for moved in history {
            by_label.entry(moved.label.to_string()).or_default().push(moved);
        }
        let pointed = by_label.into_iter().filter(|(_, moves)| Move::at(moves, began) == Some(&version.id));
        let labels_then = pointed.map(|(label, _)| label).collect();
        self.known.insert(key, Known { id: version.id, provenance: version.provenance, labels_now, labels_then });
        Ok(())
    }
}

/// The row as it stands in the file now, held against the one that was recorded.
async fn row_is_same(found: &Found, session: &Session) -> Option<bool> {
    let sample = found.samples.first()?;
    let (id, digest) = (sample.case.row.clone(), sample.row_digest);
    let (_, dataset) = session.project.dataset(&found.plan.dataset.name).ok()?;
    let looked = tokio::task::spawn_blocking(move || {
        let mut rows = dataset.open().ok()?;
        rows.find_map(|row| row.ok().filter(|row| row.id == id)).map(|row| row.digest() == digest)
    });
    looked.await.ok().flatten()
}

/// The spec as it stands in the file now, held against the version that was run.
async fn spec_is_same(found: &Found, catalogue: &Catalogue) -> Option<bool> {
    let then = found.plan.spec_version?;
    let now = catalogue.eval(&found.plan.eval).await.ok()?;
    Some(now.eval.digest() == then.digest)
}

async fn promotions(found: &Found, store: &Store) -> Result<Vec<String>, Fault> {
    let run = found.recorded.record().id.as_str();
    let mut cited = Vec::new();
    for kept in store.promotions(None, None).await? {
        let promotion = kept.value;
        if promotion.findings.iter().flat_map(|finding| &finding.evidence).any(|evidence| evidence.run == run) {
            let (subject, label, state) = (&promotion.subject, &promotion.label, promotion.state.as_str());
            cited.push(format!("{} {subject} to {label} ({state})", promotion.id));
        }
    }
    Ok(cited)
}
