//! What a label asks of a version before it may point to it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Age, Offset, TimeOfDay};

/// What is needed before a label points somewhere else. A label with a policy moves only by promotion.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySpec {
    /// Evals that must have been run on the very version, with their gates holding. Each concerns the things that its spec
    /// names; a thing that no eval in this list names cannot be promoted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// How many people must approve.
    #[serde(default, skip_serializing_if = "crate::absent::is_default")]
    #[schemars(range(max = 10))]
    pub reviewers: u32,
    /// Whether an author of the version, or who proposes it, counts among them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub author_may_approve: bool,
    /// Whether `owners` must name somebody for the thing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owner: bool,
    /// When nothing is put there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet_hours: Vec<QuietHours>,
}

impl PolicySpec {
    /// Whether runs of this eval on this model count only where they were made here: of several needs the strictest holds.
    pub fn refuses_imported(&self, eval: &str, model: &str) -> bool {
        let is_of = |need: &&Need| {
            need.eval == eval && (need.models.is_empty() || need.models.iter().any(|named| named == model))
        };
        self.needs.iter().filter(is_of).any(|need| need.imported == Imported::Refuse)
    }
}

/// An eval that must have been run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The eval, by its name.
    pub eval: String,
    /// The models, by their names in `carat.yaml`, on which its gates must hold; all that its spec names where none is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// How old the run may be: `7d`, `12h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Age>,
    /// How long ago a newer version of the dataset may have been saved; a run on the newest one is never too old by this.
    /// Where it is left out, only a run on the newest version of the dataset will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_dataset_age: Option<Age>,
    /// Whether a run counts that was measured elsewhere, exported there and imported into this store: `allow` or `refuse`.
    #[serde(default, skip_serializing_if = "Imported::is_allowed")]
    pub imported: Imported,
}

/// What becomes of runs that were measured elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Imported {
    /// They count like any other; who imported them, and when, is told.
    #[default]
    Allow,
    /// They do not count, nor are gates held against them.
    Refuse,
}

impl Imported {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow)
    }
}

/// Hours in which nothing is promoted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The days of the week on which they begin: `mon` to `sun`; every day where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// When they begin: `16:00`. Midnight where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<TimeOfDay>,
    /// When they end, on the next day if that is not later than the beginning: `08:00`. Midnight where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<TimeOfDay>,
    /// How far the place is ahead of UTC, `+02:00`; UTC where it is left out. (A name such as `Europe/Berlin` would make what a
    /// policy says depend on the time zones that a machine knows.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
    /// Why, for the person who is told to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// The days of a week, Monday first.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The word in policies.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}
