//! Promotions: a label that has a policy is moved by an object with evidence, approvals and a state, not by a command.
//!
//! ```text
//! proposed ──▶ approved ──▶ applied ──▶ rolled back
//!    └──▶ withdrawn (by whoever, or because another one went first)
//! ```
//!
//! The policy is evaluated by a pure function over what is known at an instant; whoever applies a promotion evaluates it once
//! more in the transaction that moves the label. An emergency goes past the policy, never past the record: what did not hold
//! stays in it.

mod course;
mod policy;
mod terms;

use serde::{Deserialize, Serialize};

use crate::Digest;
use crate::version::{Actor, Label, VersionId};

pub use course::{Bypass, Course, Stay, rolled_back};
pub use policy::{Commit, EvalFacts, Facts, evaluate, owner_of};
pub use terms::{Changed, EvalTerms, Otherwise, Terms, compared_with};

/// A proposal that a label point to a version, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// Its id: a UUID of version 7.
    pub id: String,
    /// The version that is to be put there.
    pub subject: VersionId,
    /// Which label is to point to it.
    pub label: Label,
    /// Where the label pointed when it was proposed. Where it had been moved to the subject past its policy: where it stood
    /// before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<VersionId>,
    /// Who proposed it.
    pub by: Actor,
    /// When: RFC 3339 in UTC.
    pub at: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The policy that it was last held against, with the gates of the evals that it needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Terms>,
    /// What was asked for, and whether it was there, when it was last looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What people said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// Where it stands.
    pub state: State,
    /// When it came to stand there.
    pub since: String,
    /// Whether it was applied although something did not hold, and the reason that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<String>,
}

/// Where a promotion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Something that the policy asks for is missing.
    Proposed,
    /// Everything is there; it may be applied.
    Approved,
    /// The label was moved.
    Applied,
    /// The label was moved back.
    RolledBack,
    /// Somebody took it back, said no, or the label went elsewhere before.
    Withdrawn,
}

impl State {
    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Applied => "applied",
            Self::RolledBack => "rolled_back",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether it may go from here to there.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Proposed, Self::Approved | Self::Applied | Self::Withdrawn)
                | (Self::Approved, Self::Proposed | Self::Applied | Self::Withdrawn)
                | (Self::Applied, Self::RolledBack)
        )
    }

    /// Whether it still waits for something.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Approved)
    }
}

/// What somebody said of a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Who.
    pub by: Actor,
    /// When: RFC 3339 in UTC.
    pub at: String,
    /// Yes or no.
    pub approves: bool,
    /// What that person said besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// One thing that a policy asks for, and whether it is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What is asked for, in words: `eval triage`, `1 reviewer`, `outside quiet hours`.
    pub what: String,
    /// Whether it is there.
    pub holds: bool,
    /// Whether it turned out to ask nothing of the thing, so that it holds for nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_nothing: bool,
    /// Why, with what was looked at; and what to do, where it is not there. Each is told on a line of its own. Records of an
    /// older carat have one text.
    #[serde(deserialize_with = "one_or_several")]
    pub because: Vec<String>,
    /// The commands that would make the evidence that is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// The run that shows it, and the model it was run on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
}

impl Finding {
    /// A finding that no run shows.
    const fn told(what: String, holds: bool, because: Vec<String>) -> Self {
        Self { what, holds, asks_nothing: false, because, commands: Vec::new(), evidence: Vec::new() }
    }
}

fn one_or_several<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Told {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Told::deserialize(deserializer)? {
        Told::One(text) => vec![text],
        Told::Several(parts) => parts,
    })
}

/// Which part of which run shows something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceId {
    /// The run's id.
    pub run: String,
    /// The variant's label in it.
    pub variant: String,
    /// The version of the dataset.
    pub dataset: VersionId,
}

/// What a recorded run says of a version: a fact, not yet a judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Which part of which run.
    pub id: EvidenceId,
    /// The eval that was run.
    pub eval: String,
    /// The model that answered, by its name.
    pub model: String,
    /// The version that it is evidence of: the digest of the prompt, the model's settings or the whole dataset.
    pub subject: Digest,
    /// When the run ended: RFC 3339 in UTC; none if it has not.
    pub finished_at: Option<String>,
    /// Why it is no evidence whatever it says: it was cut short, took a part of the rows, its spec is another one, …
    pub flaw: Option<String>,
    /// What is newer than the version of its dataset; none if that is the newest.
    pub dataset_superseded: Option<Newer>,
    /// The gates that did not hold, each in words; none where all did.
    pub failed_gates: Vec<String>,
    /// How many gates were held against it. An eval without gates proves nothing.
    pub gates: usize,
    /// Who took it in, where it was measured elsewhere; none for a run that was made in this store.
    pub taken_in: Option<TakenIn>,
    /// When the run began in which the oldest of its answers was given (RFC 3339 in UTC), where some were taken from the
    /// record: evidence is as old as what it rests on.
    pub oldest_answer: Option<String>,
}

/// That a run was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenIn {
    /// By whom.
    pub by: Actor,
    /// When: RFC 3339 in UTC.
    pub at: String,
}

impl std::fmt::Display for TakenIn {
    /// `imported by Ada at 2026-11-26T10:00:00.000Z`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "imported by {} at {}", self.by, self.at)
    }
}

/// What is newer than the rows of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Newer {
    /// A version of the dataset.
    Version {
        /// When it was saved: RFC 3339.
        saved_at: String,
    },
    /// The rows that the dataset's file has now, of which there is no version yet.
    Unsaved,
}
