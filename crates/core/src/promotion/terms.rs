//! What a promotion was held against, kept as it was then, and how it differs from what an earlier one was held against.

mod asked;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Stay;
use crate::Digest;
use crate::spec::PolicySpec;
use crate::version::VersionId;
use asked::{compared, of_eval, of_policy};

/// The policy of a label, with the gates of the evals that it needs, as they were when a promotion was held against them.
///
/// In JSON `{digest, text, evals, changed}`. Records of an older carat have the digest alone, as a text, and are written as
/// they were read: what the audit log says of a document stays true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Terms {
    /// The name of the policy: SHA-256 over its canonical JSON (RFC 8785).
    pub digest: Digest,
    /// That JSON, of a [`PolicySpec`], to the byte; none where only the digest was kept.
    pub text: Option<String>,
    /// The evals that it needs and that concern the thing, as far as the project has them, in the order of their names.
    pub evals: Vec<EvalTerms>,
    /// How this differs from what the promotion was held against that was in force; none where it does not, or none was.
    pub changed: Option<Changed>,
}

/// What an eval asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvalTerms {
    /// Its name.
    pub eval: String,
    /// The digest of its spec with the files that it names.
    pub spec: Digest,
    /// The models that it names.
    pub models: Vec<String>,
    /// The gates that block, as they are written on a command line: `queue.accuracy >= 0.8`.
    pub gates: Vec<String>,
}

/// That something else is asked for than the last time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// The id of the promotion that is compared with.
    pub promotion: String,
    /// What that one put there.
    pub subject: VersionId,
    /// When: RFC 3339 in UTC.
    pub at: String,
    /// What is asked for otherwise, a sentence each.
    pub what: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Alone(Digest),
    Whole(Whole),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    digest: Digest,
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    evals: Vec<EvalTerms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed: Option<Changed>,
}

impl From<Written> for Terms {
    fn from(written: Written) -> Self {
        match written {
            Written::Alone(digest) => digest.into(),
            Written::Whole(Whole { digest, text, evals, changed }) => Self { digest, text: Some(text), evals, changed },
        }
    }
}

impl From<Terms> for Written {
    fn from(Terms { digest, text, evals, changed }: Terms) -> Self {
        match text {
            None => Self::Alone(digest),
            Some(text) => Self::Whole(Whole { digest, text, evals, changed }),
        }
    }
}

impl From<Digest> for Terms {
    /// As an older carat kept it.
    fn from(digest: Digest) -> Self {
        Self { digest, text: None, evals: Vec::new(), changed: None }
    }
}

impl std::fmt::Display for Terms {
    /// The digest of the policy.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.digest.fmt(f)
    }
}

impl Terms {
    /// This policy, and these evals.
    pub fn of(policy: &PolicySpec, mut evals: Vec<EvalTerms>) -> Self {
        evals.sort_by(|a, b| a.eval.cmp(&b.eval));
        let text = canonical(policy);
        Self { digest: Digest::of_bytes(text.as_bytes()), text: Some(text), evals, changed: None }
    }

    /// The policy; none where its text was not kept, or is of a carat that knew other keys.
    pub fn policy(&self) -> Option<PolicySpec> {
        serde_json::from_str(self.text.as_deref()?).ok()
    }

    /// What the policy asks for, a few words each; none where that is not known.
    pub fn in_words(&self) -> Option<Vec<String>> {
        Some(of_policy(&self.policy()?).into_iter().map(|asked| asked.what).collect())
    }

    /// The same, compared with the promotion of a stay: see [`compared_with`].
    #[must_use]
    pub fn since(self, before: Option<Stay<'_>>, otherwise: &Otherwise) -> Self {
        let before = before.and_then(|stay| Some((stay.promotion?, stay.since())));
        let changed = before.and_then(|(before, at)| {
            let what = self.differences(before.policy.as_ref()?, otherwise);
            let (promotion, subject) = (before.id.clone(), before.subject.clone());
            (!what.is_empty()).then(|| Changed { promotion, subject, at: at.to_owned(), what })
        });
        Self { changed, ..self }
    }

    /// What is asked for otherwise than `then`, a sentence each; empty where nothing is. Of evals that only one of both has
    /// nothing is said: what the policy needs is part of its text. An eval whose spec is another one is told, unless it is
    /// known to measure the same.
    pub fn differences(&self, then: &Self, otherwise: &Otherwise) -> Vec<String> {
        let mut found = Vec::new();
        if self.digest != then.digest {
            match (then.policy(), self.policy()) {
                (Some(then), Some(now)) => found.extend(compared("the policy", of_policy(&then), of_policy(&now))),
                _ => found.push("the policy is another one, and what it asked for then is not known".to_owned()),
            }
        }
        for (then, now) in self.pairs(then) {
            found.extend(compared(&format!("the eval {}", now.eval), of_eval(then), of_eval(now)));
            if then.spec != now.spec {
                found.extend(otherwise.get(&now.eval).cloned().unwrap_or_else(|| Some(unknown(now))));
            }
        }
        found
    }

    /// The evals that both have, as they were and as they are.
    pub fn pairs<'t>(&'t self, then: &'t Self) -> impl Iterator<Item = (&'t EvalTerms, &'t EvalTerms)> {
        self.evals.iter().filter_map(|now| Some((then.evals.iter().find(|then| then.eval == now.eval)?, now)))
    }
}

/// How evals measure otherwise than when an earlier promotion was held against them, by their names: a sentence, or none where
/// what differs is no matter. One that is not in it is not known to measure the same.
pub type Otherwise = BTreeMap<String, Option<String>>;

fn unknown(EvalTerms { eval, .. }: &EvalTerms) -> String {
    format!("the eval {eval} is another one than then, and whether it measures the same is not known")
}

/// The stay whose promotion a new one of this thing is compared with, of those that the courses of the same label in all its
/// names are [held to](super::Course::held_to): that of this very name; where there is none, the last one, rather of the same
/// kind.
pub fn compared_with<'p>(stays: impl IntoIterator<Item = Stay<'p>>, subject: &VersionId) -> Option<Stay<'p>> {
    let promoted = stays.into_iter().filter_map(|stay| Some((stay, stay.promotion?)));
    let last = promoted.max_by_key(|(stay, promotion)| {
        let is_kind = promotion.subject.kind == subject.kind;
        (is_kind && promotion.subject.name == subject.name, is_kind, stay.since(), promotion.id.as_str())
    });
    last.map(|(stay, _)| stay)
}

/// The canonical JSON of RFC 8785: a policy has ASCII keys and small whole numbers, so that order is all there is to it.
fn canonical(policy: &PolicySpec) -> String {
    let mut value = serde_json::to_value(policy).unwrap_or_default();
    value.sort_all_objects();
    value.to_string()
}

#[cfg(test)]
mod tests;
