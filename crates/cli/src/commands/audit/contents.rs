//! Whether what was kept of versions is what their digests name.
//!
//! The log holds the digests; prompts, specs, settings and rows lie beside it, where whoever can write the file could change
//! what is evaluated and shipped under a number. So each of them is read, and its digest computed.

use carat_core::spec::ModelSpec;
use carat_core::untrusted::one_line;
use carat_core::version::{Kind, VersionId};
use carat_core::{Digest, Package};
use carat_registry::EvalPackage;
use carat_store::{Store, StoreError};

use crate::commands::versions::shelf::digest_of_model;
use crate::fault::Fault;

use super::agree::Told;

/// What came of it.
#[derive(Default)]
pub(super) struct Contents {
    /// What is not as its digest says, each in a sentence.
    pub(super) broken: Vec<String>,
    /// The versions of which too little was kept to say: `dataset tickets@2`.
    pub(super) unheld: Vec<String>,
}

/// What is kept of one version.
enum Content {
    /// It has this digest.
    Is(Digest),
    /// It was not kept, or needs what is not in the store.
    Unknown,
    /// It is none.
    Broken(String),
}

impl Contents {
    /// Reads whatever is kept of every version.
    ///
    /// # Errors
    /// Whatever keeps the store from being read, but that what is there makes no sense.
    pub(super) async fn of(store: &Store, told: &Told) -> Result<Self, Fault> {
        let mut contents = Self::default();
        for kind in Kind::ALL {
            for name in store.names(kind).await? {
                for version in store.versions(kind, &name).await? {
                    let id = version.id;
                    let content = content(store, &id, told).await?;
                    contents.take(&id, content);
                }
            }
        }
        Ok(contents)
    }

    fn take(&mut self, id: &VersionId, content: Content) {
        let kind = id.kind;
        match content {
            Content::Is(digest) if digest == id.digest => {}
            Content::Is(digest) => {
                let (wanted, found) = (id.digest.short(), digest.short());
                self.broken
                    .push(format!("{kind} {id} was edited: its digest is {wanted}, what is kept of it has {found}"));
            }
            Content::Unknown => self.unheld.push(format!("{kind} {id}")),
            Content::Broken(why) => {
                self.broken.push(format!("{kind} {id} cannot be read back: {}", one_line(&why, 300)));
            }
        }
    }
}

async fn content(store: &Store, id: &VersionId, told: &Told) -> Result<Content, Fault> {
    let read = if id.kind == Kind::Dataset {
        store.digest_of_rows(id).await.map(|found| match found {
            Some(found) => Content::Is(found),
            None if told.has_kept(id) == Some(true) => Content::Broken("its rows were kept, and are gone".to_owned()),
            None => Content::Unknown,
        })
    } else {
        store.body(id).await.map(|body| match body {
            Some(body) => of_body(id, &body),
            // An older carat kept all of these, and did not say so; before there was a log they were not kept.
            None if told.has_kept(id).unwrap_or_else(|| told.knows(id)) => {
                Content::Broken("it was saved, and is gone".to_owned())
            }
            None => Content::Unknown,
        })
    };
    match read {
        Err(StoreError::Damaged { what, .. }) => Ok(Content::Broken(what)),
        read => Ok(read?),
    }
}

fn of_body(id: &VersionId, body: &str) -> Content {
    let digest = match id.kind {
        Kind::Prompt => digest_of_prompt(&id.name, body),
        Kind::Eval => match EvalPackage::from_body(body).eval(&id.name, &id.to_string()) {
            Ok(eval) => Ok(eval.digest()),
            Err(error) => Err(error.to_string()),
        },
        Kind::Model => return of_settings(&id.name, body),
        // Its rows are elsewhere.
        Kind::Dataset => return Content::Unknown,
    };
    digest.map_or_else(Content::Broken, Content::Is)
}

fn digest_of_prompt(name: &str, body: &str) -> Result<Digest, String> {
    let package: Package = serde_json::from_str(body).map_err(|error| error.to_string())?;
    Ok(package.prompt(name).map_err(|error| error.to_string())?.digest())
}

/// Recorded answers are known by the answers, which are not in the store.
fn of_settings(name: &str, body: &str) -> Content {
    let spec = match serde_json::from_str::<ModelSpec>(body) {
        Ok(spec) => spec,
        Err(error) => return Content::Broken(error.to_string()),
    };
    match digest_of_model(name, &spec) {
        Ok(Some(digest)) => Content::Is(digest),
        Ok(None) => Content::Unknown,
        Err(fault) => Content::Broken(fault.message),
    }
}
