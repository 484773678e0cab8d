//! Whether all is there that a policy asks for.

mod evidence;
mod owners;
mod quiet;
mod reviewers;

use super::{Approval, Evidence, Finding, TakenIn};
use crate::spec::PolicySpec;
use crate::version::{Actor, Label, VersionId};

pub use owners::owner_of;
pub(super) use quiet::in_words as quiet_hours;

/// What is known at an instant of a promotion and of what its policy asks for.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The instant: RFC 3339. Where it cannot be read, nothing that depends on it holds.
    pub now: &'a str,
    /// What is asked for.
    pub policy: &'a PolicySpec,
    /// The version that is to be put there.
    pub subject: &'a VersionId,
    /// Which label is to point to it.
    pub label: &'a Label,
    /// Where the label points now; none on the first promotion. Where it was moved to the subject past its policy: where it
    /// stood before. Relative gates of the evidence were held against it.
    pub current: Option<&'a VersionId>,
    /// Whether the label was moved to the subject past its policy.
    pub bypassed: bool,
    /// Who proposed it.
    pub proposer: &'a Actor,
    /// Who saved the version.
    pub authors: &'a [Actor],
    /// The last commit that touched the file of the version when that had its content; none where git knows none.
    pub commit: Option<&'a Commit>,
    /// Who imported the version, where nobody here knows who wrote it.
    pub unwritten: Option<&'a TakenIn>,
    /// What people said, oldest first.
    pub approvals: &'a [Approval],
    /// Who answers for the thing: see [`owner_of`].
    pub owner: Option<&'a str>,
    /// The evals that the policy needs, as far as the project has them.
    pub evals: &'a [EvalFacts],
    /// What recorded runs say, in any order, of this and of other versions.
    pub evidence: &'a [Evidence],
}

/// A commit of git's that touched a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Who wrote it, as git says: its author, not who committed it.
    pub by: Actor,
    /// Its name: 40 or 64 hexadecimal digits.
    pub id: String,
    /// The file, from the project's folder.
    pub path: String,
}

/// What the spec of an eval says of the thing that is to be promoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvalFacts {
    /// The eval's name.
    pub eval: String,
    /// Whether its spec names the thing.
    pub concerns: bool,
    /// The models that its spec names.
    pub models: Vec<String>,
}

/// One finding for each thing that the policy asks for, whether it is there or not: evals, reviewers, the owner, quiet hours,
/// in this order. All is there when every finding holds; an empty policy asks for nothing.
///
/// More evidence and more approvals never take away what held, except for a no. What cannot be judged (an instant that cannot
/// be read, an eval that does not exist) does not hold.
pub fn evaluate(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = evidence::findings(facts);
    findings.extend(reviewers::finding(facts));
    findings.extend(owners::finding(facts));
    findings.extend(facts.policy.quiet_hours.iter().map(|quiet| quiet::finding(quiet, facts.now)));
    findings
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
