//! What a run is going to do, as its journal keeps it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::corpus::CorpusMetric;
use crate::spec::{ClusterSpec, GateSpec, Overrides, Price, SliceSpec};
use crate::version::Actor;
use crate::{Digest, ModelId};

/// What is going to be done, without the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanOutline {
    /// The eval's name.
    pub eval: String,
    /// The file of its spec, relative to the project's folder.
    pub spec_file: String,
    /// What the command line replaced in it.
    #[serde(default)]
    pub overrides: Overrides,
    /// The name that a person gave to the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A person's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The digest of the spec as it was resolved.
    pub spec_digest: Digest,
    /// The version of the spec's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec_version: Option<Numbered>,
    /// Who started or resumed the run, with what, from which state of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Made>,
    /// What labels meant when the run began, by kind and reference as written: `prompt support/triage@production` is
    /// `support/triage@3`. A resume goes on with these versions, wherever the labels point by then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pinned: BTreeMap<String, String>,
    /// The golden data.
    pub dataset: DatasetId,
    /// Prompts × models. A variant's number never changes within a run; one whose content changed gets a new number.
    pub variants: Vec<Variant>,
    /// How often each case is repeated.
    pub trials: u32,
    /// How many cases there are in all.
    pub cases: u64,
    /// The scorers, in the order of the spec.
    pub scorers: Vec<ScorerOutline>,
    /// The models that judge, and what they cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judges: Vec<JudgeOutline>,
    /// The parts of the data that are looked at by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<SliceSpec>,
    /// By what rows hang together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterSpec>,
    /// What has to hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateSpec>,
    /// What it is compared with, as a person named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// Which answers of other runs it takes, and whether it gives its own.
    #[serde(default, skip_serializing_if = "crate::absent::is_default")]
    pub sharing: Sharing,
    /// What it may spend.
    #[serde(default, skip_serializing_if = "Budget::is_boundless")]
    pub budget: Budget,
}

/// Which answers of other runs a run takes, and whether it gives its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// It takes all that there are.
    #[default]
    Usual,
    /// It takes those of runs that began then or later: RFC 3339 in UTC.
    Since(String),
    /// It takes none, and gives its own.
    Refresh,
    /// It takes none and gives none: each case is asked for itself.
    Apart,
}

impl Sharing {
    /// Whether each case is asked for itself.
    pub fn is_apart(&self) -> bool {
        *self == Self::Apart
    }
}

/// What a run may spend in all: on its models and its judges, retries included, from its first start to its last resume.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd: Option<f64>,
    /// Tokens, of requests and answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
}

impl Budget {
    /// Whether it bounds nothing.
    pub const fn is_boundless(&self) -> bool {
        self.usd.is_none() && self.tokens.is_none()
    }

    /// What this one says, and of what it does not say what another one does.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            usd: if self.usd.is_some() { self.usd } else { other.usd },
            tokens: if self.tokens.is_some() { self.tokens } else { other.tokens },
        }
    }
}

impl PlanOutline {
    /// Whether a report of this plan is made from fields of the golden rows, so that samples have to come with them.
    pub const fn needs_rows(&self) -> bool {
        !self.slices.is_empty() || self.cluster.is_some()
    }
}

/// Who made a run, with what, and from which state of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Who, as claimed.
    pub by: Actor,
    /// The git commit of the project, with `+` behind it where files differed from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The version of carat.
    pub tool: String,
}

/// A model that judges.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgeOutline {
    /// Which model.
    pub model: ModelId,
    /// What it costs, as far as the project says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// As [`Variant::route`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Digest>,
}

/// A scorer as a reader of results needs to know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScorerOutline {
    /// The name in the spec.
    pub name: Arc<str>,
    /// Which scorer: `choice`, `exact`, …
    pub kind: String,
    /// The digest of its settings.
    pub digest: Digest,
    /// Whether it says right or wrong, rather than how good.
    pub verdict: bool,
    /// Whether it says right or wrong as well as how good: by itself, or by a threshold.
    #[serde(default)]
    pub passes: bool,
    /// From which value on an answer passes, for one that says how good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The classes, in the order of the spec, for a scorer over classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// The metric of the whole corpus that its counts add up to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corpus: Option<CorpusOutline>,
}

impl ScorerOutline {
    /// Whether its classes are those of the golden rows, so that precision, recall and F1 say something of the model.
    pub fn is_classifier(&self) -> bool {
        !self.classes.is_empty() && !self.compares_people()
    }

    /// Whether its classes are verdicts that a person gave too, so that their agreement says something of the judge.
    pub fn compares_people(&self) -> bool {
        !self.classes.is_empty() && self.kind == "judge"
    }
}

/// A metric of a whole corpus, as a reader of results needs to know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorpusOutline {
    /// The aggregate's name: `bleu` of `quality.bleu`.
    pub name: String,
    /// How it is computed.
    pub metric: CorpusMetric,
}

/// Which golden data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetId {
    /// The name in the project.
    pub name: String,
    /// The number of its version.
    pub version: Option<u32>,
    /// The digest of the rows that the run selects, in their order.
    pub digest: Digest,
    /// The digest of all rows, which the version is known by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<Digest>,
    /// How many rows the run selects.
    pub rows: u64,
}

/// One prompt version × one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its number in the run.
    pub number: u32,
    /// What people call it: `support/triage@1×nearest`.
    pub label: String,
    /// Which prompt version.
    pub prompt: PromptId,
    /// Which model.
    pub model: ModelId,
    /// The version of the model's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Numbered>,
    /// What it costs, as far as the project says so; part of the record, for prices change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// The way to the model, where its settings have more to it than is in its digest: see
    /// [`ModelSpec::route`](crate::spec::ModelSpec::route).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Digest>,
}

/// A version by its number and its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// The number of the version.
    pub version: u32,
    /// The name of the content.
    pub digest: Digest,
}

/// Which prompt version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptId {
    /// The name in the project.
    pub name: Arc<str>,
    /// The number of its version.
    pub version: Option<u32>,
    /// The digest of all that reaches the model.
    pub digest: Digest,
}
