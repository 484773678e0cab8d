//! `carat NOUN log NAME`: what was saved, and how labels moved.

use carat_core::untrusted::one_line;
use carat_core::version::{Label, Move, VersionId};
use carat_store::Version;
use serde_json::{Value, json};

use crate::commands::audit::Promoted;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, ODD, STRONG, styled};
use crate::table::{Cell, Table};

use super::instant::shown;
use super::listed::Standing;
use super::promotions::{Promotions, last_move};
use super::shelf::Shelf;
use super::{shapes, told};

/// What a move is called that a label with promotions made without one.
const BY_HAND: &str = "by hand, past its promotions";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name
    name: String,
    /// How its labels moved instead, newest first
    #[arg(long)]
    labels: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    let name = shelf.newest(&args.name).await?.id.name;
    let history = shelf.store().label_history(shelf.kind, &name, None).await?;
    let promotions = Promotions::of(shelf.store(), &history).await?;
    if args.labels {
        return moves(args, shelf, &name, &history, &promotions);
    }
    let standing = Standing::of(shelf.store(), shelf.kind, &name).await?;
    let digests = standing.versions.iter().map(|version| version.id.digest).collect();
    let counts = shelf.store().count_of_runs(&digests).await?;
    let mut entries = Vec::with_capacity(standing.versions.len());
    for version in standing.versions.iter().rev() {
        let runs = counts.get(&version.id.digest).copied().unwrap_or(0);
        let mut labels = standing.labels_of(version.id.number);
        labels.sort();
        entries.push(Entry { version, labels, runs });
    }
    if args.json {
        let entries: Vec<Value> = entries.iter().map(|entry| entry.json(&history, &promotions)).collect();
        out::json(&json!({"format": 1, "kind": shelf.kind, "name": name, "versions": entries}))?;
    } else {
        out::data(&entries.iter().map(|entry| entry.told(&history, &promotions)).collect::<String>())?;
    }
    Ok(Exit::Fine)
}

/// A version, and what became of it.
struct Entry<'a> {
    version: &'a Version,
    labels: Vec<&'a Label>,
    /// How many runs used it.
    runs: usize,
}

impl Entry<'_> {
    fn told(&self, history: &[Move], promotions: &Promotions) -> String {
        let Version { id, provenance } = self.version;
        let labels: Vec<String> = self.labels.iter().map(|label| promotions.label(last_move(history, label))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("  {}", labels.join(", ")) };
        let after = provenance.parent.map(|parent| format!("  after {parent}")).unwrap_or_default();
        let runs = format!("  {}", styled(FAINT, told::counted(self.runs, "run", "runs")));
        let message = provenance.message.as_deref().map(|message| told::indented(message, "    "));
        format!(
            "{}  {}{labels}\n    {}{after}{}\n{}",
            styled(STRONG, one_line(&id.to_string(), 200)),
            styled(FAINT, id.digest.short()),
            told::saved(provenance),
            runs,
            message.unwrap_or_default()
        )
    }

    fn json(&self, history: &[Move], promotions: &Promotions) -> Value {
        let Version { id, provenance } = self.version;
        let emergencies: Vec<&Label> = self
            .labels
            .iter()
            .copied()
            .filter(|label| promotions.emergency(last_move(history, label)).is_some())
            .collect();
        let more = json!({
            "labels": self.labels, "by_emergency": emergencies, "at": provenance.at, "by": provenance.by,
            "message": provenance.message, "commit": provenance.commit, "parent": provenance.parent, "runs": self.runs,
        });
        shapes::version_with(id, more)
    }
}

/// A move as JSON; `is_past` if it was made by hand, past the label's promotions.
fn entry(moved: &Move, is_past: bool, promotions: &Promotions) -> Value {
    let mut entry = shapes::moved(moved);
    let emergency = promotions.emergency(Some(moved)).map(|(why, _)| why);
    if let Value::Object(entry) = &mut entry {
        entry.extend(emergency.map(|why| ("emergency".to_owned(), why.into())));
        entry.extend(is_past.then(|| ("past_promotions".to_owned(), true.into())));
    }
    entry
}

/// Why a label moved, in a cell. A move by hand of what promotions had moved before is not to pass for one of theirs.
fn why(moved: &Move, is_past: bool, promotions: &Promotions) -> Cell {
    let why = promotions.why(moved);
    if is_past {
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        return Cell::styled(ODD, format!("{BY_HAND}{why}"));
    }
    why.unwrap_or_else(|| "–".to_owned()).into()
}

fn moves(args: &Args, shelf: &Shelf, name: &str, history: &[Move], promotions: &Promotions) -> Result<Exit, Fault> {
    let mut promoted = Promoted::new();
    let passes = |moved: &Move| promoted.is_passed_by(moved.label.clone(), moved.promotion.is_some());
    let past: Vec<bool> = history.iter().map(passes).collect();
    let newest_first = || history.iter().zip(past.iter().copied()).rev();
    if args.json {
        let moves: Vec<Value> = newest_first().map(|(moved, is_past)| entry(moved, is_past, promotions)).collect();
        out::json(&json!({"format": 1, "kind": shelf.kind, "name": name, "moves": moves}))?;
        return Ok(Exit::Fine);
    }
    let mut table = Table::new(["when", "label", ">from", ">to", "who", "promotion", "why"]);
    for (moved, is_past) in newest_first() {
        let end = |end: &Option<VersionId>| match end {
            Some(end) => Cell::from(end.number.to_string()),
            None => Cell::styled(FAINT, "–"),
        };
        table.row(vec![
            shown(&moved.at).into(),
            moved.label.as_str().into(),
            end(&moved.from),
            end(&moved.to),
            format!("{} ({})", one_line(&moved.by.name, 80), moved.by.source.as_str()).into(),
            Cell::styled(FAINT, moved.promotion.as_deref().unwrap_or("–")),
            why(moved, is_past, promotions),
        ]);
    }
    if table.is_empty() {
        let noun = shelf.noun();
        shelf
            .session
            .talk(&format!("no label has pointed to {name} yet; `carat {noun} label {name}@latest LABEL` lets one"));
    } else {
        out::data(&table.fitted())?;
    }
    Ok(Exit::Fine)
}
