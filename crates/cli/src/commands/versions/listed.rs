//! How the file of a name stands to its versions.

use carat_core::Digest;
use carat_core::version::{Kind, Label, VersionId};
use carat_store::{Store, Version};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::out::{FAINT, GOOD, ODD};
use crate::table::Cell;

/// The versions of a name, and where its labels point.
pub(crate) struct Standing {
    /// Oldest first.
    pub(super) versions: Vec<Version>,
    pub(super) labels: Vec<(Label, VersionId)>,
}

/// How a file stands to the versions of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// There is no version.
    NotSaved,
    /// It is the newest one.
    AsSaved,
    /// It is an older one, with this number.
    Older(u32),
    /// It is none of them.
    Changed,
    /// It cannot be told without what only an eval reads.
    Unknown,
    /// There is no file.
    Gone,
}

impl State {
    /// The word in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NotSaved => "not_saved",
            Self::AsSaved => "as_saved",
            Self::Older(_) => "older",
            Self::Changed => "changed",
            Self::Unknown => "unknown",
            Self::Gone => "gone",
        }
    }

    fn cell(self) -> Cell {
        match self {
            Self::NotSaved => Cell::styled(FAINT, "not saved"),
            Self::AsSaved => Cell::styled(GOOD, "as saved"),
            Self::Older(number) => Cell::styled(ODD, format!("is {number}")),
            Self::Changed => Cell::styled(ODD, "changed"),
            Self::Unknown => Cell::styled(FAINT, "–"),
            Self::Gone => Cell::styled(FAINT, "gone"),
        }
    }
}

impl Standing {
    /// Looks a name up.
    pub(crate) async fn of(store: &Store, kind: Kind, name: &str) -> Result<Self, Fault> {
        let versions = store.versions(kind, name).await?;
        let labels = if versions.is_empty() { Vec::new() } else { store.labels(kind, name).await? };
        Ok(Self { versions, labels })
    }

    /// The names that have versions and are not among these.
    pub(crate) async fn gone(store: &Store, kind: Kind, there: &[String]) -> Result<Vec<String>, Fault> {
        let names = store.names(kind).await?;
        Ok(names.into_iter().filter(|name| !there.contains(name)).collect())
    }

    pub(crate) fn newest(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// The version with this content.
    pub(crate) fn same_as(&self, digest: &Digest) -> Option<&Version> {
        self.versions.iter().find(|version| version.id.digest == *digest)
    }

    /// How a file with this content stands; none for a file that cannot be read.
    pub(crate) fn state(&self, digest: Option<&Digest>) -> State {
        let Some(newest) = self.newest() else { return State::NotSaved };
        match digest.and_then(|digest| self.same_as(digest)) {
            Some(same) if same.id.number == newest.id.number => State::AsSaved,
            Some(same) => State::Older(same.id.number),
            None => State::Changed,
        }
    }

    /// The labels that point to a version, in their order.
    pub(crate) fn labels_of(&self, number: u32) -> Vec<&Label> {
        self.labels.iter().filter(|(_, version)| version.number == number).map(|(label, _)| label).collect()
    }

    /// The cells of a list: the newest version, how the file stands to it, labels.
    pub(crate) fn cells(&self, state: State) -> [Cell; 3] {
        let newest = self.newest().map_or_else(|| "–".to_owned(), |version| version.id.number.to_string());
        let labels: Vec<String> =
            self.labels.iter().map(|(label, version)| format!("{label} {}", version.number)).collect();
        let labels = if labels.is_empty() { "–".to_owned() } else { labels.join(", ") };
        [newest.into(), state.cell(), labels.into()]
    }

    /// An entry of a list in JSON, with the keys `version`, `state` and `labels` besides its own.
    pub(crate) fn json_with(&self, state: State, mut entry: Value) -> Value {
        let labels: serde_json::Map<String, Value> =
            self.labels.iter().map(|(label, version)| (label.to_string(), json!(version.number))).collect();
        if let Value::Object(fields) = &mut entry {
            fields.insert("version".to_owned(), json!(self.newest().map(|version| &version.id)));
            fields.insert("state".to_owned(), state.as_str().into());
            fields.insert("labels".to_owned(), Value::Object(labels));
        }
        entry
    }
}
