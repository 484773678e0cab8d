//! What `carat NOUN show` tells beside the content: which version it is, who saved it, what points to it and since when.

use carat_core::version::{LATEST, Label, Move, Pick, Reference, VersionId};
use carat_store::Version;
use serde_json::{Value, json};

use crate::fault::Fault;

use super::instant::Instant;
use super::listed::Standing;
use super::promotions::Promotions;
use super::shelf::{Found, Shelf};
use super::used::UsedBy;
use super::{shapes, told};

/// What is asked of a thing beside what it says.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Moment {
    /// The version that a label, or @latest, meant at this moment: 2026-10-03T12:00Z; without an offset it is UTC
    #[arg(long, value_name = "INSTANT", value_parser = Instant::read)]
    at: Option<Instant>,
    /// The runs, promotions and labels that used it
    #[arg(long)]
    pub(crate) used_by: bool,
}

/// A thing, and what is known of it.
pub(crate) struct Looked {
    pub(crate) found: Found,
    /// Which version it is; none for a file that is none.
    version: Option<Version>,
    standing: Standing,
    /// The move that let the label point to it by which it was asked for.
    moved: Option<Move>,
    /// Why it moved.
    why: Option<String>,
    /// The moment that was asked for.
    at: Option<String>,
    used_by: Option<UsedBy>,
}

impl Moment {
    /// Whether anything is asked.
    pub(crate) fn is_asked(&self) -> bool {
        self.at.is_some() || self.used_by
    }

    /// The same without asking what used it.
    pub(crate) fn without_use(&self) -> Self {
        Self { used_by: false, ..self.clone() }
    }

    /// Finds what a reference means, or meant.
    pub(crate) async fn look(&self, shelf: &Shelf, reference: &str) -> Result<Looked, Fault> {
        let at = self.at.as_ref().map(|at| at.utc.clone());
        let found = match &self.at {
            Some(at) => shelf.found(&then(shelf, reference, at).await?).await?,
            None => shelf.find(reference).await?,
        };
        let standing = Standing::of(shelf.store(), shelf.kind, found.name()).await?;
        let digest = found.digest()?;
        let version = match found.version() {
            Some(id) => standing.versions.iter().find(|version| version.id == *id).cloned(),
            None => digest.as_ref().and_then(|digest| standing.same_as(digest)).cloned(),
        };
        let moved = match (found.version(), Reference::read(reference)) {
            (Some(id), Ok(Reference { pick: Pick::Label(label), .. })) => {
                moved(shelf, id, &label, at.as_deref()).await?
            }
            _ => None,
        };
        let promotions = Promotions::of(shelf.store(), moved.as_slice()).await?;
        let why = moved.as_ref().and_then(|moved| promotions.why(moved));
        let used_by = match digest.filter(|_| self.used_by) {
            Some(digest) => {
                let id = version.as_ref().map(|version| &version.id);
                Some(UsedBy::of(shelf.store(), &digest, id).await?)
            }
            None => None,
        };
        Ok(Looked { found, version, standing, moved, why, at, used_by })
    }
}

/// The version that a reference meant at a moment.
async fn then(shelf: &Shelf, reference: &str, at: &Instant) -> Result<VersionId, Fault> {
    let read = Reference::read(reference).map_err(Fault::mendable)?;
    if read.pick == Pick::Working {
        return Err(Fault::mendable(format!(
            "--at asks what was saved or labelled at a moment, and `{reference}` is what the project has now; the newest \
             version of then is `{reference}@{LATEST}`"
        )));
    }
    if !matches!(read.pick, Pick::Label(_) | Pick::Latest) {
        let name = &read.name;
        return Err(Fault::mendable(format!(
            "--at asks what a label, or `{LATEST}`, meant at a moment: `{name}@{LATEST}`; `{reference}` means the same at all \
             of them"
        )));
    }
    if at.lies_ahead() {
        return Err(Fault::mendable(format!("--at {} lies ahead, and labels may move until then", at.utc)));
    }
    if let Some(remark) = at.remark() {
        shelf.session.talk(&remark);
    }
    Ok(shelf.catalogue.resolve(shelf.kind, &read, Some(&at.utc)).await?.id)
}

/// The last move of a label until a moment, if it led to this version.
async fn moved(shelf: &Shelf, to: &VersionId, label: &Label, at: Option<&str>) -> Result<Option<Move>, Fault> {
    let mut history = shelf.store().label_history(shelf.kind, &to.name, Some(label)).await?;
    history.retain(|moved| at.is_none_or(|at| moved.at.as_str() <= at));
    Ok(history.pop().filter(|moved| moved.to.as_ref() == Some(to)))
}

impl Looked {
    /// The lines of it, for a terminal.
    pub(crate) fn told(&self) -> String {
        let mut lines = self.saved();
        let labels = self.labels();
        if !labels.is_empty() {
            lines.push(("labels", labels.join(", ")));
        }
        if let Some(moved) = &self.moved {
            let from = moved.from.as_ref().map(|from| format!("from {} ", from.number)).unwrap_or_default();
            let then = self.at.as_deref().map(|at| format!("at {at}: ")).unwrap_or_default();
            let told = told::moved(moved, self.why.as_deref());
            lines.push((moved.label.as_str(), format!("{then}here {from}since {told}")));
        }
        if let Some(used_by) = &self.used_by {
            lines.extend(used_by.lines());
        }
        told::keyed(&lines)
    }

    /// Who saved it, when and why.
    fn saved(&self) -> Vec<(&str, String)> {
        let Some(Version { id, provenance }) = &self.version else { return vec![("saved", self.not_saved())] };
        let after = provenance.parent.map(|parent| format!("  after {parent}")).unwrap_or_default();
        let same = if self.found.version().is_none() { format!("as version {}  ", id.number) } else { String::new() };
        let mut lines = vec![("saved", format!("{same}{}{after}", told::saved(provenance)))];
        let message = provenance.message.as_deref().map(|message| told::indented(message, "")).unwrap_or_default();
        lines.extend(message.lines().map(|line| ("", line.to_owned())));
        lines
    }

    /// The fields of an object, with `version`, `is_file` and, for those that ask, `moved`, `at` and `used_by` behind them.
    pub(crate) fn json_with(&self, mut entry: Value) -> Value {
        let version = self.version.as_ref().map(|Version { id, provenance }| {
            let more = json!({"at": provenance.at, "by": provenance.by, "message": provenance.message,
                              "commit": provenance.commit, "parent": provenance.parent, "labels": self.labels()});
            shapes::version_with(id, more)
        });
        if let Value::Object(fields) = &mut entry {
            fields.insert("version".to_owned(), json!(version));
            fields.insert("is_file".to_owned(), self.found.version().is_none().into());
            fields.extend(self.moved.as_ref().map(|moved| ("moved".to_owned(), shapes::moved(moved))));
            fields.extend(self.at.as_ref().map(|at| ("at".to_owned(), json!(at))));
            fields.extend(self.used_by.as_ref().map(|used_by| ("used_by".to_owned(), json!(used_by))));
        }
        entry
    }

    /// The labels that point to it now.
    fn labels(&self) -> Vec<String> {
        let number = self.version.as_ref().map(|version| version.id.number);
        number.into_iter().flat_map(|number| self.standing.labels_of(number)).map(ToString::to_string).collect()
    }

    /// How a file stands that is no version.
    fn not_saved(&self) -> String {
        match self.standing.newest() {
            Some(newest) => format!("not as it is now; {} is the newest version", told::name(&newest.id)),
            None => "not yet".to_owned(),
        }
    }
}
