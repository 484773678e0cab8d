//! Versions: what has content is named by it, numbered as it comes, and pointed to by labels.
//!
//! A version is a number *and* a digest under a name; neither ever changes its meaning. Labels move, and every move is kept.

mod kind;
mod label;
mod reference;
mod who;

pub use kind::Kind;
pub use label::{BadLabel, LATEST, Label, Move};
pub use reference::{BadReference, Pick, Reference, TOO_SHORT, is_short_digest};
pub use who::{Actor, Source};

use serde::{Deserialize, Serialize};

use crate::Digest;

/// Where a version came from: who saved it, when, from which state of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Who saved it.
    pub by: Actor,
    /// When: RFC 3339 in UTC.
    pub at: String,
    /// What that person said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The git commit of the project, with `+` behind it where files differed from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The number of the version that was the newest of its name when this one was saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u32>,
}

/// Which version of which thing: the number is for people, the digest is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionId {
    /// What kind of thing.
    pub kind: Kind,
    /// Its name in the project.
    pub name: String,
    /// The number, from 1.
    pub number: u32,
    /// The name of the content.
    pub digest: Digest,
}

impl std::fmt::Display for VersionId {
    /// As people write it: `support/triage@7`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.name, self.number)
    }
}
