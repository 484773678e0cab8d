//! The versions that a run names its prompts, models, dataset and spec by.

use std::collections::BTreeMap;

use carat_core::Digest;
use carat_core::version::{Kind, VersionId};
use carat_registry::{Catalogue, FoundDataset, FoundEval, FoundModel, FoundPrompt};

use crate::fault::Fault;

/// Where versions come from.
pub(super) struct Versions<'a> {
    /// What has a number has it here.
    pub(super) catalogue: &'a Catalogue,
    /// Whether what has no number gets one; otherwise it is told the one that it would get.
    pub(super) are_given: bool,
}

impl Versions<'_> {
    pub(super) async fn of_prompt(&self, found: &FoundPrompt) -> Result<u32, Fault> {
        if self.are_given {
            return Ok(self.catalogue.save_prompt(found, None).await?.id.number);
        }
        self.foreseen(found.version.as_ref(), Kind::Prompt, &found.prompt.name, found.prompt.digest()).await
    }

    /// `digest` is that of its settings.
    pub(super) async fn of_model(&self, found: &FoundModel, digest: Digest) -> Result<u32, Fault> {
        if self.are_given {
            return Ok(self.catalogue.save_model(found, digest, None).await?.id.number);
        }
        self.foreseen(found.version.as_ref(), Kind::Model, &found.name, digest).await
    }

    /// The rows are kept where all of them are going to be recorded anyway.
    pub(super) async fn of_dataset(&self, found: &FoundDataset, is_part: bool) -> Result<u32, Fault> {
        if self.are_given {
            return Ok(self.catalogue.save_dataset(found, !is_part, None).await?.id.number);
        }
        self.foreseen(found.version.as_ref(), Kind::Dataset, &found.name, found.digest).await
    }

    pub(super) async fn of_eval(&self, found: &FoundEval) -> Result<u32, Fault> {
        if self.are_given {
            return Ok(self.catalogue.save_eval(found, None).await?.id.number);
        }
        self.foreseen(found.version.as_ref(), Kind::Eval, &found.eval.name, found.eval.digest()).await
    }

    async fn foreseen(
        &self,
        version: Option<&VersionId>,
        kind: Kind,
        name: &str,
        digest: Digest,
    ) -> Result<u32, Fault> {
        if let Some(version) = version {
            return Ok(version.number);
        }
        let known = self.catalogue.store.versions(kind, name).await?;
        let same = known.iter().find(|version| version.id.digest == digest);
        let next = known.last().map_or(1, |last| last.id.number + 1);
        Ok(same.map_or(next, |version| version.id.number))
    }
}

/// What references that move meant when a run began, so that going on with it means the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Pins(pub(super) BTreeMap<String, String>);

impl Pins {
    /// The reference to look up: the version that it was, if it is pinned.
    pub(super) fn pinned<'a>(&'a self, kind: Kind, reference: &'a str) -> &'a str {
        self.0.get(&key(kind, reference)).map_or(reference, String::as_str)
    }

    /// Remembers what a reference to a version was found to be.
    pub(super) fn pin(&mut self, kind: Kind, reference: &str, found: Option<&VersionId>) {
        if let Some(version) = found {
            let version = version.to_string();
            if version != reference {
                self.0.insert(key(kind, reference), version);
            }
        }
    }
}

fn key(kind: Kind, reference: &str) -> String {
    format!("{kind} {reference}")
}
