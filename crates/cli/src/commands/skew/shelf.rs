//! The versions that captured calls name, each read once.

use std::collections::HashMap;
use std::sync::Arc;

use carat_core::version::{Kind, Pick, Reference, VersionId};
use carat_registry::{Catalogue, CatalogueError, FoundPrompt};

use crate::fault::Fault;

use super::named::PromptName;

/// Prompts that have been asked for, and what labels pointed to.
pub(super) struct Shelf {
    catalogue: Catalogue,
    known: HashMap<String, Found>,
    /// By reference: the moments at which it came to mean another version, oldest first, and which.
    histories: HashMap<String, Vec<(String, Option<VersionId>)>>,
}

/// A prompt, or why there is none.
pub(super) type Found = Result<Arc<FoundPrompt>, String>;

impl Shelf {
    pub(super) fn of(catalogue: Catalogue) -> Self {
        Self { catalogue, known: HashMap::new(), histories: HashMap::new() }
    }

    /// The very version that a call names: by its digest, else by its number, else by where its label pointed at a moment of
    /// the store's (now, where there is none), else the file as it is now.
    pub(super) async fn find(&mut self, name: &PromptName, at: Option<&str>) -> Result<Found, Fault> {
        let now = self.keep(name).await?;
        let is_file = now.as_ref().is_ok_and(|found| found.version.is_none());
        // A file may have an `@` in its name, and is meant by it.
        let Some(at) = at.filter(|_| name.moves() && !is_file) else { return Ok(now) };
        match self.then(&name.reference(), at).await? {
            Err(why) => Ok(Err(why)),
            Ok(id) => self.keep(&PromptName { name: id.name, version: None, digest: Some(id.digest) }).await,
        }
    }

    async fn keep(&mut self, name: &PromptName) -> Result<Found, Fault> {
        let key = name.to_string();
        if let Some(found) = self.known.get(&key) {
            return Ok(found.clone());
        }
        let found = self.look_up(name).await?.map(Arc::new);
        self.known.insert(key, found.clone());
        Ok(found)
    }

    async fn look_up(&self, name: &PromptName) -> Result<Result<FoundPrompt, String>, Fault> {
        let Some(digest) = name.digest else {
            return told(self.catalogue.prompt(&name.reference()).await);
        };
        let pick = Pick::Digest(digest.hex());
        if let Some(version) = self.catalogue.store.version(Kind::Prompt, &name.name, &pick).await? {
            return told(self.catalogue.prompt_of(&version.id).await);
        }
        match self.catalogue.prompt(&name.name).await {
            Ok(found) if found.prompt.digest() == digest => Ok(Ok(found)),
            _ => Ok(Err(format!("no version of `{}` has the digest {digest}", name.name))),
        }
    }

    /// What a label, or `latest`, meant at a moment.
    async fn then(&mut self, reference: &str, at: &str) -> Result<Result<VersionId, String>, Fault> {
        if let Some(history) = self.histories.get(reference)
            && let Some((_, Some(id))) = history.iter().rev().find(|(since, _)| since.as_str() <= at)
        {
            return Ok(Ok(id.clone()));
        }
        let read = match Reference::read(reference) {
            Ok(read) => read,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let id = match told(self.catalogue.resolve(Kind::Prompt, &read, Some(at)).await)? {
            Ok(version) => version.id,
            Err(why) => return Ok(Err(why)),
        };
        if !self.histories.contains_key(reference) {
            let history = self.history(&id.name, &read.pick).await?;
            self.histories.insert(reference.to_owned(), history);
        }
        Ok(Ok(id))
    }

    async fn history(&self, name: &str, pick: &Pick) -> Result<Vec<(String, Option<VersionId>)>, Fault> {
        let store = &self.catalogue.store;
        if let Pick::Label(label) = pick {
            let moves = store.label_history(Kind::Prompt, name, Some(label)).await?;
            return Ok(moves.into_iter().map(|moved| (moved.at, moved.to)).collect());
        }
        let versions = store.versions(Kind::Prompt, name).await?;
        Ok(versions.into_iter().map(|version| (version.provenance.at, Some(version.id))).collect())
    }
}

/// What a store cannot do is a fault; what a name does not mean is told with the call.
fn told<T>(found: Result<T, CatalogueError>) -> Result<Result<T, String>, Fault> {
    match found {
        Ok(found) => Ok(Ok(found)),
        Err(error @ CatalogueError::Store(_)) => Err(error.into()),
        Err(other) => Ok(Err(other.to_string())),
    }
}
